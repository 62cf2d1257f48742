// The search for what would make a target met, against answers that can be worked out by hand.
#include "engine/study/fixes.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <memory>

#include "engine/plan/what_if.hpp"
#include "engine/study/levers.hpp"
#include "tests/support/plan_builder.hpp"

namespace firedrill {
namespace {

/// The shop is out while `first` and then `second` are at work; the target is `limit`.
Plan two_steps(Duration first, Duration second, Duration limit) {
  test::PlanBuilder builder;
  builder.service("shop", Duration::minutes(5)).role("on-call");
  builder.runbook("failover", {},
                  {{.id = "first", .role = "on-call", .work = first},
                   {.id = "second", .role = "on-call", .work = second, .needs = {"first"}}});
  builder.target({.objective = Objective::kRto,
                  .service = {0},
                  .subject = "shop",
                  .limit = limit,
                  .required_share = 0.95});
  return builder.plan();
}

/// Drills of such a plan without a world: the times that the plan has, drawn as a world would.
class TwoSteps : public DrillRunner {
 public:
  explicit TwoSteps(const Plan& plan) : plan_(plan) {}

  void run(std::uint64_t seed, std::uint64_t replication, EventLog& log) override {
    const DrillDraws draws(seed, replication);
    log.add({.subject = 0, .kind = EventKind::kFaultStarted});
    log.add({.value = 0, .value2 = 0, .subject = 0, .kind = EventKind::kServedShare});
    TimePoint now;
    for (std::uint32_t i = 0; i < plan_.steps.size(); ++i) {
      const TimingIndex timing = plan_.steps[i].hands_on;
      const double seconds = plan_.timing(timing).distribution.quantile(
          draws.uniform(entity_key(plan_.steps[i].id), 0));
      log.drew(timing, seconds);
      const std::uint32_t before = i == 0 ? kNobody : i - 1;
      log.add({.at = now, .subject = i, .object = before, .kind = EventKind::kStepReady});
      log.add({.at = now, .subject = i, .object = 0, .kind = EventKind::kStepStarted});
      now = now + duration_from_seconds(seconds);
      log.add({.at = now, .subject = i, .kind = EventKind::kStepActing});
      log.add({.at = now, .subject = i, .kind = EventKind::kStepEnded});
    }
    const auto last = static_cast<std::uint32_t>(plan_.steps.size() - 1);
    log.add({.at = now,
             .value = 1,
             .value2 = 1,
             .subject = 0,
             .cause = last,
             .kind = EventKind::kServedShare});
    log.add({.at = now + Duration::hours(1), .object = 0, .kind = EventKind::kDrillEnded});
  }

