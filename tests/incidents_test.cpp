// How severe an incident is, when that rises, whom it calls, who stands in, and status updates.
#include "engine/run/incidents.hpp"

#include <catch2/catch.hpp>

#include "tests/support/scripted_drill.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

constexpr Observation kHolds{true, true};
constexpr Observation kFails{true, false};
constexpr Observation kUnseen{false, false};

/// The incident of `incident()` that lasts for a wait of `span`, on alarm at second 0.
PlanBuilder lasting(Duration span) { return incident({{.id = "fix", .wait = span}}); }

void begin(ScriptedDrill& drill) {
  drill.world.alarm_at(seconds(0), kDown);
  drill.run();
}

const std::initializer_list<EventKind> kSeverityEvents = {
    EventKind::kDeclared, EventKind::kSeverityRaised, EventKind::kClosed};

}  // namespace

TEST_CASE("a severity is the worst of runbook, alarm and impact", "[unit]") {
  const auto declared = [](const char* runbook, const char* alarm, Observation impact) {
    PlanBuilder builder = lasting(seconds(10));
    builder.alarm("bad", alarm).runbook("more", {"bad"}, {{.id = "also", .wait = seconds(10)}});
    builder.severity(runbook).impact("SEV-2", "degraded");
    ScriptedDrill drill(builder);
    drill.world.on_observe("degraded", {impact});
    drill.world.alarm_at(seconds(0), AlarmIndex{2});
    drill.run();
    const Event& event = *std::find_if(
        drill.log.events().begin(), drill.log.events().end(),
        [](const Event& e) { return e.kind == EventKind::kDeclared && e.subject == 1; });
    return drill.plan.severities.at(event.object).name;
  };
  CHECK(declared("SEV-4", "SEV-4", kFails) == "SEV-4");
  CHECK(declared("SEV-4", "SEV-4", kUnseen) == "SEV-4");
  CHECK(declared("SEV-4", "SEV-4", kHolds) == "SEV-2");
  CHECK(declared("SEV-3", "SEV-4", kFails) == "SEV-3");
  CHECK(declared("SEV-4", "SEV-3", kFails) == "SEV-3");
  CHECK(declared("SEV-1", "SEV-3", kHolds) == "SEV-1");
  CHECK(declared("SEV-4", "SEV-1", kHolds) == "SEV-1");
}

TEST_CASE("impact that grows raises the severity within a minute, and never lowers it", "[unit]") {
  PlanBuilder builder = lasting(seconds(600));
  builder.severity("SEV-3").impact("SEV-1", "out").impact("SEV-2", "degraded");
  ScriptedDrill drill(builder);
  // Looked at when declared and every 60 s. At 120 s it is degraded, at 180 s out, then well.
  drill.world.on_observe("degraded", {kFails, kFails, kHolds, kFails});
  drill.world.on_observe("out", {kFails, kFails, kFails, kHolds, kFails});
  begin(drill);
  CHECK(drill.told(kSeverityEvents) == Lines{"0s declared book", "120s raised book to SEV-2",
                                             "180s raised book to SEV-1", "600s closed book"});
}

TEST_CASE("a criterion must hold for its whole span without a break", "[unit]") {
  PlanBuilder builder = lasting(seconds(1800));
  builder.severity("SEV-2").criterion("none-running", seconds(300), "SEV-1", "manager");
  ScriptedDrill drill(builder);
  // It holds at 0 and 60 s, breaks at 120 s, holds from 180 s on: 300 s later it is 480 s.
  drill.world.on_observe("none-running", {kHolds, kHolds, kFails, kHolds});
  begin(drill);
  CHECK(drill.told({EventKind::kSeverityRaised, EventKind::kPaged}) ==
        Lines{"0s page primary round 0", "480s page manager round 0", "480s raised book to SEV-1"});
}

