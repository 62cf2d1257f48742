// How a distribution is made, and what is refused.
#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <initializer_list>
#include <utility>

#include "engine/base/distribution.hpp"
#include "engine/base/distribution_detail.hpp"
#include "engine/base/quantile_table.hpp"

namespace firedrill {
namespace {

namespace bm = boost::math;
using namespace distribution_detail;

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
  d.table_ =
      QuantileTable::of([&](double u) { return bm::ibeta_inv(a, b, u, BoostPolicy()); },
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
  d.table_ = QuantileTable::of([&](double u) { return bm::gamma_p_inv(shape, u, BoostPolicy()); },
                               [&](double x) {
                                 // A quantile that underflowed to zero stands on a slope of zero.
                                 return x > 0 ? bm::gamma_p_derivative(shape, x, BoostPolicy())
                                              : kInfinity;
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
  auto table = std::make_shared<QuantileTable>();
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

}  // namespace firedrill
