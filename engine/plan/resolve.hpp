// Documents to a plan: every name bound, every default explicit, every error reported in one pass.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/diagnostics.hpp"
#include "engine/plan/plan.hpp"

namespace firedrill {

/// Nothing when there is any error; `diagnostics` then has all of them. `timings` is the library
/// first, then the scenario's own documents. A timing of the system replaces the library's of that
/// id, and one of the scenario's documents replaces both.
///
/// The caller fills `scenario_path` and `scenario_sha256`, since only it knows the files.
std::optional<Plan> resolve(const ScenarioDocument& scenario, const SystemDocument& system,
                            const std::vector<RunbookDocument>& runbooks,
                            const std::vector<TimingDocument>& timings, Diagnostics& diagnostics);

/// The kind whose properties these are: "ecs:service".
std::string_view kind_of(const ComponentDetail& detail);

}  // namespace firedrill
