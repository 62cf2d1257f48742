// Interrupted work, faults of people, change windows and the calendar.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "models/local_clock.hpp"
#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

/// One person; work takes 100 s, finding back into it 7 s.
ModelSample one_person() {
  ModelSample s;
  s.system.people.roles[0].persons.resize(1);
  s.constant_s("people.triage_initial", 100).constant_s("people.resume_after_interruption", 7);
  return s;
}

Task<void> asks(Stage stage, double at_s, std::uint32_t severity, StepIndex step) {
  auto due = sleep_until(stage.world.agenda(), TimePoint{} + duration_from_seconds(at_s));
  co_await due;
  Task<Answer> work = stage.world.ask({.kind = AskKind::kWork,
                                       .role = {0},
                                       .severity = {severity},
                                       .time = stage.plan.people_timings.find("triage")->second,
                                       .key = entity_key("work"),
                                       .step = step,
                                       .error_prone = true});
  co_await work;
  stage.out.push_back(severity);
  stage.out.push_back(seconds(stage.world.agenda().now()));
}

Task<void> worse_in_between(Stage stage) {
  TaskSet all;
  all.spawn(asks(stage, 0, 2, {0}));
  all.spawn(asks(stage, 30, 2, {}));  // the same severity waits
  all.spawn(asks(stage, 40, 0, {1}));
  all.spawn(asks(stage, 50, 1, {}));
  auto end = sleep_for(stage.world.agenda(), Duration::hours(1));
  co_await end;
  for (const Event& event : stage.log.events()) {
    if (event.kind != EventKind::kStepPreempted && event.kind != EventKind::kStepResumed) continue;
    stage.out.push_back(seconds(event.at));
  }
}

}  // namespace

TEST_CASE("a worse incident interrupts, and what was interrupted goes on", "[people]") {
  // Severity 2 works 0-40 s, severity 0 40-140 s, severity 1 140-240 s. Then the interrupted work:
  // 60 s are left and 7 s to find back, until 307 s; then the one that asked at 30 s, until 407 s.
  // All in all 400 s of work and one resumption: nothing is lost, nothing is done twice.
  CHECK(play_script(one_person().plan(), worse_in_between) ==
        std::vector<double>{0, 140, 1, 240, 2, 307, 2, 407, 40, 240});
}

namespace {

Task<void> raised_while_waiting(Stage stage) {
  TaskSet all;
  all.spawn(asks(stage, 0, 2, {}));
  all.spawn(asks(stage, 30, 3, {0}));
  auto due = sleep_until(stage.world.agenda(), TimePoint{} + Duration::seconds(40));
  co_await due;
  stage.world.severity_raised(stage.plan.step({0}).runbook, {0});
  auto end = sleep_for(stage.world.agenda(), Duration::hours(1));
  co_await end;
}

}  // namespace

TEST_CASE("a request is as severe as its incident becomes", "[people]") {
  // Severity 3 waits behind severity 2 until its incident is raised at 40 s; then it interrupts,
  // until 140 s. Of the other 60 s are left, and 7 s to find back: 207 s.
  CHECK(play_script(one_person().plan(), raised_while_waiting) ==
        std::vector<double>{3, 140, 2, 207});
}

namespace {

/// Twenty requests at random times and severities, all to one role.
Task<void> many_asks(Stage stage) {
  const DrillDraws draws(5, stage.out.size());
  TaskSet all;
  for (std::uint32_t i = 0; i < 20; ++i) {
    const double at_s = 1500 * draws.uniform(entity_key("at"), i);
    all.spawn(asks(stage, at_s, static_cast<std::uint32_t>(4 * draws.uniform(entity_key("sev"), i)),
                   {i % 2}));
  }
  auto end = sleep_for(stage.world.agenda(), Duration::hours(5));
  co_await end;
  int interruptions = 0;
  for (const Event& event : stage.log.events()) {
    interruptions += event.kind == EventKind::kStepPreempted ? 1 : 0;
  }
  stage.out.push_back(interruptions);
}

}  // namespace

