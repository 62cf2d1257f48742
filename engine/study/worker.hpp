// A worker: a forked child that runs some drills of one block and writes to a pipe.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>

namespace firedrill {

/// Where a child says which drill it is in, so that a crash is put down to the right one. In memory
/// that parent and child share.
class ProgressWord {
 public:
  ProgressWord();
  ~ProgressWord();
  ProgressWord(const ProgressWord&) = delete;
  ProgressWord& operator=(const ProgressWord&) = delete;
  bool valid() const { return word_ != nullptr; }
  void set(std::int64_t replication) { word_->store(replication, std::memory_order_relaxed); }
  std::int64_t get() const { return word_->load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t>* word_ = nullptr;
};

/// What a child writes its results through. Ends the child when the parent is gone.
class PipeWriter {
 public:
  explicit PipeWriter(int fd) : fd_(fd) {}
  void write(const void* bytes, std::size_t count);

 private:
  int fd_;
};

struct Child {
  pid_t pid = -1;
  int fd = -1;  // reading end of its pipe; does not block
};

/// Forks a child that runs `body` and then leaves without running the parent's exit handlers. `pid`
/// is -1 when there was no process or pipe to be had.
Child start_child(const std::function<void(PipeWriter&)>& body);

/// To be called in the child once everything that might install signal handlers has been made.
void restore_child_signals();

/// Waits for one that has closed its pipe, and gives its wait status.
int reap_child(Child& child);

/// Kills and reaps it. Harmless for one that has ended.
void end_child(Child& child);

}  // namespace firedrill
