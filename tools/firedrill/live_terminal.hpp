// Lines typed on a terminal, handed to whoever asked.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace firedrill {

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