 private:
  const Plan& plan_;
};

StudyResult study(const Plan& plan, std::int64_t runs) {
  StudyOptions options;
  options.runs = runs;
  return run_study(plan, options, [](const Plan& p) -> std::unique_ptr<DrillRunner> {
    return std::make_unique<TwoSteps>(p);
  });
}

Fared fared(const Plan& plan, std::int64_t runs) {
  const StudyResult result = study(plan, runs);
  Fared fared;
  for (const std::int32_t ms : result.samples.target_ms[0]) {
    if (ms <= plan.targets[0].limit.us / 1000) fared.share += 1.0 / static_cast<double>(runs);
    fared.p95_ms = std::max<std::int64_t>(fared.p95_ms.value_or(0), ms);
  }
  return fared;
}

/// Tries of a plan, with settings of its timings and steps.
TrySettings tries_of(const Plan& plan, std::int64_t runs) {
  return [&plan, runs](const std::vector<std::string>& settings) -> std::optional<Fared> {
    SourceFiles sources;
    Diagnostics diagnostics;
    Plan changed = plan;
    apply_times(read_variables(settings, sources, diagnostics).overlay, changed, diagnostics);
    if (!diagnostics.empty()) return std::nullopt;
    return fared(changed, runs);
  };
}

std::vector<Lever> step_levers() {
  return {{LeverKind::kStep, "failover/first", "steps.failover/first", {}},
          {LeverKind::kStep, "failover/second", "steps.failover/second", {}}};
}

TEST_CASE("the least change of a step is that of the closed form", "[study][process]") {
  // 20 min and 10 min one after the other, at most 15 min: 20 f + 10 <= 15, so f <= 0.25, while
  // without any time for the second 20 min are left.
  const Plan plan = two_steps(Duration::minutes(20), Duration::minutes(10), Duration::minutes(15));
  const Fixes fixes = find_fixes(step_levers(), {}, tries_of(plan, 4));
  REQUIRE(fixes.singles.size() == 2);
  const Fix& first = fixes.singles[0];
  CHECK(first.uses[0].lever == 0);
  CHECK(first.meets);
  CHECK(first.monotone);
  CHECK(1 - first.strength() <= 0.25 + 1e-9);
  CHECK(1 - first.strength() > 0.25 - 0.01 - 1e-9);
  CHECK(first.fared.share == Approx(1));
  const Fix& second = fixes.singles[1];
  CHECK(second.uses[0].lever == 1);
  CHECK_FALSE(second.meets);
  CHECK(second.strength() == 1);
  CHECK(second.fared.p95_ms == 20 * 60 * 1000);
  CHECK(fixes.pairs.empty());  // one of the two is enough
}

TEST_CASE("where one change is not enough, two may be", "[study][process]") {
  // At most 8 min: 20 min or 10 min are left of one alone; of both together 30 f <= 8, f <= 0.2667.
  const Plan plan = two_steps(Duration::minutes(20), Duration::minutes(10), Duration::minutes(8));
  const Fixes fixes = find_fixes(step_levers(), {}, tries_of(plan, 4));
  for (const Fix& single : fixes.singles) CHECK_FALSE(single.meets);
  REQUIRE(fixes.pairs.size() == 1);
  CHECK(1 - fixes.pairs[0].strength() <= 8.0 / 30 + 1e-9);
  CHECK(1 - fixes.pairs[0].strength() > 8.0 / 30 - 0.01 - 1e-9);
  REQUIRE(fixes.all_times);
  CHECK(fixes.all_times->strength() == fixes.pairs[0].strength());
}

TEST_CASE("a spread is met in the required share of drills", "[study][process]") {
  // An exponential of mean m after nothing: P(f m E <= L) = 1 - exp(-L / (f m)) >= 0.95 where
  // f <= L / (m ln 20) = 10 / (20 * 2.9957) = 0.1669. 8,000 drills: the share is good to
  // sqrt(0.95 * 0.05 / 8000) = 0.0024, which is 0.0024 / (0.05 * 2.9957) = 1.6 % of f.
  Plan plan = two_steps(Duration::minutes(20), Duration{}, Duration::minutes(10));
  const TimingIndex timing = plan.steps[0].hands_on;
  plan.timings[timing.value].distribution = *Distribution::exponential(20 * 60);
  const Fixes fixes = find_fixes({step_levers()[0]}, {}, tries_of(plan, 8'000));
  REQUIRE(fixes.singles.size() == 1);
  CHECK(fixes.singles[0].meets);
  CHECK(1 - fixes.singles[0].strength() == Approx(0.1669).margin(0.01 + 3 * 0.0027));
}

TEST_CASE("a target that cannot be met is said to be so", "[study][process]") {
  const Plan plan = two_steps(Duration::minutes(20), Duration::minutes(10), Duration::minutes(8));
  const auto attempt = [](const std::vector<std::string>&) { return Fared{0, {}, {}}; };
  const Fixes fixes = find_fixes(step_levers(), {}, attempt);
  for (const Fix& fix : fixes.singles) CHECK_FALSE(fix.meets);
  CHECK(fixes.pairs.empty());
  REQUIRE(fixes.all_times);
  CHECK_FALSE(fixes.all_times->meets);
}

TEST_CASE("a target that is met needs nothing", "[study][process]") {
  const Plan plan = two_steps(Duration::minutes(2), Duration::minutes(1), Duration::minutes(8));
  const Fixes fixes = find_fixes(step_levers(), {}, tries_of(plan, 4));
  CHECK(fixes.as_is.share == Approx(1));
  CHECK(fixes.singles.empty());
  CHECK(fixes.tries == 1);
}

TEST_CASE("the mildest choice that is enough", "[study][unit]") {
  const Lever ttl{
      LeverKind::kDesign, "ttl", "", {{"30s", {"a=30"}}, {"10s", {"a=10"}}, {"5s", {"a=5"}}}};
  CHECK(label_of(ttl, 1.0 / 3) == "30s");
  CHECK(label_of(ttl, 2.0 / 3) == "10s");
  CHECK(label_of(ttl, 1) == "5s");
  const auto attempt = [](const std::vector<std::string>& settings) {
    const bool enough = !settings.empty() && (settings[0] == "a=10" || settings[0] == "a=5");
    return Fared{enough ? 1.0 : 0.0, {}, {}};
  };
  const Fixes fixes = find_fixes({ttl}, {}, attempt);
  REQUIRE(fixes.singles.size() == 1);
  CHECK(label_of(ttl, fixes.singles[0].strength()) == "10s");
}

TEST_CASE("a lever that does worse when pulled further is marked", "[study][unit]") {
  const Lever lever{LeverKind::kStep, "s", "steps.r/s", {}};
  const auto attempt = [](const std::vector<std::string>& settings) {
    if (settings.empty()) return Fared{0.5, {}, {}};
    const double factor = std::stod(settings[0].substr(settings[0].find("=x") + 2));
    // Enough at zero and down to 0.6, but not between 0.3 and 0.1.
    const bool worse = factor < 0.3 && factor > 0.1;
    return Fared{worse ? 0.2 : factor < 0.6 ? 1.0 : 0.5, {}, {}};
  };
  FixOptions options;
  options.tolerance = 0.01;
  const Fixes fixes = find_fixes({lever}, options, attempt);
  REQUIRE(fixes.singles.size() == 1);
  CHECK(fixes.singles[0].meets);
  // Bisection tries 0.5 (enough), 0.75, 0.62, 0.56, 0.59, 0.6: it need not meet the dip, and then
  // its answer is still one that was seen to be enough.
  CHECK(1 - fixes.singles[0].strength() == Approx(0.59).margin(0.011));
  const auto dips = [](const std::vector<std::string>& settings) {
    if (settings.empty()) return Fared{0.5, {}, {}};
    const double factor = std::stod(settings[0].substr(settings[0].find("=x") + 2));
    return Fared{factor == 0 ? 1.0 : 0.2, {}, {}};
  };
  CHECK_FALSE(find_fixes({lever}, options, dips).singles[0].monotone);
}

TEST_CASE("what the documents refuse is no lever", "[study][unit]") {
  const Lever lever{LeverKind::kStep, "s", "steps.r/s", {}};
  const auto attempt = [](const std::vector<std::string>& settings) {
    return settings.empty() ? std::optional(Fared{}) : std::nullopt;
  };
  const Fixes fixes = find_fixes({lever}, {}, attempt);
  CHECK(fixes.singles.empty());
  CHECK(fixes.impossible == std::vector<std::size_t>{0});
}

TEST_CASE("levers are the steps on the way and the timings that were drawn", "[study][process]") {
  const Plan plan = two_steps(Duration::minutes(20), Duration::minutes(10), Duration::minutes(15));
  const StudyResult result = study(plan, 4);
  std::vector<std::string> names;
  for (const Lever& lever : levers_of(plan, result.samples, 0, {})) {
    if (lever.kind == LeverKind::kStep) names.push_back(lever.path);
  }
  CHECK(names == std::vector<std::string>{"steps.failover/first", "steps.failover/second"});
}

}  // namespace
}  // namespace firedrill
