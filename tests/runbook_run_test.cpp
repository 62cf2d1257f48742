#include "engine/run/runbook_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "engine/base/random.hpp"
#include "tests/support/scripted_drill.hpp"

using namespace firedrill;
using namespace firedrill::test;

TEST_CASE("steps run in the order of their needs, independent ones concurrently", "[unit]") {
  //   a(10) --+--> b(20) --+--> d(5)
  //           +--> c(30) --+
  ScriptedDrill drill(planned({{.id = "d", .wait = seconds(5), .needs = {"b", "c"}},
                               {.id = "b", .wait = seconds(20), .needs = {"a"}},
                               {.id = "c", .wait = seconds(30), .needs = {"a"}},
                               {.id = "a", .wait = seconds(10)}}));
  drill.run();
  CHECK(drill.end == DrillEnd::kCompleted);
  CHECK(drill.told({EventKind::kStepReady, EventKind::kStepStarted, EventKind::kStepEnded}) ==
        Lines{"0s ready a", "10s end a ok", "10s ready b after a", "10s ready c after a",
              "30s end b ok", "40s end c ok", "40s ready d after c", "45s end d ok"});
}

TEST_CASE("hands first, then the call, with the person free for the next step", "[unit]") {
  ScriptedDrill drill(
      planned({{.id = "x", .role = "operator", .work = seconds(10), .wait = seconds(100)},
               {.id = "y", .role = "operator", .work = seconds(20), .wait = seconds(1)}}));
  drill.run();
  CHECK(drill.told({EventKind::kStepStarted, EventKind::kStepActing, EventKind::kStepEnded}) ==
        Lines{"0s start x by ada", "10s act x", "10s start y by ada freed by x", "30s act y",
              "31s end y ok", "110s end x ok"});
}

TEST_CASE("a step that keeps one person waits for nobody else", "[unit]") {
  ScriptedDrill drill(planned({{.id = "x", .role = "operator", .work = seconds(10)},
                               {.id = "y", .role = "operator", .work = seconds(10)},
                               {.id = "z", .role = "other", .work = seconds(10)}}));
  drill.run();
  CHECK(drill.starts() ==
        Lines{"0s start x by ada", "0s start z by ben", "10s start y by ada freed by x"});
}

TEST_CASE("a step whose condition does not hold is skipped, what needs it goes on", "[unit]") {
  ScriptedDrill drill(planned({{.id = "maybe", .wait = seconds(50), .when = true},
                               {.id = "next", .wait = seconds(5), .needs = {"maybe"}}}));
  SECTION("it holds") {
    drill.run();
    CHECK(drill.ends() == Lines{"50s end maybe ok", "55s end next ok"});
  }
  SECTION("it does not") {
    drill.world.on_observe("maybe/when", {{.known = true, .holds = false}});
    drill.run();
    CHECK(drill.ends() == Lines{"0s end maybe skipped", "5s end next ok"});
  }
  SECTION("nobody can tell: taken as not so") {
    drill.world.on_observe("maybe/when", {{.known = false, .holds = true}});
    drill.run();
    CHECK(drill.ends() == Lines{"0s end maybe skipped", "5s end next ok"});
  }
}

TEST_CASE("what lies behind a gate that stays shut is skipped with it", "[unit]") {
  // b and c wait for the gate, c over b; d does not.
  ScriptedDrill drill(planned({{.id = "gate", .wait = seconds(50), .when = true, .gates = true},
                               {.id = "b", .wait = seconds(5), .needs = {"gate"}},
                               {.id = "c", .wait = seconds(5), .needs = {"b", "d"}},
                               {.id = "d", .wait = seconds(7)}}));
  SECTION("shut") {
    drill.world.on_observe("gate/when", {{.known = true, .holds = false}});
    drill.run();
    CHECK(drill.ends() ==
          Lines{"0s end gate skipped", "0s end b skipped", "7s end d ok", "7s end c skipped"});
  }
  SECTION("open") {
    drill.world.on_observe("gate/when", {{.known = true, .holds = true}});
    drill.run();
    CHECK(drill.ends() == Lines{"7s end d ok", "50s end gate ok", "55s end b ok", "60s end c ok"});
  }
}

