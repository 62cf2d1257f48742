#include "engine/base/distribution.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "engine/base/normal_quantile.hpp"
#include "engine/base/random.hpp"

namespace firedrill {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
const double kNaN = std::numeric_limits<double>::quiet_NaN();

Distribution made(const DistributionResult& result) {
  INFO(result.error);
  REQUIRE(result);
  return *result;
}

double normal_cdf(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

/// The third event of a Poisson process comes after x unless at most two came by then.
double erlang3_cdf(double x) { return x <= 0 ? 0 : 1 - std::exp(-x) * (1 + x + x * x / 2); }

/// Beta(2, 4) has the CDF 10 y^2 (1 - y)^3 + 10 y^3 (1 - y)^2 + 5 y^4 (1 - y) + y^5: the chance of
/// at least 2 successes among 2 + 4 - 1 = 5 trials.
double beta24_cdf(double y) {
  const double q = 1 - y;
  return 10 * y * y * q * q * q + 10 * y * y * y * q * q + 5 * y * y * y * y * q +
         y * y * y * y * y;
}

/// One distribution with its CDF and mean as a textbook gives them, coded apart from the product.
struct Case {
  std::string name;
  Distribution distribution;
  std::function<double(double)> cdf;
  double mean;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  const auto add = [&](std::string name, const DistributionResult& d,
                       std::function<double(double)> cdf, double mean) {
    all.push_back({std::move(name), made(d), std::move(cdf), mean});
  };
  add(
      "uniform", Distribution::uniform(2, 6), [](double x) { return (x - 2) / 4; }, 4);
  // Triangle of height 2 / (max - min) = 0.2 at the mode; mean (0 + 3 + 10) / 3.
  add(
      "triangular", Distribution::triangular(0, 3, 10),
      [](double x) { return x < 3 ? x * x / 30 : 1 - (10 - x) * (10 - x) / 70; }, 13.0 / 3);
  add(
      "triangular, mode at min", Distribution::triangular(1, 1, 3),
      [](double x) { return 1 - (3 - x) * (3 - x) / 4; }, 5.0 / 3);
  add(
      "triangular, mode at max", Distribution::triangular(1, 3, 3),
      [](double x) { return (x - 1) * (x - 1) / 4; }, 7.0 / 3);
  // (mode - min) / (max - min) = 1/4 gives a = 2 and b = 4; mean (10 + 4 * 20 + 50) / 6 = 140 / 6.
  add(
      "pert", Distribution::pert(10, 20, 50), [](double x) { return beta24_cdf((x - 10) / 40); },
      140.0 / 6);
  add(
      "exponential", Distribution::exponential(900),
      [](double x) { return 1 - std::exp(-x / 900); }, 900);
  // sigma = ln(360 / 90) / 1.6449 = 0.84281; mean 90 exp(sigma^2 / 2) = 128.38.
  const double sigma = std::log(4.0) / 1.6448536269514722;
  add(
      "lognormal", Distribution::lognormal(90, 360),
      [sigma](double x) { return normal_cdf(std::log(x / 90) / sigma); },
      90 * std::exp(sigma * sigma / 2));
  add(
      "lognormal of log", Distribution::lognormal_of_log(2, 0.5),
      [](double x) { return normal_cdf((std::log(x) - 2) / 0.5); }, std::exp(2.125));
  add(
      "gamma", Distribution::gamma(3, 20), [](double x) { return erlang3_cdf(x / 20); }, 60);
  // A gamma of shape 1/2 is half the square of a normal: F(x) = erf(sqrt(x)).
  add(
      "gamma, shape below one", Distribution::gamma(0.5, 4),
      [](double x) { return std::erf(std::sqrt(x / 4)); }, 2);
  // Weibull of shape 2: F = 1 - exp(-(x / 10)^2), mean 10 sqrt(pi) / 2.
  add(
      "weibull", Distribution::weibull(2, 10), [](double x) { return 1 - std::exp(-x * x / 100); },
      5 * std::sqrt(std::acos(-1.0)));
  // Knots (1, 0), (2, 1/3), (4, 2/3), (10, 1): mean = (1.5 + 3 + 7) / 3.
  add(
      "empirical", Distribution::empirical({4, 1, 10, 2}),
      [](double x) {
        return x < 2 ? (x - 1) / 3 : x < 4 ? 1.0 / 3 + (x - 2) / 6 : 2.0 / 3 + (x - 4) / 18;
      },
      11.5 / 3);
  return all;
}

/// The mean by quadrature of the quantile: the substitution u = v^3 (10 - 15 v + 6 v^2) makes the
/// integrand vanish at both ends, so that the midpoint rule converges fast even with long tails.
double mean_by_quadrature(const Distribution& d) {
  constexpr int kSteps = 400'000;
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) {
    const double v = (i + 0.5) / kSteps;
    const double u = v * v * v * (10 - 15 * v + 6 * v * v);
    const double slope = 30 * v * v * (1 - v) * (1 - v);
    if (u > 0 && u < 1) {
      sum += d.quantile(u) * slope;
    }
  }
  return sum / kSteps;
}

/// The largest distance between the ECDF of 20,000 keyed draws and `cdf`.
double kolmogorov_smirnov(const Distribution& d, const std::function<double(double)>& cdf,
                          std::string_view name) {
  constexpr int kDraws = 20'000;
  Stream stream(DrillDraws(2, 0), entity_key(name));
  std::vector<double> sample;
  for (int i = 0; i < kDraws; ++i) {
    sample.push_back(d.quantile(stream.next()));
  }
  std::sort(sample.begin(), sample.end());
  double worst = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double f = cdf(sample[static_cast<std::size_t>(i)]);
    worst = std::max(
        {worst, f - static_cast<double>(i) / kDraws, static_cast<double>(i + 1) / kDraws - f});
  }
  return worst;
}

