// The record of a live drill: what it must say, and what texts of others must not do to it.
#include "reports/live_record.hpp"

#include <catch2/catch.hpp>

namespace firedrill {
namespace {

constexpr const char* kHostile = "</td>|<script>x</script> [a](http://b) `c`\n# d";

struct Held {
  Plan plan;
  std::vector<Event> events;
  DrillMetrics metrics;
  LiveRecord record;

  Held() {
    plan.scenario = "loss";
    plan.title = "The region is lost";
    plan.services.emplace_back().name = "shop";
    for (const Objective objective : {Objective::kRto, Objective::kRpo}) {
      PlannedTarget target;
      target.objective = objective;
      target.service = {0};
      target.subject = "shop";
      target.limit = Duration::minutes(15);
      plan.targets.push_back(target);
    }
    events.push_back({.at = TimePoint{} + Duration::minutes(20), .kind = EventKind::kDrillEnded});
    metrics.services.resize(1);
    metrics.targets.resize(2);
    metrics.targets[0].achieved_us = Duration::minutes(10).us;
    metrics.targets[1].achieved_us = kNotJudgedUs;
    record.account = "111122223333 (shop-staging)";
    record.poll_interval = Duration::seconds(15);
    record.steady = true;
  }
  std::string page() const { return render_live_record(plan, events, metrics, record, {"1", "a"}); }
  bool says(const std::string& text) const { return page().find(text) != std::string::npos; }
};

}  // namespace

TEST_CASE("a live drill that kept its targets says so, and what nobody measured") {
  const Held held;
  CHECK(held.says("| ✓ met | shop | rto | 15m | 10m |"));
  CHECK(held.says("| - | shop | rpo | 15m | not measured |"));
  CHECK(held.says("| Result | 0 of 1 measured targets missed |"));
  CHECK(held.says("up to 15s later than it was"));
  CHECK(held.says("- Nothing differs from before."));
  CHECK_FALSE(held.says("SEV-3"));
  CHECK_FALSE(held.says("emulator"));
}

TEST_CASE("a missed target, a stop and a state that does not hold are a failed drill") {
  Held held;
  SECTION("missed") {
    held.metrics.targets[0].achieved_us = kNotReachedUs;
    CHECK(held.says("| ✗ missed | shop | rto | 15m | never |"));
    CHECK(held.says("| Result | 1 of 1 measured targets missed |"));
  }
  SECTION("stopped") {
    held.record.stopped = "alarm others-hurt is in ALARM";
    CHECK(held.says("| Result | stopped: alarm others-hurt is in ALARM |"));
  }
  SECTION("not steady") {
    held.record.steady = false;
    CHECK(held.says("**does not hold**"));
  }
  CHECK(held.says("SEV-3"));
}

TEST_CASE("what a live drill has left stands in its record") {
  Held held;
  held.record.emulator = true;
  held.record.put_back = {{"service api: back to 2 tasks", "outcome unknown"}};
  held.record.still_different = {"goes on costing money: a restored cluster"};
  held.record.refused = {"guard 6: no tag"};
  CHECK(held.says("Its times say nothing about AWS."));
  CHECK(held.says("- Put back, outcome unknown: service api: back to 2 tasks"));
  CHECK(held.says("- **Still different**: goes on costing money: a restored cluster"));
  CHECK(held.says("- Refused: guard 6: no tag"));
  CHECK_FALSE(held.says("Nothing differs"));
}

TEST_CASE("texts of documents and of an account start nothing in a record") {
  Held held;
  for (std::string* text :
       {&held.plan.title, &held.plan.question, &held.plan.system, &held.plan.targets[0].subject,
        &held.record.account, &held.record.stopped}) {
    *text = kHostile;
  }
  held.record.losses = {kHostile};
  held.record.refused = {kHostile};
  held.record.put_back = {{kHostile, "done"}};
  held.record.still_different = {kHostile};
  const std::string page = held.page();
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("](http") == std::string::npos);
  CHECK(page.find("\n# d") == std::string::npos);
  CHECK(page.find("td>|") == std::string::npos);
}

}  // namespace firedrill
