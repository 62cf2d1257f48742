// Ends a run in good order: from then on no changing call begins, whoever asks for it.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

namespace firedrill::live {

class StopSwitch {
 public:
  /// The first reason stays. From any thread, and as often as anybody likes.
  void stop(const std::string& why) {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    why_ = why;
    stopped_ = true;
  }
  bool stopped() const { return stopped_; }
  std::string why() const {
    const std::lock_guard lock(mutex_);
    return why_;
  }

 private:
  mutable std::mutex mutex_;
  std::string why_;
  std::atomic<bool> stopped_{false};
};

}  // namespace firedrill::live
