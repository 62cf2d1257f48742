// Rank correlations and shares of variance, against tables and closed forms.
#include "engine/study/influence.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/base/normal_quantile.hpp"
#include "engine/base/random.hpp"

namespace firedrill {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::optional<double> correlation(const std::vector<double>& x, const std::vector<double>& y) {
  return rank_correlation(x, y);
}

TEST_CASE("Spearman's correlation is that of SciPy", "[study][unit]") {
  // scipy.stats.spearmanr([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]) = 0.8207826816681233, with a tie.
  CHECK(*correlation({1, 2, 3, 4, 5}, {5, 6, 7, 8, 7}) == Approx(0.8207826816681233));
  // IQ and hours of television of ten people, the table of the Wikipedia article on the
  // coefficient: 1 - 6 * 194 / (10 * 99) = -29 / 165.
  CHECK(*correlation({106, 100, 86, 101, 99, 103, 97, 113, 112, 110},
                     {7, 27, 2, 50, 28, 29, 20, 12, 6, 17}) == Approx(-29.0 / 165));
}

TEST_CASE("it sees order alone", "[study][unit]") {
  CHECK(*correlation({1, 2, 3, 4}, {1, 10, 100, 1e9}) == Approx(1));
  CHECK(*correlation({1, 2, 3, 4}, {4, 3, 2, -1e9}) == Approx(-1));
}

TEST_CASE("pairs without a value are left out", "[study][unit]") {
  CHECK(*correlation({1, kNone, 2, 3, 4}, {1, -5, 2, 3, kNone}) == Approx(1));
  CHECK_FALSE(correlation({1, 2, kNone}, {1, 2, 3}));
  CHECK_FALSE(correlation({1, 1, 1, 1}, {1, 2, 3, 4}));
}

TEST_CASE("independent pairs stay within the noise", "[study][unit]") {
  // 3.29 / sqrt(n - 1) is passed once in a thousand; of 200 tries more than 3 would be odd
  // (Poisson of mean 0.2: 6e-5).
  int beyond = 0;
  for (std::uint64_t k = 0; k < 200; ++k) {
    const DrillDraws draws(5, k);
    std::vector<double> x;
    std::vector<double> y;
    for (std::uint32_t i = 0; i < 400; ++i) {
      x.push_back(draws.uniform(entity_key("x"), i));
      y.push_back(draws.uniform(entity_key("y"), i));
    }
    if (std::abs(*correlation(x, y)) > noise_of_rank_correlation(400)) ++beyond;
  }
  CHECK(beyond <= 3);
}

TEST_CASE("the p95 of a linear model where an input is low and where it is high", "[study][unit]") {
  // y = 10 x + u with x and u uniform on (0, 1). Where x is at most its 10th percentile, 10 x is
  // uniform on (0, 1) and y the sum of two uniforms, P(y > t) = (2 - t)^2 / 2 for t >= 1: its p95
  // is 2 - sqrt(0.1) = 1.68377. Where x is at least its 90th percentile: the same 9 further on. The
  // order statistics of 4,000 have a standard deviation of sqrt(0.05 * 0.95 / 4000) / sqrt(0.1) =
  // 0.0109 there, and where the tenth ends varies by 10 * sqrt(0.1 * 0.9 / 40000) = 0.015, of which
  // 0.84 reach the p95: in all 0.0167, and four of those are the margin.
  std::vector<double> x;
  std::vector<double> y;
  for (std::uint64_t k = 0; k < 40'000; ++k) {
    const DrillDraws draws(11, k);
    x.push_back(draws.uniform(entity_key("x"), 0));
    y.push_back(10 * x.back() + draws.uniform(entity_key("u"), 0));
  }
  const TailQuantiles tails = *tail_quantiles(x, y);
  CHECK(tails.low_x.pairs == 4000);
  CHECK(tails.high_x.pairs == 4000);
  CHECK(tails.low_x.p95 == Approx(1.68377).margin(0.067));
  CHECK(tails.high_x.p95 == Approx(10.68377).margin(0.067));
  CHECK(tails.low_x.low < tails.low_x.p95);
  CHECK(tails.low_x.high > tails.low_x.p95);
  // Of the tenth as it is: 2 * 1.96 * 0.0109 = 0.043 wide, or so.
  CHECK(tails.low_x.high - tails.low_x.low == Approx(0.043).margin(0.015));
}

TEST_CASE("an input that does not matter leaves the p95 where it is", "[study][unit]") {
  // u alone: p95 = 0.95 in both tenths; standard deviation sqrt(0.05 * 0.95 / 4000) = 0.0034.
  std::vector<double> x;
  std::vector<double> y;
  for (std::uint64_t k = 0; k < 40'000; ++k) {
    const DrillDraws draws(12, k);
    x.push_back(draws.uniform(entity_key("x"), 0));
    y.push_back(draws.uniform(entity_key("u"), 0));
  }
  const TailQuantiles tails = *tail_quantiles(x, y);
  CHECK(tails.low_x.p95 == Approx(0.95).margin(0.014));
  CHECK(tails.high_x.p95 == Approx(0.95).margin(0.014));
}

TEST_CASE("tails of few pairs, of ties, and of what never came", "[study][unit]") {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  std::vector<double> x;
  std::vector<double> y;
  for (int i = 0; i < 200; ++i) {
    x.push_back(i);
    // Of the 20 highest, two never came: type 7 takes place 0.95 * 19 = 18.05, the 19th, which is
    // one of them.
    y.push_back(i >= 198 ? kNever : i);
  }
  const TailQuantiles tails = *tail_quantiles(x, y);
  CHECK(tails.low_x.pairs == 20);
  CHECK(tails.low_x.p95 == Approx(18.05));  // of 0, 1, ..., 19
  CHECK(std::isinf(tails.high_x.p95));
  // One pair less, and a tenth (rounded up) is still 20; at 190 it is 19.
  CHECK(tail_quantiles(std::span(x).first(191), y));
  CHECK_FALSE(tail_quantiles(std::span(x).first(190), y));
  CHECK_FALSE(tail_quantiles(std::vector<double>(200, 1.0), y));
}

/// Shares of variance of x in y(x, z), where x and z are standard normal.
template <class Model>
VarianceShares shares_of(Model model) {
  const std::uint64_t luck = 7;
  const std::uint64_t other = 8;
  std::vector<double> base;
  std::vector<double> kept;
  std::vector<double> redrawn;
  for (std::uint64_t k = 0; k < 40'000; ++k) {
    const auto draw = [&](std::uint64_t seed, const char* name) {
      return standard_normal_quantile(DrillDraws(seed, k).uniform(entity_key(name), 0));
    };
    base.push_back(model(draw(luck, "x"), draw(luck, "z")));
    kept.push_back(model(draw(luck, "x"), draw(other, "z")));
    redrawn.push_back(model(draw(other, "x"), draw(luck, "z")));
  }
  return *variance_shares(base, kept, redrawn);
}

TEST_CASE("shares of the variance of a sum", "[study][unit]") {
  // Var(2 x + z) = 4 + 1: x has 4/5 alone and in all. 40,000 drills: within about 0.01.
  const VarianceShares shares = shares_of([](double x, double z) { return 2 * x + z + 10; });
  CHECK(shares.first == Approx(0.8).margin(0.015));
  CHECK(shares.total == Approx(0.8).margin(0.015));
}

TEST_CASE("shares of the variance of a product", "[study][unit]") {
  // E(x z | x) = 0, so that x explains nothing alone, and has a part in everything.
  const VarianceShares shares = shares_of([](double x, double z) { return x * z; });
  CHECK(shares.first == Approx(0).margin(0.03));
  CHECK(shares.total == Approx(1).margin(0.03));
}

TEST_CASE("what does not vary has no shares", "[study][unit]") {
  const std::vector<double> same(10, 3.0);
  CHECK_FALSE(variance_shares(same, same, same));
}

}  // namespace
}  // namespace firedrill
