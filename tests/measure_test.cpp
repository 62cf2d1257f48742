#include <catch2/catch.hpp>
#include <initializer_list>

#include "engine/measure/metrics.hpp"
#include "tests/support/scripted_drill.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

constexpr std::int64_t us(std::int64_t s) { return seconds(s).us; }
constexpr TimePoint at(std::int64_t s) { return TimePoint{} + seconds(s); }

/// A log written by hand, in seconds.
class Log {
 public:
  Log& add(std::int64_t s, EventKind kind, std::uint32_t subject = 0,
           std::uint32_t object = kNobody, std::uint32_t cause = kNobody) {
    log_.add({.at = at(s),
              .subject = subject,
              .object = object,
              .cause = cause,
              .kind = kind,
              .outcome = {}});
    return *this;
  }
  Log& fault(std::int64_t s) { return add(s, EventKind::kFaultStarted); }
  Log& share(std::int64_t s, double share, std::uint32_t cause = kNobody, std::uint32_t of = 0) {
    return shares(s, share, share, cause, of);
  }
  Log& shares(std::int64_t s, double honouring, double all, std::uint32_t cause = kNobody,
              std::uint32_t of = 0) {
    log_.add({.at = at(s),
              .value = honouring,
              .value2 = all,
              .subject = of,
              .cause = cause,
              .kind = EventKind::kServedShare,
              .outcome = {}});
    return *this;
  }
  /// What a step waited for before anybody's hands were asked for, until `s`.
  Log& change(std::int64_t s, EventKind kind, std::uint32_t step, double waited_s) {
    log_.add(
        {.at = at(s), .value = waited_s, .subject = 0, .cause = step, .kind = kind, .outcome = {}});
    return *this;
  }
  Log& loss(std::uint32_t store, double loss_s, double writes) {
    log_.add({.at = at(50),
              .value = loss_s,
              .value2 = writes,
              .subject = store,
              .kind = EventKind::kDataLoss,
              .outcome = {}});
    return *this;
  }
  /// A step with hands: ready, hands free, acting, ended.
  Log& step(std::uint32_t index, std::initializer_list<std::int64_t> when,
            std::uint32_t released_by = kNobody, std::uint32_t freed_by = kNobody) {
    const std::int64_t* t = when.begin();
    add(t[0], EventKind::kStepReady, index, released_by);
    add(t[1], EventKind::kStepStarted, index, 0, freed_by);
    add(t[2], EventKind::kStepActing, index);
    return add(t[3], EventKind::kStepEnded, index);
  }
  Log& over(std::int64_t s, DrillEnd end = DrillEnd::kCompleted) {
    return add(s, EventKind::kDrillEnded, kNobody, static_cast<std::uint32_t>(end));
  }
  DrillMetrics measured(const PlanBuilder& builder) const {
    return measure(builder.plan(), log_.events());
  }

 private:
  EventLog log_;
};

/// One judged service with a hold time of 300 s and a threshold of 90 %.
PlanBuilder shop() {
  PlanBuilder builder;
  builder.service("shop", seconds(300));
  return builder;
}

std::int64_t rto(const Log& log) { return log.measured(shop()).services[0].rto_us; }

std::vector<std::string> critical(const PlanBuilder& builder, const DrillMetrics& metrics) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < metrics.steps.size(); ++i) {
    if (metrics.steps[i].critical) ids.push_back(builder.plan().steps[i].id);
  }
  return ids;
}

}  // namespace

TEST_CASE("RTO runs from the onset to the instant that begins the hold time", "[unit]") {
  // Onset at 100. Back at 400 for 299 s, which is a second too short, then from 800 on.
  Log log;
  log.share(0, 1).fault(100).share(100, 0).share(400, 1).share(699, 0).share(800, 1);
  CHECK(rto(log.over(2000)) == us(700));
}

