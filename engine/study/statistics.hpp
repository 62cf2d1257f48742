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

/// The least number of drills whose Clopper-Pearson interval would clear the required share, were
/// the share met to stay at `share`; empty above 10^9, and where the two are the same. What a
/// verdict that is open would cost.
std::optional<std::int64_t> drills_to_decide(double share, double required_share,
                                             double confidence = 0.95);

/// Two places among n sorted values, counted from 1; `low` 0 and `high` n + 1 are no value.
struct RankInterval {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

/// The order statistics that enclose the q-quantile of whatever the n values were drawn from, with
/// at least the given confidence and without any assumption about it. With B the number of values
/// below the quantile, binomial(n, q):
///
///     low  = the greatest l with P(B <= l - 1) <= (1 - confidence) / 2
///     high = the least u with P(B <= u - 1) >= 1 - (1 - confidence) / 2
///
/// (H. A. David and H. N. Nagaraja, Order Statistics, 3rd edition, section 7.1.)
RankInterval quantile_ranks(std::int64_t n, double q, double confidence = 0.95);

/// Quantile of type 7 (Hyndman and Fan) of sorted values. Values of kNotReachedMs count as
/// infinite: a quantile that touches one is empty.
std::optional<double> quantile_ms(std::span<const std::int32_t> sorted, double q);

}  // namespace firedrill
