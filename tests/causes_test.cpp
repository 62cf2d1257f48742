// What took the time: criticality against a closed form, phases by hand, the way to recovery.
#include "reports/causes.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/base/random.hpp"
#include "engine/measure/phase_split.hpp"
#include "engine/study/row.hpp"
#include "tests/support/scripted_drill.hpp"

namespace firedrill {
namespace {

using test::ScriptedDrill;

/// Two chains at once, and a step that needs both and brings the shop back.
test::PlanBuilder parallel(Duration left, Duration right) {
  test::PlanBuilder builder = test::incident({{.id = "left", .wait = left},
                                              {.id = "right", .wait = right},
                                              {.id = "join",
                                               .role = "secondary",
                                               .work = Duration::seconds(60),
                                               .needs = {"left", "right"}}});
  builder.service("shop", Duration::minutes(5));
  builder.target({.objective = Objective::kRto,
                  .service = {0},
                  .subject = "shop",
                  .limit = Duration::minutes(15)});
  return builder;
}

DrillMetrics drill_of(const test::PlanBuilder& builder, EventLog* log = nullptr) {
  ScriptedDrill drill(builder);
  drill.world.alarm_at(Duration::seconds(160), test::kDown);
  drill.world.serve_at(Duration::seconds(100), {0}, 0);
  drill.world.on_perform("join", {{.after = Duration{}, .served = 1.0}});
  drill.run();
  if (log != nullptr) *log = drill.log;
  return measure(drill.plan, drill.log.events());
}

TEST_CASE("of two equal chains each is critical in half of the drills", "[reports][unit]") {
  // Two exponentials of one mean: either is the longer with probability 1/2. 1,000 drills: a
  // standard error of 0.016, of which four are allowed.
  constexpr std::int64_t kDrills = 1000;
  const Plan plan = parallel(Duration::seconds(1), Duration::seconds(1)).plan();
  const RowLayout layout(plan);
  StudyResult study;
  study.samples = layout.empty(kDrills);
  const Distribution wait = *Distribution::exponential(300);
  for (std::int64_t k = 0; k < kDrills; ++k) {
    const DrillDraws draws(1, static_cast<std::uint64_t>(k));
    const auto drawn = [&](const char* name) {
      return duration_from_seconds(wait.quantile(draws.uniform(entity_key(name), 0)));
    };
    std::vector<std::byte> row;
    layout.encode(k, drill_of(parallel(drawn("left"), drawn("right"))), {}, row);
    layout.decode(row.data(), study.samples);
  }
  const auto critical = [&](std::size_t step) {
    std::int64_t count = 0;
    for (const auto flags : study.samples.step_flags[step]) count += (flags & kStepCritical) != 0;
    return static_cast<double>(count) / kDrills;
  };
  CHECK(critical(0) == Approx(0.5).margin(0.064));
  CHECK(critical(0) + critical(1) == Approx(1));  // never both
  CHECK(critical(2) == 1);

  Report report;
  report.targets.resize(1);
  add_causes(plan, study, report);
  // Both chains are waits: one of them is always on the way, which is one operation. The mean of
  // the greater of two exponentials is 1.5 means: 450 s, to 11 s (four standard errors of
  // 1.118 * 300 / sqrt(1000)).
  REQUIRE(report.operations.size() >= 1);
  CHECK(report.operations[0].criticality == 1);
  CHECK(static_cast<double>(report.operations[0].path_mean_ms) / 1000 ==
        Approx(450 + (report.operations.size() == 1 ? 60 : 0)).margin(43));
  REQUIRE(report.role_criticality.size() == 1);
  CHECK(report.role_criticality[0].name == "secondary");
  CHECK(report.role_criticality[0].criticality == 1);
  CHECK(report.role_criticality[0].path_mean_ms == 60'000);
}

TEST_CASE("the way to recovery is the longer chain, from the first step on", "[reports][unit]") {
  const test::PlanBuilder builder = parallel(Duration::seconds(300), Duration::seconds(200));
  const DrillMetrics metrics = drill_of(builder);
  const std::vector<ReportPathStep> path = path_of(builder.plan(), metrics);
  REQUIRE(path.size() == 2);
  CHECK(path[0].step == "left");
  CHECK(path[0].split.wait_ms == 300'000);
  CHECK(path[1].step == "join");
  CHECK(path[1].role == "secondary");
  CHECK(path[1].split.work_ms == 60'000);
  CHECK(path[1].ready_ms - path[0].ready_ms == 300'000);
  // Detected 60 s after the fault; the parts of all phases are the time to the end of the last.
  CHECK(metrics.phases[0].wait_us == 60'000'000);
  CHECK(metrics.phases[0].sum_us() == 60'000'000);
  std::int64_t all = 0;
  for (const TimeSplit& phase : metrics.phases) all += phase.sum_us();
  CHECK(all >= metrics.marks.restored_us);
}

TEST_CASE("phases are split at their marks", "[reports][unit]") {
  // Marks at 0, 10, 20, 50, 100, 110 s; a step from 30 s: 5 s idle, 10 s work, then 40 s of wait,
  // of which 5 s fall into deciding and 35 s into acting.
  const auto at = [](std::int64_t s) { return TimePoint{} + Duration::seconds(s); };
  const std::vector<PathPart> parts = {{at(30), at(35), &TimeSplit::idle_us},
                                       {at(35), at(45), &TimeSplit::work_us},
                                       {at(45), at(85), &TimeSplit::wait_us},
                                       {at(40), at(60), &TimeSplit::decision_us}};  // overlaps
  const auto split = split_phases({at(0), at(10), at(20), at(50), at(100), at(110)}, parts);
  const auto seconds = [](std::int64_t us) { return us / 1'000'000; };
  CHECK(seconds(split[0].wait_us) == 10);
  CHECK(seconds(split[1].idle_us) == 10);
  CHECK(seconds(split[2].work_us) == 10 + 10);  // 20 to 30 s is finding out, 35 to 45 s the step
  CHECK(seconds(split[2].idle_us) == 5);
  CHECK(seconds(split[2].wait_us) == 5);
  CHECK(split[2].decision_us == 0);             // covered by the earlier part
  CHECK(seconds(split[3].wait_us) == 35 + 15);  // the step, then the platform
  CHECK(seconds(split[4].wait_us) == 10);
  std::int64_t all = 0;
  for (const TimeSplit& phase : split) all += phase.sum_us();
  CHECK(seconds(all) == 110);
}

TEST_CASE("a mark that came early ends its phase at once", "[reports][unit]") {
  const auto at = [](std::int64_t s) { return TimePoint{} + Duration::seconds(s); };
  const auto split = split_phases({at(0), at(10), at(20), at(50), at(30), at(60)}, {});
  CHECK(split[3].sum_us() == 0);
  CHECK(split[4].sum_us() == 10'000'000);  // from 50 s on, not counted twice
}

}  // namespace
}  // namespace firedrill
