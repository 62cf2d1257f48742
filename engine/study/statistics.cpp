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

std::optional<std::int64_t> drills_to_decide(double share, double required_share,
                                             double confidence) {
  constexpr std::int64_t kAtMost = 1'000'000'000;
  const auto decided = [&](std::int64_t n) {
    const auto met = static_cast<std::int64_t>(std::llround(share * static_cast<double>(n)));
    return judge(share_interval(met, n, confidence), required_share) != Verdict::kInconclusive;
  };
  std::int64_t enough = 1;
  while (enough <= kAtMost && !decided(enough)) enough *= 2;
  if (enough > kAtMost) return std::nullopt;
  std::int64_t open = enough / 2;
  while (enough - open > 1) {
    const std::int64_t middle = open + (enough - open) / 2;
    (decided(middle) ? enough : open) = middle;
  }
  return enough;
}

RankInterval quantile_ranks(std::int64_t n, double q, double confidence) {
  if (n <= 0 || q <= 0 || q >= 1) return {0, n + 1};
  const boost::math::binomial_distribution<double> below(static_cast<double>(n), q);
  const double tail = (1.0 - confidence) / 2.0;
  // P(B <= k) grows with k; the first k in [0, n] at which `reached` holds, which it does at n.
  const auto first = [&](auto reached) {
    std::int64_t low = 0;
    std::int64_t high = n;
    while (low < high) {
      const std::int64_t k = low + (high - low) / 2;
      if (reached(boost::math::cdf(below, static_cast<double>(k)))) {
        high = k;
      } else {
        low = k + 1;
      }
    }
    return low;
  };
  return {first([&](double p) { return p > tail; }),
          first([&](double p) { return p >= 1.0 - tail; }) + 1};
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