TEST_CASE("a step to be done unless something holds is done when nobody can tell", "[unit]") {
  ScriptedDrill drill(planned({{.id = "move", .wait = seconds(5), .when = false}}));
  SECTION("it holds already") {
    drill.world.on_observe("move/when", {{.known = true, .holds = true}});
    drill.run();
    CHECK(drill.ends() == Lines{"0s end move skipped"});
  }
  SECTION("nobody can tell") {
    drill.world.on_observe("move/when", {{.known = false, .holds = false}});
    drill.run();
    CHECK(drill.ends() == Lines{"5s end move ok"});
  }
}

TEST_CASE("a failed step is tried again after its delay, as often as it may", "[unit]") {
  ScriptedDrill drill(planned({{.id = "call",
                                .role = "operator",
                                .work = seconds(2),
                                .attempts = 3,
                                .retry_delay = seconds(30)}}));
  SECTION("the third attempt succeeds") {
    drill.world.on_perform("call", {after(10, kRefusedCall), after(10, kRefusedCall), after(10)});
    drill.run();
    // Three times 2 s of hands and 10 s of call, with 30 s between.
    CHECK(drill.ends() == Lines{"96s end call ok"});
  }
  SECTION("none does") {
    drill.world.on_perform("call", {after(10, kRefusedCall)});
    drill.run();
    CHECK(drill.ends() == Lines{"96s end call failed: refused"});
  }
  CHECK(drill.starts() == Lines{"0s start call by ada"});
  CHECK(drill.told({EventKind::kStepActing}) ==
        Lines{"2s act call", "44s act call", "86s act call"});
}

TEST_CASE("a timeout leaves the step unknown, not failed", "[unit]") {
  ScriptedDrill drill(planned({{.id = "slow", .timeout = seconds(60)}}));
  SECTION("the call never ends") {
    drill.world.on_perform("slow", {kNeverEnds});
    drill.run();
    CHECK(drill.ends() == Lines{"60s end slow unknown: timed out"});
  }
  SECTION("the call ends a second before") {
    drill.world.on_perform("slow", {after(59)});
    drill.run();
    CHECK(drill.ends() == Lines{"59s end slow ok"});
  }
  CHECK(drill.world.agenda().empty());
}

TEST_CASE("the timeout of a step counts from the call, not from the wait for hands", "[unit]") {
  ScriptedDrill drill(
      planned({{.id = "x", .role = "operator", .work = seconds(500)},
               {.id = "y", .role = "operator", .work = seconds(500), .timeout = seconds(60)}}));
  drill.run();
  CHECK(drill.ends() == Lines{"500s end x ok", "1000s end y ok"});
}

TEST_CASE("a lost reply leaves the step unknown, not failed", "[unit]") {
  ScriptedDrill drill(planned({{.id = "call"}}));
  drill.world.on_perform("call", {after(10, kLostCall)});
  drill.run();
  CHECK(drill.ends() == Lines{"10s end call unknown: lost reply"});
}

TEST_CASE("the check after a step outranks the reply", "[unit]") {
  ScriptedDrill drill(planned({{.id = "call", .verify = true}}));
  const Observation holds{true, true};
  const Observation does_not{true, false};
  const Observation nobody_can_tell{false, false};
  struct Row {
    Outcome reply;
    Observation seen;
    std::string ended;
  };
  const Row row = GENERATE_COPY(values<Row>({
      {kLostCall, holds, "ok"},
      {kLostCall, does_not, "unknown: lost reply"},
      {kLostCall, nobody_can_tell, "unknown: lost reply"},
      {Outcome{}, holds, "ok"},
      {Outcome{}, does_not, "failed: not verified"},
      {Outcome{}, nobody_can_tell, "failed: not verified"},
      {kRefusedCall, holds, "ok"},
      {kRefusedCall, does_not, "failed: refused"},
  }));
  drill.world.on_perform("call", {after(10, row.reply)});
  drill.world.on_observe("call/verify", {row.seen});
  drill.run();
  CHECK(drill.ends() == Lines{"10s end call " + row.ended});
}

