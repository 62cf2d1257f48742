#include "engine/base/distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cassert>
#include <cmath>
#include <initializer_list>
#include <utility>

namespace firedrill {
namespace {

namespace bm = boost::math;

/// Doubles stay doubles inside Boost: long double differs between machines and doubles the time.
/// Errors come back as NaN or infinity instead of exceptions; the factories look for them.
using BoostPolicy =
    bm::policies::policy<bm::policies::promote_double<false>,
                         bm::policies::domain_error<bm::policies::ignore_error>,
                         bm::policies::pole_error<bm::policies::ignore_error>,
                         bm::policies::overflow_error<bm::policies::ignore_error>,
                         bm::policies::evaluation_error<bm::policies::ignore_error>>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNormalQuantile95 = 1.6448536269514722;
constexpr double kLargestBelowOne = 1.0 - 0x1p-53;
constexpr double kLeastMass = 1e-9;

/// The table of a slow quantile: 4,096 cells of equal probability, a cubic through the exact values
/// and slopes at both ends of a cell. The slope of a quantile is unbounded at the ends of the
/// support, so the outermost cells are computed exactly: at 2 to 5 microseconds each, they raise
/// the average draw to about 10 ns. The error left is below 1e-6 standard deviations, which a test
/// holds.
constexpr int kCells = 4096;
constexpr int kExactCells = 16;

double normal_cdf(double z) { return 0.5 * std::erfc(-z * 0.70710678118654752440); }

double beta_a(double min, double mode, double max) { return 1 + 4 * (mode - min) / (max - min); }
double beta_b(double min, double mode, double max) { return 1 + 4 * (max - mode) / (max - min); }

/// The value of a polynomial, highest power first.
template <std::size_t N>
double polynomial(const std::array<double, N>& coefficients, double x) {
  double sum = coefficients[0];
  for (std::size_t i = 1; i < N; ++i) {
    sum = sum * x + coefficients[i];
  }
  return sum;
}

bool finite(std::initializer_list<double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

DistributionResult refused(std::string why) { return {std::nullopt, std::move(why)}; }

DistributionResult not_finite(Family family) {
  return refused(fmt::format("every parameter of {} must be a finite number", to_string(family)));
}

/// The keys of a document against those of its family; the text of the first that is wrong.
std::optional<std::string> check_keys(std::string_view family,
                                      const std::map<std::string, double>& parameters,
                                      std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (!parameters.contains(std::string(key))) {
      return fmt::format("{} needs {}, and `{}` is missing", family, fmt::join(keys, ", "), key);
    }
  }
  for (const auto& [key, value] : parameters) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      return fmt::format("{} has no parameter `{}`; it takes {}", family, key,
                         keys.size() == 0 ? "values" : fmt::to_string(fmt::join(keys, ", ")));
    }
  }
  return std::nullopt;
}

}  // namespace

/// What copies share. PERT and gamma: value and slope of the unit quantile (support [0, 1], or
/// scale 1) at every cell border. Empirical: the sorted values, and nothing in `slope`.
struct Distribution::Table {
  std::vector<double> value;
  std::vector<double> slope;

  /// `quantile` is exact, `density` its derivative's inverse, both of the unit distribution.
  template <typename Quantile, typename Density>
  static std::shared_ptr<const Table> of(const Quantile& quantile, const Density& density) {
    auto table = std::make_shared<Table>();
    table->value.assign(kCells + 1, 0.0);
    table->slope.assign(kCells + 1, 0.0);
    for (int k = kExactCells; k <= kCells - kExactCells; ++k) {
      const double x = quantile(static_cast<double>(k) / kCells);
      table->value[static_cast<std::size_t>(k)] = x;
      table->slope[static_cast<std::size_t>(k)] = 1 / (kCells * density(x));
      if (!finite({x, table->slope[static_cast<std::size_t>(k)]})) {
        return nullptr;
      }
    }
    return table;
  }

