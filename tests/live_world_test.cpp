// The live world over a scripted platform: who does what, what ends a run, and taking it up again.
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/live_rig.hpp"
#include "tests/support/plan_sample.hpp"

using namespace firedrill;
using namespace firedrill::live;
using namespace firedrill::test;

namespace {

/// Two minutes of a lost region: the alarm pages, somebody looks, the service is scaled, it is
/// over.
Plan drill_plan() {
  Sample sample;
  sample.scenario.faults[0].at = Duration::seconds(61);
  sample.scenario.faults[0].lasts = Duration::seconds(120);
  StepSpec scale = step("scale", {"look"});
  scale.uses = at_line("ecs:UpdateService", 22);
  scale.with = {argument("service", "shop-south"), argument("desired_count", 2.0)};
  sample.runbooks[0].steps = {step("look"), scale};
  return sample.plan();
}

StepIndex step_named(const Plan& plan, const std::string& id) {
  std::uint32_t i = 0;
  while (plan.steps.at(i).id != id) ++i;
  return {i};
}

struct LiveDrill {
  const Plan& plan;
  ScriptedPlatform& platform;
  std::map<std::string, AutoConsole::Reply, std::less<>> replies{{"failover/look", {}}};
  LiveOptions options{.poll = Duration::seconds(5)};
  const JournalContent* before = nullptr;
  EventLog log{};
  StopSwitch stop{};
  DriveEnd end{};

  void run(const std::string& journal_path, TimePoint deadline) {
    const auto journal = before == nullptr
                             ? Journal::create(journal_path, {{"plan", plan.scenario}})
                             : Journal::reopen(journal_path);
    JumpingClock clock;
    LiveDriver driver(clock, 1);
    journal->set_clock([&clock] { return clock.now(); });
    platform.inverses = journal.get();
    AutoConsole console(driver.agenda(), replies, {});
    const StepGraph graph(plan);
    {
      ServiceWatch watch(plan, log, driver, platform, {.interval = Duration::seconds(5)});
      LiveWorld world({plan, driver, platform, console, watch, stop}, options);
      JournaledWorld journaled(plan, world, *journal, before);
      world.begin();
      Task<void> root = run_drill(graph, journaled, log, {true});
      end = driver.drive(root, deadline, {.stop = [this] { return stop.stopped(); }, .turned = {}});
    }
    driver.finish_calls();
    platform.inverses = nullptr;
  }
};

Outcome outcome_of(const EventLog& log, StepIndex step) {
  for (const Event& event : log.events()) {
    if (event.kind == EventKind::kStepEnded && event.subject == step.value) return event.outcome;
  }
  return Outcome::unknown(Failure::kTimedOut);
}

std::int64_t instant_s(const EventLog& log, EventKind kind) {
  for (const Event& event : log.events()) {
    if (event.kind == kind) return event.at.us / 1'000'000;
  }
  return -1;
}

bool has(const std::vector<std::string>& calls, const std::string& call) {
  return std::find(calls.begin(), calls.end(), call) != calls.end();
}

constexpr TimePoint kLong = TimePoint{} + Duration::hours(2);

}  // namespace

TEST_CASE("a live drill runs from its fault to the steady state", "[live]") {
  const Plan plan = drill_plan();
  const ScratchFolder folder;
  ScriptedPlatform platform(plan);
  LiveDrill drill{plan, platform};
  drill.replies["failover/look"].takes = Duration::seconds(30);
  drill.run(folder.file("j"), kLong);
  CHECK(drill.end == DriveEnd::kCompleted);
  CHECK_FALSE(drill.stop.stopped());
  // The fault is at 61 s, looks are at 60, 65 and so on.
  CHECK(instant_s(drill.log, EventKind::kFaultStarted) == 61);
  CHECK(instant_s(drill.log, EventKind::kAlarm) == 65);
  CHECK(outcome_of(drill.log, step_named(plan, "scale")).ok());
  // Pages and triage are answered at once, the look takes 30 s, the call none.
  CHECK(instant_s(drill.log, EventKind::kClosed) == 95);
  CHECK(platform.calls() == std::vector<std::string>{"perform fault/lost", "perform failover/scale",
                                                     "revert fault/lost"});
}

