// Studies that stop by themselves: the rule on shares that are known, and on a study.
#include "engine/study/until_decided.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "engine/base/random.hpp"
#include "engine/study/target_share.hpp"

namespace firedrill {
namespace {

TEST_CASE("looks are fixed beforehand, in whole blocks") {
  using Looks = std::vector<std::int64_t>;
  CHECK(looks_of({.min_runs = 1000, .max_runs = 3000}) == Looks{1024, 1536, 2304, 2816});
  CHECK(looks_of({.min_runs = 1, .max_runs = 1}) == Looks{256});
  CHECK(looks_of({.min_runs = 257, .max_runs = 300}) == Looks{512});
  const SequentialRule usual;
  CHECK(looks_of(usual).size() == 13);
  CHECK(look_confidence(usual) == Approx(1 - 0.05 / 13));
  for (const std::int64_t look : looks_of(usual)) CHECK(look % kBlockSize == 0);
}

TEST_CASE("looks leave over what all of them allow, and a verdict stays") {
  SequentialShare share;
  share.look(1000, 1024, 0.99);
  const Interval first = share.interval();
  CHECK(first.low == Approx(share_interval(1000, 1024, 0.99).low));
  share.look(1990, 2048, 0.99);
  CHECK(share.interval().low == first.low);
  CHECK(share.interval().high == share_interval(1990, 2048, 0.99).high);
  const Interval both = share.interval();
  share.look(100, 4096, 0.99);  // contradicts the others
  CHECK(share.interval().low == both.low);
  CHECK(share.interval().high == both.high);
}

struct Rates {
  double met = 0;
  double missed = 0;
  double mean_runs = 0;
};

/// The chances of both verdicts without drawing anything: the distribution of the number of drills
/// that met the target, among the studies that are still open, carried from look to look. Between
/// two looks a binomial number is added.
Rates exact_rates(const SequentialRule& rule, double share, double required) {
  const std::vector<std::int64_t> looks = looks_of(rule);
  const double confidence = look_confidence(rule);
  std::vector<double> open{1.0};
  std::int64_t before = 0;
  Rates rates;
  for (const std::int64_t look : looks) {
    const auto more = static_cast<std::size_t>(look - before);
    std::vector<double> added(more + 1);
    for (std::size_t k = 0; k <= more; ++k) {
      const auto n = static_cast<double>(more);
      const auto met = static_cast<double>(k);
      added[k] = std::exp(std::lgamma(n + 1) - std::lgamma(met + 1) - std::lgamma(n - met + 1) +
                          met * std::log(share) + (n - met) * std::log1p(-share));
    }
    std::vector<double> next(open.size() + more, 0.0);
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (open[i] < 1e-15) continue;
      for (std::size_t k = 0; k <= more; ++k) next[i + k] += open[i] * added[k];
    }
    for (std::size_t met = 0; met < next.size(); ++met) {
      const Interval now = share_interval(static_cast<std::int64_t>(met), look, confidence);
      const Verdict verdict = judge(now, required);
      if (verdict == Verdict::kInconclusive && look != looks.back()) continue;
      rates.met += verdict == Verdict::kMet ? next[met] : 0;
      rates.missed += verdict == Verdict::kMissed ? next[met] : 0;
      rates.mean_runs += next[met] * static_cast<double>(look);
      next[met] = 0;
    }
    open = std::move(next);
    before = look;
  }
  return rates;
}

// Just below the required share every "met" is wrong, at it every "missed": both at most half of
// the error, since the interval has two sides. One look with the whole error would be wrong as
// often as that; looking as often without sharing it, more often, as the last case shows.
TEST_CASE("the rule is wrong no more often than it says, however often it looks", "[long]") {
  const SequentialRule rule{.min_runs = 256, .max_runs = 2304};
  REQUIRE(looks_of(rule).size() == 6);
  for (const double required : {0.5, 0.9, 0.95, 0.99}) {
    CAPTURE(required);
    const double wrong_met = exact_rates(rule, required - 1e-9, required).met;
    const double wrong_missed = exact_rates(rule, required, required).missed;
    CHECK(wrong_met <= rule.error / 2);
    CHECK(wrong_missed <= rule.error / 2);
    CHECK(wrong_met > 0);
  }
  SequentialRule unshared = rule;
  unshared.error = rule.error * 6;  // each look at 95 %
  const Rates naive = exact_rates(unshared, 0.95 - 1e-9, 0.95);
  CHECK(naive.met + exact_rates(unshared, 0.95, 0.95).missed > rule.error);
}

TEST_CASE("a share that is clear is decided soon, and right") {
  const SequentialRule rule{.min_runs = 256, .max_runs = 2304};
  const Rates clear = exact_rates(rule, 0.99, 0.95);
  CHECK(clear.met > 0.9999);
  CHECK(clear.mean_runs < 420);
  const Rates hopeless = exact_rates(rule, 0.5, 0.95);
  CHECK(hopeless.missed > 0.9999);
  CHECK(hopeless.mean_runs == Approx(256));
}

// The same with drawn drills and the whole rule, intersections included: 13 looks to 100,000.
TEST_CASE("drawn studies are wrong no more often than the rule says", "[long]") {
  constexpr int kStudies = 400;
  constexpr double kRequired = 0.95;
  const SequentialRule rule;
  const std::vector<std::int64_t> looks = looks_of(rule);
  int wrong = 0;
  int open = 0;
  for (int study = 0; study < kStudies; ++study) {
    Stream draws(DrillDraws(3, static_cast<std::uint64_t>(study)), entity_key("stopping rule"));
    SequentialShare share;
    std::int64_t met = 0;
    std::int64_t done = 0;
    Verdict verdict = Verdict::kInconclusive;
    for (const std::int64_t look : looks) {
      for (; done < look; ++done) met += draws.next() < kRequired ? 1 : 0;
      share.look(met, done, look_confidence(rule));
      verdict = judge(share.interval(), kRequired);
      if (verdict != Verdict::kInconclusive) break;
    }
    wrong += verdict == Verdict::kMissed ? 1 : 0;
    open += verdict == Verdict::kInconclusive ? 1 : 0;
  }
  CHECK(wrong <= kStudies * 25 / 1000);
  CHECK(open > kStudies * 9 / 10);  // exactly on the limit there is nothing to decide
}

// Nothing but successes decides 99.9 % once 0.999^n <= 0.025: n = ln 0.025 / ln 0.999 = 3,687.04.
TEST_CASE("how many drills would decide") {
  CHECK(drills_to_decide(1.0, 0.999).value() == 3688);
  CHECK(judge(share_interval(3688, 3688), 0.999) == Verdict::kMet);
  CHECK(judge(share_interval(3687, 3687), 0.999) == Verdict::kInconclusive);
  CHECK_FALSE(drills_to_decide(0.95, 0.95).has_value());
  // By the normal approximation 1.96^2 * 0.955 * 0.045 / 0.005^2 = 6,604 drills.
  const std::int64_t near = drills_to_decide(0.955, 0.95).value();
  CHECK(near > 6'000);
  CHECK(near < 7'300);
}

}  // namespace
}  // namespace firedrill
