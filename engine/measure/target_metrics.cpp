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

std::int64_t between(TimePoint from, TimePoint to) {
  if (from == TimePoint::never() || to == TimePoint::never()) return kNotReachedUs;
  return std::max<std::int64_t>(0, (to - from).us);
}

/// Somebody answered the page, or was already at work on something else and took it up.
TimePoint answered(const Timeline::Runbook& runbook, TimePoint detected, const Timeline& timeline) {
  return timeline.acknowledged >= detected ? timeline.acknowledged : runbook.declared;
}

SeverityIndex gravest(const Timeline& timeline) {
  SeverityIndex worst;
  for (const Timeline::Runbook& runbook : timeline.runbooks) {
    if (runbook.declared != TimePoint::never()) worst = std::min(worst, runbook.severity);
  }
  return worst;
}

}  // namespace

IncidentMetrics incident_of(const Plan& plan, SeverityIndex severity, const Timeline& timeline,
                            const DrillMetrics& metrics) {
  const SeverityIndex worst = gravest(timeline);
  IncidentMetrics incident;
  incident.severity = severity.valid() ? severity : worst;
  const bool unanswered = !worst.valid() && metrics.marks.detected_us != kNotReachedUs;
  if (unanswered) {
    incident.response_us = incident.stabilise_us = incident.resolve_us = kNotReachedUs;
    return incident;
  }
  const std::int64_t restored_us = metrics.marks.restored_us;
  const TimePoint restored = restored_us == kNotReachedUs
                                 ? TimePoint::never()
                                 : timeline.onset + Duration::microseconds(restored_us);
  for (std::size_t i = 0; i < timeline.runbooks.size(); ++i) {
    const Timeline::Runbook& runbook = timeline.runbooks[i];
    if (runbook.declared == TimePoint::never() || runbook.severity != incident.severity) continue;
    const TimePoint alarm = detected(plan.runbooks[i], timeline);
    const auto worse = [](std::int64_t& kept, std::int64_t other) { kept = std::max(kept, other); };
    worse(incident.response_us, between(alarm, answered(runbook, alarm, timeline)));
    worse(incident.stabilise_us, between(alarm, restored));
    worse(incident.resolve_us, between(alarm, runbook.closed));
  }
  return incident;
}

std::int64_t achieved_us(const Plan& plan, const PlannedTarget& target, const Timeline& timeline,
                         const DrillMetrics& metrics) {
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
      return incident_of(plan, target.severity, timeline, metrics).response_us;
    case Objective::kStabilise:
      return incident_of(plan, target.severity, timeline, metrics).stabilise_us;
    case Objective::kResolve:
      break;
  }
  return incident_of(plan, target.severity, timeline, metrics).resolve_us;
}

StepIndex completing_step(const Plan& plan, const PlannedTarget& target, const Timeline& timeline) {
  if (target.objective != Objective::kCompletion) return {};
  if (target.step.valid()) return done_instead(plan, target.step, timeline);
  return timeline.runbooks[target.runbook.value].last_step;
}

}  // namespace firedrill
