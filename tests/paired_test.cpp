// Two studies pair by pair: differences, their intervals, and how often nothing is called a change.
#include "engine/study/paired.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/base/distribution.hpp"
#include "engine/base/random.hpp"
#include "engine/study/target_share.hpp"
#include "reports/comparison.hpp"

namespace firedrill {
namespace {

constexpr std::int64_t kLimitMs = 7'200'000;

/// An hour or so, every fifth drill two hours more, as when a fallback runs; one in a hundred is
/// not restored at all.
std::int32_t drawn_ms(std::uint64_t seed, std::uint64_t drill, double factor = 1) {
  Stream draws(DrillDraws(seed, drill), entity_key("a made-up recovery"));
  const double spread = draws.next() + draws.next() + draws.next();
  const double hours = 0.4 + 0.4 * spread + (draws.next() < 0.2 ? 2 : 0);
  if (draws.next() < 0.01) return kNotReachedMs;
  return static_cast<std::int32_t>(hours * factor * 3.6e6);
}

PairedTarget target_of(const std::vector<std::int32_t>& base,
                       const std::vector<std::int32_t>& now) {
  PairedTarget target{base, now, {}, {}};
  for (const auto& [from, to] : {std::pair(&base, &target.base_met), {&now, &target.now_met}}) {
    for (const std::int32_t ms : *from) {
      to->push_back(met_target(ms, DrillEnd::kCompleted, kLimitMs) ? 1 : 0);
    }
  }
  return target;
}

TEST_CASE("a study compared with itself has no difference, for certain") {
  std::vector<std::int32_t> values;
  for (std::uint64_t k = 0; k < 500; ++k) values.push_back(drawn_ms(1, k));
  const PairedChange change = compare_pairs({target_of(values, values)}, {}).front();
  CHECK(change.identical);
  CHECK(change.pairs == 500);
  CHECK(change.p50_ms.low == 0);
  CHECK(change.p95_ms.high == 0);
  CHECK(change.share_p == 1);
}

// Every drill takes 4.5 s longer: so does every quantile of every resample.
TEST_CASE("a shift of every drill is known without any doubt") {
  std::vector<std::int32_t> base;
  std::vector<std::int32_t> now;
  for (std::uint64_t k = 0; k < 501; ++k) {
    base.push_back(drawn_ms(1, k));
    if (base.back() == kNotReachedMs) base.back() = 3'600'000;
    now.push_back(base.back() + 4500);
  }
  const PairedChange change = compare_pairs({target_of(base, now)}, {}).front();
  for (const Difference* d : {&change.p50_ms, &change.p95_ms}) {
    CHECK(d->value == Approx(4500));
    CHECK(d->low == Approx(4500));
    CHECK(d->high == Approx(4500));
  }
  CHECK(change.longer == 501);
  CHECK(change.longer_p == Approx(std::pow(0.5, 500)));  // 2 x 0.5^501
}

// 60 drills lost and 20 gained of 2,000: the difference is -40 / 2000 = -0.02, and its standard
// error sqrt((80 - 40^2 / 2000) / 2000^2) = 0.00445. The sign test: 2 P(B <= 20), B binomial with
// 80 fair coins; scipy.stats.binomtest(20, 80).pvalue of SciPy 1.17.1 is 8.5806e-06.
TEST_CASE("the interval of a difference of shares is that of the normal theory") {
  std::vector<std::int32_t> base(2000, 1000);
  std::vector<std::int32_t> now = base;
  std::fill_n(now.begin(), 60, kNotReachedMs);
  std::fill_n(base.end() - 20, 20, kNotReachedMs);
  const PairedChange change = compare_pairs({target_of(base, now)}, {}).front();
  CHECK(change.lost == 60);
  CHECK(change.gained == 20);
  CHECK(change.met_share.value == Approx(-0.02));
  const double error = std::sqrt((80 - 0.8) / 2000.0 / 2000.0);
  CHECK(change.met_share.low == Approx(-0.02 - 1.96 * error).margin(0.0011));
  CHECK(change.met_share.high == Approx(-0.02 + 1.96 * error).margin(0.0011));
  CHECK(change.share_p == Approx(8.5806e-06).epsilon(1e-3));
}

// The median of n values with density f has the variance 1 / (4 n f^2). Uniform on [0, 1 h]:
// f = 1 / 3,600 s, n = 2,000: the standard error of one median is 3600 / (2 sqrt(2000)) = 40.2 s,
// of the difference of two independent ones 56.9 s, and the interval of 95 % 1.96 times that. The
// bootstrap takes the density from the values near the middle, which it knows to some 10 %.
TEST_CASE("the interval of a difference of medians is that of large samples") {
  std::vector<std::int32_t> base;
  std::vector<std::int32_t> now;
  const EntityKey key = entity_key("uniform");
  for (std::uint64_t k = 0; k < 2000; ++k) {
    base.push_back(static_cast<std::int32_t>(DrillDraws(1, k).uniform(key, 0) * 3.6e6));
    now.push_back(static_cast<std::int32_t>(DrillDraws(2, k).uniform(key, 0) * 3.6e6));
  }
  const PairedChange change = compare_pairs({target_of(base, now)}, {}).front();
  CHECK(change.p50_ms.high - change.p50_ms.low == Approx(2 * 1.96 * 56'900).epsilon(0.2));
}

TEST_CASE("what is not judged does not count, and what is never reached is longer than any time") {
  std::vector<std::int32_t> base(300, 1000);
  std::vector<std::int32_t> now(300, 1000);
  for (std::size_t i = 0; i < 100; ++i) base[i] = kNotJudgedMs;
  for (std::size_t i = 100; i < 250; ++i) now[i] = kNotReachedMs;
  const PairedChange change = compare_pairs({target_of(base, now)}, {}).front();
  CHECK(change.pairs == 200);
  CHECK(change.lost == 150);
  CHECK(std::isinf(change.p50_ms.value));
  CHECK(change.p50_ms.low > 0);
}

// The rule of compare_reports on rows of two targets, without the drills: at most 5 % of
// comparisons call anything changed. 200 pairs of seeds; an alarm is a change of either direction.
TEST_CASE("a thing compared with itself under other luck rarely seems changed", "[long]") {
  constexpr std::size_t kDrills = 400;
  int alarms = 0;
  Report base;
  base.completed = kDrills;
  for (const char* name : {"one", "other"}) {
    ReportTarget target;
    target.subject = name;
    target.limit_ms = kLimitMs;
    base.targets.push_back(target);
  }
  base.samples.drills = kDrills;
  base.samples.achieved_ms.resize(2);
  Report now = base;
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    for (Report* report : {&base, &now}) {
      report->seed = 2 * trial + (report == &now ? 1 : 0);
      for (std::size_t t = 0; t < 2; ++t) {
        auto& values = report->samples.achieved_ms[t];
        values.clear();
        // Two targets of one drill are no strangers to each other.
        for (std::uint64_t k = 0; k < kDrills; ++k) {
          values.push_back(drawn_ms(report->seed, k, t == 0 ? 1 : 1.3));
        }
      }
    }
    alarms += compare_reports(base, now, "base", "new").verdict == TargetChange::kSame ? 0 : 1;
  }
  CHECK(alarms <= 10);
}

}  // namespace
}  // namespace firedrill
