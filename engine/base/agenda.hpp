// The agenda: everything that will be resumed, in order of time and, within one instant, first in,
// first out. It knows no clock of its own: whoever drives it (SimGrid timers, a test, the wall
// clock) tells it which instant has come. That is what keeps one executor for every world.
#pragma once

#include <coroutine>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/task.hpp"
#include "engine/base/time.hpp"

namespace firedrill {

/// A waiting coroutine. Lives in the awaiter, so inside the coroutine's own frame.
class AgendaEntry {
 public:
  AgendaEntry() = default;
  AgendaEntry(const AgendaEntry&) = delete;
  AgendaEntry& operator=(const AgendaEntry&) = delete;

 private:
  friend class Agenda;
  static constexpr std::uint32_t kIdle = 0xffffffffU;
  std::coroutine_handle<> handle_;
  std::uint32_t slot_ = kIdle;
};

/// Told when a date appears that is earlier than every other: a driver then sets its alarm clock.
class AgendaDriver {
 public:
  virtual void earliest_changed(TimePoint date) = 0;

 protected:
  ~AgendaDriver() = default;
};

class Agenda {
 public:
  Agenda() = default;
  Agenda(const Agenda&) = delete;
  Agenda& operator=(const Agenda&) = delete;

  TimePoint now() const noexcept { return now_; }
  bool empty() const noexcept { return heap_.empty(); }
  std::size_t size() const noexcept { return heap_.size(); }
  /// REQUIRES: not empty.
  TimePoint earliest() const noexcept { return heap_.front().date; }

  /// Resumes `handle` at `date`, or at once (still through the agenda) when that has passed.
  /// REQUIRES: the entry is not scheduled.
  void schedule(AgendaEntry& entry, TimePoint date, std::coroutine_handle<> handle);
  /// Does nothing for an entry that is not scheduled.
  void cancel(AgendaEntry& entry) noexcept;

  /// Moves the clock to `date` without resuming anything. REQUIRES: now() <= date <= earliest().
  void advance_to(TimePoint date);
  /// Resumes everything due at or before `date`, including what becomes due meanwhile.
  void run_until(TimePoint date);

  /// Back to instant zero. REQUIRES: empty.
  void reset();
  /// May be null. Not owned.
  void set_driver(AgendaDriver* driver) { driver_ = driver; }

 private:
  struct Slot {
    TimePoint date;
    std::uint64_t order;
    AgendaEntry* entry;
    bool before(const Slot& o) const {
      return date.us != o.date.us ? date.us < o.date.us : order < o.order;
    }
  };
  void place(std::uint32_t at, const Slot& slot) noexcept;
  void sift_up(std::uint32_t at, Slot slot) noexcept;
  void sift_down(std::uint32_t at, Slot slot) noexcept;
  void remove_at(std::uint32_t at) noexcept;

  std::vector<Slot> heap_;
  TimePoint now_;
  std::uint64_t next_order_ = 0;
  AgendaDriver* driver_ = nullptr;
};

/// `co_await sleep_until(agenda, date)`.
class [[nodiscard]] SleepUntil {
 public:
  SleepUntil(Agenda& agenda, TimePoint date) : agenda_(agenda), date_(date) {}
  ~SleepUntil() { agenda_.cancel(entry_); }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) { agenda_.schedule(entry_, date_, handle); }
  void await_resume() const noexcept {}

 private:
  Agenda& agenda_;
  TimePoint date_;
  AgendaEntry entry_;
};

inline SleepUntil sleep_until(Agenda& agenda, TimePoint date) { return {agenda, date}; }
inline SleepUntil sleep_for(Agenda& agenda, Duration span) { return {agenda, agenda.now() + span}; }

/// Something has changed: every coroutine that waits on it is resumed at this instant, in the order
/// in which they began to wait. A signal carries no value and is not remembered. Who waits for a
/// signal that goes away is never resumed: a drill that ends is taken down in any order.
class Signal {
 public:
  explicit Signal(Agenda& agenda) : agenda_(agenda) {}
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  void raise();

  class [[nodiscard]] Wait {
   public:
    explicit Wait(Signal& signal) : signal_(signal), agenda_(signal.agenda_) {}
    ~Wait();
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle);
    void await_resume() const noexcept {}

   private:
    friend class Signal;
    Signal& signal_;  // may be gone once this is not listed
    Agenda& agenda_;
    AgendaEntry entry_;
    std::coroutine_handle<> handle_;
    Wait* previous_ = nullptr;
    Wait* next_ = nullptr;
    bool listed_ = false;
  };
  /// `co_await signal.wait()`: until the next `raise`.
  Wait wait() { return Wait(*this); }

 private:
  void unlink(Wait& wait) noexcept;
  Agenda& agenda_;
  Wait* first_ = nullptr;
  Wait* last_ = nullptr;
};

/// Races `task` with a deadline: `co_await Within(agenda, date, task)` is true when the task ended
/// first. A task that loses is cancelled; one that wins keeps its result for `task.result()`. When
/// both fall in one instant, the one that was scheduled first wins. A date of never() is no
/// deadline.
template <class T>
class [[nodiscard]] Within final : public TaskWaiter {
 public:
  Within(Agenda& agenda, TimePoint date, Task<T>& task)
      : agenda_(agenda), date_(date), task_(task) {}
  ~Within() { agenda_.cancel(entry_); }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) {
    task_.start(this);
    if (task_.done()) return parent;
    parent_ = parent;
    if (date_ < TimePoint::never()) agenda_.schedule(entry_, date_, parent);
    return std::noop_coroutine();
  }
  bool await_resume() const noexcept {
    if (task_.done()) return true;
    task_.cancel();
    return false;
  }

  std::coroutine_handle<> child_ended() noexcept override {
    if (!parent_) return std::noop_coroutine();  // it ended while being started
    agenda_.cancel(entry_);
    return parent_;
  }

 private:
  Agenda& agenda_;
  TimePoint date_;
  Task<T>& task_;
  AgendaEntry entry_;
  std::coroutine_handle<> parent_;
};

}  // namespace firedrill
