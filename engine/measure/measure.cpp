#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/measure/metrics.hpp"
#include "engine/measure/served_curve.hpp"
#include "engine/measure/target_metrics.hpp"

namespace firedrill {
namespace {

class Fold {
 public:
  Fold(const Plan& plan, const std::vector<Event>& events) : plan_(plan), events_(events) {
    metrics_.services.resize(plan.services.size());
    metrics_.stores.resize(plan.stores.size());
    metrics_.steps.resize(plan.steps.size());
    metrics_.persons.resize(plan.persons.size());
    metrics_.roles.resize(plan.roles.size());
    interrupted_.resize(plan.steps.size());
    change_.resize(plan.steps.size());
    curves_.resize(plan.services.size());
    ready_.resize(plan.steps.size());
    started_.resize(plan.steps.size());
    acting_.resize(plan.steps.size());
    came_back_.resize(plan.stores.size(), false);
    timeline_.alarms.resize(plan.alarms.size(), TimePoint::never());
    timeline_.runbooks.resize(plan.runbooks.size());
    timeline_.steps.resize(plan.steps.size());
  }

  DrillMetrics fold() {
    for (const Event& event : events_) find_onset(event);
    timeline_.faulted = onset_.has_value();
    timeline_.onset = onset();
    for (const Event& event : events_) {
      take(event);
      keep_time(event);
    }
    find_open_steps();
    judge_services();
    judge_stores();
    judge_targets();
    trace_path();
    return std::move(metrics_);
  }

 private:
  void find_onset(const Event& event) {
    if (event.kind == EventKind::kFaultStarted && begins_outage(event))
      onset_ = std::min(onset_.value_or(event.at), event.at);
    if (event.kind == EventKind::kDrillEnded) {
      end_ = event.at;
      metrics_.end = static_cast<DrillEnd>(event.object);
    }
  }

  bool begins_outage(const Event& fault) const {
    const bool known = fault.subject < plan_.faults.size();
    return !known || !strikes_people(plan_.faults[fault.subject].call.operation);
  }

  TimePoint onset() const { return onset_.value_or(TimePoint{}); }
  std::int64_t since_onset(TimePoint when) const { return (when - onset()).us; }
  void mark_first(std::int64_t& mark, TimePoint when) const {
    if (mark == kNotReachedUs) mark = since_onset(when);
  }

  void take(const Event& event) {
    Marks& marks = metrics_.marks;
    switch (event.kind) {
      case EventKind::kServedShare:
        curves_[event.subject].add(event);
        break;
      case EventKind::kAlarm:
        mark_first(marks.detected_us, event.at);
        break;
      case EventKind::kAcknowledged:
        mark_first(marks.acknowledged_us, event.at);
        break;
      case EventKind::kDeclared:
        mark_first(marks.declared_us, event.at);
        break;
      case EventKind::kDecided:
        mark_first(marks.decided_us, event.at);
        break;
      case EventKind::kVerified:
        mark_first(marks.verified_us, event.at);
        break;
      case EventKind::kClosed:
        marks.closed_us = since_onset(event.at);
        break;
      case EventKind::kDataLoss:
        metrics_.stores[event.subject].rpo_us = std::llround(event.value * 1e6);
        metrics_.stores[event.subject].missing_writes = event.value2;
        came_back_[event.subject] = true;
        break;
      case EventKind::kDataLossShape:
        metrics_.stores[event.subject].age_of_99_us = std::llround(event.value * 1e6);
        break;
      case EventKind::kStatusUpdate:
        add_busy(event.object, posts_as(event.object), std::llround(event.value * 1e6));
        break;
      case EventKind::kNote:
        metrics_.notes |= bit_of(static_cast<Note>(event.object));
        break;
      default:
        take_step(event);
    }
  }

  /// What targets refer to; the first of each.
  void keep_time(const Event& event) {
    const auto first = [&](TimePoint& when) { when = std::min(when, event.at); };
    const auto runbook_of_step = [&]() -> Timeline::Runbook& {
      return timeline_.runbooks[plan_.steps[event.subject].runbook.value];
    };
    switch (event.kind) {
      case EventKind::kAlarm:
        return first(timeline_.alarms[event.subject]);
      case EventKind::kAcknowledged:
        return first(timeline_.acknowledged);
      case EventKind::kDeclared:
        worsen(event);
        return first(timeline_.runbooks[event.subject].declared);
      case EventKind::kSeverityRaised:
        return worsen(event);
      case EventKind::kDecided:
        return first(runbook_of_step().decided);
      case EventKind::kRunbookAborted:
        timeline_.runbooks[event.subject].aborted = true;
        return;
      case EventKind::kClosed:
        return first(timeline_.runbooks[event.subject].closed);
      case EventKind::kStepReady:
        timeline_.steps[event.subject].ready = true;
        return first(runbook_of_step().started);
      case EventKind::kStepEnded:
        return keep_end(event, runbook_of_step());
      default:
        return;
    }
  }