TEST_CASE("what no machine does is asked of a person, and timed", "[live]") {
  const Plan plan = drill_plan();
  const ScratchFolder folder;
  ScriptedPlatform platform(plan);
  LiveDrill drill{plan, platform};
  drill.options.game_day = true;
  drill.replies["failover/scale"] = {{PromptEnd::kFailed, ""}, Duration::seconds(40)};
  drill.run(folder.file("j"), kLong);
  CHECK(outcome_of(drill.log, step_named(plan, "scale")).why == Failure::kNotVerified);
  CHECK_FALSE(has(platform.calls(), "perform failover/scale"));
  CHECK(has(platform.calls(), "perform fault/lost"));  // a game day's faults are still caused
  CHECK(instant_s(drill.log, EventKind::kClosed) == 65 + 40);
}

TEST_CASE("a change that somebody says no to is not made", "[live]") {
  Sample sample;
  ChangeCategorySpec category;
  category.name = at_line("normal", 90);
  category.approved_by = at_line("commander", 91);
  category.approval = at_line("people.verify_check", 91);
  sample.system.changes.categories = {category};
  StepSpec scale = step("scale");
  scale.uses = at_line("ecs:UpdateService", 22);
  scale.with = {argument("service", "shop-south"), argument("desired_count", 2.0)};
  scale.change = at_line("normal", 23);
  sample.runbooks[0].steps = {scale};
  const Plan plan = sample.plan();
  REQUIRE(approvals_of(plan) == std::vector<std::string>{"failover/scale/approval"});
  const ScratchFolder folder;
  for (const PromptEnd said : {PromptEnd::kDone, PromptEnd::kFailed}) {
    ScriptedPlatform platform(plan);
    LiveDrill drill{plan, platform};
    drill.replies["failover/scale/approval"].answer.end = said;
    drill.run(folder.file(std::string(to_text(said))), TimePoint{} + Duration::minutes(10));
    const bool given = said == PromptEnd::kDone;
    CHECK(has(platform.calls(), "perform failover/scale") == given);
    CHECK(drill.stop.why() == (given ? "" : "failover/scale/approval has not been given"));
  }
}

TEST_CASE("what nothing can look at is what whoever does the step says", "[live]") {
  Sample sample;
  sample.scenario.faults[0].at = Duration::seconds(61);
  StepSpec look = step("look");
  look.verify = ConditionSpec{at_line("service:serves", 24), {argument("service", "shop")}, true};
  look.retry.attempts = 2;
  look.retry.delay = Duration::minutes(10);
  sample.runbooks[0].steps = {look};
  const Plan plan = sample.plan();
  const ScratchFolder folder;
  ScriptedPlatform platform(plan);
  platform.eyes = false;
  LiveDrill drill{plan, platform};
  drill.run(folder.file("done"), kLong);
  CHECK(outcome_of(drill.log, step_named(plan, "look")).ok());
  CHECK(instant_s(drill.log, EventKind::kClosed) == 65);  // at once: nobody waits for a second try
  ScriptedPlatform anew(plan);
  anew.eyes = false;
  LiveDrill failed{plan, anew};
  failed.replies["failover/look"] = {{PromptEnd::kFailed, ""}, {}};
  failed.run(folder.file("failed"), kLong);
  CHECK(outcome_of(failed.log, step_named(plan, "look")).why == Failure::kNotVerified);
  CHECK(instant_s(failed.log, EventKind::kStepEnded) == 65 + 600);  // the second try failed too
}

TEST_CASE("where the fault was not caused there is nothing to measure", "[live]") {
  const Plan plan = drill_plan();
  for (const PromptEnd end : {PromptEnd::kFailed, PromptEnd::kSkipped, PromptEnd::kDone}) {
    const ScratchFolder folder;
    ScriptedPlatform platform(plan);
    platform.machine = false;
    LiveDrill drill{plan, platform};
    drill.replies["fault/lost"] = {{end, ""}, Duration::seconds(1)};
    drill.run(folder.file("j"), kLong);
    const bool caused = end == PromptEnd::kDone;
    CHECK(drill.stop.stopped() != caused);
    CHECK((drill.end == DriveEnd::kStopped) != caused);
    if (!caused) CHECK(drill.stop.why().find("fault/lost was not caused") != std::string::npos);
  }
}

