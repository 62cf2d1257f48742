// Probability distributions, sampled by inverse CDF only.
//
// One uniform draw gives one value, so a draw number names a value, and two variants of a system
// that share a draw differ only by what changed between them. The algorithms of
// `std::*_distribution` may change with the library and use an unknown number of draws; nothing
// here does.
//
// No unit is attached: a value is in the unit of the parameters.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace firedrill {

enum class Family : std::uint8_t {
  kConstant,
  kUniform,
  kTriangular,
  kPert,
  kExponential,
  kLognormal,
  kGamma,
  kWeibull,
  kEmpirical,
};

/// The word that documents use: "lognormal".
std::string_view to_string(Family family);

struct DistributionResult;
struct QuantileTable;

/// An immutable value, cheap to copy: large tables are shared between copies.
///
/// Factories refuse parameters that describe no distribution (NaN, infinity, min above max, a scale
/// that is not positive, ...) with a text for the author of a document, and never throw. A spread
/// of zero is refused as well: `constant` says that plainly.
class Distribution {
 public:
  static DistributionResult constant(double value);
  static DistributionResult uniform(double min, double max);
  static DistributionResult triangular(double min, double mode, double max);
  /// The beta distribution on [min, max] with a = 1 + 4 (mode - min) / (max - min) and
  /// b = 6 - a, so that the mean is (min + 4 mode + max) / 6. Malcolm, Roseboom, Clark and Fazar,
  /// "Application of a technique for research and development program evaluation", Operations
  /// Research 7 (1959) 646-669; the shapes in this form (lambda = 4) are Vose, "Risk analysis".
  static DistributionResult pert(double min, double mode, double max);
  static DistributionResult exponential(double mean);
  /// By median and 95th percentile: mu = ln p50, sigma = ln(p95 / p50) / 1.6448536269514722, which
  /// is the 95th percentile of the standard normal distribution.
  static DistributionResult lognormal(double p50, double p95);
  /// By mean and standard deviation of the logarithm.
  static DistributionResult lognormal_of_log(double mu, double sigma);
  static DistributionResult gamma(double shape, double scale);
  static DistributionResult weibull(double shape, double scale);
  /// The linear interpolation of the empirical CDF through (x_(k), (k - 1) / (n - 1)), k = 1 ... n.
  /// Its inverse is the quantile of type 7 in Hyndman and Fan, "Sample quantiles in statistical
  /// packages", The American Statistician 50 (1996) 361-365. Draws stay between the smallest and
  /// the largest value. At least two different values, in any order.
  static DistributionResult empirical(std::vector<double> values);

  /// From the words of a document: the keys of each family are the parameter names above (`value`
  /// for constant; p50 and p95, or mu and sigma, for lognormal), `values` is for empirical alone.
  /// Refuses unknown families, and keys that are missing or do not belong to the family.
  static DistributionResult from_parameters(std::string_view family,
                                            const std::map<std::string, double>& parameters,
                                            const std::vector<double>& values,
                                            std::optional<double> truncate_min,
                                            std::optional<double> truncate_max);

  /// This distribution under the condition that the value lies in [min, max]. Draws outside are
  /// redrawn, never moved to the bound: the quantile at u is that of the whole distribution at
  /// F(min) + u (F(max) - F(min)). Truncating again narrows the bounds. Refused when less than 1e-9
  /// of the mass is left: no author means that, and digits would run out.
  DistributionResult truncated(std::optional<double> min, std::optional<double> max) const;

  /// The distribution of `factor` times the value, truncation included.
  /// Precondition: `factor` is positive and finite.
  Distribution scaled(double factor) const;

  /// The value below which the share `u` of all draws lies. Precondition: 0 < u < 1.
  double quantile(double u) const;

  /// The share of draws that are at most `x`.
  double cdf(double x) const;

  /// The expected value, in closed form for every family, truncated or not.
  double mean() const;

  /// The ends of the support; `maximum()` is infinite for an untruncated tail.
  double minimum() const;
  double maximum() const;

  Family family() const { return family_; }
  bool is_truncated() const { return truncated_; }

  /// For people: "lognormal p50 55 p95 150, at most 300".
  std::string describe() const;

 private:
  Distribution(Family family, double a, double b, double c)
      : family_(family), a_(a), b_(b), c_(c) {}

  double whole_quantile(double u) const;
  double whole_cdf(double x) const;
  double whole_cdf_below(double x) const;
  double partial_mean(double x) const;
  double whole_minimum() const;
  double whole_maximum() const;

  Family family_;
  bool truncated_ = false;
  // What they mean depends on the family: (value), (min, max), (min, mode, max), (mean), (mu,
  // sigma), (shape, scale). The empirical family keeps a factor on its shared values in `a_`.
  double a_;
  double b_;
  double c_;
  double lo_ = -std::numeric_limits<double>::infinity();
  double hi_ = std::numeric_limits<double>::infinity();
  double u_lo_ = 0;    // mass below `lo_`
  double u_span_ = 1;  // mass between `lo_` and `hi_`
  std::shared_ptr<const QuantileTable>
      table_;  // PERT and gamma: the quantile; empirical: the values
};

/// A distribution, or why there is none.
struct DistributionResult {
  std::optional<Distribution> value;
  std::string error;  // one sentence without a final stop; empty when there is a value

  explicit operator bool() const { return value.has_value(); }
  const Distribution& operator*() const { return *value; }
  const Distribution* operator->() const { return &*value; }
};

}  // namespace firedrill