TEST_CASE("a flap shorter than the hold time does not count, one as long does", "[unit]") {
  Log log;
  log.share(0, 1).fault(100).share(100, 0).share(400, 1).share(700, 0).share(800, 1);
  CHECK(rto(log.over(2000)) == us(300));
}

TEST_CASE("changes above the threshold are no interruption of the hold time", "[unit]") {
  Log log;
  log.fault(0).share(0, 0).share(100, 0.9).share(200, 0.95).share(300, 0.91);
  CHECK(rto(log.over(400)) == us(100));
}

TEST_CASE("a share a rounding error below the threshold serves", "[unit]") {
  const double nearly = 0.3 + 0.6 - 1e-16;
  CHECK(rto(Log().fault(0).share(0, 0).share(100, nearly).over(500)) == us(100));
  CHECK(rto(Log().fault(0).share(0, 0).share(100, 0.899999).over(500)) == kNotReachedUs);
}

TEST_CASE("a service that never stopped serving has an RTO of zero", "[unit]") {
  CHECK(rto(Log().share(0, 1).fault(10).over(500)) == 0);
  CHECK(rto(Log().share(0, 1).fault(10).share(10, 0.92).share(20, 1).over(500)) == 0);
}

TEST_CASE("a service that never came back is not reached", "[unit]") {
  const Log log = Log().share(0, 1).fault(10).share(10, 0).share(50, 0.5).over(9000);
  const DrillMetrics metrics = log.measured(shop());
  CHECK(metrics.services[0].rto_us == kNotReachedUs);
  CHECK(metrics.services[0].clients99_us == kNotReachedUs);
  CHECK(metrics.marks.restored_us == kNotReachedUs);
}

TEST_CASE("a drill that ends at the horizon does not reach what the hold time has left", "[unit]") {
  Log log;
  log.fault(0).share(0, 0).share(100, 1);
  SECTION("a second too early") {
    const DrillMetrics metrics = log.over(399, DrillEnd::kPastHorizon).measured(shop());
    CHECK(metrics.services[0].rto_us == kNotReachedUs);
    CHECK(metrics.end == DrillEnd::kPastHorizon);
  }
  SECTION("just in time") { CHECK(rto(log.over(400, DrillEnd::kPastHorizon)) == us(100)); }
}

TEST_CASE("the onset is the first fault, wherever it stands in the log", "[unit]") {
  Log log;
  log.share(0, 1).fault(60).fault(40).share(60, 0).share(100, 1);
  CHECK(rto(log.over(1000)) == us(60));
}

TEST_CASE("a service that was down at the onset has not been serving since", "[unit]") {
  CHECK(rto(Log().share(0, 0).fault(100).over(1000)) == kNotReachedUs);
  CHECK(rto(Log().share(0, 0).fault(100).share(150, 1).over(1000)) == us(50));
  // What was before the onset and is over by then does not count.
  CHECK(rto(Log().share(0, 1).share(10, 0).share(50, 1).fault(100).over(1000)) == 0);
}

TEST_CASE("lost time is the integral of the failed share of all clients from the onset", "[unit]") {
  // From 100 to 200 all of it, to 300 half, to 400 a tenth: 100 + 50 + 10 = 160 s.
  Log log;
  log.share(0, 0.5).share(50, 1).fault(100).share(100, 0);
  log.shares(200, 0.8, 0.5).shares(300, 1, 0.9).share(400, 1).over(1000);
  CHECK(log.measured(shop()).services[0].lost_us == us(160));
}

TEST_CASE("lost time runs to the end of the drill, and half before the onset counts half",
          "[unit]") {
  CHECK(Log().share(0, 1).fault(10).share(10, 0).over(70).measured(shop()).services[0].lost_us ==
        us(60));
  // The share of before the onset still holds at the onset.
  CHECK(Log().share(0, 0.5).fault(10).over(70).measured(shop()).services[0].lost_us == us(30));
}