  void worsen(const Event& event) {
    SeverityIndex& kept = timeline_.runbooks[event.subject].severity;
    kept = std::min(kept, SeverityIndex{event.object});
  }

  void keep_end(const Event& event, Timeline::Runbook& runbook) {
    Timeline::Step& step = timeline_.steps[event.subject];
    step.skipped = event.skipped;
    if (event.skipped) return;
    step.ended = event.at;
    if (event.outcome.ok()) step.done = event.at;
    runbook.last_step = {event.subject};
  }

  void add_busy(std::uint32_t person, RoleIndex role, std::int64_t us) {
    if (person < metrics_.persons.size()) metrics_.persons[person].busy_us += us;
    if (role.valid()) metrics_.roles[role.value].busy_us += us;
  }

  /// The role in which a person posts status updates: the one that is to post them, if they hold
  /// it, else the first they hold.
  RoleIndex posts_as(std::uint32_t person) const {
    const auto holds = [&](const PlannedRole& role) {
      return std::find(role.persons.begin(), role.persons.end(), PersonIndex{person}) !=
             role.persons.end();
    };
    const RoleIndex poster = plan_.status_updates_by;
    if (poster.valid() && holds(plan_.roles[poster.value])) return poster;
    const auto first = std::find_if(plan_.roles.begin(), plan_.roles.end(), holds);
    if (first == plan_.roles.end()) return {};
    return {static_cast<std::uint32_t>(first - plan_.roles.begin())};
  }

  void take_step(const Event& event) {
    if (event.kind == EventKind::kStepReady) {
      ready_[event.subject] = &event;
    } else if (event.kind == EventKind::kStepStarted) {
      started_[event.subject] = &event;
    } else if (event.kind == EventKind::kStepActing) {
      if (acting_[event.subject] == nullptr) acting_[event.subject] = &event;
    } else if (event.kind == EventKind::kStepPreempted) {
      interrupted_[event.subject].since = event.at;
      interrupted_[event.subject].by = event.cause;
    } else if (event.kind == EventKind::kStepResumed) {
      // Of the hands-on part of the first attempt, the only one that is split.
      Interruptions& all = interrupted_[event.subject];
      if (acting_[event.subject] == nullptr) all.us += (event.at - all.since).us;
    } else if (event.kind == EventKind::kApproved || event.kind == EventKind::kChangeWindow) {
      if (event.cause == kNobody) return;
      const bool approved = event.kind == EventKind::kApproved;
      Change& change = change_[event.cause];
      (approved ? change.approval_us : change.window_us) = duration_from_seconds(event.value).us;
    } else if (event.kind == EventKind::kStepEnded) {
      end_step(event);
    }
  }

  void end_step(const Event& event) {
    const Event* ready = ready_[event.subject];
    const Event* started = started_[event.subject];
    const Event* acting = acting_[event.subject];
    if (event.skipped || ready == nullptr) return;
    StepMetrics& step = metrics_.steps[event.subject];
    step.ran = true;
    step.failed = !event.outcome.ok();
    step.total_us = (event.at - ready->at).us;
    if (started == nullptr || acting == nullptr) {  // nobody's hands were needed
      step.wait_us = step.total_us;
      return;
    }
    const std::int64_t interrupted = interrupted_[event.subject].us;
    const Change& change = change_[event.subject];
    step.idle_us = std::max<std::int64_t>(
        0, (started->at - ready->at).us - change.approval_us - change.window_us);
    if (started->cause != kNobody) step.busy_us = step.idle_us;
    step.idle_us += interrupted;
    step.busy_us += interrupted;
    const std::int64_t hands = (acting->at - started->at).us - interrupted;
    add_busy(started->object, plan_.steps[event.subject].role, hands);
    const bool decides = plan_.steps[event.subject].call.operation == Operation::kHumanDecide;
    (decides ? step.decision_us : step.work_us) = hands;
    step.decision_us += change.approval_us;
    step.wait_us = (event.at - acting->at).us + change.window_us;
  }

