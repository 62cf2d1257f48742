// From samples to statements: shares with exact intervals, quantiles, verdicts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace firedrill {

struct Interval {
  double low = 0;
  double high = 1;
};

/// Clopper-Pearson: the exact two-sided interval of a binomial share at the given confidence.
Interval share_interval(std::int64_t met, std::int64_t of, double confidence = 0.95);

enum class Verdict : std::uint8_t { kMet, kMissed, kInconclusive };

/// met when the whole interval is at or above the required share, missed when all of it is below.
Verdict judge(Interval interval, double required_share);

/// Quantile of type 7 (Hyndman and Fan) of sorted values. Values of kNotReachedMs count as
/// infinite: a quantile that touches one is empty.
std::optional<double> quantile_ms(std::span<const std::int32_t> sorted, double q);

}  // namespace firedrill
