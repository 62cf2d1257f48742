// Private to `distribution`: what its two source files share.
#pragma once

#include <algorithm>
#include <boost/math/policies/policy.hpp>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string>
#include <utility>

#include "engine/base/distribution.hpp"

namespace firedrill::distribution_detail {

/// Doubles stay doubles inside Boost: long double differs between machines and doubles the time.
/// Errors come back as NaN or infinity instead of exceptions; the factories look for them.
using BoostPolicy = boost::math::policies::policy<
    boost::math::policies::promote_double<false>,
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNormalQuantile95 = 1.6448536269514722;

/// The shapes of the beta distribution behind a PERT.
inline double beta_a(double min, double mode, double max) {
  return 1 + 4 * (mode - min) / (max - min);
}
inline double beta_b(double min, double mode, double max) {
  return 1 + 4 * (max - mode) / (max - min);
}

inline bool finite(std::initializer_list<double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

inline DistributionResult refused(std::string why) { return {std::nullopt, std::move(why)}; }

}  // namespace firedrill::distribution_detail
