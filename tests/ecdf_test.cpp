// The empirical distribution that charts draw, and its band.
#include "engine/study/ecdf.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/study/study.hpp"

namespace firedrill {
namespace {

TEST_CASE("the band is as high as Massart's constant makes it") {
  // sqrt(ln 40 / 2000) = sqrt(3.688879 / 2000) = 0.0429470
  CHECK(dkw_half_height(1000) == Approx(0.042947).epsilon(1e-5));
  // sqrt(ln 200 / 20) = sqrt(5.298317 / 20) = 0.514699
  CHECK(dkw_half_height(10, 0.99) == Approx(0.514699).epsilon(1e-5));
  CHECK(dkw_half_height(0) == 1);
  CHECK(dkw_half_height(1) == 1);  // sqrt(3.69 / 2) is more than there is
}

TEST_CASE("each step is where so many values are kept") {
  const auto curve = ecdf_of({30, 10, 20, 10, kNotReachedMs});
  REQUIRE(curve.size() == 3);
  CHECK(curve[0].ms == 10);
  CHECK(curve[0].share == Approx(0.4));
  CHECK(curve[1].ms == 20);
  CHECK(curve[1].share == Approx(0.6));
  CHECK(curve[2].ms == 30);
  CHECK(curve[2].share == Approx(0.8));  // the fifth is never kept
}

TEST_CASE("nothing, and nothing but failures, have no step") {
  CHECK(ecdf_of({}).empty());
  CHECK(ecdf_of({kNotReachedMs, kNotReachedMs}).empty());
  CHECK(ecdf_of({7}).size() == 1);
}

TEST_CASE("a thinned curve keeps both ends and stays beside the whole one") {
  std::vector<std::int32_t> values;
  for (std::int32_t i = 0; i < 5000; ++i) values.push_back(i * i % 7919);
  const auto whole = ecdf_of(values, values.size());
  const auto thin = ecdf_of(values, 100);
  CHECK(thin.size() <= 100);
  CHECK(thin.front().ms == whole.front().ms);
  CHECK(thin.back().ms == whole.back().ms);
  CHECK(thin.back().share == 1);
  // A thinned curve keeps the last share it has a step for.
  double worst = 0;
  std::size_t at = 0;
  for (const EcdfPoint& point : whole) {
    while (at + 1 < thin.size() && thin[at + 1].ms <= point.ms) ++at;
    worst = std::max(worst, std::abs(point.share - thin[at].share));
  }
  CHECK(worst <= 1.0 / 99 + 1e-9);
}

}  // namespace
}  // namespace firedrill
