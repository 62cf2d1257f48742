#include "engine/study/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

#include "engine/study/study.hpp"

namespace firedrill {

Interval share_interval(std::int64_t met, std::int64_t of, double confidence) {
  if (of <= 0) return {0, 1};
  using Binomial = boost::math::binomial_distribution<double>;
  const double tail = (1.0 - confidence) / 2.0;
  const auto trials = static_cast<double>(of);
  const auto successes = static_cast<double>(met);
  return {met == 0 ? 0.0 : Binomial::find_lower_bound_on_p(trials, successes, tail),
          met == of ? 1.0 : Binomial::find_upper_bound_on_p(trials, successes, tail)};
}

Verdict judge(Interval interval, double required_share) {
  if (interval.low >= required_share) return Verdict::kMet;
  if (interval.high < required_share) return Verdict::kMissed;
  return Verdict::kInconclusive;
}

std::optional<double> quantile_ms(std::span<const std::int32_t> sorted, double q) {
  if (sorted.empty()) return std::nullopt;
  const double place = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(place));
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = place - static_cast<double>(below);
  if (sorted[below] == kNotReachedMs) return std::nullopt;
  if (part == 0.0) return static_cast<double>(sorted[below]);
  if (sorted[above] == kNotReachedMs) return std::nullopt;
  const auto low = static_cast<double>(sorted[below]);
  return low + part * (static_cast<double>(sorted[above]) - low);
}

}  // namespace firedrill
