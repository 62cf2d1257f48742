#include "tools/firedrill/live_terminal.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace firedrill {

TypedLines::TypedLines(std::function<void(std::string line)> line)
    : line_(std::move(line)), thread_([this] { read(); }) {}

TypedLines::~TypedLines() {
  stop_ = true;
  thread_.join();
}

void TypedLines::read() {
  std::string text;
  while (!stop_) {
    pollfd waiting{STDIN_FILENO, POLLIN, 0};
    if (::poll(&waiting, 1, 100) <= 0) continue;
    char bytes[4096];
    const ssize_t n = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      ended_ = true;
      return;
    }
    text.append(bytes, static_cast<std::size_t>(n));
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      line_(text.substr(0, end));
      text.erase(0, end + 1);
    }
  }
}

}  // namespace firedrill
