#include "engine/plan/what_if.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace firedrill {
namespace {

/// A plain decimal number that is finite and not negative.
std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value) || value < 0) {
    return std::nullopt;
  }
  return value;
}

bool is_share(const PlannedTiming& timing) {
  return timing.unit == "probability" || timing.unit == "ratio";
}

Distribution changed(const Distribution& was, const TimeChange& change) {
  if (!change.factor) return *Distribution::constant(change.value);
  // Zero times anything is a constant, which no other family can be.
  return *change.factor == 0 ? *Distribution::constant(0) : was.scaled(*change.factor);
}

/// Steps share the timing of their action; the copy is this step's alone.
void give_own(Plan& plan, TimingIndex& index, const TimeChange& change) {
  PlannedTiming own = plan.timing(index);
  own.distribution = changed(own.distribution, change);
  index = {static_cast<std::uint32_t>(plan.timings.size())};
  plan.timings.push_back(std::move(own));
}

StepIndex find_step(const Plan& plan, std::string_view name) {
  for (std::uint32_t i = 0; i < plan.steps.size(); ++i) {
    if (step_path(plan, {i}) == name) return {i};
  }
  return {};
}

void refuse(Diagnostics& diagnostics, const Name& text, std::string_view of) {
  diagnostics.error(Rule::kWrongType, text.at,
                    fmt::format("\"{}\" is no change of {}", text.text, of),
                    "write a factor such as x0.5, a duration such as PT10M, or for what is no "
                    "duration a number");
}

}  // namespace

std::string step_path(const Plan& plan, StepIndex step) {
  return plan.runbooks[plan.step(step).runbook.value].name + '/' + plan.step(step).id;
}

std::optional<TimeChange> parse_time_change(std::string_view text) {
  if (text.starts_with('x')) {
    const auto factor = parse_number(text.substr(1));
    return factor ? std::optional(TimeChange{factor, 0}) : std::nullopt;
  }
  if (const auto number = parse_number(text)) return TimeChange{std::nullopt, *number};
  const auto duration = parse_duration_argument(text);
  return duration ? std::optional(TimeChange{std::nullopt, to_seconds(*duration)}) : std::nullopt;
}

bool change_timing(Plan& plan, TimingIndex timing, const TimeChange& change) {
  PlannedTiming& planned = plan.timings[timing.value];
  const Distribution distribution = changed(planned.distribution, change);
  if (planned.unit == "probability" && distribution.quantile(0.5) > 1) return false;
  planned.distribution = distribution;
  // Resolving took the median of these; a scenario's own probability has no timing.
  for (std::size_t i = 0; i < plan.behaviour_timing.size(); ++i) {
    if (plan.behaviour_timing[i] == timing) {
      plan.behaviour_probability[i] = distribution.quantile(0.5);
    }
  }
  return true;
}

bool change_step(Plan& plan, StepIndex step, const TimeChange& change) {
  PlannedStep& planned = plan.steps[step.value];
  const bool named = planned.hands_on.valid() || planned.wait_time.valid();
  if (planned.hands_on.valid()) give_own(plan, planned.hands_on, change);
  if (planned.wait_time.valid()) give_own(plan, planned.wait_time, change);
  const bool passes = planned.call.operation == Operation::kWaitFor && planned.call.duration;
  if (passes) {
    const double was = to_seconds(*planned.call.duration);
    planned.call.duration =
        duration_from_seconds(change.factor ? was * *change.factor : change.value);
  }
  return named || passes;
}

void apply_times(const OverlayDocument& overlay, Plan& plan, Diagnostics& diagnostics) {
  std::vector<std::string> ids;
  for (const auto& [id, index] : plan.timing_by_id) ids.push_back(id);
  std::vector<std::string> steps;
  for (std::uint32_t i = 0; i < plan.steps.size(); ++i) steps.push_back(step_path(plan, {i}));

  for (const auto& [id, text] : overlay.timings) {
    const auto change = parse_time_change(text.text);
    const auto found = plan.timing_by_id.find(id);
    if (found == plan.timing_by_id.end()) {
      diagnostics.error(Rule::kUnknownName, text.at,
                        fmt::format("there is no timing \"{}\"{}", id, did_you_mean(id, ids)),
                        "firedrill timings lists them");
      continue;
    }
    const PlannedTiming& timing = plan.timing(found->second);
    const bool iso = change && !change->factor && !parse_number(text.text);
    const bool fits = change && (change->factor || iso == (timing.unit == "s")) &&
                      (change->factor || !is_share(timing) || change->value <= 1);
    if (!fits || !change_timing(plan, found->second, *change)) {
      refuse(diagnostics, text, fmt::format("\"{}\", a figure in {}", id, timing.unit));
    }
  }
  for (const auto& [name, text] : overlay.steps) {
    const auto change = parse_time_change(text.text);
    const StepIndex step = find_step(plan, name);
    if (!step.valid()) {
      diagnostics.error(Rule::kUnknownName, text.at,
                        fmt::format("there is no step \"{}\"{}", name, did_you_mean(name, steps)),
                        "write RUNBOOK/STEP");
    } else if (!change || (!change->factor && parse_number(text.text))) {
      refuse(diagnostics, text, fmt::format("the time of step \"{}\"", name));
    } else if (!change_step(plan, step, *change)) {
      diagnostics.error(Rule::kWrongTarget, text.at,
                        fmt::format("step \"{}\" takes no time of its own", name),
                        "change the timing of its component, or its arguments");
    }
  }
}

}  // namespace firedrill
