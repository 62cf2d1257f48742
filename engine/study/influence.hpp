// What the achieved times of drills depend on: rank correlations, and shares of their variance.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "engine/study/study.hpp"

namespace firedrill {

/// Spearman's rank correlation of pairs (x, y): Pearson's correlation of their ranks, of which
/// equal values share the mean. Pairs with a NaN are left out. Empty when fewer than three pairs
/// are left, or when x or y does not vary. C. Spearman, "The proof and measurement of association
/// between two things", American Journal of Psychology 15 (1904) 72-101.
std::optional<double> rank_correlation(std::span<const double> x, std::span<const double> y);

/// Beyond this, a rank correlation of `n` independent pairs is found once in a thousand: it is
/// normal with a standard deviation of 1 / sqrt(n - 1), and 3.29 of those leave out 0.001.
double noise_of_rank_correlation(std::size_t n);

/// The 95th percentile of y in some of the pairs, with the order statistics that enclose it with 95
/// % confidence. Infinite: not within the horizon, or without bound.
struct TailQuantile {
  std::int64_t pairs = 0;
  double p95 = 0;
  double low = 0;
  double high = 0;
};

/// Of the pairs whose x is among the lowest tenth, and of those whose x is among the highest.
struct TailQuantiles {
  TailQuantile low_x;
  TailQuantile high_x;
};

/// The lowest tenth of n pairs: x at most the ceil(n / 10)-th smallest; the highest: x at least the
/// ceil(n / 10)-th greatest. Pairs with a NaN are left out. Empty when a tenth has fewer than 20
/// pairs, since the 95th percentile then is the greatest value, or when one x belongs to both.
std::optional<TailQuantiles> tail_quantiles(std::span<const double> x, std::span<const double> y);

/// How one timing and one target go together in the drills of a study.
struct TimingInfluence {
  TimingIndex timing;
  std::int64_t drills = 0;               // that drew it, and that the target asked something of
  std::optional<double> correlation;     // of its mean draw in a drill with what was achieved
  std::optional<TailQuantiles> tails{};  // what was achieved in milliseconds, by its mean draw
};

/// For every timing that a drill drew, in the order of the plan. "Not reached" is the greatest of
/// all values, as everywhere.
std::vector<TimingInfluence> timing_influences(const Plan& plan, const Samples& samples,
                                               std::size_t target);

/// Shares of the variance of what was achieved that are due to one timing: alone, and with all that
/// it has a part in.
struct VarianceShares {
  double first = 0;
  double total = 0;
};

/// From three runs of the same drills: `base`; `kept`, where only this timing has the draws of
/// `base` and all else has other luck; `redrawn`, where only this timing has other luck. The first
/// is the covariance of `base` and `kept` as a share of the variance, the total is 1 less that of
/// `base` and `redrawn`, both with mean and variance taken over both runs: the estimator T of A.
/// Janon, T. Klein, A. Lagnoux, M. Nodet and C. Prieur, "Asymptotic normality and efficiency of two
/// Sobol index estimators", ESAIM: Probability and Statistics 18 (2014) 342-364. Estimates, so that
/// they may lie a little outside of 0 to 1. Empty when nothing varies. Precondition: all three are
/// of one length.
std::optional<VarianceShares> variance_shares(std::span<const double> base,
                                              std::span<const double> kept,
                                              std::span<const double> redrawn);

}  // namespace firedrill
