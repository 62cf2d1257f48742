#include "engine/live/live_driver.hpp"

#include <algorithm>

namespace firedrill::live {

MonotonicClock::MonotonicClock(Duration begun)
    : origin_(std::chrono::steady_clock::now() - std::chrono::microseconds(begun.us)) {}

TimePoint MonotonicClock::now() const {
  const auto since = std::chrono::steady_clock::now() - origin_;
  return {std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
}

void MonotonicClock::wait(std::unique_lock<std::mutex>& lock, std::condition_variable& wake,
                          TimePoint until, std::size_t /*calls*/) {
  // The clock of the system counts nanoseconds: what lies beyond its range is waited for in parts,
  // and the caller looks again after each.
  constexpr Duration kLongest = Duration::hours(24);
  const auto at = std::min(until, now() + kLongest);
  wake.wait_until(lock, origin_ + std::chrono::microseconds(at.us));
}

LiveDriver::LiveDriver(RunClock& clock, std::size_t threads) : clock_(clock), pool_(threads) {}

LiveDriver::~LiveDriver() = default;

void LiveDriver::post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(work));
  }
  wake_.notify_one();
}

void LiveDriver::run_posted() {
  std::vector<std::function<void()>> posted;
  {
    const std::lock_guard lock(mutex_);
    posted.swap(posted_);
  }
  for (const auto& work : posted) work();
}

void LiveDriver::finish_calls() {
  for (;;) {
    run_posted();
    std::unique_lock lock(mutex_);
    if (!posted_.empty()) continue;
    if (calls_ == 0) return;
    wake_.wait(lock);
  }
}

void LiveDriver::catch_up() { agenda_.run_until(std::max(agenda_.now(), clock_.now())); }

DriveEnd LiveDriver::drive(Task<void>& root, TimePoint deadline, const Hooks& hooks) {
  root.start(nullptr);
  for (;;) {
    // Everything that was due comes before what is posted now, so that the agenda's clock has come
    // to this instant when the posted work wakes somebody.
    const TimePoint now = std::max(agenda_.now(), std::min(clock_.now(), deadline));
    agenda_.run_until(now);
    run_posted();
    agenda_.run_until(now);
    if (hooks.turned) hooks.turned();
    if (root.done()) return DriveEnd::kCompleted;
    if (hooks.stop && hooks.stop()) return DriveEnd::kStopped;
    if (now >= deadline) return DriveEnd::kDeadline;
    std::unique_lock lock(mutex_);
    if (!posted_.empty()) continue;
    TimePoint until = agenda_.empty() ? deadline : std::min(deadline, agenda_.earliest());
    if (hooks.stop) until = std::min(until, now + kStopPoll);
    clock_.wait(lock, wake_, until, calls_);
  }
}

}  // namespace firedrill::live
