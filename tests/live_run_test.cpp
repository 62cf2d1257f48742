// Whole live runs over a scripted platform: what ends them, the way back, and a kill in the middle.
#include "engine/live/live_run.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/live/aws/operation.hpp"
#include "reports/event_lines.hpp"
#include "reports/read_event_log.hpp"
#include "tests/support/live_rig.hpp"
#include "tests/support/plan_sample.hpp"

using namespace firedrill;
using namespace firedrill::live;
using namespace firedrill::test;

namespace {

/// The region is lost for three seconds; the alarm pages, and two steps change something.
Plan drill_plan() {
  Sample sample;
  sample.scenario.faults[0].at = Duration::milliseconds(1'100);
  sample.scenario.faults[0].lasts = Duration::seconds(3);
  StepSpec scale = step("scale");
  scale.uses = at_line("ecs:UpdateService", 22);
  scale.with = {argument("service", "shop-south"), argument("desired_count", 2.0)};
  StepSpec again = scale;
  again.id = at_line("again", 24);
  again.needs = {at_line("scale", 24)};
  sample.runbooks[0].steps = {scale, again};
  Plan plan = sample.plan();
  plan.services[0].hold = Duration::seconds(2);
  return plan;
}

/// As the journal has it: a line of the event log.
JournalJson event_json(const Plan& plan, const Event& event) {
  const std::string lines = event_json_lines(plan, {event}, {});
  return JournalJson::parse(lines.substr(lines.find('\n') + 1));
}

JournalJson header_of(const Plan& plan) {
  return {{"format_version", kEventLogFormat},
          {"scenario", {{"name", plan.scenario}, {"sha256", plan.scenario_sha256}}},
          {"back_end", "live"}};
}

struct Rig {
  Plan plan = drill_plan();
  ScriptedPlatform platform{plan};
  LiveRunOptions options{.world = {.poll = Duration::milliseconds(200)},
                         .service_interval = Duration::milliseconds(200),
                         .rollback = RollbackStrategy::kNever,
                         .steady_limit = Duration::minutes(1)};
  LiveRunHooks hooks;
  std::map<std::string, AutoConsole::Reply, std::less<>> replies;
  EventLog log;
  Journal* journal = nullptr;

  LiveRunResult run_by(RunClock& clock, const std::string& path, const JournalContent* before) {
    const auto kept =
        before == nullptr ? Journal::create(path, header_of(plan)) : Journal::reopen(path);
    journal = kept.get();
    kept->set_clock([&clock] { return clock.now(); });
    platform.inverses = journal;
    hooks.event_json = [this](const Event& event) { return event_json(plan, event); };
    LiveDriver driver(clock, 1);
    AutoConsole console(driver.agenda(), replies, {});
    const StepGraph graph(plan);
    const auto script = [&](World& world, EventLog& events) {
      return run_drill(graph, world, events, {true});
    };
    const LiveRunParts parts{plan, driver, platform, platform, console, *kept};
    return run_live(parts, options, hooks, script, before, log);
  }
  LiveRunResult run(const std::string& path) {
    JumpingClock clock;
    return run_by(clock, path, nullptr);
  }
  std::vector<std::string> undone() const {
    std::vector<std::string> found;
    for (const std::string& call : platform.calls()) {
      if (call.starts_with("undo ")) found.push_back(call.substr(5));
    }
    return found;
  }
};

Inverse inverse(const std::string& resource, int value) {
  return {"ecs", "UpdateService", "north", {{"value", value}}, resource, ""};
}

const std::vector<std::string> kWayBack = {"failover/again", "failover/scale", "fault/lost"};

}  // namespace

TEST_CASE("the way back puts the oldest value of each resource back, the last change first",
          "[live]") {
  const std::vector<Inverse> way =
      way_back({inverse("a", 1), inverse("b", 2), inverse("a", 3), inverse("c", 4)},
               {key_of(inverse("c", 9))});
  REQUIRE(way.size() == 2);
  CHECK(way[0].resource == "b");
  CHECK(way[1].resource == "a");
  CHECK(way[1].parameters.at("value") == 1);
}

TEST_CASE("a run that goes as planned is led back always, never, or when somebody says so",
          "[live]") {
  const ScratchFolder folder;
  const auto undone = [&](const char* name, RollbackStrategy strategy, bool yes) {
    Rig rig;
    rig.options.rollback = strategy;
    rig.replies["rollback"].answer.end = yes ? PromptEnd::kDone : PromptEnd::kSkipped;
    const LiveRunResult result = rig.run(folder.file(name));
    CHECK(result.end == DriveEnd::kCompleted);
    CHECK(result.steady);
    CHECK(result.left_changed.size() + result.put_back.size() == 3);
    CHECK(records(folder.file(name), "end").size() == 1);
    return rig.undone();
  };
  CHECK(undone("always", RollbackStrategy::kAlways, false) == kWayBack);
  CHECK(undone("deviated", RollbackStrategy::kDeviated, true).empty());
  CHECK(undone("never", RollbackStrategy::kNever, true).empty());
  CHECK(undone("yes", RollbackStrategy::kAsk, true) == kWayBack);
  CHECK(undone("no", RollbackStrategy::kAsk, false).empty());
}

TEST_CASE("a fault that no alarm shows is no success, once every alarm had its time", "[live]") {
  const ScratchFolder folder;
  Rig rig;
  rig.platform.alarms = false;
  rig.options.rollback = RollbackStrategy::kDeviated;
  const LiveRunResult result = rig.run(folder.file("j"));
  CHECK(result.end == DriveEnd::kCompleted);
  CHECK(result.undetected);
  CHECK_FALSE(result.put_back.empty());  // it has not gone as planned
  CHECK(records(folder.file("j"), "end").at(0).at("undetected") == true);
  // The fault is over at 1.1 s + 3 s; the alarm takes its datapoints, the service holds for 2 s.
  const PlannedAlarm& alarm = rig.plan.alarms.at(0);
  const Duration takes{alarm.period.us * alarm.datapoints};
  REQUIRE(takes > Duration::seconds(10));
  const TimePoint ended = rig.log.events().back().at;
  CHECK(ended >= TimePoint{} + Duration::milliseconds(4'100) + takes);
  CHECK(ended <= TimePoint{} + Duration::milliseconds(4'100 + 2'000 + 1'000) + takes);
  Rig seen;
  const LiveRunResult detected = seen.run(folder.file("seen"));
  CHECK_FALSE(detected.undetected);
  CHECK(seen.log.events().back().at < TimePoint{} + takes);
}

TEST_CASE("a run is stopped by a signal, a stop file, or its deadline, and led back", "[live]") {
  const ScratchFolder folder;
  const auto stopped = [&](const std::string& name, const std::function<void(Rig&)>& arrange) {
    Rig rig;
    rig.options.rollback = RollbackStrategy::kDeviated;
    arrange(rig);
    const LiveRunResult result = rig.run(folder.file(name));
    CHECK(result.end != DriveEnd::kCompleted);
    CHECK(rig.undone() == std::vector<std::string>{"failover/scale", "fault/lost"});
    CHECK(result.steady);  // the region was put back by then
    const auto written = records(folder.file(name), "stopped");
    REQUIRE(written.size() == 1);
    CHECK(written[0].at("why") == result.stopped);
    CHECK(rig.log.events().back().kind == EventKind::kDrillEnded);
    return result.stopped;
  };
  std::atomic<bool> signalled = false;
  CHECK(stopped("signal", [&](Rig& rig) {
          rig.hooks.signal = [&] { return signalled ? std::string("SIGINT") : std::string(); };
          rig.platform.on_call["failover/scale"] = [&](const auto&) { signalled = true; };
          rig.platform.share = [](ServiceIndex) { return 1.0; };
        }) == "SIGINT");
  const std::string stop_file = folder.file("STOP");
  CHECK(stopped("file", [&](Rig& rig) {
          rig.options.stop_file = stop_file;
          rig.platform.on_call["failover/scale"] = [&](const auto&) { std::ofstream{stop_file}; };
          rig.platform.share = [](ServiceIndex) { return 1.0; };
        }).find("STOP") != std::string::npos);
  CHECK(stopped("deadline", [&](Rig& rig) {
          rig.options.run_limit = Duration::seconds(3);
          rig.platform.share = [](ServiceIndex) { return 1.0; };
          rig.plan.steps[1].hands_on = rig.plan.people_timings.at("triage");
          rig.platform.machine = true;
          rig.plan.steps[1].call.operation = Operation::kHumanWork;
          rig.replies["failover/again"].takes = Duration::hours(1);
        }) == "the run has taken longer than it may");
}

TEST_CASE("what could not be put back is named", "[live]") {
  const ScratchFolder folder;
  Rig rig;
  rig.options.rollback = RollbackStrategy::kAlways;
  rig.platform.outcomes["undo failover/scale"] = Outcome::failed(Failure::kConflict);
  const LiveRunResult result = rig.run(folder.file("j"));
  CHECK(rig.undone() == kWayBack);  // whatever came of the one before
  REQUIRE(result.left_changed.size() == 1);
  CHECK(result.left_changed[0].resource == "failover/scale");
  const JournalJson end = records(folder.file("j"), "end")[0];
  CHECK(end.at("left_changed").size() == 1);
  CHECK(end.at("put_back") == 2);  // of three that were tried
}

TEST_CASE("what keeps other runs off is given back last, also after a stop", "[live]") {
  const ScratchFolder folder;
  Rig rig;
  rig.options.rollback = RollbackStrategy::kDeviated;
  rig.platform.stop = [] { return StopCheck{true, "others are hurt"}; };
  rig.hooks.let_go = [&]() -> std::string {
    CHECK(records(folder.file("j"), "stopped").size() == 1);
    CHECK(records(folder.file("j"), "end").empty());
    return "the lock is still there";
  };
  CHECK(rig.run(folder.file("j")).leftovers == std::vector<std::string>{"the lock is still there"});
  CHECK(records(folder.file("j"), "end")[0].at("leftovers").size() == 1);
}

TEST_CASE("the events of a journal read back as the log of the run", "[live]") {
  const ScratchFolder folder;
  Rig rig;
  rig.run(folder.file("j"));
  std::ifstream file(folder.file("j"));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const EventLogRead read = read_event_log(rig.plan, text);
  REQUIRE(read.ok());
  CHECK(read.drill.back_end == "live");
  CHECK(read.drill.ended);
  CHECK(event_json_lines(rig.plan, read.drill.events, {}) ==
        event_json_lines(rig.plan, rig.log.events(), {}));
}

namespace {

/// Another process runs the drill by the clock of the machine and is killed in the middle of
/// `scale`: after the record of the call, before its answer.
void run_and_kill(const std::string& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    Rig rig;
    rig.platform.on_call["failover/scale"] = [&](const CallControl&) {
      const std::string region = "north";
      const nlohmann::json parameters = {{"desiredCount", 2}};
      rig.journal->before({*aws::find_operation("ecs", "UpdateService"),
                           region,
                           parameters,
                           "https://e",
                           "AKIA",
                           "digest",
                           1,
                           {}});
      ::kill(::getpid(), SIGKILL);
      ::pause();
    };
    MonotonicClock clock;
    rig.run_by(clock, path, nullptr);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGKILL);
}

}  // namespace

TEST_CASE("a run that was killed is taken up where it was, and led back to its beginning",
          "[live]") {
  const ScratchFolder folder;
  const std::string path = folder.file("j");
  run_and_kill(path);
  const JournalContent before = read_journal(path);
  CHECK(before.unanswered.contains("failover/scale"));
  CHECK_FALSE(before.ended);
  REQUIRE_FALSE(records(path, "result").empty());

  Rig rig;
  rig.options.rollback = RollbackStrategy::kAlways;
  rig.platform.settled["failover/scale"] = Outcome{};
  MonotonicClock clock(before.last - TimePoint{});
  const LiveRunResult result = rig.run_by(clock, path, &before);
  CHECK(result.end == DriveEnd::kCompleted);
  // The fault is not caused again, the change is looked at and not repeated, and the inverses of
  // before the kill are made as well.
  CHECK(rig.platform.calls() == std::vector<std::string>{"settle failover/scale",
                                                         "perform failover/again",
                                                         "revert fault/lost", "undo failover/again",
                                                         "undo failover/scale", "undo fault/lost"});
  // The journal of both parts tells of one drill, no event twice.
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const EventLogRead read = read_event_log(rig.plan, text);
  REQUIRE(read.ok());
  CHECK(read.drill.ended);
  CHECK(event_json_lines(rig.plan, read.drill.events, {}) ==
        event_json_lines(rig.plan, rig.log.events(), {}));
}