TEST_CASE("an incident that closes is no longer watched", "[unit]") {
  PlanBuilder builder = lasting(seconds(299));
  builder.severity("SEV-2").criterion("none-running", seconds(300), "SEV-1");
  builder.unresolved("SEV-2", "manager", seconds(300)).updates("SEV-2", seconds(300), seconds(1));
  ScriptedDrill drill(builder);
  begin(drill);
  CHECK(drill.told({EventKind::kSeverityRaised, EventKind::kStatusUpdate}).empty());
  CHECK(drill.told({EventKind::kPaged}) == Lines{"0s page primary round 0"});
  CHECK(drill.world.agenda().empty());
}

TEST_CASE("an alarm of the runbook that comes later raises what is open", "[unit]") {
  PlanBuilder builder = lasting(seconds(100));
  builder.alarm("expired", "SEV-1");
  builder.runbook("renew", {"late", "expired"}, {{.id = "order", .wait = seconds(500)}});
  builder.severity("SEV-3");
  ScriptedDrill drill(builder);
  drill.world.alarm_at(seconds(0), kLate);
  drill.world.alarm_at(seconds(250), AlarmIndex{2});
  drill.run();
  CHECK(drill.told(kSeverityEvents) ==
        Lines{"0s declared renew", "250s raised renew to SEV-1", "500s closed renew"});
}

TEST_CASE("managers are called after 30 and 60 minutes without an end, and not again", "[unit]") {
  PlanBuilder builder = lasting(Duration::hours(3));
  builder.role("vp").role("cto").joins_bridge("vp").joins_bridge("cto");
  builder.unresolved("SEV-1", "vp", Duration::minutes(30));
  builder.unresolved("SEV-1", "cto", Duration::minutes(60)).triage(seconds(100));
  ScriptedDrill drill(builder);
  drill.world.on_page("cto", {{.after = seconds(40)}});
  begin(drill);
  CHECK(drill.told({EventKind::kPaged, EventKind::kJoined}) ==
        Lines{"0s page primary round 0", "1900s page vp round 0", "1900s joined vp by vp",
              "3700s page cto round 0", "3740s joined cto by cto"});
}

TEST_CASE("what is raised after the time has passed calls at once", "[unit]") {
  PlanBuilder builder = lasting(Duration::hours(2));
  builder.severity("SEV-2").criterion("worse", Duration::minutes(40), "SEV-1");
  builder.unresolved("SEV-1", "manager", Duration::minutes(30));
  builder.unresolved("SEV-2", "secondary", Duration::minutes(60));
  ScriptedDrill drill(builder);
  begin(drill);
  CHECK(
      drill.told({EventKind::kSeverityRaised, EventKind::kPaged}) ==
      Lines{"0s page primary round 0", "2400s raised book to SEV-1", "2400s page manager round 0"});
}

TEST_CASE("a deputy is called once a role has been awaited long enough, and decides", "[unit]") {
  PlanBuilder builder = incident({{.id = "choose",
                                   .role = "manager",
                                   .work = seconds(60),
                                   .operation = Operation::kHumanDecide}});
  builder.role("cto").role("board").deputy("manager", "cto", seconds(900));
  builder.deputy("cto", "board", seconds(600)).stand_in_decision(seconds(200));
  ScriptedDrill drill(builder);
  drill.world.on_page("manager", {{.never = true}});
  SECTION("the deputy comes") {
    drill.world.on_page("cto", {{.after = seconds(30)}});
    begin(drill);
    // 900 s of waiting, 30 s to come, then 200 s to be told and to decide.
    CHECK(drill.starts() == Lines{"930s start choose by cto"});
    CHECK(drill.ends() == Lines{"1130s end choose ok"});
  }
  SECTION("nor does the deputy: the next in the chain") {
    drill.world.on_page("cto", {{.never = true}});
    begin(drill);
    CHECK(drill.starts() == Lines{"1500s start choose by board"});
  }
  SECTION("the role itself comes while its deputy is awaited") {
    drill.world.on_page("manager", {{.after = seconds(950)}, {.never = true}});
    drill.world.on_page("cto", {{.never = true}});
    begin(drill);
    CHECK(drill.starts() == Lines{"950s start choose by cy"});
    CHECK(drill.ends() == Lines{"1010s end choose ok"});
  }
  SECTION("nobody is awaited who is here already") {
    drill.world.on_page("manager", {{.after = seconds(10)}});
    begin(drill);
    CHECK(drill.told({EventKind::kPaged}) ==
          Lines{"0s page primary round 0", "0s page manager round 0"});
  }
}

