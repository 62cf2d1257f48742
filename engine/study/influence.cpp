#include "engine/study/influence.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>

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

}  // namespace

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
  for (std::size_t i = 0; i < samples.drawn_rows; ++i) {
    y.push_back(achieved[i] == kNotJudgedMs ? std::numeric_limits<double>::quiet_NaN()
                                            : static_cast<double>(achieved[i]));
  }
  for (std::uint32_t t = 0; t < plan.timings.size() && t < samples.drawn.size(); ++t) {
    const std::vector<double> x(samples.drawn[t].begin(), samples.drawn[t].end());
    TimingInfluence one{{t}, 0, {}};
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!std::isnan(x[i]) && !std::isnan(y[i])) ++one.drills;
    }
    if (one.drills == 0) continue;
    one.correlation = rank_correlation(x, y);
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
