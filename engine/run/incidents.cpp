#include "engine/run/incidents.hpp"

#include <algorithm>

namespace firedrill {
namespace {

/// Metrics have a resolution of one minute: looking more often shows nothing new.
constexpr Duration kLookEvery = Duration::minutes(1);

}  // namespace

Incidents::Incidents(const Plan& plan, World& world, EventLog& log, Responders& responders)
    : plan_(plan),
      world_(world),
      log_(log),
      agenda_(world.agenda()),
      responders_(responders),
      incidents_(plan.runbooks.size()),
      posts_(plan.runbooks.size(), 0) {
  for (std::size_t i = 0; i < incidents_.size(); ++i) {
    incidents_[i].severity = plan.runbooks[i].severity;
  }
}

Task<void> Incidents::declare(RunbookIndex runbook, std::vector<AlarmIndex> fired) {
  const PlannedRunbook& planned = plan_.runbooks[runbook.value];
  Incident& incident = incidents_[runbook.value];
  for (const AlarmIndex alarm : planned.trigger) {
    if (std::find(fired.begin(), fired.end(), alarm) == fired.end()) continue;
    incident.severity = std::min(incident.severity, plan_.alarms[alarm.value].severity);
  }
  Task<SeverityIndex> impact = worst_impact(runbook);
  incident.severity = co_await impact;
  incident.declared = agenda_.now();
  incident.open = true;
  log_.add({.at = agenda_.now(),
            .subject = runbook.value,
            .object = incident.severity.value,
            .kind = EventKind::kDeclared});
  responders_.call_for(planned.pages);
  follow(runbook);
  if (!planned.impacts.empty()) incident.tasks.spawn(watch_impact(runbook));
  for (const PlannedCriterion& criterion : planned.escalation) {
    incident.tasks.spawn(watch_criterion(runbook, criterion));
  }
}

void Incidents::alarm(AlarmIndex alarm) {
  for (std::uint32_t i = 0; i < incidents_.size(); ++i) {
    const auto& trigger = plan_.runbooks[i].trigger;
    if (!incidents_[i].open) continue;
    if (std::find(trigger.begin(), trigger.end(), alarm) == trigger.end()) continue;
    raise({i}, plan_.alarms[alarm.value].severity);
  }
}

void Incidents::close(RunbookIndex runbook) {
  incidents_[runbook.value].open = false;
  incidents_[runbook.value].tasks.clear();
}

/// The worst severity whose rules hold now, or the one it has. What cannot be seen does not hold.
Task<SeverityIndex> Incidents::worst_impact(RunbookIndex runbook) {
  for (const PlannedImpact& impact : plan_.runbooks[runbook.value].impacts) {
    if (impact.severity >= incidents_[runbook.value].severity) break;  // the worst come first
    Task<Observation> look = world_.observe(impact.probe);
    const Observation seen = co_await look;
    if (seen.known && seen.holds) co_return impact.severity;
  }
  co_return incidents_[runbook.value].severity;
}

Task<void> Incidents::watch_impact(RunbookIndex runbook) {
  const SeverityIndex worst = plan_.runbooks[runbook.value].impacts.front().severity;
  while (incidents_[runbook.value].severity > worst) {
    auto minute = sleep_for(agenda_, kLookEvery);
    co_await minute;
    Task<SeverityIndex> impact = worst_impact(runbook);
    const SeverityIndex seen = co_await impact;
    raise(runbook, seen);
  }
}

Task<void> Incidents::watch_criterion(RunbookIndex runbook, const PlannedCriterion& criterion) {
  TimePoint since = TimePoint::never();
  for (;;) {
    Task<Observation> look = world_.observe(criterion.when.probe);
    const Observation seen = co_await look;
    const bool holds = seen.known && seen.holds == criterion.when.is;
    since = holds ? std::min(since, agenda_.now()) : TimePoint::never();
    if (holds && agenda_.now() - since >= criterion.lasts) break;
    auto minute = sleep_for(agenda_, kLookEvery);
    co_await minute;
  }
  responders_.call_for(criterion.pages);
  if (criterion.severity.valid()) raise(runbook, criterion.severity);
}

void Incidents::raise(RunbookIndex runbook, SeverityIndex severity) {
  Incident& incident = incidents_[runbook.value];
  if (severity >= incident.severity) return;
  incident.severity = severity;
  log_.add({.at = agenda_.now(),
            .subject = runbook.value,
            .object = severity.value,
            .kind = EventKind::kSeverityRaised});
  world_.severity_raised(runbook, severity);
  follow(runbook);
}

/// What goes with the severity that an incident has now.
void Incidents::follow(RunbookIndex runbook) {
  Incident& incident = incidents_[runbook.value];
  const PlannedSeverity& severity = plan_.severity(incident.severity);
  responders_.call_for(severity.pages);
  if (!severity.unresolved.empty()) {
    incident.tasks.spawn(call_while_unresolved(runbook, incident.severity));
  }
  if (severity.status_update_every) {
    incident.tasks.spawn(post_updates(runbook, incident.severity));
  }
}

Task<void> Incidents::call_while_unresolved(RunbookIndex runbook, SeverityIndex severity) {
  const Incident& incident = incidents_[runbook.value];
  for (const PlannedUnresolved& later : plan_.severity(severity).unresolved) {
    auto due = sleep_until(agenda_, incident.declared + later.after);
    co_await due;
    if (incident.severity != severity) co_return;  // those of the worse one are called
    responders_.call_for({later.role});
  }
}

/// The next update is due so long after the one before was posted: they never pile up.
Task<void> Incidents::post_updates(RunbookIndex runbook, SeverityIndex severity) {
  const Incident& incident = incidents_[runbook.value];
  const auto time = plan_.people_timings.find("status_update");
  const EntityKey key = entity_key(plan_.runbooks[runbook.value].name + "/status-update");
  for (;;) {
    auto cadence = sleep_for(agenda_, *plan_.severity(severity).status_update_every);
    co_await cadence;
    if (incident.severity != severity) co_return;  // the worse one has a cadence of its own
    const TimePoint due = agenda_.now();
    Task<Answer> post =
        world_.ask({.kind = AskKind::kPost,
                    .role = responders_.here_or_lead(plan_.status_updates_by),
                    .severity = severity,
                    .time = time == plan_.people_timings.end() ? TimingIndex{} : time->second,
                    .key = key,
                    .round = posts_[runbook.value]++});
    const Answer answer = co_await post;
    log_.add({.at = agenda_.now(),
              .value = to_seconds(agenda_.now() - answer.started),
              .value2 = to_seconds(answer.started - due),
              .subject = runbook.value,
              .object = answer.person.value,
              .kind = EventKind::kStatusUpdate});
  }
}

}  // namespace firedrill
