// A worker: a forked child that runs some drills of one block and writes to a pipe.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>

namespace firedrill {

/// Memory that parent and child share: which drill the child is in, so that a crash is put down to
/// the right one, and the rows of the drills that are done, so that nothing of them is lost with
/// it.
class SharedRows {
 public:
  SharedRows(std::size_t rows, std::size_t row_bytes);
  ~SharedRows();
  SharedRows(const SharedRows&) = delete;
  SharedRows& operator=(const SharedRows&) = delete;
  bool valid() const { return head_ != nullptr; }

  // For the child.
  void begin(std::int64_t replication);
  void add(const std::byte* row);

  // For the parent.
  std::int64_t replication() const;  // -1 before the first
  std::size_t done() const;
  const std::byte* row(std::size_t index) const { return rows_ + index * row_bytes_; }
  /// For another child: memory that is there already costs fewer page faults than new memory.
  void clear();

 private:
  struct Head;
  Head* head_ = nullptr;
  std::byte* rows_ = nullptr;
  std::size_t row_bytes_;
  std::size_t bytes_;
};

/// What a child writes a log through. Ends the child when the parent is gone.
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

/// How long a worker has been in the same drill, as far as we were awake to see: a program that was
/// suspended for an hour finds its workers no more hung than before. By the wall clock, which
/// decides what is given up, and never reaches a result.
class Silence {
 public:
  explicit Silence(std::int64_t limit_ms);
  /// To be asked now and then, with the drill the worker is in.
  bool too_long(std::int64_t replication);

 private:
  std::int64_t limit_us_;
  std::int64_t silent_us_ = 0;
  std::int64_t asked_us_;
  std::int64_t replication_ = -1;
};

}  // namespace firedrill
