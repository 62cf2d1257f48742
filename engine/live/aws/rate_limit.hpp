// A drill must not take the calls that the people on call need: control planes count them by
// account. Each service gets a bucket of its own.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "engine/live/aws/clock.hpp"

namespace firedrill::aws {

struct Rate {
  double per_second = 5;
  double burst = 10;
};

class RateLimit {
 public:
  RateLimit(Rate standard, std::map<std::string, Rate, std::less<>> by_service)
      : standard_(standard), by_service_(std::move(by_service)) {}

  /// Takes a place and says how long to wait before it may be used: zero while the bucket holds.
  std::chrono::milliseconds reserve(std::string_view service, Instant now);

 private:
  struct Bucket {
    double tokens = 0;
    Instant at{};
  };

  Rate standard_;
  std::map<std::string, Rate, std::less<>> by_service_;
  std::mutex mutex_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace firedrill::aws
