#include "tools/firedrill/progress.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "engine/base/time.hpp"
#include "engine/plan/print_text.hpp"
#include "tools/firedrill/terminal.hpp"

namespace firedrill {
namespace {

constexpr std::int64_t kBarWidth = 20;

std::string bar_line(std::int64_t done, std::int64_t runs, double elapsed_s) {
  const std::int64_t filled = runs > 0 ? done * kBarWidth / runs : 0;
  std::string line = fmt::format("[{}{}] {}/{}", std::string(static_cast<std::size_t>(filled), '#'),
                                 std::string(static_cast<std::size_t>(kBarWidth - filled), ' '),
                                 thousands(done), thousands(runs));
  if (done > 0 && done < runs) {
    const double left = elapsed_s * static_cast<double>(runs - done) / static_cast<double>(done);
    line += fmt::format("{}ETA {}", wants_unicode() ? " · " : " - ",
                        to_human(Duration::seconds(static_cast<std::int64_t>(left) + 1)));
  }
  return line;
}

}  // namespace

Progress::Progress(Show show, std::int64_t runs)
    : show_(show), runs_(runs), begun_(Clock::now()), last_(begun_) {
  if (show_ == Show::kBar) draw(0);
}

Progress::~Progress() { end(); }

Progress::Show Progress::for_stderr(bool quiet) {
  if (quiet) return Show::kNothing;
  return is_terminal(STDERR_FILENO) ? Show::kBar : Show::kLog;
}

void Progress::update(std::int64_t done) {
  if (show_ == Show::kLog && runs_ > 0) {
    const std::int64_t tenths = done * 10 / runs_;
    if (tenths <= logged_tenths_) return;
    logged_tenths_ = tenths;
    spdlog::info("{} of {} drills ({} %)", thousands(done), thousands(runs_), tenths * 10);
  }
  if (show_ == Show::kBar && Clock::now() - last_ >= std::chrono::milliseconds(100)) draw(done);
}

void Progress::draw(std::int64_t done) {
  last_ = Clock::now();
  drawn_ = true;
  const double elapsed = std::chrono::duration<double>(last_ - begun_).count();
  std::string line = bar_line(done, runs_, elapsed);
  if (terminal_width(STDERR_FILENO) < 60) line = fmt::format("{}/{}", done, runs_);
  fmt::print(stderr, "\r{}\033[K", line);
}

void Progress::end() {
  if (drawn_) fmt::print(stderr, "\r\033[K");
  drawn_ = false;
  show_ = Show::kNothing;
}

}  // namespace firedrill
