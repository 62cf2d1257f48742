#include "engine/study/influence.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/study/statistics.hpp"

namespace firedrill {
namespace {

/// Ranks from 1 on; equal values share the mean of theirs.
Eigen::VectorXd ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  Eigen::VectorXd ranks(static_cast<Eigen::Index>(values.size()));
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) ++last;
    const double mean = 1 + static_cast<double>(first + last) / 2;
    for (; first <= last; ++first) ranks[static_cast<Eigen::Index>(order[first])] = mean;
  }
  return ranks;
}

Eigen::Map<const Eigen::ArrayXd> array_of(std::span<const double> values) {
  return {values.data(), static_cast<Eigen::Index>(values.size())};
}

/// The share of the variance that two runs have in common.
std::optional<double> shared_variance(std::span<const double> a, std::span<const double> b) {
  const double mean = (array_of(a).mean() + array_of(b).mean()) / 2;
  const Eigen::ArrayXd x = array_of(a) - mean;
  const Eigen::ArrayXd y = array_of(b) - mean;
  const double variance = (x.square().mean() + y.square().mean()) / 2;
  if (variance == 0) return std::nullopt;
  return (x * y).mean() / variance;
}

/// Of values that are sorted here; one that the horizon cut off is infinite. Of type 7, as all
/// quantiles of a result.
TailQuantile tail_quantile(std::vector<double> values) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  std::sort(values.begin(), values.end());
  const auto n = static_cast<std::int64_t>(values.size());
  const auto at = [&](std::int64_t rank) {
    if (rank < 1) return 0.0;  // times are never negative
    return rank > n ? kInfinite : values[static_cast<std::size_t>(rank - 1)];
  };
  const double place = 0.95 * static_cast<double>(n - 1);
  const double whole = std::floor(place);
  const double below = at(static_cast<std::int64_t>(whole) + 1);
  const double above = at(static_cast<std::int64_t>(std::ceil(place)) + 1);
  const RankInterval ranks = quantile_ranks(n, 0.95);
  const double p95 = std::isinf(above) && place > whole ? kInfinite
                     : above == below                   ? below
                                                        : below + (place - whole) * (above - below);
  return {n, p95, at(ranks.low), at(ranks.high)};
}

}  // namespace

std::optional<TailQuantiles> tail_quantiles(std::span<const double> x, std::span<const double> y) {
  constexpr std::size_t kLeast = 20;
  std::vector<double> sorted;
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    if (!std::isnan(x[i]) && !std::isnan(y[i])) sorted.push_back(x[i]);
  }
  const std::size_t tenth = (sorted.size() + 9) / 10;
  if (tenth < kLeast) return std::nullopt;
  std::sort(sorted.begin(), sorted.end());
  const double lowest = sorted[tenth - 1];
  const double highest = sorted[sorted.size() - tenth];
  if (lowest >= highest) return std::nullopt;
  std::vector<double> low;
  std::vector<double> high;
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    if (std::isnan(x[i]) || std::isnan(y[i])) continue;
    if (x[i] <= lowest) low.push_back(y[i]);
    if (x[i] >= highest) high.push_back(y[i]);
  }
  return TailQuantiles{tail_quantile(std::move(low)), tail_quantile(std::move(high))};
}

std::optional<double> rank_correlation(std::span<const double> x, std::span<const double> y) {
  std::vector<double> kept_x;
  std::vector<double> kept_y;
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    if (std::isnan(x[i]) || std::isnan(y[i])) continue;
    kept_x.push_back(x[i]);
    kept_y.push_back(y[i]);
  }
  if (kept_x.size() < 3) return std::nullopt;
  Eigen::VectorXd a = ranks_of(kept_x);
  Eigen::VectorXd b = ranks_of(kept_y);
  a.array() -= a.mean();
  b.array() -= b.mean();
  const double scale = a.norm() * b.norm();
  if (scale == 0) return std::nullopt;
  return std::clamp(a.dot(b) / scale, -1.0, 1.0);
}

double noise_of_rank_correlation(std::size_t n) {
  return n < 2 ? 1 : 3.29 / std::sqrt(static_cast<double>(n - 1));
}

std::vector<TimingInfluence> timing_influences(const Plan& plan, const Samples& samples,
                                               std::size_t target) {
  std::vector<TimingInfluence> all;
  const auto& achieved = samples.target_ms.at(target);
  std::vector<double> y;
  std::vector<double> times;  // the same, but for a time that is not within the horizon
  for (std::size_t i = 0; i < samples.drawn_rows; ++i) {
    y.push_back(achieved[i] == kNotJudgedMs ? std::numeric_limits<double>::quiet_NaN()
                                            : static_cast<double>(achieved[i]));
    times.push_back(achieved[i] == kNotReachedMs ? std::numeric_limits<double>::infinity()
                                                 : y.back());
  }
  for (std::uint32_t t = 0; t < plan.timings.size() && t < samples.drawn.size(); ++t) {
    const std::vector<double> x(samples.drawn[t].begin(), samples.drawn[t].end());
    TimingInfluence one{{t}, 0, {}};
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!std::isnan(x[i]) && !std::isnan(y[i])) ++one.drills;
    }
    if (one.drills == 0) continue;
    one.correlation = rank_correlation(x, y);
    one.tails = tail_quantiles(x, times);
    all.push_back(one);
  }
  return all;
}

std::optional<VarianceShares> variance_shares(std::span<const double> base,
                                              std::span<const double> kept,
                                              std::span<const double> redrawn) {
  if (base.size() < 2) return std::nullopt;
  const auto alone = shared_variance(base, kept);
  const auto without = shared_variance(base, redrawn);
  if (!alone || !without) return std::nullopt;
  return VarianceShares{*alone, 1 - *without};
}

}  // namespace firedrill
