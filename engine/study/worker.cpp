#include "engine/study/worker.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <new>

namespace firedrill {
namespace {

constexpr int kParentGone = 4;

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

ProgressWord::ProgressWord() {
  void* memory = mmap(nullptr, sizeof(std::atomic<std::int64_t>), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory != MAP_FAILED) word_ = new (memory) std::atomic<std::int64_t>(-1);
}

ProgressWord::~ProgressWord() {
  if (word_ != nullptr) munmap(word_, sizeof(std::atomic<std::int64_t>));
}

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

}  // namespace firedrill