TEST_CASE("preemption conserves work, and the worst incident never waits for a lesser",
          "[people]") {
  // Without an idle moment the last of 20 requests of 100 s ends after 2000 s of work and 7 s for
  // each interruption; the requests come within 1500 s, so the person is never idle from the first
  // on unless the first came late: the end lies within [2000, 1500 + 2000] plus resumptions.
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const std::vector<double> out = play_script(one_person().plan(), many_asks, 1, seed);
    REQUIRE(out.size() == 41);
    const double interruptions = out.back();
    CHECK(interruptions > 0);
    double last = 0;
    for (std::size_t i = 0; i < 20; ++i) last = std::max(last, out[2 * i + 1]);
    CHECK(last >= 2000 + 7 * interruptions);
    CHECK(last <= 3500 + 7 * interruptions);
  }
}

TEST_CASE("with nothing to find back into, order does not change when all is done", "[people]") {
  // A queue that is never idle ends at the same time whatever its order: with a resumption of 0 s
  // the last request ends when that of a queue without severities does.
  ModelSample s = one_person();
  s.constant_s("people.resume_after_interruption", 0);
  const auto last_of = [](const std::vector<double>& out) {
    double last = 0;
    for (std::size_t i = 0; i + 1 < out.size(); i += 2) last = std::max(last, out[i + 1]);
    return last;
  };
  const auto equal_asks = [](Stage stage) -> Task<void> {
    const DrillDraws draws(5, 0);
    TaskSet all;
    for (std::uint32_t i = 0; i < 20; ++i) {
      all.spawn(asks(stage, 1500 * draws.uniform(entity_key("at"), i), 3, {}));
    }
    auto end = sleep_for(stage.world.agenda(), Duration::hours(5));
    co_await end;
  };
  CHECK(last_of(play_script(s.plan(), many_asks)) ==
        Approx(last_of(play_script(s.plan(), equal_asks))));
}

namespace {

PlannedCall fault_of(Operation operation) {
  PlannedCall call;
  call.operation = operation;
  call.role = {0};
  call.step = {0};
  return call;
}

/// Strikes at 0 s and ends at 500 s; when a page of 0 s is acknowledged, and a bridge joined.
Task<void> paged_under(Stage stage, Operation operation) {
  const PlannedCall fault = fault_of(operation);
  Task<Outcome> strike = stage.world.perform(fault, {});
  co_await strike;
  Task<Answer> page = stage.world.ask({.kind = AskKind::kAcknowledge, .role = {0}});
  Within<Answer> early(stage.world.agenda(), TimePoint{} + Duration::seconds(500), page);
  if (co_await early) {
    stage.out.push_back(seconds(stage.world.agenda().now()));
    co_return;
  }
  Task<Outcome> over = stage.world.revert(fault);
  co_await over;
  Task<Answer> again = stage.world.ask({.kind = AskKind::kAcknowledge, .role = {0}, .round = 1});
  co_await again;
  stage.out.push_back(seconds(stage.world.agenda().now()));
}
Task<void> paged_absent(Stage s) { return paged_under(s, Operation::kFaultRoleAbsent); }
Task<void> paged_asleep(Stage s) { return paged_under(s, Operation::kFaultRoleAsleep); }
Task<void> paged_by_phone(Stage s) { return paged_under(s, Operation::kFaultPagingDown); }

Task<void> wrong_then_right(Stage stage) {
  const PlannedCall fault = fault_of(Operation::kFaultWrongStep);
  Task<Outcome> strike = stage.world.perform(fault, {});
  co_await strike;
  for (const std::uint32_t step : {0U, 1U}) {
    const TimePoint begin = stage.world.agenda().now();
    Task<void> one = asks(stage, 0, 0, {step});
    co_await one;
    stage.out.push_back(to_seconds(stage.world.agenda().now() - begin));
  }
}

ModelSample office() {
  ModelSample s = one_person();
  s.scenario.start.time = {"10:00", {}};
  s.constant_s("page.event_to_first_notification", 15).constant_s("people.ack.office_hours", 40);
  s.constant_s("people.ack.night", 180).constant_s("people.ack.via_intermediary", 300);
  return s;
}

}  // namespace