  /// The interpolated value at `u`, or `exact(u)` in an outermost cell.
  template <typename Quantile>
  double at(double u, const Quantile& exact) const {
    const double position = u * kCells;
    const int cell = static_cast<int>(position);
    if (cell < kExactCells || cell >= kCells - kExactCells) {
      return exact(u);
    }
    const auto i = static_cast<std::size_t>(cell);
    const double t = position - cell;
    const double s = 1 - t;
    // The cubic Hermite polynomial, in the Bernstein form that keeps its values within the cell.
    const double left = value[i] + slope[i] / 3;
    const double right = value[i + 1] - slope[i + 1] / 3;
    return s * s * (s * value[i] + 3 * t * left) + t * t * (t * value[i + 1] + 3 * s * right);
  }
};

std::string_view to_string(Family family) {
  switch (family) {
    case Family::kConstant:
      return "constant";
    case Family::kUniform:
      return "uniform";
    case Family::kTriangular:
      return "triangular";
    case Family::kPert:
      return "pert";
    case Family::kExponential:
      return "exponential";
    case Family::kLognormal:
      return "lognormal";
    case Family::kGamma:
      return "gamma";
    case Family::kWeibull:
      return "weibull";
    case Family::kEmpirical:
      return "empirical";
  }
  return "unknown";
}

double standard_normal_quantile(double u) {
  // The coefficients are those of the paper; highest power first.
  static constexpr std::array<double, 8> kA = {
      2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
      13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608};
  static constexpr std::array<double, 8> kB = {
      5226.495278852545925,  28729.085735721942674, 39307.89580009271061,  21213.794301586595867,
      5394.1960214247511077, 687.1870074920579083,  42.313330701600911252, 1.0};
  static constexpr std::array<double, 8> kC = {7.7454501427834140764e-4, .0227238449892691845833,
                                               .24178072517745061177,    1.27045825245236838258,
                                               3.64784832476320460504,   5.7694972214606914055,
                                               4.6303378461565452959,    1.42343711074968357734};
  static constexpr std::array<double, 8> kD = {1.05075007164441684324e-9, 5.475938084995344946e-4,
                                               .0151986665636164571966,   .14810397642748007459,
                                               .68976733498510000455,     1.6763848301838038494,
                                               2.05319162663775882187,    1.0};
  static constexpr std::array<double, 8> kE = {2.01033439929228813265e-7, 2.71155556874348757815e-5,
                                               .0012426609473880784386,   .026532189526576123093,
                                               .29656057182850489123,     1.7848265399172913358,
                                               5.4637849111641143699,     6.6579046435011037772};
  static constexpr std::array<double, 8> kF = {2.04426310338993978564e-15, 1.4215117583164458887e-7,
                                               1.8463183175100546818e-5,   7.868691311456132591e-4,
                                               .0148753612908506148525,    .13692988092273580531,
                                               .59983220655588793769,      1.0};

  const double q = u - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(kA, r) / polynomial(kB, r);
  }
  const double r = std::sqrt(-std::log(q < 0 ? u : 1 - u));
  const double z = r <= 5 ? polynomial(kC, r - 1.6) / polynomial(kD, r - 1.6)
                          : polynomial(kE, r - 5) / polynomial(kF, r - 5);
  return q < 0 ? -z : z;
}

// -------------------------------------------------------------------------------------- factories
// --

DistributionResult Distribution::constant(double value) {
  if (!std::isfinite(value)) {
    return not_finite(Family::kConstant);
  }
  return {Distribution(Family::kConstant, value, 0, 0), {}};
}

DistributionResult Distribution::uniform(double min, double max) {
  if (!finite({min, max, max - min})) {
    return not_finite(Family::kUniform);
  }
  if (!(min < max)) {
    return refused(fmt::format("min {} must be below max {}", min, max));
  }
  return {Distribution(Family::kUniform, min, max, 0), {}};
}

