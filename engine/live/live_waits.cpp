// What the live world waits for: spans of time, and states of the platform.
#include <algorithm>

#include "engine/live/live_world.hpp"

namespace firedrill::live {

/// A timing of the library as a waiter of the command line has it: what it is on average.
Duration LiveWorld::timing(std::string_view id) const {
  const auto found = parts_.plan.timing_by_id.find(id);
  if (found == parts_.plan.timing_by_id.end()) return Duration::minutes(10);
  return duration_from_seconds(parts_.plan.timing(found->second).distribution.mean());
}

/// A change window in production is none in staging.
Task<Outcome> LiveWorld::pass_time(PlannedCall call, StepIndex by) {
  TimePoint until = agenda().now();
  if (call.operation == Operation::kWaitSinceDetection) {
    until = std::min(detected_, until) + call.duration.value_or(Duration{});
  } else if (call.operation != Operation::kWaitChangeWindow) {
    const TimingIndex time = by.valid() ? parts_.plan.step(by).wait_time : TimingIndex{};
    const Duration planned =
        time.valid() ? duration_from_seconds(parts_.plan.timing(time).distribution.mean())
                     : Duration{};
    until = until + call.duration.value_or(planned);
  }
  auto passed = sleep_until(agenda(), until);
  co_await passed;
  co_return Outcome{};
}

/// Asks at once, then at every poll, and gives up after the limit of the waiter. It polls as often
/// as its own kind does, or as the run looks, whichever is more often.
Task<Outcome> LiveWorld::poll(PlannedCall call, StepIndex /*by*/) {
  const WaiterRule& waiter = *rule_of(call.operation).waiter;
  const TimePoint give_up = agenda().now() + timing(waiter.give_up);
  const Duration between = std::min(options_.poll, timing(waiter.poll));
  PlannedCall probe = call;
  probe.operation = waiter.until;
  for (;;) {
    const TimePoint began = agenda().now();
    Task<Observation> look = observe(probe);
    const Observation seen = co_await look;
    if (seen.known && seen.holds) co_return Outcome{};
    if (began + between > give_up) co_return Outcome::failed(Failure::kGaveUp);
    auto pause = sleep_until(agenda(), began + between);
    co_await pause;
  }
}

/// Until all probes have said so for the whole span; a break, or a look that tells nothing, starts
/// it anew.
Task<Outcome> LiveWorld::hold_for(std::vector<PlannedCall> probes, bool is, Duration span) {
  TimePoint since = agenda().now();
  for (;;) {
    const TimePoint began = agenda().now();
    bool holds = true;
    for (const PlannedCall& probe : probes) {
      Task<Observation> look = observe(probe);
      const Observation seen = co_await look;
      holds = holds && seen.known && seen.holds == is;
    }
    if (!holds) since = agenda().now();
    if (holds && agenda().now() >= since + span) co_return Outcome{};
    auto pause = sleep_until(agenda(), began + options_.poll);
    co_await pause;
  }
}

}  // namespace firedrill::live
