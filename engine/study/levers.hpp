// What could be changed about a plan: its steps, timings, roles and design choices, as levers.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "engine/study/fixes.hpp"
#include "engine/study/study.hpp"

namespace firedrill {

/// Levers of a target, from a study of the plan:
/// - the steps on the way to it, and the durations and probabilities that its drills drew, each by
///   a factor;
/// - for each role one more person on duty, and whatever keeps its people away;
/// - the design choices that documents offer, each for all components of a kind at once: standby
///   at full scale, TTL, health checks, quota, replication and backup intervals, alarms, behaviours
///   that could be ruled out.
///
/// `own_components` are those that the scenario has in place of the system's: they are changed
/// where they stand.
std::vector<Lever> levers_of(const Plan& plan, const Samples& samples, std::size_t target,
                             const std::set<std::string>& own_components);

}  // namespace firedrill