DistributionResult Distribution::triangular(double min, double mode, double max) {
  if (!finite({min, mode, max, max - min})) {
    return not_finite(Family::kTriangular);
  }
  if (!(min < max)) {
    return refused(fmt::format("min {} must be below max {}", min, max));
  }
  if (mode < min || mode > max) {
    return refused(fmt::format("mode {} must lie between min {} and max {}", mode, min, max));
  }
  return {Distribution(Family::kTriangular, min, mode, max), {}};
}

DistributionResult Distribution::pert(double min, double mode, double max) {
  if (!finite({min, mode, max, max - min})) {
    return not_finite(Family::kPert);
  }
  if (!(min < max)) {
    return refused(fmt::format("min {} must be below max {}", min, max));
  }
  if (mode < min || mode > max) {
    return refused(fmt::format("mode {} must lie between min {} and max {}", mode, min, max));
  }
  Distribution d(Family::kPert, min, mode, max);
  const double a = beta_a(min, mode, max);
  const double b = beta_b(min, mode, max);
  d.table_ = Table::of([&](double u) { return bm::ibeta_inv(a, b, u, BoostPolicy()); },
                       [&](double x) { return bm::ibeta_derivative(a, b, x, BoostPolicy()); });
  if (d.table_ == nullptr) {
    return refused("the quantiles of this pert cannot be computed");
  }
  return {std::move(d), {}};
}

DistributionResult Distribution::exponential(double mean) {
  if (!std::isfinite(mean)) {
    return not_finite(Family::kExponential);
  }
  if (!(mean > 0)) {
    return refused(fmt::format("mean {} must be above zero", mean));
  }
  return {Distribution(Family::kExponential, mean, 0, 0), {}};
}

DistributionResult Distribution::lognormal(double p50, double p95) {
  if (!finite({p50, p95})) {
    return not_finite(Family::kLognormal);
  }
  if (!(p50 > 0)) {
    return refused(fmt::format("p50 {} must be above zero", p50));
  }
  if (!(p95 > p50)) {
    return refused(fmt::format("p95 {} must be above p50 {}", p95, p50));
  }
  return lognormal_of_log(std::log(p50), std::log(p95 / p50) / kNormalQuantile95);
}

DistributionResult Distribution::lognormal_of_log(double mu, double sigma) {
  if (!finite({mu, sigma})) {
    return not_finite(Family::kLognormal);
  }
  if (!(sigma > 0)) {
    return refused(fmt::format("sigma {} must be above zero", sigma));
  }
  // Every draw and the mean must be representable: the largest draw is 8.3 sigma out.
  if (mu + 10 * sigma + sigma * sigma > 700 || mu - 10 * sigma < -700) {
    return refused(
        fmt::format("mu {} and sigma {} spread beyond what a number can hold", mu, sigma));
  }
  return {Distribution(Family::kLognormal, mu, sigma, 0), {}};
}

DistributionResult Distribution::gamma(double shape, double scale) {
  if (!finite({shape, scale})) {
    return not_finite(Family::kGamma);
  }
  // Outside these bounds the incomplete gamma function and its inverse lose digits. A shape of 0.01
  // already puts half of the mass below 1e-30 scales, a shape of 1e6 is a normal distribution.
  if (!(shape >= 0.01 && shape <= 1e6)) {
    return refused(fmt::format("shape {} must lie between 0.01 and 1000000", shape));
  }
  if (!(scale > 0)) {
    return refused(fmt::format("scale {} must be above zero", scale));
  }
  Distribution d(Family::kGamma, shape, scale, 0);
  d.table_ = Table::of([&](double u) { return bm::gamma_p_inv(shape, u, BoostPolicy()); },
                       [&](double x) {
                         // A quantile that underflowed to zero stands on a slope of zero.
                         return x > 0 ? bm::gamma_p_derivative(shape, x, BoostPolicy()) : kInfinity;
                       });
  if (d.table_ == nullptr) {
    return refused("the quantiles of this gamma cannot be computed");
  }
  return {std::move(d), {}};
}

