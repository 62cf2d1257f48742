// The clock that a live run goes by: microseconds since the run began, never set back.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "engine/base/time.hpp"

namespace firedrill::live {

class RunClock {
 public:
  virtual ~RunClock() = default;
  virtual TimePoint now() const = 0;
  /// Releases `lock` and returns when `wake` is notified, or at `until`, or earlier for no reason.
  /// `calls` are under way at this moment.
  virtual void wait(std::unique_lock<std::mutex>& lock, std::condition_variable& wake,
                    TimePoint until, std::size_t calls) = 0;
};

/// The clock of the machine. A run that is resumed begins at the instant `begun` before now.
class MonotonicClock final : public RunClock {
 public:
  explicit MonotonicClock(Duration begun = {});
  TimePoint now() const override;
  void wait(std::unique_lock<std::mutex>& lock, std::condition_variable& wake, TimePoint until,
            std::size_t calls) override;

 private:
  std::chrono::steady_clock::time_point origin_;
};

}  // namespace firedrill::live