TEST_CASE("an abort skips what has not started and rolls back in reverse order", "[unit]") {
  ScriptedDrill drill(
      planned({{.id = "a", .wait = seconds(10), .rollback = "undo-a"},
               {.id = "b", .wait = seconds(20), .needs = {"a"}, .rollback = "undo-b"},
               {.id = "skipped", .needs = {"a"}, .rollback = "undo-c", .when = true},
               {.id = "bad", .wait = seconds(15), .needs = {"a"}},
               {.id = "never", .needs = {"bad"}, .rollback = "undo-d"},
               {.id = "undo-a", .wait = seconds(3)},
               {.id = "undo-b", .wait = seconds(4)},
               {.id = "undo-c", .wait = seconds(5)},
               {.id = "undo-d", .wait = seconds(6)},
               {.id = "check", .verifies = true}}));
  drill.world.on_perform("bad", {after(15, kRefusedCall)});
  drill.world.on_observe("skipped/when", {{true, false}});
  drill.run();
  // What was under way goes on to its end; what was skipped has nothing to be undone.
  CHECK(drill.told({EventKind::kStepEnded, EventKind::kRunbookAborted, EventKind::kVerified,
                    EventKind::kClosed}) ==
        Lines{"10s end a ok", "10s end skipped skipped", "25s end bad failed: refused",
              "25s aborted book by bad", "25s end never skipped", "30s end b ok",
              "34s end undo-b ok", "37s end undo-a ok", "37s closed book"});
}

TEST_CASE("what failed may have half taken effect: it is rolled back too", "[unit]") {
  ScriptedDrill drill(planned({{.id = "bad", .rollback = "undo"}, {.id = "undo"}}));
  drill.world.on_perform("bad", {after(15, kLostCall)});
  drill.run();
  CHECK(drill.ends() == Lines{"15s end bad unknown: lost reply", "15s end undo ok"});
}

TEST_CASE("a rollback comes after the steps that only it needs", "[unit]") {
  ScriptedDrill drill(planned({{.id = "a", .wait = seconds(10), .rollback = "undo"},
                               {.id = "bad", .needs = {"a"}},
                               {.id = "find", .wait = seconds(5), .is_fallback = true},
                               {.id = "undo", .wait = seconds(3), .needs = {"find"}}}));
  drill.world.on_perform("bad", {after(0, kRefusedCall)});
  drill.run();
  CHECK(drill.ends() ==
        Lines{"10s end a ok", "10s end bad failed: refused", "15s end find ok", "18s end undo ok"});
}

TEST_CASE("a step that may fail goes on: its successors run", "[unit]") {
  ScriptedDrill drill(planned({{.id = "bad", .on_failure = OnFailure::kContinue},
                               {.id = "next", .wait = seconds(5), .needs = {"bad"}}}));
  drill.world.on_perform("bad", {after(15, kRefusedCall)});
  drill.run();
  CHECK(drill.told({EventKind::kStepEnded, EventKind::kVerified}) ==
        Lines{"15s end bad failed: refused", "20s end next ok", "20s verified book"});
}

TEST_CASE("a fallback runs after its prerequisites, and releases the successors", "[unit]") {
  //   try --fails--> find -> instead ;  next needs try
  ScriptedDrill drill(planned({{.id = "try", .fallback = "instead"},
                               {.id = "find", .wait = seconds(5), .is_fallback = true},
                               {.id = "instead", .wait = seconds(7), .needs = {"find"}},
                               {.id = "next", .wait = seconds(1), .needs = {"try"}}}));
  SECTION("it is needed") {
    drill.world.on_perform("try", {after(10, kRefusedCall)});
    drill.run();
    CHECK(drill.told({EventKind::kStepReady, EventKind::kStepEnded, EventKind::kVerified}) ==
          Lines{"0s ready try", "10s end try failed: refused", "10s ready find after try",
                "15s end find ok", "15s ready instead after find", "22s end instead ok",
                "22s ready next after instead", "23s end next ok", "23s verified book"});
  }
  SECTION("it is not needed") {
    drill.run();
    CHECK(drill.ends() == Lines{"0s end try ok", "1s end next ok"});
  }
}

