// What every simulated component of one drill shares: the plan, the clock, the log, its random
// draws, and the news that something has changed.
#pragma once

#include <string_view>
#include <vector>

#include "engine/base/agenda.hpp"
#include "engine/base/random.hpp"
#include "engine/plan/plan.hpp"
#include "engine/run/event_log.hpp"
#include "models/local_clock.hpp"
#include "models/simgrid_engine.hpp"

namespace firedrill {

class DrillContext {
 public:
  DrillContext(const Plan& p, SimGridEngine& e, EventLog& l, DrillDraws d)
      : plan(p),
        engine(e),
        agenda(e.agenda()),
        log(l),
        draws(d),
        clock(p, d),
        changed(e.agenda()),
        shares_changed(e.agenda()),
        alarm_is_on(p.alarms.size(), false) {}

  const Plan& plan;
  SimGridEngine& engine;
  Agenda& agenda;
  EventLog& log;
  DrillDraws draws;
  LocalClock clock;
  /// Raised after every change of state that a service, a metric or a waiter might see.
  Signal changed;
  /// Raised after a flow on a link that others may share began, ended or was limited otherwise.
  Signal shares_changed;
  std::uint64_t share_changes = 0;
  void change_shares() {
    ++share_changes;
    shares_changed.raise();
  }

  /// Which alarms are in the state ALARM, by index of the plan.
  std::vector<bool> alarm_is_on;

  TimePoint now() const { return agenda.now(); }

  /// Every timing is drawn here, so that the log knows what was drawn, and an analysis can redraw
  /// one timing alone.
  double drawn(TimingIndex timing, EntityKey key, std::uint32_t draw_number) const {
    const PlannedTiming& planned = plan.timing(timing);
    const DrillDraws& own = draws;
    const double u = (planned.seed ? own.with_seed(*planned.seed) : own).uniform(key, draw_number);
    const double value = planned.distribution.quantile(u);
    log.drew(timing, value);
    return value;
  }
  Duration drawn_duration(TimingIndex timing, EntityKey key, std::uint32_t draw_number) const {
    return duration_from_seconds(drawn(timing, key, draw_number));
  }
  double value(TimingIndex timing, Stream& stream) const {
    const std::uint32_t draw_number = stream.skip();
    return drawn(timing, stream.entity(), draw_number);
  }
  Duration duration(TimingIndex timing, Stream& stream) const {
    return duration_from_seconds(value(timing, stream));
  }

  /// Something has changed on account of step `by` (invalid: of a fault, or by itself).
  void change(StepIndex by) {
    last_cause = by;
    changed.raise();
  }
  /// The step on whose account the newest change was.
  StepIndex last_cause;
  /// When the first alarm paged somebody.
  TimePoint detected = TimePoint::never();
  /// Whether requests have ever been other than usual in this drill: only then are they followed.
  bool unusual_traffic = false;

  void note(Note note, std::uint32_t component, StepIndex by) {
    log.add({.at = now(),
             .subject = component,
             .object = static_cast<std::uint32_t>(note),
             .cause = by.value,
             .kind = EventKind::kNote,
             .knowledge = Knowledge::kSimulatorOnly});
  }
};

/// The timings of one component, each with a stream of its own, so that a draw more in one place
/// moves no other.
class SlotDraws {
 public:
  SlotDraws(DrillContext& context, ComponentIndex component, std::string_view slot)
      : SlotDraws(context, component, slot, component) {}
  /// A timing of `component`, drawn on behalf of another.
  SlotDraws(DrillContext& context, ComponentIndex component, std::string_view slot,
            ComponentIndex keyed_by)
      : context_(context),
        timing_(context.plan.component(component).timing(slot)),
        stream_(context.draws, slot_key(context.plan.component(keyed_by).name, slot)) {}

  Duration duration() { return context_.duration(timing_, stream_); }
  double value() { return context_.value(timing_, stream_); }
  bool chance() { return stream_.next() < context_.plan.timing(timing_).distribution.mean(); }

 private:
  static EntityKey slot_key(std::string_view component, std::string_view slot);
  DrillContext& context_;
  TimingIndex timing_;
  Stream stream_;
};

/// Ends at the next raise of the signal: what a deadline is raced with.
Task<void> next_raise(Signal& signal);

/// Whether a behaviour with a probability shows in this drill, for one subject.
bool behaves(const DrillContext& context, Behaviour behaviour, std::string_view subject);

}  // namespace firedrill
