#include "reports/timeline.hpp"

#include <algorithm>
#include <optional>

#include "engine/measure/metrics.hpp"
#include "engine/plan/print.hpp"
#include "reports/event_lines.hpp"
#include "reports/mark_names.hpp"

namespace firedrill {
namespace {

/// Follows the events of one step: at every moment its time goes to one kind.
class StepTrack {
 public:
  void begin(std::int64_t at_ms, bool needs_hands) {
    began_ = true;
    ready_ms = at_ms;
    turn(at_ms, needs_hands ? SpanKind::kIdle : SpanKind::kWait);
  }
  /// From now on the time goes to `kind`.
  void turn(std::int64_t at_ms, SpanKind kind) {
    if (!began_) return;
    close(at_ms);
    open_ = TimelineSpan{kind, at_ms, at_ms};
  }
  /// What was idle up to now was something else from `from_ms` on, as the log tells afterwards.
  void amend(std::int64_t from_ms, std::int64_t at_ms, SpanKind kind) {
    if (!open_) return;
    const SpanKind before = open_->kind;
    close(std::max(from_ms, open_->from_ms));
    spans.push_back({kind, std::max(from_ms, spans.empty() ? from_ms : spans.back().to_ms), at_ms});
    open_ = TimelineSpan{before, at_ms, at_ms};
  }
  void close(std::int64_t at_ms) {
    if (open_) ended_ms = at_ms;
    if (open_ && at_ms > open_->from_ms) spans.push_back({open_->kind, open_->from_ms, at_ms});
    open_.reset();
  }
  bool began() const { return began_; }

  std::int64_t ready_ms = 0;
  std::int64_t ended_ms = 0;
  std::vector<TimelineSpan> spans;
  std::vector<std::int64_t> retries_ms;
  std::uint32_t person = kNobody;
  bool acting = false;
  bool ended = false;
  bool skipped = false;
  bool failed = false;
  std::size_t order = 0;

 private:
  bool began_ = false;
  std::optional<TimelineSpan> open_;
};

class TimelineFold {
 public:
  TimelineFold(const Plan& plan, std::vector<Event> events)
      : plan_(plan), events_(events_in_order(std::move(events))), tracks_(plan.steps.size()) {
    const TimePoint onset = onset_of(plan, events_);
    if (onset != TimePoint::never()) onset_ = onset;
    for (const PlannedService& service : plan.services) {
      line_.services.push_back({service.name, service.threshold, {}});
    }
  }

  ReportTimeline run() {
    for (const Event& event : events_) take(event);
    const DrillMetrics metrics = measure(plan_, events_);
    add_steps(metrics);
    add_marks(metrics.marks);
    for (std::size_t i = plan_.services.size(); i-- > 0;) {
      if (!plan_.services[i].judged) line_.services.erase(line_.services.begin() + i);
    }
    return std::move(line_);
  }

 private:
  std::int64_t ms(TimePoint at) const { return (at - onset_).us / 1000; }

  void take(const Event& event) {
    const std::int64_t at = ms(event.at);
    switch (event.kind) {
      case EventKind::kServedShare:
        line_.services[event.subject].served.push_back({at, event.value});
        return;
      case EventKind::kFaultStarted:
      case EventKind::kFaultEnded: {
        const bool over = event.kind == EventKind::kFaultEnded;
        line_.marks.push_back({over ? "fault over" : "fault",
                               describe_call(plan_, plan_.faults[event.subject].call), at});
        return;
      }
      case EventKind::kDrillEnded:
        line_.end_ms = at;
        return;
      default:
        take_step(event, at);
    }
  }

