// An outage of a provider, put on one system: which faults it means there.
//
// It strikes where the platform is at home, which is the first region of its document, whatever
// region it struck in truth: the question is what would have been, had it been ours. What has its
// control plane in one region of the world is struck if that is home, or if it was there that it
// happened.
#pragma once

#include <vector>

#include "engine/base/diagnostics.hpp"
#include "engine/input/documents.hpp"
#include "engine/input/outage_document.hpp"

namespace firedrill {

/// From the start of the drill to the onset: long enough to see the platform healthy first.
inline constexpr Duration kOutageOnset = Duration::minutes(1);

/// Kinds of component that there are none of are mistakes; services are not, since an outage tells
/// of more of them than any platform calls.
void check_kinds(const OutageDocument& outage, Diagnostics& diagnostics);

/// None where the system has nothing that was hit. Requests through components fail by
/// `fault:component-degraded`, calls by `fault:control-plane`.
std::vector<FaultSpec> faults_of(const OutageDocument& outage, const SystemDocument& system);

/// What is asked when a system is put under an outage without a scenario of its own: any hour, the
/// runbooks for failures of the provider, the targets of the tiers, a day after the last effect.
ScenarioDocument scenario_of(const OutageDocument& outage, const SystemDocument& system);

/// The same outage in place of the faults of a scenario.
void put_under(const OutageDocument& outage, const SystemDocument& system,
               ScenarioDocument& scenario);

}  // namespace firedrill