// P(sqrt(n) D > 2.23) = 2 exp(-2 * 2.23^2) = 1e-4. The draws are fixed, so this never flickers.
constexpr double kKsLimit = 2.23 / 141.42;

TEST_CASE("every distribution has the mean of its closed form", "[distribution][unit]") {
  for (const Case& c : cases()) {
    INFO(c.name);
    CHECK(c.distribution.mean() == Approx(c.mean).epsilon(1e-12));
    CHECK(mean_by_quadrature(c.distribution) == Approx(c.mean).epsilon(1e-6));
  }
  CHECK(made(Distribution::constant(60)).mean() == 60);
}

TEST_CASE("every CDF is that of the textbook", "[distribution][unit]") {
  for (const Case& c : cases()) {
    INFO(c.name);
    for (double u = 0.001; u < 1; u += 0.001) {
      const double x = c.distribution.quantile(u);
      CHECK(c.distribution.cdf(x) == Approx(c.cdf(x)).margin(1e-12));
    }
    CHECK(c.distribution.cdf(c.distribution.minimum() - 1) == 0);
    CHECK(c.distribution.cdf(kInf) == 1);
  }
}

TEST_CASE("quantile and CDF undo each other", "[distribution][unit]") {
  for (const Case& c : cases()) {
    INFO(c.name);
    double before = -kInf;
    for (const double u : {1e-12, 1e-9, 1e-6, 1e-3, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999,
                           1 - 1e-6, 1 - 1e-9, 1 - 1e-12}) {
      const double x = c.distribution.quantile(u);
      // 1e-7 is what the tables of slow quantiles leave; 1e-15 what a bound other than zero costs.
      CHECK(c.distribution.cdf(x) == Approx(u).epsilon(1e-7).margin(1e-15));
      CHECK(x > before);
      before = x;
    }
    CHECK(c.distribution.quantile(0x1p-53) >= c.distribution.minimum());
    CHECK(c.distribution.quantile(1 - 0x1p-53) <= c.distribution.maximum());
    CHECK(std::isfinite(c.distribution.quantile(1 - 0x1p-53)));
  }
}

