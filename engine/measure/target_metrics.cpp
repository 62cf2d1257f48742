#include "engine/measure/target_metrics.hpp"

#include <algorithm>

namespace firedrill {
namespace {

/// Past the fallbacks that took over from a failed step, to the one that came last.
StepIndex done_instead(const Plan& plan, StepIndex step, const Timeline& timeline) {
  for (std::size_t guard = 0; guard < plan.steps.size(); ++guard) {
    const Timeline::Step& seen = timeline.steps[step.value];
    const StepIndex fallback = plan.step(step).fallback;
    const bool failed = seen.ended != TimePoint::never() && seen.done == TimePoint::never();
    if (!failed || !fallback.valid() || !timeline.steps[fallback.value].ready) break;
    step = fallback;
  }
  return step;
}

/// The first alarm that calls for the runbook; without any trigger the first of all.
TimePoint detected(const PlannedRunbook& runbook, const Timeline& timeline) {
  TimePoint first = TimePoint::never();
  for (const AlarmIndex alarm : runbook.trigger) {
    first = std::min(first, timeline.alarms[alarm.value]);
  }
  if (first != TimePoint::never() || timeline.alarms.empty()) return first;
  return *std::min_element(timeline.alarms.begin(), timeline.alarms.end());
}

TimePoint start_of(const Plan& plan, const PlannedTarget& target, const Timeline& timeline) {
  const Timeline::Runbook& runbook = timeline.runbooks[target.runbook.value];
  switch (target.from) {
    case TargetStart::kOnset:
      return timeline.onset;
    case TargetStart::kDetected:
      return detected(plan.runbooks[target.runbook.value], timeline);
    case TargetStart::kAcknowledged:
      return timeline.acknowledged;
    case TargetStart::kDeclared:
      return runbook.declared;
    case TargetStart::kDecided:
      return runbook.decided;
    case TargetStart::kStart:
      break;
  }
  return runbook.started;
}

/// Whether a drill has anything to complete. Nothing broke: no triggered runbook is called for. A
/// condition did not hold, or nothing fell back to a fallback: the step was not needed.
bool was_called_for(const Plan& plan, const PlannedTarget& target, const Timeline& timeline) {
  const Timeline::Runbook& runbook = timeline.runbooks[target.runbook.value];
  const bool triggered = !plan.runbooks[target.runbook.value].trigger.empty();
  const bool quiet = !timeline.faulted && !plan.faults.empty();
  if (triggered && quiet && runbook.started == TimePoint::never()) return false;
  if (!target.step.valid()) return true;
  const Timeline::Step& step = timeline.steps[target.step.value];
  if (step.ready) return !step.skipped;
  return !plan.step(target.step).is_fallback;
}

std::int64_t completion_us(const Plan& plan, const PlannedTarget& target,
                           const Timeline& timeline) {
  if (!was_called_for(plan, target, timeline)) return kNotJudgedUs;
  const Timeline::Runbook& runbook = timeline.runbooks[target.runbook.value];
  const TimePoint from = start_of(plan, target, timeline);
  TimePoint to = runbook.aborted ? TimePoint::never() : runbook.closed;
  if (target.step.valid()) {
    to = timeline.steps[done_instead(plan, target.step, timeline).value].done;
  }
  if (from == TimePoint::never() || to == TimePoint::never()) return kNotReachedUs;
  return std::max<std::int64_t>(0, (to - from).us);
}

std::int64_t between(std::int64_t from_us, std::int64_t to_us) {
  if (from_us == kNotReachedUs || to_us == kNotReachedUs) return kNotReachedUs;
  return std::max<std::int64_t>(0, to_us - from_us);
}

/// Whether the drill had the severity. An incident that nobody declared had every severity: a page
/// that is never answered must not drop out of the count.
bool has_severity(const Plan& plan, const PlannedTarget& target, const Timeline& timeline) {
  bool any = false;
  for (std::size_t i = 0; i < timeline.runbooks.size(); ++i) {
    if (timeline.runbooks[i].declared == TimePoint::never()) continue;
    any = true;
    if (target.severity.empty() || plan.runbooks[i].severity == target.severity) return true;
  }
  return !any && (timeline.faulted || plan.faults.empty());
}

}  // namespace

std::int64_t achieved_us(const Plan& plan, const PlannedTarget& target, const Timeline& timeline,
                         const DrillMetrics& metrics) {
  const Marks& marks = metrics.marks;
  switch (target.objective) {
    case Objective::kRto:
      return metrics.services[target.service.value].rto_us;
    case Objective::kRpo:
      return metrics.services[target.service.value].rpo_us;
    case Objective::kInterruption:
      return metrics.services[target.service.value].interrupted_us;
    case Objective::kCompletion:
      return completion_us(plan, target, timeline);
    case Objective::kResponse:
    case Objective::kStabilise:
    case Objective::kResolve:
      break;
  }
  if (!has_severity(plan, target, timeline)) return kNotJudgedUs;
  const std::int64_t end = target.objective == Objective::kResponse    ? marks.acknowledged_us
                           : target.objective == Objective::kStabilise ? marks.restored_us
                                                                       : marks.closed_us;
  return between(marks.detected_us, end);
}

StepIndex completing_step(const Plan& plan, const PlannedTarget& target, const Timeline& timeline) {
  if (target.objective != Objective::kCompletion) return {};
  if (target.step.valid()) return done_instead(plan, target.step, timeline);
  return timeline.runbooks[target.runbook.value].last_step;
}

}  // namespace firedrill
