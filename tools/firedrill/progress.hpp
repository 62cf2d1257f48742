// How far a study is: a line that redraws itself on a terminal, else one log line for every 10 %.
#pragma once

#include <chrono>
#include <cstdint>

namespace firedrill {

class Progress {
 public:
  enum class Show { kNothing, kBar, kLog };

  Progress(Show show, std::int64_t runs);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// kBar on a terminal, kLog elsewhere, kNothing when quiet.
  static Show for_stderr(bool quiet);

  void update(std::int64_t done);
  /// Takes the bar away; what follows on stderr begins on a clean line.
  void end();

 private:
  using Clock = std::chrono::steady_clock;

  void draw(std::int64_t done);

  Show show_;
  std::int64_t runs_;
  std::int64_t logged_tenths_ = 0;
  bool drawn_ = false;
  Clock::time_point begun_;
  Clock::time_point last_;
};

}  // namespace firedrill
