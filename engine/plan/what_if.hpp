// What-ifs: how a change of documents or of times reaches a plan. Models and reports know nothing
// of it; they see another plan.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostics.hpp"
#include "engine/input/document_patch.hpp"
#include "engine/plan/plan.hpp"

namespace firedrill {

/// What is asked for on top of the documents: the path of an outage whose faults take the place of
/// the scenario's, paths of overlays, then changes `PATH=VALUE`.
struct WhatIf {
  std::vector<std::string> overlays;
  std::vector<std::string> variables;
  std::string outage;

  bool empty() const { return overlays.empty() && variables.empty() && outage.empty(); }
};

/// Another time: a factor of what it was, or one value (seconds for durations).
struct TimeChange {
  std::optional<double> factor;
  double value = 0;
};

/// `RUNBOOK/STEP`: how a step is named outside its runbook.
std::string step_path(const Plan& plan, StepIndex step);

/// `x0.5`, `PT10M`, `10m` or a number; nothing for anything else, and for what is negative.
std::optional<TimeChange> parse_time_change(std::string_view text);

/// Changes a timing wherever it is used. False when the unit of the timing does not allow it: a
/// probability or ratio above 1, or a duration given for something that is none.
bool change_timing(Plan& plan, TimingIndex timing, const TimeChange& change);

/// Changes what one step takes: its hands-on part, and the time that a `wait:for` names. How long
/// the provider takes for its call belongs to the component. False when there is no such time.
bool change_step(Plan& plan, StepIndex step, const TimeChange& change);

/// The entries `timings` and `steps` of an overlay, in the plan that the documents gave.
void apply_times(const OverlayDocument& overlay, Plan& plan, Diagnostics& diagnostics);

}  // namespace firedrill
