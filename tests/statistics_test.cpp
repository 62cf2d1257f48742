#include "engine/study/statistics.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/base/random.hpp"
#include "engine/study/study.hpp"

namespace firedrill {
namespace {

// The exact interval by its definition: from the beta quantiles that
//     scipy.stats.beta.ppf(0.025, k, n - k + 1), beta.ppf(0.975, k + 1, n - k)
// of SciPy 1.17.1 give. 0 of 10 by hand: 1 - 0.025^(1/10) = 0.3085; 1 of 1: 0.025.
TEST_CASE("the interval of a share is that of Clopper and Pearson", "[statistics][unit]") {
  struct Case {
    std::int64_t met, of;
    double low, high;
  };
  for (const Case& c : std::array<Case, 8>{{{0, 10, 0, 0.3084971078},
                                            {8, 10, 0.4439045377, 0.9747892737},
                                            {10, 10, 0.6915028922, 1},
                                            {1, 1, 0.025, 1},
                                            {5, 100, 0.0164318792, 0.1128349111},
                                            {987, 1000, 0.9778721964, 0.9930603825},
                                            {950, 1000, 0.9346095121, 0.9626646024},
                                            {9500, 10000, 0.9455454730, 0.9541900578}}}) {
    CAPTURE(c.met, c.of);
    const Interval interval = share_interval(c.met, c.of);
    CHECK(interval.low == Approx(c.low).margin(1e-9));
    CHECK(interval.high == Approx(c.high).margin(1e-9));
  }
  const Interval wide = share_interval(8, 10, 0.99);
  CHECK(wide.low == Approx(0.3517988337).margin(1e-9));
  CHECK(wide.high == Approx(0.9891494907).margin(1e-9));
}

TEST_CASE("no drills say nothing about a share", "[statistics][unit]") {
  CHECK(share_interval(0, 0).low == 0);
  CHECK(share_interval(0, 0).high == 1);
  CHECK(judge(share_interval(0, 0), 0.95) == Verdict::kInconclusive);
}

TEST_CASE("the ends of an interval are exact where they are certain", "[statistics][unit]") {
  for (const std::int64_t n : {1, 256, 10'000, 1'000'000}) {
    CAPTURE(n);
    CHECK(share_interval(0, n).low == 0);
    CHECK(share_interval(n, n).high == 1);
    CHECK(share_interval(0, n).high < 1);
    CHECK(share_interval(n, n).low > 0);
  }
}

double binomial_pmf(int n, int k, double p) {
  return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) +
                  k * std::log(p) + (n - k) * std::log1p(-p));
}

// Without drawing anything: the chance that the interval holds p is the sum of the probabilities of
// the counts whose interval does.
TEST_CASE("an interval holds the true share at least as often as it says", "[statistics][unit]") {
  for (const int n : {20, 100, 400}) {
    std::vector<Interval> intervals;
    for (int k = 0; k <= n; ++k) intervals.push_back(share_interval(k, n));
    for (double p = 0.005; p < 1; p += 0.005) {
      double covered = 0;
      for (int k = 0; k <= n; ++k) {
        if (intervals[k].low <= p && p <= intervals[k].high) covered += binomial_pmf(n, k, p);
      }
      CAPTURE(n, p);
      CHECK(covered >= 0.95 - 1e-9);
    }
  }
}

TEST_CASE("intervals of drawn shares hold the true one", "[statistics][unit]") {
  constexpr int kStudies = 2000;
  constexpr int kDrills = 200;
  constexpr double kShare = 0.95;
  int held = 0;
  for (int study = 0; study < kStudies; ++study) {
    const DrillDraws drill_draws(1, static_cast<std::uint64_t>(study));
    Stream draws(drill_draws, entity_key("coverage"));
    int met = 0;
    for (int drill = 0; drill < kDrills; ++drill) met += draws.next() < kShare ? 1 : 0;
    const Interval interval = share_interval(met, kDrills);
    held += interval.low <= kShare && kShare <= interval.high ? 1 : 0;
  }
  CHECK(held >= kStudies * 95 / 100);
}

TEST_CASE("a verdict takes the whole interval", "[statistics][unit]") {
  CHECK(judge({0.95, 0.99}, 0.95) == Verdict::kMet);  // at the required share: met
  CHECK(judge({0.9499999, 0.99}, 0.95) == Verdict::kInconclusive);
  CHECK(judge({0.90, 0.95}, 0.95) == Verdict::kInconclusive);  // not all of it is below
  CHECK(judge({0.90, 0.9499999}, 0.95) == Verdict::kMissed);
  CHECK(judge({0.5, 1}, 1) == Verdict::kInconclusive);
  CHECK(judge({0, 0.5}, 0) == Verdict::kMet);
}

TEST_CASE("the line of the conventions: 987 of 1,000 drills", "[statistics][unit]") {
  CHECK(judge(share_interval(987, 1000), 0.95) == Verdict::kMet);
  CHECK(judge(share_interval(950, 1000), 0.95) == Verdict::kInconclusive);
  CHECK(judge(share_interval(920, 1000), 0.95) == Verdict::kMissed);
}

// numpy.quantile([1000, 2000, 4000, 8000, 16000], q, method="linear") of NumPy 2.4.6.
TEST_CASE("quantiles are of type 7", "[statistics][unit]") {
  const std::vector<std::int32_t> values{1000, 2000, 4000, 8000, 16000};
  CHECK(quantile_ms(values, 0).value() == 1000);
  CHECK(quantile_ms(values, 0.05).value() == Approx(1200));
  CHECK(quantile_ms(values, 0.1).value() == Approx(1400));
  CHECK(quantile_ms(values, 0.5).value() == 4000);
  CHECK(quantile_ms(values, 0.9).value() == Approx(12800));
  CHECK(quantile_ms(values, 0.95).value() == Approx(14400));
  CHECK(quantile_ms(values, 0.99).value() == Approx(15680));
  CHECK(quantile_ms(values, 1).value() == 16000);
}

TEST_CASE("a quantile of one value is that value, of none is none", "[statistics][unit]") {
  const std::vector<std::int32_t> one{1234};
  for (const double q : {0.0, 0.3, 1.0}) CHECK(quantile_ms(one, q).value() == 1234);
  CHECK_FALSE(quantile_ms({}, 0.5).has_value());
}

TEST_CASE("a quantile that touches what was not reached is not within the horizon",
          "[statistics][unit]") {
  const std::vector<std::int32_t> values{1000, 2000, 3000, kNotReachedMs, kNotReachedMs};
  CHECK(quantile_ms(values, 0.5).value() == 3000);  // exactly on a value: the next is not asked
  CHECK_FALSE(quantile_ms(values, 0.51).has_value());
  CHECK_FALSE(quantile_ms(values, 1).has_value());
}

// By the definition, with P(B <= k) of scipy.stats.binom of SciPy 1.17.1:
//     l = next(k for k in range(n + 1) if binom.cdf(k, n, q) > 0.025)
//     u = next(k for k in range(n + 1) if binom.cdf(k, n, q) >= 0.975) + 1
// By hand: n = 10, q = 0.5: P(B <= 1) = 11/1024 = 0.0107, P(B <= 2) = 56/1024 = 0.0547: l = 2, and
// by symmetry u = 9.
TEST_CASE("order statistics enclose a quantile", "[statistics][unit]") {
  struct Case {
    std::int64_t n;
    double q;
    std::int64_t low, high;
  };
  for (const Case& c : std::array<Case, 6>{{{10, 0.5, 2, 9},
                                            {1, 0.5, 0, 2},
                                            {10, 0.95, 8, 11},
                                            {100, 0.5, 40, 61},
                                            {1000, 0.95, 936, 964},
                                            {10000, 0.5, 4902, 5099}}}) {
    CAPTURE(c.n, c.q);
    const RankInterval ranks = quantile_ranks(c.n, c.q);
    CHECK(ranks.low == c.low);
    CHECK(ranks.high == c.high);
  }
}

// P(low <= B <= high - 1) is the chance that the quantile lies between the two.
TEST_CASE("order statistics hold the quantile at least as often as they say",
          "[statistics][unit]") {
  for (const int n : {5, 20, 100, 400}) {
    for (const double q : {0.05, 0.5, 0.95, 0.99}) {
      const RankInterval ranks = quantile_ranks(n, q);
      double covered = 0;
      for (std::int64_t k = ranks.low; k < ranks.high; ++k) {
        covered += binomial_pmf(n, static_cast<int>(k), q);
      }
      CAPTURE(n, q);
      CHECK(covered >= 0.95 - 1e-9);
      double above = 0;
      for (std::int64_t k = 0; k <= ranks.low; ++k)
        above += binomial_pmf(n, static_cast<int>(k), q);
      CHECK(above > 0.025);  // one place further up would leave too much below
    }
  }
}

}  // namespace
}  // namespace firedrill
