#include "engine/run/executor.hpp"

#include <catch2/catch.hpp>

#include "tests/support/scripted_drill.hpp"

using namespace firedrill;
using namespace firedrill::test;

TEST_CASE("a planned runbook starts with the drill, everybody present, nobody paged", "[unit]") {
  ScriptedDrill drill(planned({{.id = "x", .role = "operator", .work = seconds(10)},
                               {.id = "y", .role = "other", .work = seconds(10)}}));
  drill.run();
  CHECK(drill.starts() == Lines{"0s start x by ada", "0s start y by ben"});
  CHECK(drill.told({EventKind::kPaged, EventKind::kDeclared}).empty());
  CHECK(drill.told({EventKind::kVerified, EventKind::kClosed}) ==
        Lines{"10s verified book", "10s closed book"});
}

TEST_CASE("a planned runbook and an incident in one drill: the page is answered", "[unit]") {
  PlanBuilder builder = incident({{.id = "fix", .role = "primary", .work = seconds(60)}});
  builder.runbook("upkeep", {}, {{.id = "routine", .role = "manager", .work = seconds(5)}});
  ScriptedDrill drill(builder);
  drill.world.alarm_at(seconds(100), kDown);
  drill.world.on_page("primary", {{.after = seconds(20)}});
  drill.run();
  CHECK(drill.end == DrillEnd::kCompleted);
  CHECK(drill.told({EventKind::kPaged, EventKind::kAcknowledged, EventKind::kClosed}) ==
        Lines{"5s closed upkeep", "100s page primary round 0", "120s ack primary by ada",
              "180s closed book"});
}

TEST_CASE("an alarm pages, triage declares, the runbook starts", "[unit]") {
  PlanBuilder builder = incident({{.id = "fix", .role = "primary", .work = seconds(60)}});
  builder.triage(seconds(30));
  ScriptedDrill drill(builder);
  drill.world.alarm_at(seconds(100), kDown);
  drill.world.on_page("primary", {{.after = seconds(20)}});
  drill.run();
  CHECK(drill.end == DrillEnd::kCompleted);
  CHECK(drill.told({EventKind::kFaultStarted, EventKind::kAlarm, EventKind::kPaged,
                    EventKind::kAcknowledged, EventKind::kDeclared, EventKind::kStepReady,
                    EventKind::kStepStarted, EventKind::kStepEnded, EventKind::kVerified,
                    EventKind::kClosed, EventKind::kDrillEnded}) ==
        Lines{"100s fault lost", "100s alarm down", "100s page primary round 0",
              "120s ack primary by ada", "150s declared book", "150s ready fix",
              "150s start fix by ada", "210s end fix ok", "210s verified book", "210s closed book",
              "210s over"});
  CHECK(drill.world.requests() == Lines{"100s perform lost", "100s page primary",
                                        "120s ask primary for triage", "150s ask primary for fix",
                                        "210s perform fix"});
}

TEST_CASE("a step waits for its role to arrive", "[unit]") {
  ScriptedDrill drill(incident({{.id = "fix", .role = "manager", .work = seconds(60)}}));
  drill.world.alarm_at(seconds(100), kDown);
  drill.world.on_page("manager", {{.after = seconds(240)}});
  drill.run();
  CHECK(drill.told({EventKind::kPaged, EventKind::kAcknowledged, EventKind::kStepReady,
                    EventKind::kStepStarted}) ==
        Lines{"100s page primary round 0", "100s ack primary by ada", "100s ready fix",
              "100s page manager round 0", "340s ack manager by cy", "340s start fix by cy"});
}

TEST_CASE("whoever is called outside of the ladder is paged again every five minutes", "[unit]") {
  ScriptedDrill drill(incident({{.id = "fix", .role = "manager", .work = seconds(60)}}));
  drill.world.alarm_at(seconds(0), kDown);
  drill.world.on_page("manager", {{.never = true}, {.never = true}, {.after = seconds(7)}});
  drill.run();
  CHECK(drill.told({EventKind::kPaged, EventKind::kStepStarted}) ==
        Lines{"0s page primary round 0", "0s page manager round 0", "300s page manager round 1",
              "600s page manager round 2", "607s start fix by cy"});
}

TEST_CASE("a severity calls its roles at the declaration, some of them to the bridge", "[unit]") {
  PlanBuilder builder = incident(
      {{.id = "wait", .wait = seconds(400)}, {.id = "fix", .role = "manager", .needs = {"wait"}}});
  builder.called_on("SEV-1", "manager").joins_bridge("manager");
  ScriptedDrill drill(builder);
  drill.world.alarm_at(seconds(0), kDown);
  drill.world.on_page("manager", {{.after = seconds(90)}});
  drill.run();
  CHECK(drill.told({EventKind::kDeclared, EventKind::kPaged, EventKind::kJoined,
                    EventKind::kStepStarted}) ==
        Lines{"0s page primary round 0", "0s declared book", "0s page manager round 0",
              "90s joined manager by cy", "400s start fix by cy"});
}