TEST_CASE("a fallback of a fallback", "[unit]") {
  ScriptedDrill drill(planned({{.id = "one", .fallback = "two"},
                               {.id = "two", .fallback = "three"},
                               {.id = "three", .wait = seconds(3)},
                               {.id = "next", .needs = {"one"}}}));
  drill.world.on_perform("one", {after(1, kRefusedCall)});
  drill.world.on_perform("two", {after(2, kRefusedCall)});
  drill.run();
  CHECK(drill.told({EventKind::kStepReady}) == Lines{"0s ready one", "1s ready two after one",
                                                     "3s ready three after two",
                                                     "6s ready next after three"});
}

TEST_CASE("a fallback that fails decides by its own rule", "[unit]") {
  const OnFailure rule = GENERATE(OnFailure::kAbort, OnFailure::kContinue);
  ScriptedDrill drill(planned({{.id = "try", .fallback = "instead"},
                               {.id = "instead", .on_failure = rule},
                               {.id = "next", .needs = {"try"}}}));
  drill.world.on_perform("try", {after(10, kRefusedCall)});
  drill.world.on_perform("instead", {after(5, kRefusedCall)});
  drill.run();
  if (rule == OnFailure::kAbort) {
    CHECK(drill.told({EventKind::kStepEnded, EventKind::kRunbookAborted, EventKind::kVerified}) ==
          Lines{"10s end try failed: refused", "15s end instead failed: refused",
                "15s aborted book by instead", "15s end next skipped"});
  } else {
    CHECK(drill.ends() == Lines{"10s end try failed: refused", "15s end instead failed: refused",
                                "15s end next ok"});
  }
}

TEST_CASE("a fallback whose prerequisite aborts is not run", "[unit]") {
  ScriptedDrill drill(planned({{.id = "try", .fallback = "instead"},
                               {.id = "find", .is_fallback = true},
                               {.id = "instead", .needs = {"find"}},
                               {.id = "next", .needs = {"try"}}}));
  drill.world.on_perform("try", {after(10, kRefusedCall)});
  drill.world.on_perform("find", {after(5, kRefusedCall)});
  drill.run();
  CHECK(drill.told({EventKind::kStepEnded, EventKind::kRunbookAborted}) ==
        Lines{"10s end try failed: refused", "15s end find failed: refused",
              "15s aborted book by find", "15s end next skipped"});
}

TEST_CASE("what a fallback did is rolled back", "[unit]") {
  ScriptedDrill drill(planned({{.id = "try", .fallback = "instead", .rollback = "undo-try"},
                               {.id = "instead", .rollback = "undo-instead"},
                               {.id = "bad", .needs = {"try"}},
                               {.id = "undo-try"},
                               {.id = "undo-instead"}}));
  drill.world.on_perform("try", {after(10, kRefusedCall)});
  drill.world.on_perform("bad", {after(10, kRefusedCall)});
  drill.run();
  CHECK(drill.ends() == Lines{"10s end try failed: refused", "10s end instead ok",
                              "20s end bad failed: refused", "20s end undo-instead ok",
                              "20s end undo-try ok"});
}

TEST_CASE("a verification that does not hold leaves no verified mark, but closes", "[unit]") {
  ScriptedDrill drill(planned({{.id = "do", .wait = seconds(5)},
                               {.id = "good", .wait = seconds(10), .verifies = true},
                               {.id = "bad", .wait = seconds(20), .verifies = true}}));
  drill.world.on_perform("bad", {after(20, kRefusedCall)});
  drill.run();
  CHECK(drill.told({EventKind::kStepEnded, EventKind::kRunbookAborted, EventKind::kVerified,
                    EventKind::kClosed}) ==
        Lines{"5s end do ok", "15s end good ok", "25s end bad failed: refused", "25s closed book"});
}

TEST_CASE("a deciding step marks when the path was chosen", "[unit]") {
  ScriptedDrill drill(planned({{.id = "decide",
                                .role = "operator",
                                .work = seconds(40),
                                .decides = true,
                                .operation = Operation::kHumanDecide}}));
  SECTION("decided") {
    drill.run();
    CHECK(drill.told({EventKind::kDecided}) == Lines{"40s decided decide"});
  }
  SECTION("no decision") {
    drill.world.on_perform("decide", {after(0, kRefusedCall)});
    drill.run();
    CHECK(drill.told({EventKind::kDecided}).empty());
  }
}

