// One suite over every world that the executor can be given: see engine/run/world.hpp.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "engine/run/executor.hpp"
#include "models/simulated_world.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/live_rig.hpp"
#include "tests/support/plan_sample.hpp"
#include "tests/support/scripted_world.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

/// What a case does with a world. It writes what it saw to `told`.
struct Scene {
  World& world;
  const Plan& plan;
  const EventLog& log;
  std::string& told;

  Agenda& agenda() const { return world.agenda(); }
  std::int64_t now_s() const { return world.agenda().now().us / 1'000'000; }
};
using Case = Task<void> (*)(Scene scene);

struct Backend {
  const char* name;
  std::string (*run)(const Plan& plan, Case body);
};

std::string words(DrillEnd end) {
  return end == DrillEnd::kCompleted ? "" : fmt::format("end {}", static_cast<int>(end));
}

std::string in_scripted_world(const Plan& plan, Case body) {
  EventLog log;
  ScriptedWorld world(plan, log);
  // The first look is before the loss of the region, every other one after it.
  world.on_observe("", {{true, true}, {false, false}});
  world.alarm_at(Duration::seconds(20), AlarmIndex{0});
  world.serve_at(Duration::seconds(600), ServiceIndex{0}, 0);
  world.serve_at(Duration::seconds(700), ServiceIndex{0}, 1);
  std::string told;
  Task<void> root = body({world, plan, log, told});
  const DrillEnd end = world.drive(root, plan.horizon);
  if (!world.agenda().empty()) told += "something is left";
  return told + words(end);
}

std::string in_simulated_world(const Plan& plan, Case body) {
  return in_child([&] {
    SimulatedPlatform platform(plan);
    EventLog log;
    std::string told;
    // Not itself a coroutine: it makes one.
    const auto script = [&](World& world, EventLog& events, const std::vector<bool>&) {
      return body({world, plan, events, told});
    };
    const auto result = platform.run(7, 0, script, log);  // it aborts if something is left
    return told + words(result.end);
  });
}

