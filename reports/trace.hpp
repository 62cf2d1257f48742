// One drill in the trace event format, which Perfetto and Chrome's trace viewer open.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/run/event_log.hpp"

namespace firedrill {

/// A process each for the incident, the people, the steps and the services. The incident has
/// instants: faults, alarms, declarations, decisions, ends. A person has a slice for each time
/// their hands were at a step; a step one from when it was ready until it ended, beside others in a
/// lane of its runbook, with arrows from what released it; a service a counter of its served share;
/// a component what was done to it and the faults it had; data the lag of each replica and the
/// writes that were lost, in seconds. Times are microseconds since the drill began. What is known
/// to the simulator alone is marked so.
std::string render_trace(const Plan& plan, const std::vector<Event>& events, std::uint64_t seed,
                         std::uint64_t replication);

}  // namespace firedrill
