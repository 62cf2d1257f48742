// What a report says of targets, severities, error budgets and roles, from samples made by hand.
#include <catch2/catch.hpp>

#include "reports/bottleneck.hpp"
#include "reports/build_organisation.hpp"
#include "reports/findings.hpp"
#include "reports/findings_of_targets.hpp"
#include "reports/organisation_text.hpp"
#include "reports/samples.hpp"
#include "reports/text_cells.hpp"
#include "tests/support/plan_builder.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

constexpr std::int32_t kMinute = 60'000;

/// Two steps of one role for a service of tier "gold" (SLO 99.9 %), whose RTO is 15 minutes.
Plan shop() {
  PlanBuilder builder;
  builder.role("operator").alarm("down").fault("lost", {}).service("shop", {});
  builder.runbook(
      "fix", {"down"},
      {{.id = "decide", .role = "operator"}, {.id = "wait-stable", .needs = {"decide"}}});
  PlannedTarget target;
  target.service = {0};
  target.subject = "shop";
  target.limit = Duration::minutes(15);
  builder.target(target);
  Plan plan = builder.plan();
  plan.tiers.push_back({"gold", {}, {}, 0.999});
  plan.services[0].tier = {0};
  plan.error_budget.policies = {{{0.5}, "a review"}, {{0.8}, "a freeze"}};
  plan.severities.resize(1);
  plan.severities[0].name = "SEV-1";
  plan.severities[0].respond_within = Duration::minutes(5);
  return plan;
}

/// Four drills that come back after the given times, with the parts of the way there the same in
/// each: detected after 1 minute, at work after 2, declared after 3, decided after 5.
StudyResult drills(std::vector<std::int32_t> rto) {
  const std::size_t n = rto.size();
  StudyResult study;
  Samples& s = study.samples;
  for (std::size_t i = 0; i < n; ++i) s.replication.push_back(static_cast<std::int64_t>(i));
  s.end.resize(n, DrillEnd::kCompleted);
  s.notes.resize(n);
  s.lost_ms = {rto};
  s.target_ms = {rto};
  for (const std::int32_t at : {1, 2, 3, 5}) s.marks_ms.emplace_back(n, at * kMinute);
  s.marks_ms.push_back(rto);
  s.marks_ms.resize(7, std::vector<std::int32_t>(n, 60 * kMinute));
  s.severity.resize(n, 0);
  s.incident_ms.resize(3, std::vector<std::int32_t>(n, kMinute));
  s.step_ms = {std::vector<std::int32_t>(n, 3 * kMinute),
               std::vector<std::int32_t>(n, 6 * kMinute)};
  s.step_flags.resize(2, std::vector<std::uint8_t>(n, kStepRan | kStepCritical));
  s.step_sums.resize(2);
  s.role_busy_ms.resize(1, std::vector<std::int32_t>(n, 3 * kMinute));
  s.target_sums.resize(1);
  TargetSums& sums = s.target_sums[0];
  sums.path.resize(2);
  sums.drills = {static_cast<std::int64_t>(n), static_cast<std::int64_t>(n)};
  sums.open.resize(2);
  sums.unstaffed.resize(2);
  return study;
}

}  // namespace

TEST_CASE("the bottleneck is the largest mean on the way to the target") {
  const Plan plan = shop();
  StudyResult study = drills({20 * kMinute, 22 * kMinute, 24 * kMinute, 26 * kMinute});
  TargetSums& sums = study.samples.target_sums[0];
  // A mean of 2 minutes of hands and of 6 minutes of waiting; detection and triage are 1 each.
  sums.path[0].work_ms = 8 * kMinute;
  sums.path[1].wait_ms = 24 * kMinute;
  ReportBottleneck found = find_bottleneck(plan, study.samples, 0);
  CHECK(found.kind == BottleneckKind::kStepWait);
  CHECK(found.name == "wait-stable");
  CHECK(found.mean == 6 * kMinute);
  // Seven minutes in which the operator was at another step, and none in which nobody was there.
  sums.path[0].idle_ms = sums.path[0].busy_ms = 28 * kMinute;
  found = find_bottleneck(plan, study.samples, 0);
  CHECK(found.kind == BottleneckKind::kRoleBusy);
  CHECK(found.name == "operator");
}

TEST_CASE("where most drills never get there, the bottleneck is what they end at") {
  const Plan plan = shop();
  StudyResult study = drills({kNotReachedMs, kNotReachedMs, kNotReachedMs, 9 * kMinute});
  ReportBottleneck found = find_bottleneck(plan, study.samples, 0);
  CHECK(found.kind == BottleneckKind::kNoStep);
  study.samples.target_sums[0].open = {3, 0};
  found = find_bottleneck(plan, study.samples, 0);
  CHECK(found.kind == BottleneckKind::kStepWait);
  CHECK(found.name == "decide");
  study.samples.target_sums[0].unstaffed = {3, 0};
  found = find_bottleneck(plan, study.samples, 0);
  CHECK(found.kind == BottleneckKind::kRoleAway);
  CHECK(found.name == "operator");
  CHECK_FALSE(found.mean);
}

TEST_CASE("a limit that no drill keeps is unreachable, and names its parts") {
  const Plan plan = shop();
  const auto found =
      findings_of_targets(plan, drills({20 * kMinute, 16 * kMinute, 24 * kMinute, kNotReachedMs}));
  REQUIRE(found.size() == 2);
  CHECK(found[0].id == "unreachable-target");
  CHECK(found[0].title == "No drill keeps rto <= PT15M: the best of them takes 16m");
  CHECK(found[0].detail ==
        "shop. Of the closest drill: detect 1m, acknowledge 1m, triage 1m, decide 2m; the rest is "
        "acting.");
  CHECK(found[0].drills == 4);
  // 6 of 15 minutes are 40 %; the other step takes 20 %, which is not told.
  CHECK(found[1].id == "budget-eater");
  CHECK(found[1].title ==
        "Step wait-stable takes 6m in half of the drills, 40 % of what shop rto <= PT15M allows");
}