DistributionResult Distribution::weibull(double shape, double scale) {
  if (!finite({shape, scale})) {
    return not_finite(Family::kWeibull);
  }
  // Below 0.01 the mean soon exceeds what a number can hold.
  if (!(shape >= 0.01 && shape <= 1e6)) {
    return refused(fmt::format("shape {} must lie between 0.01 and 1000000", shape));
  }
  if (!(scale > 0)) {
    return refused(fmt::format("scale {} must be above zero", scale));
  }
  return {Distribution(Family::kWeibull, shape, scale, 0), {}};
}

DistributionResult Distribution::empirical(std::vector<double> values) {
  if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); })) {
    return not_finite(Family::kEmpirical);
  }
  std::sort(values.begin(), values.end());
  if (values.empty() || values.front() == values.back()) {
    return refused("empirical needs at least two different values; a single one is `constant`");
  }
  auto table = std::make_shared<Table>();
  table->value = std::move(values);
  Distribution d(Family::kEmpirical, 1, 0, 0);
  d.table_ = std::move(table);
  return {std::move(d), {}};
}

DistributionResult Distribution::from_parameters(std::string_view family,
                                                 const std::map<std::string, double>& parameters,
                                                 const std::vector<double>& values,
                                                 std::optional<double> truncate_min,
                                                 std::optional<double> truncate_max) {
  if (family != "empirical" && !values.empty()) {
    return refused(fmt::format("{} has no parameter `values`", family));
  }
  DistributionResult whole;
  std::optional<std::string> wrong;
  const auto has = [&](std::initializer_list<std::string_view> keys) {
    wrong = check_keys(family, parameters, keys);
    return !wrong;
  };
  const auto get = [&](const char* key) { return parameters.at(key); };
  if (family == "constant") {
    if (has({"value"})) whole = constant(get("value"));
  } else if (family == "uniform") {
    if (has({"min", "max"})) whole = uniform(get("min"), get("max"));
  } else if (family == "triangular") {
    if (has({"min", "mode", "max"})) whole = triangular(get("min"), get("mode"), get("max"));
  } else if (family == "pert") {
    if (has({"min", "mode", "max"})) whole = pert(get("min"), get("mode"), get("max"));
  } else if (family == "exponential") {
    if (has({"mean"})) whole = exponential(get("mean"));
  } else if (family == "lognormal" && (parameters.contains("mu") || parameters.contains("sigma"))) {
    if (has({"mu", "sigma"})) whole = lognormal_of_log(get("mu"), get("sigma"));
  } else if (family == "lognormal") {
    if (has({"p50", "p95"})) whole = lognormal(get("p50"), get("p95"));
  } else if (family == "gamma") {
    if (has({"shape", "scale"})) whole = gamma(get("shape"), get("scale"));
  } else if (family == "weibull") {
    if (has({"shape", "scale"})) whole = weibull(get("shape"), get("scale"));
  } else if (family == "empirical") {
    if (has({})) whole = empirical(values);
  } else {
    wrong = fmt::format(
        "there is no distribution `{}`; known are constant, uniform, triangular, pert, "
        "exponential, "
        "lognormal, gamma, weibull and empirical",
        family);
  }
  if (wrong) {
    return refused(std::move(*wrong));
  }
  if (!whole) {
    return whole;
  }
  return whole->truncated(truncate_min, truncate_max);
}

// ------------------------------------------------------------------------------------- operations
// --

