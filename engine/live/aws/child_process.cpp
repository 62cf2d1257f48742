#include "engine/live/aws/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

extern char** environ;

namespace firedrill::aws {
namespace {

using SteadyClock = std::chrono::steady_clock;

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }
  int get() const { return number_; }

 private:
  int number_;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
};

bool open_pipe(Pipe& made) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  made.read = Descriptor(ends[0]);
  made.write = Descriptor(ends[1]);
  return true;
}

std::vector<std::string> child_environment(const ChildOptions& options) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string line = *entry;
    const std::string name = line.substr(0, line.find('='));
    if (!options.environment.contains(name) && !options.without.contains(name)) {
      all.push_back(line);
    }
  }
  for (const auto& [name, value] : options.environment) all.push_back(name + '=' + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// Zero, or the errno of what did not work.
int spawn(std::vector<std::string> words, const ChildOptions& options, const Pipe& out,
          const Pipe& err, pid_t& pid) {
  std::vector<std::string> variables = child_environment(options);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
  posix_spawnattr_setpgroup(&attributes, 0);
  // A drill may have blocked signals for itself: its children start with none blocked.
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  const int error = posix_spawnp(&pid, words[0].c_str(), &actions, &attributes,
                                 pointers(words).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error;
}

// Reads both pipes until they end; kExited when nothing cut it short.
ChildEnd collect(Pipe& out, Pipe& err, const ChildOptions& options, ChildResult& result) {
  const auto until = SteadyClock::now() + options.timeout;
  const std::array<std::pair<Pipe*, std::string*>, 2> sources = {std::pair{&out, &result.output},
                                                                 std::pair{&err, &result.errors}};
  std::array<char, 16384> buffer;
  while (out.read.get() >= 0 || err.read.get() >= 0) {
    if (SteadyClock::now() >= until) return ChildEnd::kTimedOut;
    if (options.cancelled && options.cancelled()) return ChildEnd::kCancelled;
    std::array<pollfd, 2> waiting = {pollfd{out.read.get(), POLLIN, 0},
                                     pollfd{err.read.get(), POLLIN, 0}};
    if (poll(waiting.data(), waiting.size(), 100) <= 0) continue;
    for (std::size_t k = 0; k < sources.size(); ++k) {
      if (waiting[k].revents == 0) continue;
      const ssize_t count = read(waiting[k].fd, buffer.data(), buffer.size());
      if (count > 0) {
        sources[k].second->append(buffer.data(), static_cast<std::size_t>(count));
        if (sources[k].second->size() > options.output_bytes) return ChildEnd::kTooMuch;
      } else if (count == 0 || errno != EINTR) {
        sources[k].first->read.close();
      }
    }
  }
  return ChildEnd::kExited;
}

// Whether the child has ended before `until`; a child may close its output and live on.
bool reap(pid_t pid, int& status, SteadyClock::time_point until) {
  for (;;) {
    const pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended == pid || (ended < 0 && errno != EINTR)) return true;
    if (SteadyClock::now() >= until) return false;
    poll(nullptr, 0, 5);
  }
}

}  // namespace

ChildResult run_child(const std::vector<std::string>& words, const ChildOptions& options) {
  ChildResult result;
  Pipe out;
  Pipe err;
  if (words.empty() || !open_pipe(out) || !open_pipe(err)) {
    result.status = words.empty() ? EINVAL : errno;
    return result;
  }
  pid_t pid = 0;
  const auto until = SteadyClock::now() + options.timeout;
  result.status = spawn(words, options, out, err, pid);
  if (result.status != 0) return result;
  out.write.close();
  err.write.close();
  result.end = collect(out, err, options, result);
  int status = 0;
  if (result.end == ChildEnd::kExited && !reap(pid, status, until)) {
    result.end = ChildEnd::kTimedOut;
  }
  if (result.end != ChildEnd::kExited) {
    kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return result;
  }
  if (WIFSIGNALED(status)) {
    result.end = ChildEnd::kSignalled;
    result.status = WTERMSIG(status);
  } else {
    result.status = WEXITSTATUS(status);
  }
  return result;
}

}  // namespace firedrill::aws