/// Over `platform`, every call on a thread. The intervals are such that no look falls into an
/// instant in which a case counts what is on the agenda. `before` is what an earlier run has
/// written down, or null.
std::string in_live_world_over(const Plan& plan, Case body, ScriptedPlatform& platform,
                               JumpingClock& clock, const std::string& file,
                               const live::JournalContent* before, EventLog& log) {
  live::StopSwitch stop;
  const auto journal = live::Journal::create(file, {{"plan", "contract"}});
  live::LiveDriver driver(clock, 1);
  live::AutoConsole console(driver.agenda(), {}, {});
  std::string told;
  live::DriveEnd end{};
  {
    live::ServiceWatch watch(plan, log, driver, platform,
                             {.interval = Duration::milliseconds(700)});
    live::LiveWorld world({plan, driver, platform, console, watch, stop},
                          {.poll = Duration::milliseconds(70'700)});
    live::JournaledWorld journaled(plan, world, *journal, before);
    world.begin();
    Task<void> root = body({journaled, plan, log, told});
    end = driver.drive(root, TimePoint{} + plan.horizon, {});
  }
  driver.finish_calls();
  if (!driver.agenda().empty()) told += "something is left";
  if (stop.stopped()) told += "stopped: " + stop.why();
  return told + (end == live::DriveEnd::kCompleted ? "" : "end");
}

/// Over a platform that loses a region.
std::string in_live_world(const Plan& plan, Case body) {
  const ScratchFolder folder;
  EventLog log;
  ScriptedPlatform platform(plan);
  JumpingClock clock;
  return in_live_world_over(plan, body, platform, clock, folder.file("run.jsonl"), nullptr, log);
}

/// Out of the journal of that run alone: nothing is done again, and nothing is looked at but the
/// shares that were seen then.
std::string in_replayed_world(const Plan& plan, Case body) {
  const ScratchFolder folder;
  EventLog recorded;
  {
    ScriptedPlatform platform(plan);
    JumpingClock clock;
    in_live_world_over(plan, body, platform, clock, folder.file("run.jsonl"), nullptr, recorded);
  }
  const live::JournalContent content = live::read_journal(folder.file("run.jsonl"));
  ScriptedPlatform untouched(plan);
  JumpingClock clock;
  untouched.share = [&](ServiceIndex service) {
    std::optional<double> share;
    for (const Event& e : recorded.events()) {
      const bool is = e.kind == EventKind::kServedShare && e.subject == service.value;
      if (is && e.at <= clock.now()) share = e.value;
    }
    return share;
  };
  EventLog log;
  std::string told =
      in_live_world_over(plan, body, untouched, clock, folder.file("again.jsonl"), &content, log);
  for (const std::string& call : untouched.calls()) told += "done again: " + call;
  return told;
}

std::vector<Backend> backends() {
  return {{"scripted", in_scripted_world},
          {"simulated", in_simulated_world},
          {"live", in_live_world},
          {"replayed", in_replayed_world}};
}

/// Two regions and a service in them; nobody is the commander; nothing happens by chance.
Plan contract_plan() {
  Sample sample;
  for (const char* site : {"shop-north", "shop-south"}) {
    sample.detail<EcsServiceSpec>(site).desired_count = 1;
  }
  sample.scenario.absent = {at_line("commander", 50)};
  Plan plan = sample.plan();
  plan.behaviour_probability.fill(0);
  plan.behaviour_timing.fill({});
  return plan;
}

RoleIndex role_of(const Plan& plan, const std::string& name) {
  std::uint32_t i = 0;
  while (plan.roles.at(i).name != name) ++i;
  return RoleIndex{i};
}

PlannedCall call_of(const Plan& plan, Operation operation, const std::string& component) {
  PlannedCall call;
  call.operation = operation;
  std::uint32_t i = 0;
  while (plan.components.at(i).name != component) ++i;
  call.components = {ComponentIndex{i}};
  call.region = plan.components[i].region;
  return call;
}

PlannedCall wait_of(Duration span) {
  PlannedCall call;
  call.operation = Operation::kWaitFor;
  call.duration = span;
  return call;
}

Ask work_of(const Plan& plan, const std::string& role) {
  return {.kind = AskKind::kWork,
          .role = role_of(plan, role),
          .time = plan.people_timings.at("triage"),
          .key = entity_key("contract"),
          .step = {}};
}

Ask page_of(const Plan& plan, const std::string& role) {
  return {.kind = AskKind::kAcknowledge, .role = role_of(plan, role), .time = {}, .step = {}};
}

struct Watch {
  bool inside_a_call = false;
  std::string resumed = {};
};

template <class T>
Task<void> watched(Task<T> waits, Watch& watch, std::string name) {
  co_await waits;
  if (watch.inside_a_call) watch.resumed += name + " ";
}

Task<void> sleeps(Agenda& agenda, TimePoint date) {
  auto nap = sleep_until(agenda, date);
  co_await nap;
}

Task<void> notes(Agenda& agenda, TimePoint date, std::string& told, char letter) {
  auto nap = sleep_until(agenda, date);
  co_await nap;
  told += letter;
}

template <class T>
void start_watched(Task<T>& call, Watch& watch) {
  watch.inside_a_call = true;
  call.start(nullptr);
  watch.inside_a_call = false;
}

Task<void> calls_while_others_wait(Scene s) {
  Watch watch;
  TaskSet others;
  others.spawn(watched(sleeps(s.agenda(), s.agenda().now()), watch, "sleeper"));
  others.spawn(watched(s.world.next_alarm(), watch, "alarm"));
  others.spawn(watched(s.world.until_steady(), watch, "steady"));
  others.spawn(watched(s.world.ask(work_of(s.plan, "on-call")), watch, "worker"));
  others.spawn(watched(s.world.ask(page_of(s.plan, "on-call")), watch, "page"));

  const PlannedCall wait = wait_of(Duration::seconds(5));
  const PlannedCall probe = call_of(s.plan, Operation::kProbeServicesStable, "shop-south");
  const PlannedCall& fault = s.plan.faults[0].call;
  Task<Outcome> waiting = s.world.perform(wait, StepIndex{});
  Task<Observation> look = s.world.observe(probe);
  Task<Answer> hands = s.world.ask(work_of(s.plan, "on-call"));
  Task<Outcome> lost = s.world.perform(fault, StepIndex{});
  Task<Outcome> back = s.world.revert(fault);
  start_watched(waiting, watch);
  start_watched(look, watch);
  start_watched(hands, watch);
  start_watched(lost, watch);
  start_watched(back, watch);
  auto rest = sleep_for(s.agenda(), Duration::hours(1));
  co_await rest;
  const bool all = waiting.done() && look.done() && hands.done() && lost.done() && back.done();
  s.told += "resumed inside: " + watch.resumed + (all ? "all ended" : "some never ended");
}

Task<void> sleeps_in_order(Scene s) {
  const TimePoint soon = s.agenda().now() + Duration::seconds(10);
  TaskSet others;
  others.spawn(notes(s.agenda(), soon + Duration::seconds(1), s.told, 'd'));
  others.spawn(notes(s.agenda(), soon, s.told, 'a'));
  others.spawn(notes(s.agenda(), soon, s.told, 'b'));
  others.spawn(notes(s.agenda(), soon, s.told, 'c'));
  auto rest = sleep_for(s.agenda(), Duration::seconds(12));
  co_await rest;
  // An instant that has passed is this one, behind whoever is due already.
  others.spawn(notes(s.agenda(), s.agenda().now(), s.told, 'e'));
  others.spawn(notes(s.agenda(), soon, s.told, 'f'));
  s.told += '|';
  auto more = sleep_for(s.agenda(), Duration::seconds(1));
  co_await more;
}

Task<void> drops_calls(Scene s) {
  auto rest = sleep_for(s.agenda(), Duration::hours(1));  // what begins with the drill is over
  co_await rest;
  const std::size_t before = s.agenda().size();
  const PlannedCall wait = wait_of(Duration::hours(5));
  const PlannedCall update = call_of(s.plan, Operation::kEcsDescribeServices, "shop-south");
  {
    Task<Outcome> waiting = s.world.perform(wait, StepIndex{});
    Task<Outcome> call = s.world.perform(update, StepIndex{});
    Task<Answer> first = s.world.ask(work_of(s.plan, "on-call"));
    Task<Answer> second = s.world.ask(work_of(s.plan, "on-call"));
    Task<Answer> third = s.world.ask(work_of(s.plan, "on-call"));  // waits for hands
    Task<Answer> page = s.world.ask(page_of(s.plan, "on-call"));
    Task<AlarmIndex> alarm = s.world.next_alarm();
    Task<void> steady = s.world.until_steady();
    waiting.start(nullptr);
    call.start(nullptr);
    first.start(nullptr);
    second.start(nullptr);
    third.start(nullptr);
    page.start(nullptr);
    alarm.start(nullptr);
    steady.start(nullptr);
    auto moment = sleep_for(s.agenda(), Duration::seconds(1));
    co_await moment;
  }
  // Hands that were given up are free again.
  Task<Answer> again = s.world.ask(work_of(s.plan, "on-call"));
  Within<Answer> limited(s.agenda(), s.agenda().now() + Duration::hours(2), again);
  const bool answered = co_await limited;
  s.told += fmt::format("left {}, hands {}", s.agenda().size() - before, answered);
}

Task<void> asks_nobody(Scene s) {
  for (const Ask& request : {work_of(s.plan, "commander"), page_of(s.plan, "commander")}) {
    Task<Answer> asked = s.world.ask(request);
    Within<Answer> limited(s.agenda(), s.agenda().now() + Duration::hours(9), asked);
    const bool answered = co_await limited;
    s.told += answered ? "answered " : "silence ";
  }
}

Task<void> looks_at_a_lost_region(Scene s) {
  const PlannedCall probe = call_of(s.plan, Operation::kProbeServicesStable, "shop-north");
  Task<Observation> look = s.world.observe(probe);
  const Observation before = co_await look;
  Task<Outcome> lost = s.world.perform(s.plan.faults[0].call, StepIndex{});
  co_await lost;
  Task<Observation> look_again = s.world.observe(probe);
  const Observation after = co_await look_again;
  s.told +=
      fmt::format("{} {}", before.known ? "known" : "unknown", after.known ? "known" : "unknown");
}

/// Every call that fits the platform, on a region that is up and on one that is lost.
Task<void> performs_everything(Scene s) {
  Task<Outcome> lost = s.world.perform(s.plan.faults[0].call, StepIndex{});
  co_await lost;
  std::size_t answers = 0;
  for (const std::string region : {"north", "south"}) {
    std::vector<PlannedCall> calls;
    for (const Operation o : {Operation::kEcsUpdateService, Operation::kEcsCreateService,
                              Operation::kEcsDescribeServices, Operation::kWaitServicesStable}) {
      calls.push_back(call_of(s.plan, o, "shop-" + region));
    }
    for (const Operation o : {Operation::kRdsDescribeClusters, Operation::kRdsPromoteReadReplica,
                              Operation::kRdsFailoverGlobal, Operation::kWaitClusterAvailable}) {
      calls.push_back(call_of(s.plan, o, "orders-" + region));
    }
    calls.push_back(call_of(s.plan, Operation::kElbDescribeTargetHealth, "alb-" + region));
    calls.push_back(call_of(s.plan, Operation::kRoute53ChangeRecord, "dns"));
    calls.back().target = call_of(s.plan, Operation::kWaitFor, "alb-" + region).components[0];
    for (const PlannedCall& call : calls) {
      Task<Outcome> sent = s.world.perform(call, StepIndex{});
      const Outcome outcome = co_await sent;
      answers += outcome.ok() == (outcome.why == Failure::kNone) ? 1 : 0;
    }
  }
  s.told += fmt::format("{} answers", answers);
}

/// How long the service has served, by the log; the steady state needs its hold time of that.
std::int64_t serving_for_s(const Scene& s) {
  TimePoint since = TimePoint::never();
  for (const Event& event : s.log.events()) {
    if (event.kind != EventKind::kServedShare) continue;
    const bool serves = event.value >= s.plan.services[0].threshold;
    if (!serves) since = TimePoint::never();
    if (serves && since == TimePoint::never()) since = event.at;
  }
  return (s.agenda().now() - since).us / 1'000'000;
}

Task<void> waits_until_steady(Scene s) {
  const PlannedCall& fault = s.plan.faults[0].call;
  Task<void> steady = s.world.until_steady();
  co_await steady;
  s.told += fmt::format("{} at {}, ", serving_for_s(s), s.now_s());
  auto later = sleep_until(s.agenda(), TimePoint{} + Duration::seconds(599));
  co_await later;
  Task<void> known = s.world.until_steady();
  co_await known;
  s.told += fmt::format("at {}, ", s.now_s());
  Task<Outcome> lost = s.world.perform(fault, StepIndex{});
  co_await lost;
  auto pause = sleep_until(s.agenda(), TimePoint{} + Duration::seconds(700));
  co_await pause;
  Task<Outcome> back = s.world.revert(fault);
  co_await back;
  Task<void> again = s.world.until_steady();
  co_await again;
  s.told += fmt::format("{} {}", serving_for_s(s), s.now_s() >= 1000 ? "after" : "before");
}

/// A whole drill of the executor, its log as text.
Task<void> runs_a_drill(Scene s) {
  const StepGraph graph(s.plan);
  EventLog own;
  Task<void> drill = run_drill(graph, s.world, own, std::vector<bool>(s.plan.faults.size(), true));
  Within<void> limited(s.agenda(), s.agenda().now() + Duration::hours(12), drill);
  co_await limited;
  for (const EventLog* log : {static_cast<const EventLog*>(&own), &s.log}) {
    for (const Event& e : log->events()) {
      s.told +=
          fmt::format("{} {} {} {} {} {} {:a} {:a}\n", e.at.us, static_cast<int>(e.kind), e.subject,
                      e.object, e.cause, static_cast<int>(e.outcome.why), e.value, e.value2);
    }
  }
}

void check_everywhere(Case body, const std::string& expected) {
  const Plan plan = contract_plan();
  for (const Backend& backend : backends()) {
    INFO(backend.name);
    CHECK(backend.run(plan, body) == expected);
  }
}

}  // namespace

TEST_CASE("nothing resumes a coroutine from inside a call of another one", "[contract]") {
  check_everywhere(calls_while_others_wait, "resumed inside: all ended");
}

TEST_CASE("sleepers of one instant wake in the order in which they lay down", "[contract]") {
  check_everywhere(sleeps_in_order, "abcd|ef");
}

TEST_CASE("a dropped call leaves nothing on the agenda, and frees the hands", "[contract]") {
  check_everywhere(drops_calls, "left 0, hands true");
}

TEST_CASE("a request to a role that nobody fills is never answered", "[contract]") {
  check_everywhere(asks_nobody, "silence silence ");
}

TEST_CASE("what cannot be reached is unknown, not false", "[contract]") {
  check_everywhere(looks_at_a_lost_region, "known unknown");
}

TEST_CASE("a call ends with an outcome and its reason, never with an exception", "[contract]") {
  check_everywhere(performs_everything, "20 answers");
}

TEST_CASE("steady means that every judged service has served for its hold time", "[contract]") {
  check_everywhere(waits_until_steady, "300 at 300, at 599, 300 after");
}

TEST_CASE("equal inputs give equal logs", "[contract]") {
  const Plan plan = contract_plan();
  for (const Backend& backend : backends()) {
    INFO(backend.name);
    const std::string once = backend.run(plan, runs_a_drill);
    CHECK(once.size() > 100);
    CHECK(once.find("crashed") == std::string::npos);
    CHECK(once == backend.run(plan, runs_a_drill));
  }
}