TEST_CASE("keyed draws follow the textbook's CDF", "[distribution][unit]") {
  for (const Case& c : cases()) {
    INFO(c.name);
    CHECK(kolmogorov_smirnov(c.distribution, c.cdf, c.name) < kKsLimit);
  }
}

TEST_CASE("the Kolmogorov-Smirnov test can fail", "[distribution][unit]") {
  // A median of 96 instead of 90 moves the CDF by about 0.3989 * ln(96 / 90) / 0.843 = 0.0305.
  const double sigma = std::log(4.0) / 1.6448536269514722;
  const auto wrong = [sigma](double x) { return normal_cdf(std::log(x / 96) / sigma); };
  CHECK(kolmogorov_smirnov(made(Distribution::lognormal(90, 360)), wrong, "lognormal") > kKsLimit);
}

TEST_CASE("a lognormal has the percentiles it was made from", "[distribution][unit]") {
  const Distribution d = made(Distribution::lognormal(55, 150));
  CHECK(d.quantile(0.5) == Approx(55).epsilon(1e-14));
  CHECK(d.quantile(0.95) == Approx(150).epsilon(1e-13));
}

TEST_CASE("the normal quantile agrees with Boost's", "[distribution][unit]") {
  const boost::math::normal_distribution<double> reference;
  Stream stream(DrillDraws(3, 0), entity_key("normal"));
  double worst = 0;
  const auto compare = [&](double u) {
    const double expected = boost::math::quantile(reference, u);
    worst = std::max(worst, std::abs(standard_normal_quantile(u) - expected) /
                                std::max(std::abs(expected), 1e-300));
  };
  for (int i = 0; i < 50'000; ++i) {
    compare(stream.next());
  }
  // Both tails, both sides of the borders between the approximations at 0.075 and exp(-25).
  for (const double u : {0x1p-53, 1e-15, 1e-12, 1.38e-11, 1.39e-11, 1e-6, 0.0749999, 0.0750001,
                         0.9249999, 0.9250001, 1 - 1e-6, 1 - 1e-12, 1 - 0x1p-53}) {
    compare(u);
  }
  CHECK(worst < 1e-13);
  CHECK(standard_normal_quantile(0.5) == 0);
}

TEST_CASE("truncated draws follow the conditional law, and none is moved to a bound",
          "[distribution][unit]") {
  for (const Case& c : cases()) {
    INFO(c.name);
    const double lo = c.distribution.quantile(0.2);
    const double hi = c.distribution.quantile(0.9);
    const double mass = c.cdf(hi) - c.cdf(lo);
    const auto both = [&](double x) { return (c.cdf(x) - c.cdf(lo)) / mass; };
    const Distribution inside = made(c.distribution.truncated(lo, hi));
    CHECK(kolmogorov_smirnov(inside, both, c.name) < kKsLimit);
    CHECK(inside.minimum() == lo);
    CHECK(inside.maximum() == hi);
    CHECK(inside.is_truncated());
    CHECK(inside.cdf(lo - 1e-9) == 0);
    CHECK(inside.cdf(hi) == 1);
    CHECK(inside.cdf(inside.quantile(0.3)) == Approx(0.3).epsilon(1e-7));
    CHECK(inside.quantile(1e-9) > lo);
    CHECK(inside.quantile(1 - 1e-9) < hi);
    CHECK(inside.mean() == Approx(mean_by_quadrature(inside)).epsilon(1e-6));

    const Distribution above = made(c.distribution.truncated(lo, std::nullopt));
    CHECK(kolmogorov_smirnov(
              above, [&](double x) { return (c.cdf(x) - c.cdf(lo)) / (1 - c.cdf(lo)); }, c.name) <
          kKsLimit);
    CHECK(above.mean() == Approx(mean_by_quadrature(above)).epsilon(1e-6));
    const Distribution below = made(c.distribution.truncated(std::nullopt, hi));
    CHECK(kolmogorov_smirnov(
              below, [&](double x) { return c.cdf(x) / c.cdf(hi); }, c.name) < kKsLimit);
    CHECK(below.mean() == Approx(mean_by_quadrature(below)).epsilon(1e-6));

    // The law of total expectation ties the parts to the whole.
    const Distribution rest = made(c.distribution.truncated(hi, std::nullopt));
    const double p = c.cdf(hi);
    CHECK(p * below.mean() + (1 - p) * rest.mean() == Approx(c.mean).epsilon(1e-9));
  }
}

