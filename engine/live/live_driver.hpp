// Drives the agenda by a clock, and lets calls that block be awaited: they run on a few threads,
// and what they give is posted back. One thread, that of `drive`, touches coroutines.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/agenda.hpp"
#include "engine/base/task.hpp"
#include "engine/live/platform.hpp"
#include "engine/live/run_clock.hpp"
#include "engine/live/worker_pool.hpp"

namespace firedrill::live {

enum class DriveEnd {
  kCompleted,
  kDeadline,
  kStopped,  // the hook said so
};

class LiveDriver {
 public:
  static constexpr std::size_t kThreads = 8;

  explicit LiveDriver(RunClock& clock, std::size_t threads = kThreads);
  ~LiveDriver();

  Agenda& agenda() { return agenda_; }

  struct Hooks {
    /// Asked at every turn, at least every `kStopPoll`.
    std::function<bool()> stop;
    /// After every turn: what it has brought about can be written down. May throw.
    std::function<void()> turned;
  };
  static constexpr Duration kStopPoll = Duration::milliseconds(50);

  /// Starts `root` and goes on until it ends, `deadline` passes, or the hook stops it. The task
  /// stays with the caller, who drops it.
  DriveEnd drive(Task<void>& root, TimePoint deadline, const Hooks& hooks);

  /// Waits until no call is under way any more, whoever had asked for it. Nothing is resumed.
  void finish_calls();
  /// Brings the agenda to the present when nothing is on it: time has gone by between two drives.
  void catch_up();

  /// Runs `work` in the thread of `drive`. For any thread.
  void post(std::function<void()> work);

  /// Calls still under way, those included that nobody awaits any more.
  std::size_t calls() const { return calls_.load(); }

  /// Awaits `work` on another thread. It must not throw, and ends by `limit` from now, which it is
  /// given as its deadline. Dropped, it goes on unobserved, told by `cancelled`; what has not begun
  /// by then is not begun at all.
  template <class T>
  Task<T> off_thread(std::function<T(const CallControl&)> work, Duration limit);

 private:
  template <class T>
  struct Flight {
    std::optional<T> value;    // written by the worker before it posts, read after
    Signal* landed = nullptr;  // of the thread of `drive`
    bool done = false;         // likewise
    std::atomic<bool> dropped{false};
  };
  /// Tells the flight that its passenger is gone.
  template <class T>
  struct Leash {
    Flight<T>& flight;
    ~Leash() {
      flight.landed = nullptr;
      flight.dropped = true;
    }
  };

  void run_posted();

  RunClock& clock_;
  Agenda agenda_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::function<void()>> posted_;
  std::atomic<std::size_t> calls_{0};
  WorkerPool pool_;  // last member: its jobs post here
};

template <class T>
Task<T> LiveDriver::off_thread(std::function<T(const CallControl&)> work, Duration limit) {
  const auto flight = std::make_shared<Flight<T>>();
  Signal landed(agenda_);
  const Leash<T> leash{*flight};
  flight->landed = &landed;
  CallControl control;
  control.deadline = std::chrono::steady_clock::now() + std::chrono::microseconds(limit.us);
  control.cancelled = [flight] { return flight->dropped.load(); };
  ++calls_;
  pool_.submit([this, flight, control, work = std::move(work)] {
    if (!flight->dropped) flight->value = work(control);
    post([this, flight] {
      --calls_;
      flight->done = true;
      if (flight->landed != nullptr) flight->landed->raise();
    });
  });
  while (!flight->done) {
    auto landing = landed.wait();
    co_await landing;
  }
  co_return std::move(*flight->value);
}

}  // namespace firedrill::live
