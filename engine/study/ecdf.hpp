// How likely a time is kept: the empirical distribution of what drills achieved, with its band.
#pragma once

#include <cstdint>
#include <vector>

namespace firedrill {

/// Half the height of a band around an empirical distribution of n values that holds the whole true
/// distribution with at least this confidence:
///
///     sqrt(ln(2 / (1 - confidence)) / (2 n))
///
/// (P. Massart, "The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality", Annals of
/// Probability 18 (1990) 1269-1283.) 1 where n is 0: nothing is known.
double dkw_half_height(std::int64_t n, double confidence = 0.95);

/// From `ms` on, `share` of the values are kept.
struct EcdfPoint {
  std::int32_t ms = 0;
  double share = 0;
};

/// The steps of the empirical distribution, at most `points` of them: the extremes, and quantiles
/// that lie evenly between. So thinned, it is at most 1 / (points - 1) beside the whole one. Values
/// of kNotReachedMs are never kept: the curve then ends below 1.
std::vector<EcdfPoint> ecdf_of(std::vector<std::int32_t> values, std::size_t points = 300);

}  // namespace firedrill