TEST_CASE("absent, asleep, unreachable by page: each in seconds", "[people]") {
  // Absent until 500 s: then 15 + 40. Asleep in office hours: 15 + 180. Phoned: 300, no
  // notification.
  CHECK(play_script(office().plan(), paged_absent) == std::vector<double>{555});
  CHECK(play_script(office().plan(), paged_asleep) == std::vector<double>{195});
  CHECK(play_script(office().plan(), paged_by_phone) == std::vector<double>{300});
}

TEST_CASE("a wrong step costs its noticing and its repair, another step does not", "[people]") {
  ModelSample s = one_person();
  s.constant_s("human.error_detect_time", 30).constant_s("human.error_recover_time", 50);
  const std::vector<double> out = play_script(s.plan(), wrong_then_right);
  REQUIRE(out.size() == 6);
  CHECK(out[2] == 180);
  CHECK(out[5] == 100);
}

TEST_CASE("a fault of people is no onset", "[people]") {
  // The shop's region is lost at 600 s; a role has been absent since 0 s.
  ModelSample s;
  s.scenario.faults[0].at = Duration::minutes(10);
  FaultSpec absent;
  absent.id = at_line("away", 40);
  absent.uses = at_line("fault:role-absent", 41);
  absent.with = {argument("role", "commander")};
  s.scenario.faults.push_back(absent);
  CHECK(strikes_people(s.plan().faults[1].call.operation));
  CHECK_FALSE(strikes_people(s.plan().faults[0].call.operation));
}

namespace {

/// Windows on Tuesday to Thursday from 06:00 to 08:00, none on the last two business days.
ModelSample with_windows(const char* day, const char* time, const char* date) {
  ModelSample s;
  s.scenario.start = {{day, {}}, {time, {}}, {date, {}}};
  s.system.changes.windows = {{{{"tuesday", {}}, {"wednesday", {}}, {"thursday", {}}},
                               Duration::hours(6),
                               Duration::hours(8)}};
  s.system.changes.blackout_business_days = 2;
  return s;
}

double hours_to_window(const char* date, const char* time, Duration after = {}) {
  const Plan plan = with_windows("any", time, date).plan();
  const LocalClock clock(plan, DrillDraws(1, 0));
  const TimePoint now = TimePoint{} + after;
  return to_seconds(clock.next_change_window(now) - now) / 3600;
}

}  // namespace

TEST_CASE("the next change window, by hand", "[people]") {
  // 2026-03-03 is a Tuesday.
  CHECK(hours_to_window("2026-03-03", "05:00") == 1);
  CHECK(hours_to_window("2026-03-03", "07:30") == 0);
  CHECK(hours_to_window("2026-03-03", "08:00") == 22);
  CHECK(hours_to_window("2026-03-05", "08:00") == 5 * 24 - 2);             // Thursday to Tuesday
  CHECK(hours_to_window("2026-03-01", "10:00", Duration::days(1)) == 20);  // Sunday, a day on
  // The last business days of March 2026 are Monday 30 and Tuesday 31: Wednesday is the next.
  CHECK(hours_to_window("2026-03-31", "06:00") == 24);
  // Of April 2026 Wednesday 29 and Thursday 30: from Tuesday 28 at 08:00 to Tuesday 5 May, 06:00.
  CHECK(hours_to_window("2026-04-28", "06:00") == 0);
  CHECK(hours_to_window("2026-04-28", "08:00") == 7 * 24 - 2);
  // Into the next year: Thursday 31 December 2026 is the last, Wednesday 30 the one before.
  CHECK(hours_to_window("2026-12-30", "06:00") == 6 * 24);
}

