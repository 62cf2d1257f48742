// Trends over recorded results: the rule, by closed forms, and what ends it.
#include <catch2/catch.hpp>
#include <cmath>

#include "reports/history.hpp"
#include "reports/target_change.hpp"

namespace firedrill {
namespace {

ReportTarget shared(std::int64_t met, std::int64_t of) {
  ReportTarget t;
  t.subject = "payments";
  t.limit_ms = 900'000;
  t.met = met;
  t.judged = of;
  t.met_share = static_cast<double>(met) / static_cast<double>(of);
  t.met_share_ci95 = share_interval(met, of);
  t.verdict = judge(t.met_share_ci95, t.required_share);
  return t;
}

ReportTarget timed(std::int64_t p95_ms, std::int64_t half_width_ms) {
  ReportTarget t = shared(500, 1000);
  t.achieved.p95 = p95_ms;
  t.achieved.p95_ci95 = {p95_ms - half_width_ms, p95_ms + half_width_ms};
  return t;
}

HistoryEntry entry(std::int64_t at_s, const ReportTarget& t) {
  HistoryEntry e;
  e.recorded_at_s = e.last_seen_at_s = at_s;
  e.scenario = "region-loss";
  e.targets = {t};
  return e;
}

History trends(const std::vector<ReportTarget>& targets, const HistoryFilter& filter = {}) {
  std::vector<HistoryEntry> entries;
  std::int64_t at_s = 0;
  for (const ReportTarget& t : targets) entries.push_back(entry(at_s += 86'400, t));
  return trends_of(entries, filter);
}

const TargetTrend& only(const History& history) {
  REQUIRE(history.scenarios.size() == 1);
  REQUIRE(history.scenarios[0].targets.size() == 1);
  return history.scenarios[0].targets[0];
}

TEST_CASE("shares differ when their exact intervals are apart") {
  // Clopper-Pearson of n of n has its low end at 0.025^(1/n), of 0 of n its high end at
  // 1 - 0.025^(1/n). Of 100 of 100 the low end is 0.025^0.01 = 0.9638; 0 of 1 reaches to 0.975,
  // which is above, 0 of 2 to 1 - sqrt(0.025) = 0.8419, which is below.
  const ReportTarget all = shared(100, 100);
  CHECK(all.met_share_ci95.low == Approx(std::pow(0.025, 0.01)).epsilon(1e-9));
  CHECK(shared(0, 2).met_share_ci95.high == Approx(1 - std::sqrt(0.025)).epsilon(1e-9));
  ReportTarget one = shared(0, 1);
  one.verdict = Verdict::kInconclusive;  // else the verdict alone would tell
  ReportTarget two = shared(0, 2);
  two.verdict = Verdict::kInconclusive;
  CHECK(worse_than(all, one).empty());
  CHECK(worse_than(all, two) == "share met 100.0 % to 0.0 %");
  CHECK(!better_than(two, all).empty());
}

TEST_CASE("a p95 that has no upper bound is never exceeded") {
  // The upper order statistic of a p95 exists when P(B <= n - 1) = 1 - 0.95^n >= 0.975, which is
  // n >= ln(0.025) / ln(0.95) = 71.9.
  CHECK(quantile_ranks(71, 0.95).high == 72);  // n + 1: no value
  CHECK(quantile_ranks(72, 0.95).high == 72);
  ReportTarget base = timed(600'000, 0);
  base.achieved.p95_ci95 = {600'000, {}};
  CHECK(worse_than(base, timed(900'000, 1000)).empty());
  base.achieved.p95_ci95.high = 898'999;
  CHECK(worse_than(base, timed(900'000, 1000)) == "p95 10m to 15m");
  base.achieved.p95_ci95.high = 899'000;  // they touch
  CHECK(worse_than(base, timed(900'000, 1000)).empty());
}

TEST_CASE("a step is told where it is, and the newest decides the exit code") {
  const ReportTarget fast = timed(600'000, 10'000);
  const ReportTarget slow = timed(700'000, 10'000);
  const History history = trends({fast, slow, slow});
  const TargetTrend& trend = only(history);
  CHECK(trend.points[0].change == TrendChange::kFirst);
  CHECK(trend.points[1].change == TrendChange::kWorse);
  CHECK(trend.points[2].change == TrendChange::kAsBefore);
  CHECK(trend.worse_than_oldest == "p95 10m to 11m 40s");
  CHECK(!trend.sliding);
  CHECK(history_exit_code(history) == 0);
  CHECK(history_exit_code(trends({fast, slow})) == 1);
  CHECK(history_exit_code(trends({slow, fast})) == 0);
  CHECK(trends({slow, fast}).better == 1);
  CHECK(history_exit_code(trends({})) == 2);
}

TEST_CASE("a slow slide is worse, although no step of it is") {
  // Steps of 15 s between intervals of 10 s to both sides: neighbours touch, the ends are apart.
  const History history =
      trends({timed(600'000, 10'000), timed(615'000, 10'000), timed(630'000, 10'000)});
  CHECK(history.worse == 0);
  CHECK(history.sliding == 1);
  CHECK(only(history).sliding);
  CHECK(history_exit_code(history) == 1);
  // What is not shown is not judged.
  CHECK(history_exit_code(
            trends({timed(600'000, 10'000), timed(615'000, 10'000), timed(630'000, 10'000)},
                   {"", "", 2})) == 0);
}

TEST_CASE("another limit is another target, and begins anew") {
  ReportTarget stricter = timed(900'000, 10'000);
  stricter.limit_ms = 600'000;
  const TargetTrend trend = only(trends({timed(600'000, 10'000), stricter}));
  CHECK(trend.points[1].change == TrendChange::kOtherTarget);
  CHECK(trend.worse_than_oldest.empty());
  CHECK(trend.points[1].reason.find("PT15M") != std::string::npos);
}

TEST_CASE("a target that the newest result lacks is shown and not judged") {
  ReportTarget other = timed(1000, 10);
  other.subject = "reports";
  const History history = trends({timed(600'000, 10), timed(900'000, 10), other});
  REQUIRE(history.scenarios[0].targets.size() == 2);
  CHECK(history.scenarios[0].targets[0].points.back().target.subject == "reports");
  CHECK(!history.scenarios[0].targets[1].in_newest);
  CHECK(history.worse == 0);
}

TEST_CASE("filters choose scenarios and targets") {
  const std::vector<ReportTarget> targets = {timed(1000, 10)};
  CHECK(trends(targets, {"region-loss", "payments rto", 0}).scenarios.size() == 1);
  CHECK(trends(targets, {"region-loss", "payments rpo", 0}).scenarios.empty());
  CHECK(trends(targets, {"other", "", 0}).scenarios.empty());
}

TEST_CASE("what is kept of a result has a digest over all but its moment") {
  Report report;
  report.scenario.name = "region-loss";
  report.targets = {timed(600'000, 10'000)};
  const std::string digest = history_entry(report, 1).content_sha256;
  CHECK(history_entry(report, 2).content_sha256 == digest);
  report.targets[0].achieved.p95 = 600'001;
  CHECK(history_entry(report, 1).content_sha256 != digest);
  CHECK(not_to_be_kept(report).empty());
  report.failed = 1;
  CHECK(not_to_be_kept(report) == "1 of its drills broke");
}

}  // namespace
}  // namespace firedrill
