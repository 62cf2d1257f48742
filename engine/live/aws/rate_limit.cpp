#include "engine/live/aws/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace firedrill::aws {

std::chrono::milliseconds RateLimit::reserve(std::string_view service, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto own = by_service_.find(service);
  const Rate rate = own != by_service_.end() ? own->second : standard_;
  const auto [found, fresh] = buckets_.try_emplace(std::string(service), Bucket{rate.burst, now});
  Bucket& bucket = found->second;
  const double passed_s = std::chrono::duration<double>(now - bucket.at).count();
  bucket.tokens = std::min(rate.burst, bucket.tokens + std::max(passed_s, 0.0) * rate.per_second);
  bucket.at = std::max(bucket.at, now);
  // Below zero are places that others have taken and wait for.
  bucket.tokens -= 1;
  if (bucket.tokens >= 0) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(std::ceil(-bucket.tokens / rate.per_second * 1000)));
}

}  // namespace firedrill::aws