namespace {

/// Random runbooks: each step needs some of those before it.
class RandomRunbook {
 public:
  RandomRunbook(std::uint64_t number, bool hands)
      : stream_(DrillDraws(1234, number), entity_key("random runbook")) {
    const std::size_t count = 1 + below(30);
    for (std::size_t i = 0; i < count; ++i) {
      BuiltStep step{.id = fmt::format("s{}", i), .wait = seconds(static_cast<int>(below(100)))};
      for (std::size_t n = 0; n < i; ++n) {
        if (below(i + 1) < 2) step.needs.push_back(fmt::format("s{}", n));
      }
      if (hands && below(4) != 0) {
        step.role = below(2) == 0 ? "operator" : "other";
        step.work = seconds(1 + static_cast<int>(below(60)));
      }
      steps.push_back(step);
    }
  }

  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(stream_.next() * static_cast<double>(n));
  }

  std::vector<BuiltStep> steps;

 private:
  Stream stream_;
};

/// Needs name only earlier steps, so one pass is enough.
Duration longest_path(const std::vector<BuiltStep>& steps) {
  std::map<std::string, Duration> ends;
  Duration longest;
  for (const BuiltStep& step : steps) {
    Duration begin;
    for (const std::string& need : step.needs) begin = std::max(begin, ends.at(need));
    ends[step.id] = begin + step.wait;
    longest = std::max(longest, ends[step.id]);
  }
  return longest;
}

/// When hands were busy with a step, from the log.
struct Busy {
  TimePoint from;
  TimePoint to;
};

std::map<std::uint32_t, std::vector<Busy>> busy_by_person(const EventLog& log) {
  std::map<std::uint32_t, const Event*> started;
  std::map<std::uint32_t, std::vector<Busy>> busy;
  for (const Event& event : log.events()) {
    if (event.kind == EventKind::kStepStarted) started[event.subject] = &event;
    if (event.kind != EventKind::kStepActing) continue;
    const Event& begin = *started.at(event.subject);
    if (begin.object != kNobody) busy[begin.object].push_back({begin.at, event.at});
  }
  return busy;
}

}  // namespace

TEST_CASE("without people, a runbook takes as long as its longest path", "[unit]") {
  for (std::uint64_t number = 0; number < 300; ++number) {
    const RandomRunbook random(number, false);
    ScriptedDrill drill(planned(random.steps));
    drill.run();
    INFO("random runbook " << number);
    REQUIRE(drill.end == DrillEnd::kCompleted);
    REQUIRE(drill.ends().size() == random.steps.size());
    REQUIRE(drill.log.events().back().at - TimePoint{} == longest_path(random.steps));
  }
}

TEST_CASE("no person works on two steps at once, and no work is lost", "[unit]") {
  for (std::uint64_t number = 0; number < 300; ++number) {
    RandomRunbook random(number, true);
    PlanBuilder builder;  // one to three operators; the first of them also fills the other role
    std::vector<std::string> operators = {"ada", "ben", "cy"};
    operators.resize(1 + random.below(3));
    builder.role("operator", operators).role("other", {"ada", "dan"});
    builder.runbook("book", {}, random.steps);
    ScriptedDrill drill(builder);
    drill.run();
    INFO("random runbook " << number);
    REQUIRE(drill.end == DrillEnd::kCompleted);

    Duration wanted;
    for (const BuiltStep& step : random.steps) wanted += step.work;
    Duration worked;
    for (auto& [person, times] : busy_by_person(drill.log)) {
      std::sort(times.begin(), times.end(),
                [](const Busy& a, const Busy& b) { return a.from < b.from; });
      for (std::size_t i = 0; i < times.size(); ++i) {
        worked += times[i].to - times[i].from;
        if (i > 0) REQUIRE(times[i].from >= times[i - 1].to);
      }
    }
    REQUIRE(worked == wanted);
  }
}