TEST_CASE("truncating twice is truncating to the narrower bounds", "[distribution][unit]") {
  const Distribution whole = made(Distribution::lognormal(90, 360));
  const Distribution twice = made(made(whole.truncated(20, 500)).truncated(10, 300));
  const Distribution once = made(whole.truncated(20, 300));
  for (const double u : {0.01, 0.5, 0.99}) {
    CHECK(twice.quantile(u) == once.quantile(u));
  }
}

TEST_CASE("bounds outside the support change nothing", "[distribution][unit]") {
  const Distribution whole = made(Distribution::uniform(2, 6));
  const Distribution same = made(whole.truncated(-1, 100));
  CHECK(same.quantile(0.25) == whole.quantile(0.25));
  CHECK(same.minimum() == 2);
  CHECK(same.maximum() == 6);
  CHECK(made(made(Distribution::constant(5)).truncated(5, 5)).quantile(0.5) == 5);
}

TEST_CASE("repeated empirical values on a truncation bound keep their mass",
          "[distribution][unit]") {
  // Knots 1, 2, 2, 2, 3: a half of the mass is the value 2, a quarter lies on either side.
  const Distribution d = made(Distribution::empirical({1, 2, 2, 2, 3}));
  CHECK(d.cdf(2) == 0.75);
  CHECK(d.quantile(0.5) == 2);
  const Distribution above = made(d.truncated(2, std::nullopt));
  CHECK(above.cdf(2) == Approx(2.0 / 3));
  CHECK(above.mean() == Approx(2.0 / 3 * 2 + 1.0 / 3 * 2.5));
  CHECK(made(d.truncated(2, 2)).quantile(0.9) == 2);
}

TEST_CASE("the tables of slow quantiles stay within their error", "[distribution][unit]") {
  // Error of the interpolation in units of the standard deviation, away from the cell borders where
  // it is zero. The worst is the long tail of a gamma of small shape.
  double worst = 0;
  for (const double shape : {0.05, 0.3, 1.0, 2.5, 40.0, 1e4}) {
    const Distribution d = made(Distribution::gamma(shape, 1));
    for (int k = 0; k < 3 * 4096; ++k) {
      const double u = (k + 0.5) / (3.0 * 4096);
      const double exact = boost::math::gamma_p_inv(shape, u);
      worst = std::max(worst, std::abs(d.quantile(u) - exact) / std::sqrt(shape));
    }
  }
  CHECK(worst < 1e-6);
  worst = 0;
  for (const double mode : {0.0, 0.01, 0.25, 0.5, 0.9, 1.0}) {
    const Distribution d = made(Distribution::pert(0, mode, 1));
    const double a = 1 + 4 * mode;
    const double b = 5 - 4 * mode;
    for (int k = 0; k < 3 * 4096; ++k) {
      const double u = (k + 0.5) / (3.0 * 4096);
      const double exact = boost::math::ibeta_inv(a, b, u);
      worst = std::max(worst, std::abs(d.quantile(u) - exact) / std::sqrt(a * b / (36 * 7)));
    }
  }
  CHECK(worst < 1e-6);
}