TEST_CASE("the secondary is paged after the limit and does the primary's steps", "[unit]") {
  ScriptedDrill drill(incident({{.id = "fix", .role = "primary", .work = seconds(60)}}));
  drill.world.alarm_at(seconds(100), kDown);
  drill.world.on_page("primary", {{.never = true}});
  drill.world.on_page("secondary", {{.after = seconds(50)}});
  drill.run();
  CHECK(drill.told({EventKind::kPaged, EventKind::kAcknowledged, EventKind::kStepStarted}) ==
        Lines{"100s page primary round 0", "400s page secondary round 0",
              "450s ack secondary by ben", "450s start fix by ben"});
}

TEST_CASE("a late answer to an earlier page counts: the first to answer leads", "[unit]") {
  ScriptedDrill drill(incident({{.id = "one", .role = "secondary", .work = seconds(10)},
                                {.id = "two", .role = "primary", .work = seconds(10)}}));
  drill.world.alarm_at(seconds(0), kDown);
  drill.world.on_page("primary", {{.after = seconds(320)}});
  drill.world.on_page("secondary", {{.after = seconds(200)}});
  drill.run();
  // The primary answers before the secondary, and works for both until the secondary comes. One
  // person does one thing at a time.
  CHECK(drill.told({EventKind::kPaged, EventKind::kAcknowledged, EventKind::kStepStarted}) ==
        Lines{"0s page primary round 0", "300s page secondary round 0", "320s ack primary by ada",
              "320s start one by ada", "330s start two by ada freed by one"});
}

TEST_CASE("whoever was late takes over what is still his", "[unit]") {
  ScriptedDrill drill(incident({{.id = "one", .role = "primary", .work = seconds(100)},
                                {.id = "two", .role = "primary", .needs = {"one"}}}));
  drill.world.alarm_at(seconds(0), kDown);
  drill.world.on_page("primary", {{.after = seconds(350)}});
  drill.world.on_page("secondary", {{.after = seconds(0)}});
  drill.run();
  // The log is written as things become known: when hands became free is known when they are again.
  CHECK(drill.told({EventKind::kAcknowledged, EventKind::kStepStarted}) ==
        Lines{"300s ack secondary by ben", "350s ack primary by ada", "300s start one by ben",
              "400s start two by ada"});
}

TEST_CASE("nobody answers: the ladder starts again", "[unit]") {
  ScriptedDrill drill(incident({{.id = "fix", .role = "primary", .work = seconds(60)}}));
  drill.world.alarm_at(seconds(0), kDown);
  drill.world.on_page("primary", {{.never = true}, {.never = true}, {.after = seconds(1)}});
  drill.world.on_page("secondary", {{.never = true}});
  drill.run();
  CHECK(drill.told({EventKind::kPaged, EventKind::kAcknowledged}) ==
        Lines{"0s page primary round 0", "300s page secondary round 0", "600s page primary round 1",
              "900s page secondary round 1", "1200s page primary round 2",
              "1201s ack primary by ada"});
}

TEST_CASE("without a ladder an alarm reaches nobody, and the drill stalls", "[unit]") {
  PlanBuilder builder;
  builder.role("primary").alarm("down").fault("lost", seconds(100));
  builder.runbook("book", {"down"}, {{.id = "fix"}});
  ScriptedDrill drill(builder);
  drill.world.alarm_at(seconds(5), kDown);
  drill.run();
  CHECK(drill.end == DrillEnd::kStalled);
  CHECK(drill.starts().empty());
}

TEST_CASE("a second alarm starts a second armed runbook, without another page", "[unit]") {
  PlanBuilder builder = incident({{.id = "fix", .wait = seconds(100)}});
  builder.runbook("more", {"late"}, {{.id = "also", .wait = seconds(10)}});
  ScriptedDrill drill(builder);
  drill.world.alarm_at(seconds(20), kDown);
  drill.world.alarm_at(seconds(50), kLate);
  drill.world.alarm_at(seconds(55), kLate);  // it fires again: the runbook is running already
  drill.run();
  CHECK(drill.told(
            {EventKind::kAlarm, EventKind::kPaged, EventKind::kDeclared, EventKind::kClosed}) ==
        Lines{"20s alarm down", "20s page primary round 0", "20s declared book", "50s alarm late",
              "50s declared more", "55s alarm late", "60s closed more", "120s closed book"});
}

TEST_CASE("a later alarm is an incident with a triage of its own", "[unit]") {
  // Triage takes 60 s: 20 to 80 s, then the primary is at the step until 180 s, and only then looks
  // into what has rung at 100 s.
  PlanBuilder builder = incident({{.id = "fix", .role = "primary", .work = seconds(100)}});
  builder.runbook("more", {"late"}, {{.id = "also"}}).triage(seconds(60));
  ScriptedDrill drill(builder);
  drill.world.alarm_at(seconds(20), kDown);
  drill.world.alarm_at(seconds(100), kLate);
  drill.world.alarm_at(seconds(110), kLate);  // once more: somebody is to look already
  drill.run();
  CHECK(drill.told({EventKind::kDeclared, EventKind::kClosed}) ==
        Lines{"80s declared book", "180s closed book", "240s declared more", "240s closed more"});
}