TEST_CASE("a stop condition ends the run before the next change", "[live]") {
  const Plan plan = drill_plan();
  const ScratchFolder folder;
  ScriptedPlatform platform(plan);
  LiveDrill drill{plan, platform};
  bool alarm = false;
  platform.stop = [&] { return StopCheck{alarm, "alarm payments-5xx is in ALARM"}; };
  platform.on_call["fault/lost"] = [&](const CallControl&) { alarm = true; };
  drill.run(folder.file("j"), kLong);
  CHECK(drill.end == DriveEnd::kStopped);
  CHECK(drill.stop.why() == "alarm payments-5xx is in ALARM");
  CHECK_FALSE(has(platform.calls(), "perform failover/scale"));
}

TEST_CASE("a stop condition that cannot be read ends the run", "[live]") {
  const Plan plan = drill_plan();
  const ScratchFolder folder;
  ScriptedPlatform platform(plan);
  LiveDrill drill{plan, platform};
  platform.stop = []() -> StopCheck { throw JournalError("the journal has a gap"); };
  drill.run(folder.file("j"), kLong);
  CHECK(drill.end == DriveEnd::kStopped);
  CHECK(platform.calls().empty());
}

TEST_CASE("a step that takes longer than any may ends the run", "[live]") {
  const Plan plan = drill_plan();
  const ScratchFolder folder;
  ScriptedPlatform platform(plan);
  LiveDrill drill{plan, platform};
  drill.options.step_limit = Duration::minutes(10);
  drill.replies["failover/look"].takes = Duration::minutes(11);
  drill.run(folder.file("j"), kLong);
  CHECK(drill.end == DriveEnd::kStopped);
  CHECK(drill.stop.why() == "failover/look has taken longer than 10m");
}

namespace {

/// A run that ends in the middle of `scale`, as a crash leaves it: the change was sent, the
/// executor never heard of it.
void crash_in_scale(const Plan& plan, const std::string& path) {
  ScriptedPlatform platform(plan);
  LiveDrill drill{plan, platform};
  platform.on_call["failover/scale"] = [&](const CallControl&) {
    drill.stop.stop("crashed");
    throw JournalError("crashed");
  };
  drill.run(path, kLong);
  REQUIRE(has(platform.calls(), "perform failover/scale"));
  // What a kill leaves out: nothing was told that the drill was taken down.
  std::ifstream in(path);
  std::string kept;
  for (std::string line; std::getline(in, line);) {
    const auto json = JournalJson::parse(line);
    if (json.contains("dropped") || json.value("step", "") == "failover/scale") continue;
    kept += line + '\n';
  }
  in.close();
  const JournalJson sent = {{"record", "call-before"},
                            {"at", "2026-11-02T03:04:05Z"},
                            {"t_s", 65.0},
                            {"step", "failover/scale"},
                            {"kind", "change"}};
  std::ofstream(path) << kept << sent.dump() << '\n';
}

std::vector<std::string> resumed_calls(const Plan& plan, const std::string& path,
                                       std::optional<Outcome> settled, EventLog& log) {
  const JournalContent before = read_journal(path);
  CHECK(before.unanswered.contains("failover/scale"));
  ScriptedPlatform platform(plan);
  if (settled) platform.settled["failover/scale"] = *settled;
  LiveDrill drill{plan, platform};
  drill.before = &before;
  drill.run(path, kLong);
  log = drill.log;
  return platform.calls();
}

}  // namespace

TEST_CASE("a run taken up again does not repeat what had ended, and looks before it acts",
          "[live]") {
  const Plan plan = drill_plan();
  const StepIndex scale = step_named(plan, "scale");
  const ScratchFolder folder;
  EventLog log;

  crash_in_scale(plan, folder.file("done"));
  CHECK(resumed_calls(plan, folder.file("done"), Outcome{}, log) ==
        std::vector<std::string>{"settle failover/scale", "revert fault/lost"});
  CHECK(outcome_of(log, scale).ok());
  CHECK(instant_s(log, EventKind::kAlarm) == 65);

  crash_in_scale(plan, folder.file("not done"));
  CHECK(resumed_calls(plan, folder.file("not done"), Outcome::failed(Failure::kLostReply), log) ==
        std::vector<std::string>{"settle failover/scale", "perform failover/scale",
                                 "revert fault/lost"});
  CHECK(outcome_of(log, scale).ok());

  crash_in_scale(plan, folder.file("unknown"));
  CHECK(resumed_calls(plan, folder.file("unknown"), std::nullopt, log) ==
        std::vector<std::string>{"settle failover/scale", "revert fault/lost"});
  CHECK(outcome_of(log, scale).kind == OutcomeKind::kUnknown);
}