TEST_CASE("99 % of all clients come later than those that honour the TTL", "[unit]") {
  Log log;
  log.share(0, 1).fault(0).share(0, 0).shares(60, 1, 0.97).shares(600, 1, 0.99).over(1000);
  const ServiceMetrics service = log.measured(shop()).services[0];
  CHECK(service.rto_us == us(60));
  CHECK(service.clients99_us == us(600));
}

TEST_CASE("RPO of a service is the worst of its stores", "[unit]") {
  PlanBuilder builder;
  builder.store("orders").store("media").store("carts");
  builder.service("shop", seconds(300), {"orders", "media", "carts"});
  Log log;
  log.fault(0).share(0, 0).share(60, 1).loss(0, 1.5, 20).loss(1, 12.25, -1).over(1000);
  const DrillMetrics metrics = log.measured(builder);
  CHECK(metrics.stores[0].rpo_us == 1'500'000);
  CHECK(metrics.stores[0].missing_writes == 20);
  CHECK(metrics.stores[1].rpo_us == 12'250'000);
  CHECK(metrics.stores[1].missing_writes == -1);
  CHECK(metrics.stores[2].rpo_us == 0);  // lost nothing: zero, not nothing
  CHECK(metrics.services[0].rpo_us == 12'250'000);
}

TEST_CASE("a service that lost nothing has an RPO of zero", "[unit]") {
  PlanBuilder builder;
  builder.store("orders").service("shop", seconds(300), {"orders"});
  const auto metrics = Log().fault(0).share(0, 0).share(60, 1).over(1000).measured(builder);
  CHECK(metrics.services[0].rpo_us == 0);
}

TEST_CASE("a store whose service never returned is not reached", "[unit]") {
  PlanBuilder builder;
  builder.store("orders").store("media");
  builder.service("shop", seconds(300), {"orders", "media"}).service("bare", seconds(300));
  Log log;
  log.fault(0).share(0, 0).share(0, 0, kNobody, 1).loss(1, 3, 7).over(1000);
  const DrillMetrics metrics = log.measured(builder);
  CHECK(metrics.stores[0].rpo_us == kNotReachedUs);
  CHECK(metrics.stores[1].rpo_us == us(3));  // it came back, its service did not
  CHECK(metrics.services[0].rpo_us == kNotReachedUs);
  CHECK(metrics.services[1].rpo_us == 0);  // it has no data
}

TEST_CASE("clock marks are spans from the onset, the first of each, the last close", "[unit]") {
  Log log;
  log.share(0, 1).fault(10).share(10, 0);
  for (const std::int64_t later : {0, 5}) {
    log.add(20 + later, EventKind::kAlarm).add(30 + later, EventKind::kAcknowledged, 0, 0);
    log.add(40 + later, EventKind::kDeclared).add(50 + later, EventKind::kDecided);
    log.add(70 + later, EventKind::kVerified).add(80 + later, EventKind::kClosed);
  }
  log.share(90, 1).over(1000);
  PlanBuilder builder = shop();
  builder.alarm("down").runbook("fix", {"down"}, {{.id = "decide"}});
  const Marks marks = log.measured(builder).marks;
  CHECK(marks.detected_us == us(10));
  CHECK(marks.acknowledged_us == us(20));
  CHECK(marks.declared_us == us(30));
  CHECK(marks.decided_us == us(40));
  CHECK(marks.restored_us == us(80));
  CHECK(marks.verified_us == us(60));
  CHECK(marks.closed_us == us(75));
}

TEST_CASE("a mark that never came is not reached", "[unit]") {
  const Marks marks = Log().share(0, 1).fault(10).over(1000).measured(shop()).marks;
  for (const std::int64_t mark : {marks.detected_us, marks.acknowledged_us, marks.declared_us,
                                  marks.decided_us, marks.verified_us, marks.closed_us}) {
    CHECK(mark == kNotReachedUs);
  }
  CHECK(marks.restored_us == 0);
}