TEST_CASE("alarms that fire before the triage ends are one incident", "[unit]") {
  PlanBuilder builder = incident({{.id = "fix"}});
  builder.runbook("more", {"late"}, {{.id = "also"}}).triage(seconds(60));
  ScriptedDrill drill(builder);
  drill.world.alarm_at(seconds(20), kLate);
  drill.world.alarm_at(seconds(50), kDown);
  drill.run();
  CHECK(drill.told({EventKind::kPaged, EventKind::kDeclared}) ==
        Lines{"20s page primary round 0", "80s declared book", "80s declared more"});
}

TEST_CASE("an alarm that no armed runbook names pages, and the drill still ends", "[unit]") {
  ScriptedDrill drill(incident({{.id = "fix"}}));
  drill.world.alarm_at(seconds(5), kLate);
  drill.run();
  CHECK(drill.end == DrillEnd::kCompleted);
  CHECK(drill.told({EventKind::kAcknowledged, EventKind::kDeclared, EventKind::kDrillEnded}) ==
        Lines{"5s ack primary by ada", "100s over"});
}

TEST_CASE("a drill without an armed runbook ends when the services are steady", "[unit]") {
  PlanBuilder builder;
  builder.fault("lost", seconds(10)).service("shop", seconds(300));
  ScriptedDrill drill(builder);
  drill.world.serve_at(seconds(10), ServiceIndex{0}, 0.0);
  drill.world.serve_at(seconds(600), ServiceIndex{0}, 1.0);
  drill.world.serve_at(seconds(700), ServiceIndex{0}, 0.0);  // not for the hold time
  drill.world.serve_at(seconds(800), ServiceIndex{0}, 1.0);
  drill.run();
  CHECK(drill.end == DrillEnd::kCompleted);
  CHECK(drill.told({EventKind::kDrillEnded}) == Lines{"1100s over"});
}

TEST_CASE("a service that never comes back keeps the drill until its horizon", "[unit]") {
  PlanBuilder builder;
  builder.fault("lost", seconds(10)).service("shop", seconds(300));
  ScriptedDrill drill(builder);
  drill.world.serve_at(seconds(10), ServiceIndex{0}, 0.0);
  drill.run();
  CHECK(drill.end == DrillEnd::kPastHorizon);
}

TEST_CASE("the horizon ends a drill in the middle of a step", "[unit]") {
  PlanBuilder builder = planned({{.id = "long", .wait = seconds(1000)}});
  builder.horizon(seconds(500));
  ScriptedDrill drill(builder);
  drill.run();
  CHECK(drill.end == DrillEnd::kPastHorizon);
  CHECK(drill.ends().empty());
  CHECK(drill.told({EventKind::kDrillEnded}) == Lines{"500s over"});
}

TEST_CASE("a fault that lasts is reverted, and the drill waits for that", "[unit]") {
  PlanBuilder builder;
  builder.fault("brief", seconds(10), seconds(50)).fault("for-good", seconds(20));
  ScriptedDrill drill(builder);
  drill.run();
  CHECK(drill.told({EventKind::kFaultStarted, EventKind::kFaultEnded, EventKind::kDrillEnded}) ==
        Lines{"10s fault brief", "20s fault for-good", "60s fault ended brief", "60s over"});
  CHECK(drill.world.requests() ==
        Lines{"10s perform brief", "20s perform for-good", "60s revert brief"});
}

TEST_CASE("a fault that this drill does not have never starts", "[unit]") {
  PlanBuilder builder;
  builder.fault("maybe", seconds(10), seconds(50)).fault("sure", seconds(20));
  ScriptedDrill drill(builder);
  drill.run({false, true});
  CHECK(drill.told({EventKind::kFaultStarted, EventKind::kDrillEnded}) ==
        Lines{"20s fault sure", "20s over"});
}

TEST_CASE("a dropped drill leaves nothing on the agenda", "[unit]") {
  PlanBuilder builder = incident({{.id = "fix", .role = "manager", .work = seconds(600)},
                                  {.id = "wait", .wait = seconds(9000), .timeout = seconds(8000)}});
  for (std::int64_t limit = 1; limit < 1000; limit += 37) {
    builder.horizon(seconds(limit));
    ScriptedDrill drill(builder);
    drill.world.alarm_at(seconds(20), kDown);
    drill.world.on_page("primary", {{.after = seconds(100)}});
    drill.world.on_page("manager", {{.after = seconds(200)}});
    drill.run();
    CHECK(drill.world.agenda().empty());
  }
}