  void take_step(const Event& event, std::int64_t at) {
    switch (event.kind) {
      case EventKind::kStepReady:
        tracks_[event.subject].order = next_++;
        return tracks_[event.subject].begin(at, plan_.steps[event.subject].role.valid());
      case EventKind::kStepStarted:
      case EventKind::kStepResumed:
        tracks_[event.subject].person = event.object;
        return tracks_[event.subject].turn(at, hands(event.subject));
      case EventKind::kStepActing:
        if (tracks_[event.subject].acting) tracks_[event.subject].retries_ms.push_back(at);
        tracks_[event.subject].acting = true;
        return tracks_[event.subject].turn(at, SpanKind::kWait);
      case EventKind::kStepPreempted:
        return tracks_[event.subject].turn(at, SpanKind::kIdle);
      case EventKind::kApproved:
      case EventKind::kChangeWindow: {
        if (event.cause == kNobody) return;
        const std::int64_t from = at - duration_from_seconds(event.value).us / 1000;
        const bool approved = event.kind == EventKind::kApproved;
        return tracks_[event.cause].amend(from, at,
                                          approved ? SpanKind::kDecision : SpanKind::kWait);
      }
      case EventKind::kStepEnded:
        tracks_[event.subject].ended = true;
        tracks_[event.subject].skipped = event.skipped;
        tracks_[event.subject].failed = !event.skipped && !event.outcome.ok();
        return tracks_[event.subject].close(at);
      default:
        return;
    }
  }

  SpanKind hands(std::uint32_t step) const {
    const bool decides = plan_.steps[step].call.operation == Operation::kHumanDecide;
    return decides ? SpanKind::kDecision : SpanKind::kWork;
  }

  /// The way of the judged service that came back last.
  static const std::vector<StepIndex>* last_path(const Plan& plan, const DrillMetrics& metrics) {
    const ServiceMetrics* last = nullptr;
    for (std::size_t i = 0; i < metrics.services.size(); ++i) {
      if (!plan.services[i].judged) continue;
      if (last == nullptr || metrics.services[i].rto_us > last->rto_us) last = &metrics.services[i];
    }
    return last == nullptr ? nullptr : &last->path;
  }

  void add_steps(const DrillMetrics& metrics) {
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < tracks_.size(); ++i) {
      if (tracks_[i].began() && !tracks_[i].skipped) order.push_back(i);
    }
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return tracks_[a].order < tracks_[b].order;
    });
    const std::vector<StepIndex>* const path = last_path(plan_, metrics);
    for (const std::uint32_t i : order) {
      StepTrack& track = tracks_[i];
      track.close(line_.end_ms);
      const PlannedStep& planned = plan_.steps[i];
      TimelineStep step;
      step.runbook = plan_.runbooks.at(planned.runbook.value).name;
      step.step = planned.id;
      step.role = planned.role.valid() ? plan_.roles[planned.role.value].name : "";
      if (track.person < plan_.persons.size()) step.person = plan_.persons[track.person];
      step.critical =
          path != nullptr && std::find(path->begin(), path->end(), StepIndex{i}) != path->end();
      step.failed = track.failed;
      step.open = !track.ended;
      step.ready_ms = track.ready_ms;
      step.ended_ms = track.ended_ms;
      step.spans = std::move(track.spans);
      step.retries_ms = std::move(track.retries_ms);
      line_.steps.push_back(std::move(step));
    }
  }

  void add_marks(const Marks& marks) {
    for (const auto& [name, member] : kNamedMarks) {
      const std::int64_t us = marks.*member;
      if (us != kNotReachedUs) line_.marks.push_back({name, "", us / 1000});
    }
    std::stable_sort(line_.marks.begin(), line_.marks.end(),
                     [](const auto& a, const auto& b) { return a.at_ms < b.at_ms; });
  }

  const Plan& plan_;
  std::vector<Event> events_;
  std::vector<StepTrack> tracks_;  // by step
  TimePoint onset_{};
  std::size_t next_ = 0;
  ReportTimeline line_;
};

}  // namespace

std::string_view to_word(SpanKind kind) {
  switch (kind) {
    case SpanKind::kIdle:
      return "idle";
    case SpanKind::kWork:
      return "work";
    case SpanKind::kDecision:
      return "decision";
    case SpanKind::kWait:
      break;
  }
  return "wait";
}

ReportTimeline timeline_of(const Plan& plan, const std::vector<Event>& events) {
  return TimelineFold(plan, events).run();
}

}  // namespace firedrill