TEST_CASE("restored is the last judged service; the others do not count", "[unit]") {
  PlanBuilder builder;
  builder.service("shop", seconds(1)).service("blog", seconds(1));
  Log log;
  log.fault(0).share(0, 0).share(0, 0, kNobody, 1).share(60, 1).share(90, 1, kNobody, 1).over(900);
  CHECK(log.measured(builder).marks.restored_us == us(90));
  builder.not_judged("blog");
  CHECK(log.measured(builder).marks.restored_us == us(60));
}

TEST_CASE("the time of a step splits into idle, work, decision and wait", "[unit]") {
  PlanBuilder builder =
      planned({{.id = "work", .role = "operator"},
               {.id = "decide", .role = "operator", .operation = Operation::kHumanDecide},
               {.id = "wait"},
               {.id = "skipped"},
               {.id = "never"}});
  Log log;
  log.step(0, {10, 15, 45, 100}).step(1, {100, 102, 110, 110});
  log.add(110, EventKind::kStepReady, 2).add(150, EventKind::kStepEnded, 2);
  log.add(150, EventKind::kStepReady, 3).over(200);
  const DrillMetrics metrics = log.measured(builder);
  const StepMetrics& work = metrics.steps[0];
  CHECK(work.ran);
  CHECK_FALSE(work.failed);
  CHECK(work.total_us == us(90));
  CHECK(work.idle_us == us(5));
  CHECK(work.work_us == us(30));
  CHECK(work.decision_us == 0);
  CHECK(work.wait_us == us(55));
  CHECK(metrics.steps[1].decision_us == us(8));
  CHECK(metrics.steps[1].work_us == 0);
  CHECK(metrics.steps[1].wait_us == 0);
  CHECK(metrics.steps[2].wait_us == us(40));
  CHECK(metrics.steps[2].total_us == us(40));
  CHECK_FALSE(metrics.steps[3].ran);
  CHECK_FALSE(metrics.steps[4].ran);
}

TEST_CASE("an approval is a decision, and a change window a wait, not somebody away", "[unit]") {
  // Ready at 10 s, approved after 20 s, the window open 3,600 s later, hands free at once 2 s on.
  const PlanBuilder builder = planned({{.id = "change", .role = "operator"}});
  Log log;
  log.change(30, EventKind::kApproved, 0, 20).change(3630, EventKind::kChangeWindow, 0, 3600);
  log.step(0, {10, 3632, 3640, 3650}).over(4000);
  const StepMetrics change = log.measured(builder).steps[0];
  CHECK(change.idle_us == us(2));
  CHECK(change.decision_us == us(20));
  CHECK(change.work_us == us(8));
  CHECK(change.wait_us == us(3610));
}

TEST_CASE("the parts of a step make up its whole, in any scripted drill", "[unit]") {
  ScriptedDrill drill(planned({{.id = "a", .role = "operator", .work = seconds(9)},
                               {.id = "b",
                                .role = "operator",
                                .work = seconds(4),
                                .wait = seconds(30),
                                .attempts = 3,
                                .retry_delay = seconds(10)},
                               {.id = "c", .wait = seconds(5), .needs = {"a"}, .verify = true},
                               {.id = "d", .needs = {"c"}, .when = true}}));
  drill.world.on_perform("b", {after(30, kRefusedCall), after(30, kRefusedCall), after(30)});
  drill.world.on_observe("d/when", {{true, false}});
  drill.run();
  for (const StepMetrics& step : measure(drill.plan, drill.log.events()).steps) {
    CHECK(step.total_us == step.idle_us + step.work_us + step.decision_us + step.wait_us);
  }
}

TEST_CASE("the critical path goes back through what released each step", "[unit]") {
  //   a --> b --> d (restores the shop)      c is not on it
  PlanBuilder builder = planned({{.id = "a"}, {.id = "b"}, {.id = "c"}, {.id = "d"}});
  builder.service("shop", seconds(300));
  Log log;
  log.fault(0)
      .share(0, 0)
      .step(0, {0, 0, 5, 10})
      .step(2, {0, 0, 5, 90})
      .step(1, {10, 10, 20, 30}, 0);
  log.step(3, {30, 30, 40, 50}, 1).share(50, 1, 3).over(1000);
  CHECK(critical(builder, log.measured(builder)) == Lines{"a", "b", "d"});
}

