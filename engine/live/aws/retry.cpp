#include "engine/live/aws/retry.hpp"

#include <algorithm>
#include <cmath>

namespace firedrill::aws {

bool RetryBudget::take(int cost) {
  const std::lock_guard lock(mutex_);
  if (left_ < cost) return false;
  left_ -= cost;
  return true;
}

void RetryBudget::give_back(int cost) {
  const std::lock_guard lock(mutex_);
  left_ = std::min(kCapacity, left_ + std::max(cost, 1));
}

int RetryBudget::left() const {
  const std::lock_guard lock(mutex_);
  return left_;
}

std::chrono::milliseconds retry_delay(int attempt, const RetryOptions& options,
                                      const RandomBits& bits) {
  const double longest_ms = static_cast<double>(options.longest_delay.count());
  const double ceiling_ms = std::min(std::ldexp(1000.0, std::min(attempt - 1, 30)), longest_ms);
  return std::chrono::milliseconds(static_cast<std::int64_t>(uniform(bits) * ceiling_ms));
}

bool transient(FailureKind kind) {
  return kind == FailureKind::kThrottled || kind == FailureKind::kServerError ||
         kind == FailureKind::kInterrupted || kind == FailureKind::kUnreachable ||
         kind == FailureKind::kUnreadable;
}

bool ambiguous(const Failure& failure) {
  switch (failure.kind) {
    case FailureKind::kInterrupted:
    case FailureKind::kServerError:
    case FailureKind::kUnreadable:
    case FailureKind::kCancelled:
      return true;
    case FailureKind::kUnsupported:
      // A page with status 500 may hide a call that was performed and then broke.
      return failure.http_status == 500;
    default:
      return false;
  }
}

}  // namespace firedrill::aws
