// Two studies under common random numbers: drill k of both met the same luck, so that they are
// compared pair by pair, and a small difference shows.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/study/study.hpp"

namespace firedrill {

/// One target in both studies, by pair of drills. A pair that either side holds kNotJudgedMs in
/// does not count for it.
struct PairedTarget {
  std::vector<std::int32_t> base_ms;
  std::vector<std::int32_t> now_ms;
  std::vector<std::uint8_t> base_met;
  std::vector<std::uint8_t> now_met;
};

/// New minus base. Infinite where only one of them is within the horizon, zero where neither is.
struct Difference {
  double value = 0;
  double low = 0;
  double high = 0;
};

struct PairedChange {
  std::int64_t pairs = 0;  // that count
  std::int64_t longer = 0;
  std::int64_t shorter = 0;
  std::int64_t lost = 0;  // met in the base alone
  std::int64_t gained = 0;
  bool identical = true;  // no pair differs: every difference is zero, for certain
  Difference p50_ms;
  Difference p95_ms;
  Difference met_share;
  /// Of the exact sign test, two-sided: twice the chance that of a + b fair coins at most
  /// min(a, b) fall on one side, at most 1. Of `longer` against `shorter`, and of `lost` against
  /// `gained` (McNemar).
  double longer_p = 1;
  double share_p = 1;
};

struct PairedOptions {
  std::uint64_t seed = 1;    // of the resampling
  double confidence = 0.95;  // of each interval
};

/// Resamples that resolve the tail of an interval: ten beyond each end, from 1,000 to 10,000.
std::int64_t resamples_of(double confidence);

/// Percentile bootstrap intervals (B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap,
/// section 13.3) of the differences of p50, p95 (both of type 7) and of the shares met. Pairs are
/// drawn with replacement, the same ones for every target. All columns have one length.
std::vector<PairedChange> compare_pairs(const std::vector<PairedTarget>& targets,
                                        const PairedOptions& options);

}  // namespace firedrill