TEST_CASE("the critical path goes through the person who was busy", "[unit]") {
  // d was released by a at 10, but waited until 60 for the hands that c had kept busy.
  PlanBuilder builder = planned({{.id = "a"}, {.id = "b"}, {.id = "c"}, {.id = "d"}});
  builder.service("shop", seconds(300));
  Log log;
  log.fault(0)
      .share(0, 0)
      .step(0, {0, 0, 5, 10})
      .step(1, {0, 0, 5, 12})
      .step(2, {12, 12, 60, 60}, 1);
  log.step(3, {10, 60, 70, 80}, 0, 2).share(80, 1, 3).over(1000);
  CHECK(critical(builder, log.measured(builder)) == Lines{"b", "c", "d"});
}

TEST_CASE("the critical path goes through fallbacks, in a whole drill", "[unit]") {
  PlanBuilder builder = planned({{.id = "try", .wait = seconds(10), .fallback = "instead"},
                                 {.id = "find", .wait = seconds(5), .is_fallback = true},
                                 {.id = "instead", .wait = seconds(7), .needs = {"find"}},
                                 {.id = "next", .wait = seconds(1), .needs = {"try"}},
                                 {.id = "aside", .wait = seconds(20)}});
  builder.fault("lost", Duration{}).service("shop", seconds(300));
  ScriptedDrill drill(builder);
  drill.world.serve_at(Duration{}, ServiceIndex{0}, 0);
  drill.world.on_perform("try", {after(10, kRefusedCall)});
  drill.world.on_perform("next", {{.after = seconds(1), .served = 1.0}});
  drill.run();
  const DrillMetrics metrics = measure(drill.plan, drill.log.events());
  CHECK(metrics.services[0].rto_us == us(23));
  CHECK(metrics.services[0].lost_us == us(23));
  CHECK(critical(builder, metrics) == Lines{"try", "find", "instead", "next"});
  CHECK(metrics.steps[0].failed);
}

TEST_CASE("a service that is not judged has no critical path", "[unit]") {
  PlanBuilder builder = planned({{.id = "a"}});
  builder.service("blog", seconds(300)).not_judged("blog");
  Log log;
  log.fault(0).share(0, 0).step(0, {0, 0, 5, 10}).share(10, 1, 0).over(1000);
  CHECK(critical(builder, log.measured(builder)).empty());
}

TEST_CASE("notes are kept as a set", "[unit]") {
  Log log;
  log.add(1, EventKind::kNote, 0, static_cast<std::uint32_t>(Note::kHumanError));
  log.add(2, EventKind::kNote, 0, static_cast<std::uint32_t>(Note::kPromotionRefused));
  log.add(3, EventKind::kNote, 0, static_cast<std::uint32_t>(Note::kHumanError)).over(9);
  CHECK(log.measured(shop()).notes ==
        (bit_of(Note::kHumanError) | bit_of(Note::kPromotionRefused)));
}

TEST_CASE("a whole incident in a scripted world, measured", "[unit]") {
  // Fault at 100, alarm at 160, answered at 190, triaged at 220; the fix takes 60 s of hands and
  // 600 s of waiting, until 880; the check another 30 s.
  PlanBuilder builder =
      incident({{.id = "fix", .role = "primary", .work = seconds(60), .decides = true},
                {.id = "check", .role = "primary", .work = seconds(30), .verifies = true}});
  builder.triage(seconds(30)).service("shop", seconds(300));
  ScriptedDrill drill(builder);
  drill.world.serve_at(seconds(100), ServiceIndex{0}, 0);
  drill.world.alarm_at(seconds(160), kDown);
  drill.world.on_page("primary", {{.after = seconds(30)}});
  drill.world.on_perform("fix", {{.after = seconds(600), .served = 1.0}});
  drill.run();
  const DrillMetrics metrics = measure(drill.plan, drill.log.events());
  CHECK(metrics.end == DrillEnd::kCompleted);
  CHECK(metrics.marks.detected_us == us(60));
  CHECK(metrics.marks.acknowledged_us == us(90));
  CHECK(metrics.marks.declared_us == us(120));
  CHECK(metrics.marks.decided_us == us(780));
  CHECK(metrics.marks.restored_us == us(780));
  CHECK(metrics.marks.verified_us == us(810));
  CHECK(metrics.marks.closed_us == us(810));
  CHECK(metrics.services[0].rto_us == us(780));
  CHECK(drill.log.events().back().at == at(1180));
}

