// From the path of a scenario to its plan: reads every document that the scenario names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/diagnostics.hpp"
#include "engine/plan/plan.hpp"
#include "engine/plan/what_if.hpp"

namespace firedrill {

/// Nothing when any document has a mistake; `diagnostics` then has every mistake that could be
/// found. Paths of a scenario are relative to its folder. `library` is the text of the built-in
/// timing document; the scenario's own come after it.
///
/// `sources` gets every document, also after a failure. The plan's SHA-256 is over the role,
/// length and bytes of each, in the order scenario, system, runbooks, library, timings, overlays,
/// variables: not over paths, so that a copied folder has the same one.
///
/// `what_if` changes the documents before they are read, and times after; a later change wins. With
/// an outage the path may be that of a system: then the plan is that of the system put under it.
std::optional<Plan> load_plan(const std::string& scenario_path, std::string_view library,
                              SourceFiles& sources, Diagnostics& diagnostics,
                              const WhatIf& what_if = {});

}  // namespace firedrill