DistributionResult Distribution::truncated(std::optional<double> min,
                                           std::optional<double> max) const {
  if (!min && !max) {
    return {*this, {}};
  }
  if (!finite({min.value_or(0), max.value_or(0)})) {
    return refused("a truncation bound must be a finite number");
  }
  if (min && max && *min > *max) {
    return refused(fmt::format("truncate_min {} must not be above truncate_max {}", *min, *max));
  }
  Distribution d = *this;
  d.truncated_ = true;
  d.lo_ = std::max(lo_, min.value_or(-kInfinity));
  d.hi_ = std::min(hi_, max.value_or(kInfinity));
  // Values that repeat in an empirical sample are atoms: one that lies on the lower bound stays.
  d.u_lo_ = whole_cdf_below(d.lo_);
  d.u_span_ = whole_cdf(d.hi_) - d.u_lo_;
  if (!(d.u_span_ >= kLeastMass)) {
    return refused(fmt::format("truncation to {} leaves nothing of {}",
                               !max   ? fmt::format("at least {}", *min)
                               : !min ? fmt::format("at most {}", *max)
                                      : fmt::format("{} to {}", *min, *max),
                               describe()));
  }
  return {std::move(d), {}};
}

Distribution Distribution::scaled(double factor) const {
  assert(factor > 0 && std::isfinite(factor));
  Distribution d = *this;
  switch (family_) {
    case Family::kConstant:
    case Family::kUniform:
    case Family::kTriangular:
    case Family::kPert:
      d.a_ *= factor;
      d.b_ *= factor;
      d.c_ *= factor;
      break;
    case Family::kExponential:
    case Family::kEmpirical:
      d.a_ *= factor;
      break;
    case Family::kLognormal:
      d.a_ += std::log(factor);
      break;
    case Family::kGamma:
    case Family::kWeibull:
      d.b_ *= factor;
      break;
  }
  d.lo_ *= factor;
  d.hi_ *= factor;
  return d;
}

double Distribution::quantile(double u) const {
  assert(u > 0 && u < 1);
  if (!truncated_) {
    return whole_quantile(u);
  }
  // Rounding could carry the probability to 1 and the value a digit past a bound; nothing else can,
  // so this clamp moves no draw.
  const double inside = std::min(u_lo_ + u * u_span_, kLargestBelowOne);
  return std::clamp(whole_quantile(inside), lo_, hi_);
}

double Distribution::cdf(double x) const {
  if (!truncated_) {
    return whole_cdf(x);
  }
  if (x < lo_) {
    return 0;
  }
  if (x >= hi_) {
    return 1;
  }
  return std::clamp((whole_cdf(x) - u_lo_) / u_span_, 0.0, 1.0);
}

double Distribution::mean() const {
  if (family_ == Family::kEmpirical) {
    // The quantile is linear between its knots, so the trapezoidal rule over them is exact.
    const std::vector<double>& v = table_->value;
    const double last = static_cast<double>(v.size() - 1);
    const double u_hi = std::min(u_lo_ + u_span_, 1.0);
    double sum = 0;
    double u = u_lo_;
    double x = whole_quantile(u);
    for (double k = std::floor(u_lo_ * last) + 1; u < u_hi; ++k) {
      const double next_u = std::min(k / last, u_hi);
      const double next_x = whole_quantile(next_u);
      sum += (next_u - u) * (x + next_x) / 2;
      u = next_u;
      x = next_x;
    }
    return std::clamp(sum / (u_hi - u_lo_), minimum(), maximum());
  }
  if (family_ == Family::kConstant) {
    return a_;
  }
  if (!truncated_) {
    return partial_mean(kInfinity);
  }
  return std::clamp((partial_mean(hi_) - partial_mean(lo_)) / u_span_, minimum(), maximum());
}

double Distribution::minimum() const { return std::max(lo_, whole_minimum()); }
double Distribution::maximum() const { return std::min(hi_, whole_maximum()); }