  void judge_services() {
    std::int64_t last = 0;
    for (std::uint32_t i = 0; i < plan_.services.size(); ++i) {
      const PlannedService& service = plan_.services[i];
      ServiceMetrics& result = metrics_.services[i];
      const auto own = curves_[i].recovery(onset(), end_, service.hold, [&](const Event& e) {
        return e.value >= service.threshold - kSameShare;
      });
      const TimePoint since = onset_ || !own.stopped ? onset() : *own.stopped;
      result.rto_us = span_us(own, since);
      const auto nearly_all = curves_[i].recovery(onset(), end_, Duration{}, [](const Event& e) {
        return e.value2 >= kNearlyAllClients - kSameShare;
      });
      result.clients99_us = span_us(nearly_all, since);
      result.lost_us = curves_[i].lost_us(onset(), end_);
      result.interrupted_us = curves_[i].interrupted_us(onset(), end_, service.threshold);
      if (own.back != nullptr) result.path = path_to(StepIndex{own.back->cause});
      if (own.back == nullptr && own.stopped) result.path = path_to(longest_open_);
      if (service.judged) mark_critical(result.path);
      if (service.judged && result.rto_us > last) last_back_ = {i};
      if (service.judged) last = std::max(last, result.rto_us);
    }
    metrics_.marks.restored_us = last;
  }

  static std::int64_t span_us(const ServedCurve::Recovery& recovery, TimePoint since) {
    if (!recovery.stopped) return 0;
    return recovery.back == nullptr ? kNotReachedUs : (recovery.back->at - since).us;
  }

  /// Back from a step: through what interrupted it, else through whoever kept its people busy, else
  /// through the step that released it.
  std::vector<StepIndex> path_to(StepIndex step) const {
    std::vector<StepIndex> path;
    while (step.valid() && path.size() <= plan_.steps.size()) {
      path.push_back(step);
      const Event* ready = ready_[step.value];
      const Event* started = started_[step.value];
      if (ready == nullptr) break;
      const bool waited = started != nullptr && started->at > ready->at;
      if (interrupted_[step.value].us > 0 && interrupted_[step.value].by != kNobody) {
        step = StepIndex{interrupted_[step.value].by};
        continue;
      }
      step = waited && started->cause != kNobody ? StepIndex{started->cause}
                                                 : StepIndex{ready->object};
    }
    return path;
  }

  void trace_path() {
    std::vector<PathPart> parts;
    if (last_back_.valid()) {
      std::vector<StepIndex> path = metrics_.services[last_back_.value].path;
      std::reverse(path.begin(), path.end());
      for (const StepIndex step : path) {
        if (ready_[step.value] == nullptr) continue;
        const TimePoint ended = timeline_.steps[step.value].ended;
        metrics_.path.push_back({step, since_onset(ready_[step.value]->at),
                                 ended == TimePoint::never() ? kNotReachedUs : since_onset(ended)});
        add_parts(step, parts);
      }
    }
    for (std::uint32_t i = 0; i < plan_.steps.size(); ++i) {
      if (plan_.steps[i].verifies && ready_[i] != nullptr) add_parts({i}, parts);
    }
    const Marks& marks = metrics_.marks;
    const auto when = [&](std::int64_t mark) {
      return mark == kNotReachedUs ? end_ : onset() + Duration::microseconds(mark);
    };
    const bool decided = marks.decided_us != kNotReachedUs;
    metrics_.phases = split_phases({onset(), when(marks.detected_us), when(marks.acknowledged_us),
                                    when(decided ? marks.decided_us : marks.acknowledged_us),
                                    when(marks.restored_us), when(marks.verified_us)},
                                   parts);
  }

