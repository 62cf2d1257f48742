#include "tools/firedrill/live_terminal.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "reports/event_lines.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

/// `1:02:03`
std::string clock(Duration since) {
  const std::int64_t s = since.us / 1'000'000;
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

Ink ink_of(const Event& event) {
  switch (event.kind) {
    case EventKind::kFaultStarted:
    case EventKind::kAlarm:
      return Ink::kBad;
    case EventKind::kServedShare:
      return event.value >= 1 ? Ink::kGood : Ink::kBad;
    case EventKind::kStepEnded:
      if (event.skipped) return Ink::kFaint;
      return event.outcome.ok() ? Ink::kPlain : Ink::kBad;
    case EventKind::kDecided:
    case EventKind::kVerified:
      return Ink::kStrong;
    default:
      return Ink::kPlain;
  }
}

}  // namespace

LiveScreen::LiveScreen(const Plan& plan, const TextOptions& look, bool quiet)
    : plan_(plan), look_(look), quiet_(quiet) {}

void LiveScreen::happened(const Event& event) {
  if (event.kind == EventKind::kFaultStarted) onset_ = std::min(onset_, event.at);
  if (quiet_ || event.kind == EventKind::kStepReady || event.kind == EventKind::kStepActing) return;
  constexpr std::size_t kColumn = 20;
  std::string times = clock(event.at - TimePoint{});
  if (onset_ != TimePoint::never()) times += fmt::format("  +{}", clock(event.at - onset_));
  std::string line = wrapped(printable(event_sentence(plan_, event), look_.unicode), kColumn,
                             kColumn, static_cast<std::size_t>(look_.width));
  line.replace(0, times.size(), times);
  fmt::print(stderr, "{}", Paint(look_.color)(ink_of(event), line));
}

void LiveScreen::turned() {
  if (prompts_.empty()) return;
  fmt::print(stderr, "{}", prompts_);
  prompts_.clear();
}

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
