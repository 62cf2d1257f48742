#include "models/human_error.hpp"

#include <algorithm>

namespace firedrill {
namespace {

// Places of the draws of one attempt, with the key of the step's errors.
constexpr std::uint32_t kHowProne = 0;
constexpr std::uint32_t kGoesWrong = 1;
constexpr std::uint32_t kMissed = 2;

bool checks(const PlannedStep& step) {
  return step.verifies || step.call.operation == Operation::kHumanCheck;
}

}  // namespace

Duration HumanError::extra(const Ask& request, const Doer& doer) {
  if (!request.step.valid()) return {};
  const PlannedStep& step = context_.plan.step(request.step);
  Duration total;
  if (checks(step)) total += brought_to_light(step.runbook, doer);
  if (!goes_wrong(request, doer)) return total;
  const bool changes = request.error_prone;
  const bool missed =
      context_.draws.uniform(request.error_key, request.round * kDrawsPerRound + kMissed) <
      timings_.ratio("error_missed");
  if (missed && !step.verify) {
    context_.note(Note::kErrorMissed, kNobody, request.step);
    missed_.push_back({request.step, changes});
    return total;
  }
  context_.note(Note::kHumanError, kNobody, request.step);
  total += recovery(request.step, changes, request.round);
  if (!missed) total += timings_.draw("error_notice", request.error_key, request.round);
  // Of a change that is noticed at once, doing it again is part of the recovery.
  if (missed || !changes) total += again(request.step, doer, request.round);
  return total;
}

bool HumanError::goes_wrong(const Ask& request, const Doer& doer) const {
  if (doer.fails && request.round == 0) return true;
  if (request.kind != AskKind::kWork) return false;
  return context_.draws.uniform(request.error_key, request.round * kDrawsPerRound + kGoesWrong) <
         probability(request, doer);
}

double HumanError::probability(const Ask& request, const Doer& doer) const {
  const auto behaviour = static_cast<std::size_t>(Behaviour::kHumanError);
  const TimingIndex usual = context_.plan.behaviour_timing[behaviour];
  double probability = context_.plan.behaviour_probability[behaviour];
  if (usual.valid()) {  // unless the scenario sets it
    const std::string_view slot = kind_of(request, doer);
    const TimingIndex spread = slot.empty() ? usual : timings_.timing(slot);
    probability =
        context_.drawn(spread, request.error_key, request.round * kDrawsPerRound + kHowProne);
  }
  if (doer.just_woken) probability *= timings_.ratio("night_error");
  return std::min(probability, 1.0);
}

/// The slot with the odds of this kind of step; empty for a change in an incident, whose odds are
/// those of the behaviour.
std::string_view HumanError::kind_of(const Ask& request, const Doer& doer) const {
  const PlannedStep& step = context_.plan.step(request.step);
  if (!request.error_prone) return "error_reading";
  if (step.irreversible) return "error_irreversible";
  if (context_.plan.runbooks[step.runbook.value].trigger.empty()) return "error_practised";
  return doer.alone ? "error_alone" : std::string_view{};
}

Duration HumanError::brought_to_light(RunbookIndex runbook, const Doer& doer) {
  Duration total;
  const auto of_runbook = [&](const Missed& one) {
    return context_.plan.step(one.step).runbook == runbook;
  };
  for (const Missed& one : missed_) {
    if (!of_runbook(one)) continue;
    context_.note(Note::kHumanError, kNobody, one.step);
    total += recovery(one.step, one.changes, 0) + again(one.step, doer, 0);
  }
  std::erase_if(missed_, of_runbook);
  return total;
}

Duration HumanError::recovery(StepIndex step, bool changes, std::uint32_t round) const {
  if (!changes) return {};
  const PlannedStep& planned = context_.plan.step(step);
  const Duration recover = timings_.draw("error_recover", planned.error_key, round);
  if (!planned.irreversible) return recover;
  return recover + timings_.draw("look_up", planned.error_key, round);
}

Duration HumanError::again(StepIndex step, const Doer& doer, std::uint32_t round) const {
  const PlannedStep& planned = context_.plan.step(step);
  if (!planned.hands_on.valid()) return {};
  const EntityKey key{planned.hands_on_key.value ^ entity_key("again").value};
  const double seconds = context_.drawn(planned.hands_on, key, round * kDrawsPerRound);
  return duration_from_seconds(seconds * doer.slowdown);
}

}  // namespace firedrill