  /// A step from ready to ended, in the order in which its time passes.
  void add_parts(StepIndex step, std::vector<PathPart>& parts) const {
    const StepMetrics& spent = metrics_.steps[step.value];
    const Event* started = started_[step.value];
    const Event* acting = acting_[step.value];
    const TimePoint ended = std::min(timeline_.steps[step.value].ended, end_);
    TimePoint now = ready_[step.value]->at;
    const auto add = [&](TimePoint to, std::int64_t TimeSplit::*sort) {
      if (to > now) parts.push_back({now, to, sort});
      now = std::max(now, to);
    };
    const Change& change = change_[step.value];
    add(now + Duration::microseconds(change.approval_us), &TimeSplit::decision_us);
    add(now + Duration::microseconds(change.window_us), &TimeSplit::wait_us);
    const bool needs_hands = plan_.step(step).role.valid();
    if (started == nullptr) {
      return add(ended, needs_hands ? &TimeSplit::idle_us : &TimeSplit::wait_us);
    }
    add(started->at, &TimeSplit::idle_us);
    const bool decides = plan_.step(step).call.operation == Operation::kHumanDecide;
    const TimePoint free = acting == nullptr ? ended : acting->at;
    const Duration away = Duration::microseconds(interrupted_[step.value].us);
    add(free - away, decides ? &TimeSplit::decision_us : &TimeSplit::work_us);
    add(free, spent.ran ? &TimeSplit::idle_us : &TimeSplit::work_us);
    add(ended, &TimeSplit::wait_us);
  }

  void mark_critical(const std::vector<StepIndex>& path) {
    for (const StepIndex step : path) metrics_.steps[step.value].critical = true;
  }

  /// Of several open steps the one that was ready first has held up the most.
  void find_open_steps() {
    for (std::uint32_t i = 0; i < plan_.steps.size(); ++i) {
      const Event* ready = ready_[i];
      const Timeline::Step& seen = timeline_.steps[i];
      if (ready == nullptr || seen.skipped || seen.ended != TimePoint::never()) continue;
      StepMetrics& step = metrics_.steps[i];
      step.open = true;
      step.total_us = (end_ - ready->at).us;
      if (started_[i] == nullptr && plan_.steps[i].role.valid()) step.idle_us = step.total_us;
      if (!longest_open_.valid() || ready->at < ready_[longest_open_.value]->at) {
        longest_open_ = {i};
      }
    }
  }

  void judge_targets() {
    metrics_.incident = incident_of(plan_, SeverityIndex{}, timeline_, metrics_);
    for (const PlannedTarget& target : plan_.targets) {
      TargetMetrics judged{achieved_us(plan_, target, timeline_, metrics_), {}};
      if (target.service.valid() && target.objective != Objective::kRpo) {
        judged.path = metrics_.services[target.service.value].path;
      } else if (judged.achieved_us != kNotJudgedUs && target.runbook.valid()) {
        const bool reached = judged.achieved_us != kNotReachedUs;
        judged.path = path_to(reached ? completing_step(plan_, target, timeline_) : longest_open_);
      }
      metrics_.targets.push_back(std::move(judged));
    }
  }

  /// A store that logged no loss lost nothing, unless a service that needs it never came back.
  void judge_stores() {
    for (std::uint32_t i = 0; i < plan_.services.size(); ++i) {
      const bool gone = metrics_.services[i].rto_us == kNotReachedUs;
      for (const StoreIndex store : plan_.services[i].stores) {
        StoreMetrics& result = metrics_.stores[store.value];
        if (gone && !came_back_[store.value]) result.rpo_us = kNotReachedUs;
      }
    }
    for (std::uint32_t i = 0; i < plan_.services.size(); ++i) {
      ServiceMetrics& service = metrics_.services[i];
      const bool gone = service.rto_us == kNotReachedUs;
      service.rpo_us = gone && !plan_.services[i].stores.empty() ? kNotReachedUs : 0;
      for (const StoreIndex store : plan_.services[i].stores) {
        service.rpo_us = std::max(service.rpo_us, metrics_.stores[store.value].rpo_us);
      }
    }
  }

  const Plan& plan_;
  const std::vector<Event>& events_;
  std::optional<TimePoint> onset_;
  TimePoint end_;
  DrillMetrics metrics_;
  std::vector<ServedCurve> curves_;
  std::vector<const Event*> ready_;
  std::vector<const Event*> started_;
  std::vector<const Event*> acting_;
  struct Interruptions {
    std::int64_t us = 0;
    TimePoint since;
    std::uint32_t by = kNobody;  // the step that came in between last
  };
  std::vector<Interruptions> interrupted_;  // by step
  /// What a change waits for before anybody's hands are asked for.
  struct Change {
    std::int64_t approval_us = 0;
    std::int64_t window_us = 0;
  };
  std::vector<Change> change_;  // by step
  std::vector<bool> came_back_;
  Timeline timeline_;
  StepIndex longest_open_;
  ServiceIndex last_back_;  // of the judged services that stopped, the last to come back
};

}  // namespace

DrillMetrics measure(const Plan& plan, const std::vector<Event>& events) {
  return Fold(plan, events).fold();
}

}  // namespace firedrill
