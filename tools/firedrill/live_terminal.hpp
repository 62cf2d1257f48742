// The terminal of a live drill: what is shown while it runs, and lines typed on it.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "engine/run/event_log.hpp"
#include "reports/text.hpp"

namespace firedrill {

/// What happens, a line each, and prompts below what led to them. On stderr.
class LiveScreen {
 public:
  /// `plan` outlives it. Quiet, it shows prompts alone.
  LiveScreen(const Plan& plan, const TextOptions& look, bool quiet);

  /// That a step has become ready or goes on by itself is left to the journal.
  void happened(const Event& event);
  /// Shown with the end of the turn, below the events of that turn.
  void prompt(const std::string& text) { prompts_ += text; }
  void turned();

  int width() const { return look_.width; }
  bool unicode() const { return look_.unicode; }

 private:
  const Plan& plan_;
  TextOptions look_;
  bool quiet_;
  TimePoint onset_ = TimePoint::never();
  std::string prompts_;
};

/// Reads stdin on a thread of its own, until it goes away.
class TypedLines {
 public:
  /// `line` is called from that thread.
  explicit TypedLines(std::function<void(std::string line)> line);
  ~TypedLines();
  TypedLines(const TypedLines&) = delete;
  TypedLines& operator=(const TypedLines&) = delete;

  /// Nobody can answer any more.
  bool ended() const { return ended_; }

 private:
  void read();

  std::function<void(std::string line)> line_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> ended_{false};
  std::thread thread_;  // last member: it uses all others
};

}  // namespace firedrill