TEST_CASE("tabulated quantiles never fall", "[distribution][unit]") {
  for (const Distribution& d :
       {made(Distribution::gamma(0.05, 1)), made(Distribution::gamma(7, 3)),
        made(Distribution::pert(0, 0, 1)), made(Distribution::pert(0, 0.7, 1))}) {
    double before = d.quantile(0.5 / 200'000);
    bool rising = true;
    for (int k = 1; k < 200'000; ++k) {
      const double x = d.quantile((k + 0.5) / 200'000);
      rising = rising && x >= before;
      before = x;
    }
    CHECK(rising);
  }
}

TEST_CASE("scaling scales every draw, the bounds and the mean", "[distribution][unit]") {
  for (const Case& c : cases()) {
    INFO(c.name);
    const double lo = c.distribution.quantile(0.1);
    const double hi = c.distribution.quantile(0.95);
    const Distribution d = made(c.distribution.truncated(lo, hi));
    const Distribution twice = d.scaled(1.96);
    for (const double u : {0.001, 0.2, 0.5, 0.8, 0.999}) {
      CHECK(twice.quantile(u) == Approx(1.96 * d.quantile(u)).epsilon(1e-13));
    }
    CHECK(twice.mean() == Approx(1.96 * d.mean()).epsilon(1e-9));
    CHECK(twice.cdf(1.96 * d.quantile(0.4)) == Approx(0.4).epsilon(1e-7));
    CHECK(twice.maximum() == 1.96 * hi);
  }
  CHECK(made(Distribution::constant(60)).scaled(2).quantile(0.5) == 120);
}

TEST_CASE("impossible parameters are refused with the reason", "[distribution][unit]") {
  const auto why = [](const DistributionResult& result) {
    CHECK_FALSE(result);
    return result.error;
  };
  using D = Distribution;
  CHECK(why(D::constant(kNaN)) == "every parameter of constant must be a finite number");
  CHECK(why(D::constant(kInf)) == "every parameter of constant must be a finite number");
  CHECK(why(D::uniform(3, 2)) == "min 3 must be below max 2");
  CHECK(why(D::uniform(3, 3)) == "min 3 must be below max 3");
  CHECK(why(D::uniform(0, kInf)) == "every parameter of uniform must be a finite number");
  CHECK(why(D::triangular(0, 5, 4)) == "mode 5 must lie between min 0 and max 4");
  CHECK(why(D::triangular(4, 4, 4)) == "min 4 must be below max 4");
  CHECK(why(D::pert(0, -1, 4)) == "mode -1 must lie between min 0 and max 4");
  CHECK(why(D::pert(kNaN, 1, 4)) == "every parameter of pert must be a finite number");
  CHECK(why(D::exponential(0)) == "mean 0 must be above zero");
  CHECK(why(D::exponential(-5)) == "mean -5 must be above zero");
  CHECK(why(D::lognormal(100, 50)) == "p95 50 must be above p50 100");
  CHECK(why(D::lognormal(100, 100)) == "p95 100 must be above p50 100");
  CHECK(why(D::lognormal(0, 50)) == "p50 0 must be above zero");
  CHECK(why(D::lognormal_of_log(1, 0)) == "sigma 0 must be above zero");
  CHECK(why(D::lognormal_of_log(1, 90)) ==
        "mu 1 and sigma 90 spread beyond what a number can hold");
  CHECK(why(D::gamma(-1, 2)) == "shape -1 must lie between 0.01 and 1000000");
  CHECK(why(D::gamma(2, -1)) == "scale -1 must be above zero");
  CHECK(why(D::weibull(0, 2)) == "shape 0 must lie between 0.01 and 1000000");
  CHECK(why(D::weibull(2, 0)) == "scale 0 must be above zero");
  CHECK(why(D::empirical({})) ==
        "empirical needs at least two different values; a single one is `constant`");
  CHECK(why(D::empirical({7, 7})) ==
        "empirical needs at least two different values; a single one is `constant`");
  CHECK(why(D::empirical({7, kNaN})) == "every parameter of empirical must be a finite number");

  const Distribution d = made(D::uniform(2, 6));
  CHECK(why(d.truncated(5, 4)) == "truncate_min 5 must not be above truncate_max 4");
  CHECK(why(d.truncated(7, std::nullopt)) ==
        "truncation to at least 7 leaves nothing of uniform 2 to 6");
  CHECK(why(d.truncated(std::nullopt, 1)) ==
        "truncation to at most 1 leaves nothing of uniform 2 to 6");
  CHECK(why(d.truncated(7, 8)) == "truncation to 7 to 8 leaves nothing of uniform 2 to 6");
  CHECK(why(d.truncated(kNaN, std::nullopt)) == "a truncation bound must be a finite number");
  CHECK(why(made(D::constant(5)).truncated(6, std::nullopt)) ==
        "truncation to at least 6 leaves nothing of constant 5");
  CHECK(why(made(D::lognormal(1, 2)).truncated(1e6, std::nullopt)) ==
        "truncation to at least 1000000 leaves nothing of lognormal p50 1 p95 2");
}

TEST_CASE("a document's words give the distribution, or the reason why not",
          "[distribution][unit]") {
  using D = Distribution;
  const auto none = std::nullopt;
  CHECK(made(D::from_parameters("constant", {{"value", 60}}, {}, none, none)).describe() ==
        "constant 60");
  CHECK(made(D::from_parameters("uniform", {{"min", 0}, {"max", 60}}, {}, none, none)).describe() ==
        "uniform 0 to 60");
  CHECK(made(D::from_parameters("triangular", {{"min", 75}, {"mode", 95}, {"max", 130}}, {}, none,
                                none))
            .describe() == "triangular 75 to 130, mode 95");
  CHECK(made(D::from_parameters("pert", {{"min", 75}, {"mode", 95}, {"max", 130}}, {}, none, none))
            .describe() == "pert 75 to 130, mode 95");
  CHECK(made(D::from_parameters("exponential", {{"mean", 900}}, {}, none, 3600)).describe() ==
        "exponential mean 900, at most 3600");
  CHECK(made(D::from_parameters("lognormal", {{"p50", 55}, {"p95", 150}}, {}, none, 300))
            .describe() == "lognormal p50 55 p95 150, at most 300");
  CHECK(made(D::from_parameters("lognormal", {{"mu", 0}, {"sigma", 1}}, {}, 0.5, 9)).describe() ==
        "lognormal p50 1 p95 5.18025, between 0.5 and 9");
  CHECK(made(D::from_parameters("gamma", {{"shape", 2}, {"scale", 30}}, {}, 10, none)).describe() ==
        "gamma shape 2 scale 30, at least 10");
  CHECK(made(D::from_parameters("weibull", {{"shape", 2}, {"scale", 30}}, {}, none, none))
            .describe() == "weibull shape 2 scale 30");
  CHECK(made(D::from_parameters("empirical", {}, {246, 296, 196}, none, none)).describe() ==
        "empirical 3 values 196 to 296");

  const auto why = [&](std::string_view family, const std::map<std::string, double>& parameters,
                       const std::vector<double>& values = {}) {
    const DistributionResult result = D::from_parameters(family, parameters, values, none, none);
    CHECK_FALSE(result);
    return result.error;
  };
  CHECK(why("normal", {}) ==
        "there is no distribution `normal`; known are constant, uniform, triangular, pert, "
        "exponential, lognormal, gamma, weibull and empirical");
  CHECK(why("lognormal", {{"p50", 1}}) == "lognormal needs p50, p95, and `p95` is missing");
  CHECK(why("lognormal", {{"mu", 1}}) == "lognormal needs mu, sigma, and `sigma` is missing");
  CHECK(why("lognormal", {{"p50", 1}, {"p95", 2}, {"p99", 3}}) ==
        "lognormal has no parameter `p99`; it takes p50, p95");
  CHECK(why("lognormal", {{"p50", 1}, {"p95", 2}, {"mu", 3}, {"sigma", 1}}) ==
        "lognormal has no parameter `p50`; it takes mu, sigma");
  CHECK(why("constant", {{"value", 1}}, {1, 2}) == "constant has no parameter `values`");
  CHECK(why("empirical", {{"value", 1}}, {1, 2}) ==
        "empirical has no parameter `value`; it takes values");
  CHECK(why("lognormal", {{"p50", 9}, {"p95", 2}}) == "p95 2 must be above p50 9");
  CHECK(D::from_parameters("uniform", {{"min", 0}, {"max", 1}}, {}, 2, none).error ==
        "truncation to at least 2 leaves nothing of uniform 0 to 1");
}

}  // namespace
}  // namespace firedrill