TEST_CASE("status updates at their cadence cost their writer's time", "[unit]") {
  PlanBuilder builder =
      incident({{.id = "one", .role = "primary", .work = seconds(1000)},
                {.id = "two", .role = "primary", .work = seconds(100)},
                {.id = "three", .role = "primary", .work = seconds(10), .needs = {"two"}}});
  builder.updates("SEV-1", seconds(900), seconds(120), "manager").called_on("SEV-1", "manager");
  ScriptedDrill drill(builder);
  SECTION("the manager is there: no step waits") {
    begin(drill);
    CHECK(drill.told({EventKind::kStatusUpdate}) == Lines{"1020s update book by cy"});  // 900 + 120
    CHECK(drill.ends() == Lines{"1000s end one ok", "1100s end two ok", "1110s end three ok"});
  }
  SECTION("nobody else is there: the first responder posts in between") {
    drill.world.on_page("manager", {{.never = true}});
    begin(drill);
    // Due at 900 s, behind `two`, which has waited since 0 s: posted from 1100 to 1220 s, and only
    // then does `three` begin, which became ready at 1100 s.
    CHECK(drill.told({EventKind::kStatusUpdate}) == Lines{"1220s update book by ada"});
    CHECK(drill.ends() == Lines{"1000s end one ok", "1100s end two ok", "1230s end three ok"});
  }
}

TEST_CASE("updates never pile up, and a raised severity has its own cadence", "[unit]") {
  PlanBuilder builder = lasting(seconds(4000));
  builder.severity("SEV-2").criterion("worse", seconds(2400), "SEV-1");
  builder.updates("SEV-2", seconds(1800), seconds(100))
      .updates("SEV-1", seconds(900), seconds(100));
  ScriptedDrill drill(builder);
  begin(drill);
  // SEV-2: due 1800 s after the declaration, posted at 1900 s. SEV-1 from 2400 s: 3300 s and 100 s;
  // the next would be due at 4300 s.
  CHECK(drill.told({EventKind::kStatusUpdate}) ==
        Lines{"1900s update book by ada", "3400s update book by ada"});
}

TEST_CASE("a change waits for its lead time, its approval and its window", "[unit]") {
  PlanBuilder builder = planned({{.id = "ask", .role = "operator", .work = seconds(10)},
                                 {.id = "switch", .role = "operator", .needs = {"ask"}}});
  builder.role("lead", {"lou"}).change("normal", seconds(3600), "lead", seconds(120), true);
  SECTION("of a step") {
    builder.step_change("switch", "normal");
    ScriptedDrill drill(builder);
    drill.world.on_perform("switch", {after(5000), after(1)});
    drill.run();
    // Ready at 10 s, 3600 s lead time, 120 s of the lead, 5000 s until the window opens, 1 s of
    // call.
    CHECK(drill.told({EventKind::kApproved, EventKind::kChangeWindow, EventKind::kStepEnded}) ==
          Lines{"10s end ask ok", "3730s approved book by lou", "8730s window book",
                "8731s end switch ok"});
  }
  SECTION("of the whole runbook") {
    builder.runbook_change("normal");
    ScriptedDrill drill(builder);
    drill.world.on_perform("call", {after(500)});
    drill.run();
    CHECK(drill.starts() == Lines{"4220s start ask by ada", "4230s start switch by ada"});
  }
}
