// Task: a lazily started coroutine that its owner can cancel by dropping it.
//
// Cancellation is destruction. Destroying a Task destroys its frame, and with it every Task the
// frame owns, down to the leaf that waits on the agenda or on a signal; the leaf takes itself off
// that list. So a cancelled branch costs nothing, cannot resume, and releases whatever its locals
// hold (a person, a flow) in the ordinary way. The rules that make it safe:
//   - nothing resumes a coroutine from inside another one's code: wake-ups go through the agenda;
//   - a coroutine is destroyed only while it is suspended, by the owner of its Task.
// Structured groups: `when_all`, `when_any`, and `Within` (a race with a deadline, in agenda.hpp).
//
// No exception leaves a coroutine: one that would is a programmer's error and ends the process,
// which the study reports as a crashed block. GCC 12 miscompiles unnamed temporaries in a
// `co_await` expression that suspends, so callers name them.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/frame_pool.hpp"

namespace firedrill {

/// Who is told when a child of a group ends. Returns what runs next.
class TaskWaiter {
 public:
  virtual std::coroutine_handle<> child_ended() noexcept = 0;

 protected:
  ~TaskWaiter() = default;
};

namespace detail {

struct PromiseBase {
  std::coroutine_handle<> continuation;
  TaskWaiter* waiter = nullptr;

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      PromiseBase& promise = ended.promise();
      if (promise.waiter != nullptr) return promise.waiter->child_ended();
      if (promise.continuation) return promise.continuation;
      return std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() const noexcept { std::terminate(); }

  static void* operator new(std::size_t bytes) { return FramePool::allocate(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept {
    FramePool::release(frame, bytes);
  }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  std::coroutine_handle<Promise> get_return_object() noexcept {
    return std::coroutine_handle<Promise>::from_promise(*this);
  }
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
  std::coroutine_handle<Promise> get_return_object() noexcept {
    return std::coroutine_handle<Promise>::from_promise(*this);
  }
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace detail

/// Owns a coroutine that will produce a T. Starts when awaited, or with `start`.
template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;

  Task() = default;
  Task(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      cancel();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() { cancel(); }

  /// Drops the coroutine wherever it waits. REQUIRES: it is not running at this moment.
  void cancel() noexcept {
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }
  bool valid() const noexcept { return static_cast<bool>(handle_); }
  bool done() const noexcept { return handle_ && handle_.done(); }

  /// Runs until the first suspension. `waiter` (may be null) is told at the end.
  void start(TaskWaiter* waiter) {
    handle_.promise().waiter = waiter;
    handle_.resume();
  }
  /// REQUIRES: done().
  T result() { return handle_.promise().take(); }

  auto operator co_await() noexcept {
    struct Awaiter {
      std::coroutine_handle<promise_type> child;
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) const noexcept {
        child.promise().continuation = parent;
        return child;
      }
      T await_resume() const { return child.promise().take(); }
    };
    return Awaiter{handle_};
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};

namespace detail {

/// Starts children and resumes the parent once `remaining` of them have ended.
class GroupAwaiter : public TaskWaiter {
 public:
  bool await_ready() const noexcept { return remaining_ == 0; }
  void await_resume() const noexcept {}

  std::coroutine_handle<> child_ended() noexcept override {
    if (remaining_ > 0) --remaining_;
    // While children are being started, the parent must not run: it would drop tasks under our
    // feet.
    if (remaining_ > 0 || starting_ || !parent_) return std::noop_coroutine();
    return std::exchange(parent_, nullptr);
  }

 protected:
  explicit GroupAwaiter(std::size_t remaining) : remaining_(remaining) {}
  ~GroupAwaiter() = default;

  template <class Children>
  std::coroutine_handle<> start_all(Children& children, std::coroutine_handle<> parent) {
    parent_ = parent;
    starting_ = true;
    for (auto& child : children) {
      if (remaining_ == 0) break;
      child.start(this);
    }
    starting_ = false;
    if (remaining_ == 0) return std::exchange(parent_, nullptr);
    return std::noop_coroutine();
  }

 private:
  std::coroutine_handle<> parent_;
  std::size_t remaining_;
  bool starting_ = false;
};

template <class T>
class WhenAll final : public GroupAwaiter {
 public:
  explicit WhenAll(std::vector<Task<T>>& children)
      : GroupAwaiter(children.size()), children_(children) {}
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) {
    return start_all(children_, parent);
  }

 private:
  std::vector<Task<T>>& children_;
};

template <class T>
class WhenAny final : public GroupAwaiter {
 public:
  explicit WhenAny(std::vector<Task<T>>& children)
      : GroupAwaiter(children.empty() ? 0 : 1), children_(children) {}
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) {
    return start_all(children_, parent);
  }
  /// Index of the child that ended first; the others are cancelled before the parent goes on.
  std::size_t await_resume() const {
    std::size_t winner = children_.size();
    for (std::size_t i = 0; i < children_.size(); ++i) {
      if (winner == children_.size() && children_[i].done()) {
        winner = i;
      } else {
        children_[i].cancel();
      }
    }
    return winner;
  }

 private:
  std::vector<Task<T>>& children_;
};

}  // namespace detail

/// `co_await when_all(children)`: every child runs concurrently and has ended afterwards. The
/// vector stays with the caller, which reads results from it; dropping it cancels whatever still
/// runs.
template <class T>
detail::WhenAll<T> when_all(std::vector<Task<T>>& children) {
  return detail::WhenAll<T>(children);
}

/// `co_await when_any(children)`: index of the first child to end; the rest is cancelled. An empty
/// group yields 0 at once.
template <class T>
detail::WhenAny<T> when_any(std::vector<Task<T>>& children) {
  return detail::WhenAny<T>(children);
}

/// Background tasks of one owner: started at once, dropped with the owner.
class TaskSet {
 public:
  void spawn(Task<void> task) {
    reap();
    tasks_.push_back(std::move(task));
    tasks_.back().start(nullptr);
  }
  void clear() noexcept { tasks_.clear(); }
  std::size_t running() const noexcept {
    std::size_t n = 0;
    for (const auto& task : tasks_) n += task.done() ? 0 : 1;
    return n;
  }

 private:
  // An ended frame cannot free itself from its own final suspension, so it is freed at the next
  // spawn, and only now and then, to keep a long series of spawns linear.
  void reap() {
    if (tasks_.size() < reap_at_) return;
    std::erase_if(tasks_, [](const Task<void>& task) { return task.done(); });
    reap_at_ = tasks_.size() * 2 + 16;
  }
  std::vector<Task<void>> tasks_;
  std::size_t reap_at_ = 16;
};

}  // namespace firedrill
