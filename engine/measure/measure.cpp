#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/measure/metrics.hpp"

namespace firedrill {
namespace {

// Shares come from sums and products of doubles.
constexpr double kSameShare = 1e-9;

/// One service's shares over the drill, as far as its own questions go.
class ServedCurve {
 public:
  void add(const Event& event) { changes_.push_back(&event); }

  /// The first event from which `serves` holds for `hold`, after it first stopped holding; null
  /// when it never stopped, or never came back. `stopped` tells which.
  template <class Serves>
  const Event* recovery(TimePoint onset, TimePoint end, Duration hold, Serves serves,
                        bool& stopped) const {
    stopped = false;
    const Event* since = nullptr;
    for (const Event* change : changes_) {
      const bool ok = serves(*change);
      // Shares logged before the onset tell the state at the onset, no more.
      if (change->at < onset) {
        stopped = !ok;
        continue;
      }
      if (since != nullptr && change->at - since->at >= hold) return since;
      if (!ok) {
        stopped = true;
        since = nullptr;
      } else if (stopped && since == nullptr) {
        since = change;
      }
    }
    if (since != nullptr && end - since->at >= hold) return since;
    return nullptr;
  }

  std::int64_t lost_us(TimePoint onset, TimePoint end) const {
    double lost = 0;
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      const TimePoint from = std::max(changes_[i]->at, onset);
      const TimePoint to = i + 1 < changes_.size() ? std::max(changes_[i + 1]->at, onset) : end;
      lost += (1.0 - changes_[i]->value2) * static_cast<double>((to - from).us);
    }
    return std::llround(lost);
  }

 private:
  std::vector<const Event*> changes_;
};

class Fold {
 public:
  Fold(const Plan& plan, const std::vector<Event>& events) : plan_(plan), events_(events) {
    metrics_.services.resize(plan.services.size());
    metrics_.stores.resize(plan.stores.size());
    metrics_.steps.resize(plan.steps.size());
    curves_.resize(plan.services.size());
    ready_.resize(plan.steps.size());
    started_.resize(plan.steps.size());
    acting_.resize(plan.steps.size());
    came_back_.resize(plan.stores.size(), false);
  }

  DrillMetrics fold() {
    for (const Event& event : events_) find_onset(event);
    for (const Event& event : events_) take(event);
    judge_services();
    judge_stores();
    return std::move(metrics_);
  }

 private:
  void find_onset(const Event& event) {
    if (event.kind == EventKind::kFaultStarted)
      onset_ = std::min(onset_.value_or(event.at), event.at);
    if (event.kind == EventKind::kDrillEnded) {
      end_ = event.at;
      metrics_.end = static_cast<DrillEnd>(event.object);
    }
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
      case EventKind::kNote:
        metrics_.notes |= 1U << event.object;
        break;
      default:
        take_step(event);
    }
  }

  void take_step(const Event& event) {
    if (event.kind == EventKind::kStepReady) {
      ready_[event.subject] = &event;
    } else if (event.kind == EventKind::kStepStarted) {
      started_[event.subject] = &event;
    } else if (event.kind == EventKind::kStepActing) {
      if (acting_[event.subject] == nullptr) acting_[event.subject] = &event;
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
    step.idle_us = (started->at - ready->at).us;
    const std::int64_t hands = (acting->at - started->at).us;
    const bool decides = plan_.steps[event.subject].call.operation == Operation::kHumanDecide;
    (decides ? step.decision_us : step.work_us) = hands;
    step.wait_us = (event.at - acting->at).us;
  }

  void judge_services() {
    std::int64_t last = 0;
    for (std::uint32_t i = 0; i < plan_.services.size(); ++i) {
      const PlannedService& service = plan_.services[i];
      ServiceMetrics& result = metrics_.services[i];
      bool stopped = false;
      const Event* back = curves_[i].recovery(
          onset(), end_, service.hold,
          [&](const Event& e) { return e.value >= service.threshold - kSameShare; }, stopped);
      result.rto_us = !stopped ? 0 : back == nullptr ? kNotReachedUs : since_onset(back->at);
      if (back != nullptr && service.judged) mark_path(StepIndex{back->cause});
      back = curves_[i].recovery(
          onset(), end_, Duration{},
          [](const Event& e) { return e.value2 >= kNearlyAllClients - kSameShare; }, stopped);
      result.clients99_us = !stopped ? 0 : back == nullptr ? kNotReachedUs : since_onset(back->at);
      result.lost_us = curves_[i].lost_us(onset(), end_);
      if (service.judged) last = std::max(last, result.rto_us);
    }
    metrics_.marks.restored_us = last;
  }

  /// Back from the step that restored a service: through whoever kept its people busy, else through
  /// the step that released it.
  void mark_path(StepIndex step) {
    for (std::size_t guard = 0; step.valid() && guard <= plan_.steps.size(); ++guard) {
      metrics_.steps[step.value].critical = true;
      const Event* ready = ready_[step.value];
      const Event* started = started_[step.value];
      if (ready == nullptr) return;
      const bool waited = started != nullptr && started->at > ready->at;
      step = waited && started->cause != kNobody ? StepIndex{started->cause}
                                                 : StepIndex{ready->object};
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
  std::vector<bool> came_back_;
};

}  // namespace

DrillMetrics measure(const Plan& plan, const std::vector<Event>& events) {
  return Fold(plan, events).fold();
}

}  // namespace firedrill
