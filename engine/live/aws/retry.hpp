// When a call is sent again: the "standard" mode of the AWS SDKs (AWS SDKs and Tools Reference
// Guide, "Retry behavior"): three attempts, delays with full jitter, and a budget that runs dry
// when a service fails for everybody.
#pragma once

#include <chrono>
#include <mutex>

#include "engine/live/aws/clock.hpp"
#include "engine/live/aws/reply.hpp"

namespace firedrill::aws {

struct RetryOptions {
  int attempts = 3;
  std::chrono::milliseconds longest_delay = std::chrono::seconds(20);
};

/// Shared by the calls of a client.
class RetryBudget {
 public:
  static constexpr int kCapacity = 500;
  static constexpr int kCost = 5;
  static constexpr int kTimeoutCost = 10;

  /// Takes the cost of one more attempt; false when there is not enough left.
  bool take(int cost);
  /// A call went well: gives back what its last repeat took, or one when there was none.
  void give_back(int cost);
  int left() const;

 private:
  mutable std::mutex mutex_;
  int left_ = kCapacity;
};

/// Uniform between zero and min(2^(attempt - 1) s, longest), after that attempt (the first is 1).
std::chrono::milliseconds retry_delay(int attempt, const RetryOptions& options,
                                      const RandomBits& bits);

/// What another attempt could change: throttling, a server's error, a broken line or a garbled
/// answer. Everything else would be answered the same.
bool transient(FailureKind kind);

/// Whether the call may have had its effect although it failed like this. Only asked of requests
/// that were sent.
bool ambiguous(const Failure& failure);

}  // namespace firedrill::aws