TEST_CASE("interrupted time is idle, and the path goes through what interrupted", "[unit]") {
  PlanBuilder builder = shop();
  builder.role("primary", {"ada"});
  builder.runbook("routine", {}, {{.id = "slow", .role = "primary"}});
  builder.runbook("grave", {}, {{.id = "urgent", .role = "primary"}});
  Log log;
  log.fault(0).share(0, 1).share(10, 0);
  // The slow step is ready at 10 s, begins at 20 s, is away from 30 to 90 s, has its hands free at
  // 120 s and ends at 130 s, when the service is back: 10 + 60 idle, 100 - 60 of work, 10 of wait.
  log.add(30, EventKind::kStepPreempted, 0, 0, 1).add(90, EventKind::kStepResumed, 0, 0);
  log.step(1, {30, 30, 90, 90}).step(0, {10, 20, 120, 130}).share(130, 1, 0).over(1000);
  const DrillMetrics metrics = log.measured(builder);
  CHECK(metrics.steps[0].idle_us == us(70));
  CHECK(metrics.steps[0].work_us == us(40));
  CHECK(metrics.steps[0].wait_us == us(10));
  CHECK(metrics.steps[0].total_us == us(120));
  CHECK(metrics.steps[1].critical);
  // Ada has worked 40 s and 60 s; being busy elsewhere she delayed the slow step by 60 s.
  CHECK(metrics.persons[0].busy_us == us(100));
  CHECK(metrics.roles[0].busy_us == us(100));
  CHECK(metrics.steps[0].busy_us == us(60));
}

TEST_CASE("what waits for a busy person, and how long that person was busy", "[unit]") {
  PlanBuilder builder = shop();
  builder.role("primary", {"ada"}).role("other", {"ben"});
  builder.runbook("book", {},
                  {{.id = "one", .role = "primary"},
                   {.id = "two", .role = "primary"},
                   {.id = "aside", .role = "other"}});
  Log log;
  log.fault(0).share(0, 1).share(10, 0);
  log.step(0, {10, 10, 60, 60}).step(2, {10, 40, 50, 50}, kNobody, 0);  // not on the path
  log.step(1, {15, 60, 80, 80}, kNobody, 0).share(80, 1, 1).over(1000);
  CHECK(log.measured(builder).steps[1].busy_us == us(45));  // 15 to 60 s
  CHECK(log.measured(builder).steps[0].busy_us == 0);
  CHECK(log.measured(builder).persons[0].busy_us == us(50 + 20 + 10));  // `step` names person 0
  CHECK(log.measured(builder).roles[0].busy_us == us(50 + 20));
  CHECK(log.measured(builder).roles[1].busy_us == us(10));
}

TEST_CASE("a fault of people begins no outage", "[unit]") {
  PlanBuilder builder = shop();
  builder.fault("away", seconds(0)).fault("lost", seconds(100));
  builder.strikes("away", Operation::kFaultRoleAbsent);
  Log log;
  log.share(0, 1).add(0, EventKind::kFaultStarted, 0).add(100, EventKind::kFaultStarted, 1);
  log.share(100, 0).share(400, 1).over(1000);
  CHECK(log.measured(builder).services[0].rto_us == us(300));
}