TEST_CASE("a limit that one drill keeps is reachable, one that most keep has no eater") {
  const Plan plan = shop();
  const auto one =
      findings_of_targets(plan, drills({15 * kMinute, 16 * kMinute, 24 * kMinute, kNotReachedMs}));
  REQUIRE(one.size() == 1);
  CHECK(one[0].id == "budget-eater");
  CHECK(findings_of_targets(plan, drills({10 * kMinute, 11 * kMinute, 12 * kMinute, 24 * kMinute}))
            .empty());
}

TEST_CASE("an error budget is what the SLO leaves of its window") {
  Plan plan = shop();
  // 0.1 % of 30 days are 43.2 minutes: 21.6 minutes are half, 34.56 minutes 80 % of it.
  const StudyResult study = drills({10 * kMinute, 22 * kMinute, 30 * kMinute, 35 * kMinute});
  const auto budgets = budgets_of(plan, study.samples);
  REQUIRE(budgets.size() == 1);
  CHECK(budgets[0].budget_ms == 2'592'000);
  CHECK(budgets[0].burnt_p50.value() == Approx(26.0 / 43.2));  // half way from 22 to 30
  CHECK(budgets[0].policies[0].share == 0.75);
  CHECK(budgets[0].policies[1].share == 0.25);
  // With 40 % used before, 10 % are 4.32 minutes and 40 % are 17.28 minutes.
  plan.error_budget.used.value = 0.4;
  const auto later = budgets_of(plan, study.samples);
  CHECK(later[0].policies[0].share == 1.0);
  CHECK(later[0].policies[1].share == 0.75);
}

TEST_CASE("promises of a severity are judged by its own drills") {
  const Plan plan = shop();
  StudyResult study = drills({kMinute, kMinute, kMinute, kMinute});
  study.samples.severity[3] = SeverityIndex{}.value;
  study.samples.incident_ms[0] = {kMinute, 5 * kMinute, 6 * kMinute, kNotReachedMs};
  const auto severities = severities_of(plan, study.samples);
  REQUIRE(severities.size() == 1);
  CHECK(severities[0].drills == 3);
  CHECK(severities[0].promises[0].met_share == Approx(2.0 / 3));
  CHECK(severities[0].promises[0].p50 == 5 * kMinute);
  CHECK_FALSE(severities[0].promises[1].limit_ms);
}

TEST_CASE("the hands of a role, and their share of the incident") {
  const Plan plan = shop();
  StudyResult study = drills({10 * kMinute, 22 * kMinute, 30 * kMinute, 35 * kMinute});
  // Detected after 1 minute and closed after 60: 4 times 59 minutes, of which 59 with busy hands.
  study.samples.role_busy_ms[0] = {4 * kMinute, 10 * kMinute, 20 * kMinute, 25 * kMinute};
  auto roles = roles_of(plan, study.samples);
  REQUIRE(roles.size() == 1);
  CHECK(roles[0].hands_p50 == 15 * kMinute);
  CHECK(roles[0].hands_share == Approx(0.25));
  // A drill that never closes has no share: of the other three it is 34 of 177.
  study.samples.marks_ms[kClosedMark][3] = kNotReachedMs;
  roles = roles_of(plan, study.samples);
  CHECK(roles[0].hands_share == Approx(34.0 / 177));
}

TEST_CASE("who is needed twice is named with the median of the waits") {
  const Plan plan = shop();
  StudyResult study = drills({kMinute, kMinute, kMinute, kMinute});
  study.samples.rto_ms = study.samples.lost_ms;
  study.samples.critical_busy_ms = {{2 * kMinute, 4 * kMinute, 9 * kMinute}, {}};
  study.samples.critical_away_ms = {{kMinute / 2}, {}};  // on average too short to tell
  for (const ReportFinding& finding : find_findings(plan, study)) {
    if (finding.id == "people-short") FAIL("half a minute is not worth telling");
    if (finding.id != "people-needed-twice") continue;
    CHECK(finding.title == "operator is needed in two places at once");
    CHECK(finding.detail.find("Step decide is ready") != std::string::npos);
    CHECK(finding.detail.find("waits 4m or longer") != std::string::npos);
    CHECK(finding.drills == 3);
    return;
  }
  FAIL("nobody is named");
}

TEST_CASE("sections of the organisation keep to the width") {
  const Plan plan = shop();
  const StudyResult study = drills({10 * kMinute, 22 * kMinute, 30 * kMinute, 35 * kMinute});
  Report report;
  report.severities = severities_of(plan, study.samples);
  report.budgets = budgets_of(plan, study.samples);
  report.roles = roles_of(plan, study.samples);
  for (const std::size_t width : {40, 60, 80, 120}) {
    const TextOptions options;
    const std::string page = severity_section(report, options, width) +
                             error_budget_section(report, options, width) +
                             people_section(report, options, width);
    CHECK(page.find("SEV-1") != std::string::npos);
    std::size_t begin = 0;
    for (std::size_t end = page.find('\n'); end != std::string::npos;
         end = page.find('\n', begin)) {
      const std::string line = page.substr(begin, end - begin);
      INFO(line);
      CHECK(columns(line) <= width);
      begin = end + 1;
    }
  }
  report.budgets[0].burnt_p50 = report.budgets[0].burnt_p95 = 0;
  CHECK(error_budget_section(report, {}, 80).empty());
}
