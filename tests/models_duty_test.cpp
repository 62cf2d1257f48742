// Rotations: who is on duty, what a hand-over in an incident costs, and who waits for whom.
#include <catch2/catch.hpp>

#include "models/local_clock.hpp"
#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

/// The on-call role rotates on Mondays at 09:00; a hand-over takes 600 s.
ModelSample rotating(std::vector<const char*> roster, const char* date, const char* time) {
  ModelSample s;
  s.scenario.start = {{"any", {}}, {time, {}}, {date, {}}};
  RoleSpec& role = s.system.people.roles[0];
  role.persons.clear();
  for (const char* person : roster) role.persons.push_back({person, {}});
  role.rotation = RotationSpec{};
  s.constant_s("people.shift_handover", 600);
  return s;
}

/// Tells person and end of one request of so many seconds.
Task<void> works(Stage stage, double at_s, double work_s) {
  auto due = sleep_until(stage.world.agenda(), TimePoint{} + duration_from_seconds(at_s));
  co_await due;
  const char* const slot = work_s > 1000 ? "triage" : "status_update";
  Task<Answer> work = stage.world.ask(
      {.kind = AskKind::kPost, .role = {0}, .time = stage.plan.people_timings.find(slot)->second});
  const Answer answer = co_await work;
  stage.out.push_back(answer.person.value);
  stage.out.push_back(seconds(stage.world.agenda().now()));
}

Task<void> across_the_hand_over(Stage stage) {
  TaskSet all;
  all.spawn(works(stage, 0, 5400));
  all.spawn(works(stage, 10, 100));
  auto end = sleep_for(stage.world.agenda(), Duration::hours(3));
  co_await end;
}

Task<void> after_the_hand_over(Stage stage) {
  Task<void> one = works(stage, 3700, 100);
  co_await one;
}

Task<void> long_incident(Stage stage) {
  Task<void> first = works(stage, 0, 100);
  co_await first;
  Task<void> second = works(stage, 14500, 100);
  co_await second;
}

std::vector<double> played(ModelSample s, StageScript script) {
  s.constant_s("people.triage_initial", 5400).constant_s("people.post_incident_thread", 100);
  return play_script(s.plan(), script);
}

}  // namespace

TEST_CASE("the week of a rotation follows from the date", "[people]") {
  // 2026-03-03 is a Tuesday, day 61 of the year counted from 0. At 05:00 it is 6 days and 4 hours
  // to Monday, 09:00; the last was on day 60, which is 1449 hours into the year: week 8.
  const Plan plan = rotating({"ada", "ben"}, "2026-03-03", "05:00").plan();
  const LocalClock clock(plan, DrillDraws(1, 0));
  const Duration monday = Duration::hours(9);
  CHECK(clock.next_time_of_week(monday, TimePoint{}) == TimePoint{} + Duration::hours(148));
  CHECK(clock.week(monday, TimePoint{}) == 8);
  CHECK(clock.week(monday, TimePoint{} + Duration::hours(148) - Duration{1}) == 8);
  CHECK(clock.week(monday, TimePoint{} + Duration::hours(148)) == 9);
}

TEST_CASE("work that waits moves to the next person, what is in hand is finished", "[people]") {
  // Monday, 08:00: it is still week 7, ben's. He works until 09:30. What has waited since 10 s goes
  // to ada at 09:00, who is briefed for 600 s first: 3600 + 600 + 100.
  const ModelSample s = rotating({"ada", "ben"}, "2026-03-02", "08:00");
  CHECK(played(s, across_the_hand_over) == std::vector<double>{0, 4300, 1, 5400});
}

TEST_CASE("a hand-over outside of any incident costs nothing", "[people]") {
  const ModelSample s = rotating({"ada", "ben"}, "2026-03-02", "08:00");
  CHECK(played(s, after_the_hand_over) == std::vector<double>{0, 3800});
}

TEST_CASE("who has been at it for too long is relieved by somebody on no duty", "[people]") {
  // Tuesday of week 8: the third of three, ada (person 2). After 4 hours the next would be ben, who
  // is on duty as commander: so cem (person 1), briefed until 14400 + 600 s, then 100 s.
  ModelSample s = rotating({"ben", "cem", "ada"}, "2026-03-03", "10:00");
  s.constant_s("people.fatigue_handover_interval", 14400);
  CHECK(played(s, long_incident) == std::vector<double>{2, 100, 1, 15100});
  // With nobody left to relieve her she goes on: no briefing.
  ModelSample two = rotating({"ada", "ben"}, "2026-03-03", "10:00");
  two.constant_s("people.fatigue_handover_interval", 14400);
  CHECK(played(two, long_incident) == std::vector<double>{0, 100, 0, 14600});
}

namespace {

Task<void> page_outside_hours(Stage stage) {
  for (const bool escalated : {false, true}) {
    Task<Answer> page =
        stage.world.ask({.kind = AskKind::kAcknowledge, .role = {0}, .escalated = escalated});
    Within<Answer> soon(stage.world.agenda(), stage.world.agenda().now() + Duration::hours(1),
                        page);
    const bool answered = co_await soon;
    stage.out.push_back(answered ? 1 : 0);
  }
}

}  // namespace

TEST_CASE("outside of office hours only an escalation reaches an office role", "[people]") {
  ModelSample s;
  s.system.people.roles[0].office_hours_only = true;
  CHECK(play_script(s.plan(), page_outside_hours) == std::vector<double>{0, 1});
  s.scenario.start.time = {"10:00", {}};
  CHECK(play_script(s.plan(), page_outside_hours) == std::vector<double>{1, 1});
}