TEST_CASE("a date gives its day of the week, and is drawn when there is none", "[people]") {
  const Plan plan = with_windows("any", "05:00", "2026-03-03").plan();
  CHECK(plan.start.days == std::vector<int>{1});
  CHECK(plan.start.day_of_year == 61);  // 31 + 28 + 2
  CHECK(with_windows("any", "05:00", "").plan().start.day_of_year == -1);
  ModelSample wrong = with_windows("any", "05:00", "2026-02-30");
  CHECK(wrong.errors().find("which is no date") != std::string::npos);
  CHECK(with_windows("monday", "05:00", "2026-03-03")
            .errors()
            .find("both a \"day\" and a \"date\"") != std::string::npos);
}

namespace {

double acknowledged_at(const Plan&, const std::vector<Event>& events) {
  for (const Event& event : events) {
    if (event.kind == EventKind::kAcknowledged) return seconds(event.at);
  }
  return 1e9;  // nobody within the horizon
}

/// A ladder of two with some limit, and a first responder who often does not answer.
ModelSample ladder(int system, bool second_is_there) {
  const DrillDraws draws(11, static_cast<std::uint64_t>(system));
  const auto between = [&](const char* what, double low, double high) {
    return low + (high - low) * draws.uniform(entity_key(what), 0);
  };
  ModelSample s;
  const double median = between("median", 60, 600);
  s.timing("people.ack.night", family("lognormal", {{"p50", median}, {"p95", 6 * median}}));
  s.behaviour("people.primary-never-answers", between("never", 0, 0.6));
  auto& rungs = s.system.people.escalation;
  rungs[0].acknowledge_within = duration_from_seconds(between("limit", 120, 900));
  rungs.push_back({{"commander", {}}, Duration::minutes(5)});
  s.system.people.roles[0].persons.resize(1);
  if (!second_is_there) s.scenario.absent = {{"commander", {}}};
  return s;
}

Task<void> steady_asks(Stage stage) {
  const DrillDraws draws(3, 0);
  TaskSet all;
  for (std::uint32_t i = 0; i < 200; ++i) {
    all.spawn(asks(stage, 18000 * draws.uniform(entity_key("at"), i), i, {}));
  }
  auto end = sleep_for(stage.world.agenda(), Duration::hours(20));
  co_await end;
}

}  // namespace

TEST_CASE("losing the secondary never brings an answer sooner, and often delays it", "[people]") {
  // Both drills have the same luck, so this holds drill by drill, not only on average.
  for (int system = 0; system < 6; ++system) {
    const auto with = run_drills(ladder(system, true).plan(), 100, acknowledged_at);
    const auto without = run_drills(ladder(system, false).plan(), 100, acknowledged_at);
    int later = 0;
    for (std::size_t i = 0; i < with.size(); ++i) {
      REQUIRE(without[i] >= with[i]);
      later += without[i] > with[i] ? 1 : 0;
    }
    CHECK(later > 0);
  }
}

TEST_CASE("one more person never lets the last of the work end later", "[people]") {
  // 200 requests of 100 s in 5 h for one, two and three people; each has its own severity, so all
  // are served in the order of urgency.
  double before = 1e9;
  for (const std::size_t people : {1U, 2U, 3U}) {
    ModelSample s = one_person();
    s.constant_s("people.resume_after_interruption", 0);
    for (std::size_t i = 1; i < people; ++i) {
      s.system.people.roles[0].persons.push_back({"more-" + std::to_string(i), {}});
    }
    const std::vector<double> out = play_script(s.plan(), steady_asks);
    REQUIRE(out.size() == 400);
    double last = 0;
    for (std::size_t i = 0; i < 200; ++i) last = std::max(last, out[2 * i + 1]);
    CHECK(last <= before);
    before = last;
  }
}