std::string Distribution::describe() const {
  std::string text;
  switch (family_) {
    case Family::kConstant:
      text = fmt::format("constant {:.6g}", a_);
      break;
    case Family::kUniform:
      text = fmt::format("uniform {:.6g} to {:.6g}", a_, b_);
      break;
    case Family::kTriangular:
    case Family::kPert:
      text = fmt::format("{} {:.6g} to {:.6g}, mode {:.6g}", to_string(family_), a_, c_, b_);
      break;
    case Family::kExponential:
      text = fmt::format("exponential mean {:.6g}", a_);
      break;
    case Family::kLognormal:
      text = fmt::format("lognormal p50 {:.6g} p95 {:.6g}", std::exp(a_),
                         std::exp(a_ + kNormalQuantile95 * b_));
      break;
    case Family::kGamma:
    case Family::kWeibull:
      text = fmt::format("{} shape {:.6g} scale {:.6g}", to_string(family_), a_, b_);
      break;
    case Family::kEmpirical:
      text = fmt::format("empirical {} values {:.6g} to {:.6g}", table_->value.size(),
                         whole_minimum(), whole_maximum());
      break;
  }
  const bool below = hi_ < kInfinity;
  const bool above = lo_ > -kInfinity;
  if (above && below) {
    text += fmt::format(", between {:.6g} and {:.6g}", lo_, hi_);
  } else if (above) {
    text += fmt::format(", at least {:.6g}", lo_);
  } else if (below) {
    text += fmt::format(", at most {:.6g}", hi_);
  }
  return text;
}

// ------------------------------------------------------------------------- the whole distribution
// --

