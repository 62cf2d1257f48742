// Ends a run in good order: from then on no changing call begins, whoever asks for it.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

namespace firedrill::live {

class StopSwitch {
 public:
  StopSwitch() = default;
  /// `wanted` gives the reason for which the run is to end, else an empty text. It is asked every
  /// time that somebody wants to know, from any thread: nothing begins between the stop of an
  /// operator and the next look at it.
  explicit StopSwitch(std::function<std::string()> wanted) : wanted_(std::move(wanted)) {}

  /// The first reason stays. From any thread, and as often as anybody likes.
  void stop(const std::string& why) {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    why_ = why;
    stopped_ = true;
  }
  bool stopped() {
    if (stopped_ || !wanted_) return stopped_;
    if (const std::string why = wanted_(); !why.empty()) stop(why);
    return stopped_;
  }
  std::string why() const {
    const std::lock_guard lock(mutex_);
    return why_;
  }

 private:
  std::function<std::string()> wanted_;
  mutable std::mutex mutex_;
  std::string why_;
  std::atomic<bool> stopped_{false};
};

}  // namespace firedrill::live
