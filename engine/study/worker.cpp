#include "engine/study/worker.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>

namespace firedrill {
namespace {

constexpr int kParentGone = 4;

std::int64_t wall_clock_us() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

/// Never returns or throws into what is the parent's stack: an exception ends the child as a crash.
[[noreturn]] void run_in_child(int fd, pid_t parent,
                               const std::function<void(PipeWriter&)>& body) noexcept {
  // A parent that is killed takes its workers with it.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kParentGone);
  restore_child_signals();
  // A library that calls exit() would run the parent's exit handlers, which were registered before
  // this one and so come after it.
  on_exit([](int status, void*) { _exit(status); }, nullptr);
  PipeWriter writer(fd);
  body(writer);
  _exit(0);
}

}  // namespace

struct SharedRows::Head {
  std::atomic<std::int64_t> replication{-1};
  std::atomic<std::size_t> done{0};
};

SharedRows::SharedRows(std::size_t rows, std::size_t row_bytes)
    : row_bytes_(row_bytes), bytes_(sizeof(Head) + rows * row_bytes) {
  void* memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  head_ = new (memory) Head;
  rows_ = static_cast<std::byte*>(memory) + sizeof(Head);
}

SharedRows::~SharedRows() {
  if (head_ != nullptr) munmap(head_, bytes_);
}

void SharedRows::begin(std::int64_t replication) {
  head_->replication.store(replication, std::memory_order_relaxed);
}

void SharedRows::add(const std::byte* row) {
  const std::size_t index = head_->done.load(std::memory_order_relaxed);
  std::memcpy(rows_ + index * row_bytes_, row, row_bytes_);
  head_->done.store(index + 1, std::memory_order_release);
}

std::int64_t SharedRows::replication() const {
  return head_->replication.load(std::memory_order_relaxed);
}

void SharedRows::clear() {
  head_->replication.store(-1, std::memory_order_relaxed);
  head_->done.store(0, std::memory_order_relaxed);
}

std::size_t SharedRows::done() const { return head_->done.load(std::memory_order_acquire); }

void PipeWriter::write(const void* bytes, std::size_t count) {
  const char* next = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t written = ::write(fd_, next, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(kParentGone);
    next += written;
    count -= static_cast<std::size_t>(written);
  }
}

void restore_child_signals() {
  // Ctrl-C goes to the whole group; the parent decides what becomes of its workers.
  std::signal(SIGINT, SIG_IGN);
  for (const int number : {SIGTERM, SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL, SIGPIPE}) {
    std::signal(number, SIG_DFL);
  }
}

Child start_child(const std::function<void(PipeWriter&)>& body) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    run_in_child(ends[1], parent, body);
  }
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return {};
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {pid, ends[0]};
}

int reap_child(Child& child) {
  int status = 0;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  child.pid = -1;
  end_child(child);
  return status;
}

void end_child(Child& child) {
  if (child.pid > 0) {
    kill(child.pid, SIGKILL);
    while (waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  if (child.fd >= 0) close(child.fd);
  child = {};
}

Silence::Silence(std::int64_t limit_ms) : limit_us_(limit_ms * 1000), asked_us_(wall_clock_us()) {}

bool Silence::too_long(std::int64_t replication) {
  constexpr std::int64_t kAtMostUs = 1'000'000;
  const std::int64_t now_us = wall_clock_us();
  silent_us_ += std::min(now_us - asked_us_, kAtMostUs);
  asked_us_ = now_us;
  if (replication != replication_) silent_us_ = 0;
  replication_ = replication;
  return silent_us_ > limit_us_;
}

}  // namespace firedrill