double Distribution::whole_quantile(double u) const {
  switch (family_) {
    case Family::kConstant:
      return a_;
    case Family::kUniform:
      return a_ + u * (b_ - a_);
    case Family::kTriangular: {
      const double width = c_ - a_;
      return u * width < b_ - a_ ? a_ + std::sqrt(u * width * (b_ - a_))
                                 : c_ - std::sqrt((1 - u) * width * (c_ - b_));
    }
    case Family::kPert: {
      const auto exact = [&](double p) {
        return bm::ibeta_inv(beta_a(a_, b_, c_), beta_b(a_, b_, c_), p, BoostPolicy());
      };
      return a_ + (c_ - a_) * table_->at(u, exact);
    }
    case Family::kExponential:
      return -a_ * std::log1p(-u);
    case Family::kLognormal:
      return std::exp(a_ + b_ * standard_normal_quantile(u));
    case Family::kGamma: {
      const auto exact = [&](double p) { return bm::gamma_p_inv(a_, p, BoostPolicy()); };
      return b_ * table_->at(u, exact);
    }
    case Family::kWeibull:
      return b_ * std::pow(-std::log1p(-u), 1 / a_);
    case Family::kEmpirical: {
      const std::vector<double>& v = table_->value;
      const double position = u * static_cast<double>(v.size() - 1);
      const std::size_t k = std::min(static_cast<std::size_t>(position), v.size() - 2);
      return a_ * (v[k] + (position - static_cast<double>(k)) * (v[k + 1] - v[k]));
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double Distribution::whole_cdf(double x) const {
  if (x >= whole_maximum()) {
    return 1;
  }
  switch (family_) {
    case Family::kConstant:
      return 0;
    case Family::kUniform:
      return x <= a_ ? 0 : (x - a_) / (b_ - a_);
    case Family::kTriangular:
      if (x <= a_) {
        return 0;
      }
      return x < b_ ? (x - a_) * (x - a_) / ((c_ - a_) * (b_ - a_))
                    : 1 - (c_ - x) * (c_ - x) / ((c_ - a_) * (c_ - b_));
    case Family::kPert:
      return x <= a_ ? 0
                     : bm::ibeta(beta_a(a_, b_, c_), beta_b(a_, b_, c_), (x - a_) / (c_ - a_),
                                 BoostPolicy());
    case Family::kExponential:
      return x <= 0 ? 0 : -std::expm1(-x / a_);
    case Family::kLognormal:
      return x <= 0 ? 0 : normal_cdf((std::log(x) - a_) / b_);
    case Family::kGamma:
      return x <= 0 ? 0 : bm::gamma_p(a_, x / b_, BoostPolicy());
    case Family::kWeibull:
      return x <= 0 ? 0 : -std::expm1(-std::pow(x / b_, a_));
    case Family::kEmpirical: {
      const std::vector<double>& v = table_->value;
      const double y = x / a_;
      const auto above = std::upper_bound(v.begin(), v.end(), y);
      if (above == v.begin() || above == v.end()) {
        return above == v.begin() ? 0 : 1;
      }
      const auto at = above - 1;
      return (static_cast<double>(at - v.begin()) + (y - *at) / (*above - *at)) /
             static_cast<double>(v.size() - 1);
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

/// The share of draws strictly below `x`. It differs from the CDF only where there are atoms.
double Distribution::whole_cdf_below(double x) const {
  if (x <= whole_minimum()) {
    return 0;
  }
  if (family_ != Family::kEmpirical) {
    return whole_cdf(x);
  }
  const std::vector<double>& v = table_->value;
  const double y = x / a_;
  const auto at = std::lower_bound(v.begin(), v.end(), y);
  if (at == v.begin() || at == v.end()) {
    return at == v.begin() ? 0 : 1;
  }
  const auto below = at - 1;
  return (static_cast<double>(below - v.begin()) + (y - *below) / (*at - *below)) /
         static_cast<double>(v.size() - 1);
}

/// The integral of t f(t) over all t below `x`, which is the mean for x = infinity. Each is the
/// mean times the CDF of a neighbour of the family, found by integrating by parts.
double Distribution::partial_mean(double x) const {
  if (x <= whole_minimum()) {
    return 0;
  }
  x = std::min(x, whole_maximum());
  switch (family_) {
    case Family::kUniform:
      return (x - a_) * (x + a_) / (2 * (b_ - a_));
    case Family::kTriangular: {
      // The first side is (x - a) growing, the second what the whole lacks beyond x; with y the
      // distance to the end of the support, the integral of t y over a side is a polynomial in y.
      const double width = c_ - a_;
      if (x < b_) {
        const double y = x - a_;
        return (a_ * y * y + 2 * y * y * y / 3) / (width * (b_ - a_));
      }
      const double y = c_ - x;
      const double whole = (a_ + b_ + c_) / 3;
      return b_ == c_ ? whole : whole - (c_ * y * y - 2 * y * y * y / 3) / (width * (c_ - b_));
    }
    case Family::kPert: {
      const double a = beta_a(a_, b_, c_);
      const double b = beta_b(a_, b_, c_);
      const double y = (x - a_) / (c_ - a_);
      return a_ * bm::ibeta(a, b, y, BoostPolicy()) +
             (c_ - a_) * a / (a + b) * bm::ibeta(a + 1, b, y, BoostPolicy());
    }
    case Family::kExponential:
      return x == kInfinity ? a_ : a_ * bm::gamma_p(2.0, x / a_, BoostPolicy());
    case Family::kLognormal: {
      const double whole = std::exp(a_ + b_ * b_ / 2);
      return x == kInfinity ? whole : whole * normal_cdf((std::log(x) - a_) / b_ - b_);
    }
    case Family::kGamma:
      return x == kInfinity ? a_ * b_ : a_ * b_ * bm::gamma_p(a_ + 1, x / b_, BoostPolicy());
    case Family::kWeibull: {
      const double whole = b_ * std::tgamma(1 + 1 / a_);
      return x == kInfinity ? whole
                            : whole * bm::gamma_p(1 + 1 / a_, std::pow(x / b_, a_), BoostPolicy());
    }
    case Family::kConstant:
    case Family::kEmpirical:
      break;  // mean() needs no integral for these
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double Distribution::whole_minimum() const {
  switch (family_) {
    case Family::kConstant:
    case Family::kUniform:
    case Family::kTriangular:
    case Family::kPert:
      return a_;
    case Family::kEmpirical:
      return a_ * table_->value.front();
    default:
      return 0;
  }
}

double Distribution::whole_maximum() const {
  switch (family_) {
    case Family::kConstant:
      return a_;
    case Family::kUniform:
      return b_;
    case Family::kTriangular:
    case Family::kPert:
      return c_;
    case Family::kEmpirical:
      return a_ * table_->value.back();
    default:
      return kInfinity;
  }
}

}  // namespace firedrill
