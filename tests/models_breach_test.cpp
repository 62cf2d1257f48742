// Misused principals: detection, containment, what containment costs, evidence.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

ModelSample with_principal(std::string type) {
  ModelSample s;
  s.system.components.push_back(component("detector", DetectorSpec{{"north", {}}}));
  s.system.components.push_back(component("who", PrincipalSpec{type, {"detector", {}}}));
  s.system.components.push_back(component("group", SecurityGroupSpec{{"north", {}}}));
  s.system.components.push_back(component("logs", LogGroupSpec{{"north", {}}}));
  for (ComponentSpec& spec : s.system.components) {
    if (spec.name.text == "shop-north") spec.needs = {{"who", {}}, {"group", {}}};
  }
  s.constant_s("iam.change_propagation", 5).constant_s("iam.session_token_residual", 600);
  s.constant_s("detect.guardduty.update_repeat_interval", 21600);
  return s;
}

PlannedCall misuse(const Plan& plan, std::string by) {
  PlannedCall fault = call_on(plan, Operation::kFaultCredentialCompromised, "who");
  fault.word = std::move(by);
  return fault;
}

/// When a note of this kind is logged; -1 if never.
double noted(const Played& played, Note note) {
  for (const Event& event : played.of(EventKind::kNote)) {
    if (event.object == static_cast<std::uint32_t>(note)) return seconds(event.at);
  }
  return -1;
}

Task<void> look_at_access(Stage stage) {
  const PlannedCall begins = misuse(stage.plan, "session");
  const PlannedCall deny = call_on(stage.plan, Operation::kIamPutRolePolicy, "who");
  const PlannedCall probe = call_on(stage.plan, Operation::kProbeAccessEnded, "who");
  Task<Outcome> struck = stage.world.perform(begins, {});
  co_await struck;
  Task<Outcome> denied = stage.world.perform(deny, {});
  co_await denied;
  const TimePoint at = stage.world.agenda().now();
  for (int second = 0; second < 1000; ++second) {
    Task<Observation> look = stage.world.observe(probe);
    const Observation seen = co_await look;
    if (seen.known && seen.holds) break;
    auto pause = sleep_for(stage.world.agenda(), Duration::seconds(1));
    co_await pause;
  }
  stage.out.push_back(to_seconds(stage.world.agenda().now() - at));
}

}  // namespace

TEST_CASE("a denial ends a misuse, and stops whoever needs the principal", "[breach]") {
  const Plan plan = with_principal("role").plan();
  const Played played = play(plan,
                             {{10, misuse(plan, "session")},
                              {100, call_on(plan, Operation::kIamPutRolePolicy, "who")},
                              {200, call_on(plan, Operation::kIamDeleteRolePolicy, "who")}},
                             300)[0];
  CHECK(played.share_at(50) == 1.0);
  CHECK(noted(played, Note::kAccessEnded) == Approx(105));
  CHECK(played.share_at(150) == 0.0);
  CHECK(played.share_at(250) == 1.0);
}

TEST_CASE("an inactive key ends a misuse only when the sessions opened with it end", "[breach]") {
  // In force 5 s after the call; the sessions have 600 s left then.
  const Plan plan = with_principal("user").plan();
  const PlannedCall deactivate = call_on(plan, Operation::kIamDeactivateAccessKey, "who");
  const Played only_key = play(plan, {{10, misuse(plan, "key")}, {100, deactivate}}, 1000)[0];
  CHECK(noted(only_key, Note::kSessionsGoOn) == Approx(105));
  CHECK(noted(only_key, Note::kAccessEnded) == Approx(705));
  const PlannedCall deny = call_on(plan, Operation::kIamPutUserPolicy, "who");
  const Played denied =
      play(plan, {{10, misuse(plan, "key")}, {100, deactivate}, {200, deny}}, 1000)[0];
  CHECK(noted(denied, Note::kAccessEnded) == Approx(205));
  // A role's policy does not fit a user.
  const PlannedCall role = call_on(plan, Operation::kIamPutRolePolicy, "who");
  CHECK(play(plan, {{10, role}}, 20)[0].replies[0].outcome.why == Failure::kNotFound);
}

TEST_CASE("the end of a misuse is seen when its last calls are delivered", "[breach]") {
  // In force after 5 s, seen 250 s later, looked at every second.
  ModelSample s = with_principal("role");
  s.constant_s("detect.cloudtrail.delivery", 250);
  const auto seen = play_script(s.plan(), look_at_access);
  CHECK(seen.at(0) == Approx(255).margin(1.0));
}

TEST_CASE("tasks that start after a clean role exists are served again", "[breach]") {
  // Denied at 105, a clean role at 205; 4 more tasks from 300 on, which start at once here: half of
  // 8 tasks are allowed, and 4 of them carry the whole load.
  const Plan plan = with_principal("role").plan();
  const Played played = play(plan,
                             {{100, call_on(plan, Operation::kIamPutRolePolicy, "who")},
                              {200, call_on(plan, Operation::kIamCreateRole, "who")},
                              {300, call_on(plan, Operation::kEcsUpdateService, "shop-north", 8)}},
                             400)[0];
  CHECK(played.share_at(250) == 0.0);
  CHECK(played.share_at(350) == Approx(0.5));
}

TEST_CASE("a group for isolation does nothing until its members are moved", "[breach]") {
  const Plan plan = with_principal("role").plan();
  const Played played = play(plan,
                             {{10, call_on(plan, Operation::kEc2CreateSecurityGroup, "group")},
                              {20, call_on(plan, Operation::kEc2RevokeEgress, "group")},
                              {30, call_on(plan, Operation::kEc2ModifyInterface, "group")}},
                             60)[0];
  CHECK(noted(played, Note::kIsolationIdle) == Approx(20));  // no step of the plan moves them
  CHECK(played.share_at(25) == 1.0);
  CHECK(played.share_at(40) == 0.0);
}

TEST_CASE("an export misses what could not be exported yet", "[breach]") {
  // Available after 3600 s, an export runs 60 s: that of 10 s is incomplete, a second one at once
  // is refused, that of 4000 s has it all.
  ModelSample s = with_principal("role");
  s.constant_s("logs.export_data_availability", 3600).constant_s("logs.export_task_run", 60);
  const Plan plan = s.plan();
  const PlannedCall ask = call_on(plan, Operation::kLogsCreateExportTask, "logs");
  const Played played = play(plan, {{10, ask}, {20, ask}, {4000, ask}}, 5000)[0];
  CHECK(played.replies[1].outcome.why == Failure::kThrottled);
  CHECK(noted(played, Note::kExportIncomplete) == Approx(70));
  std::size_t incomplete = 0;
  for (const Event& event : played.of(EventKind::kNote)) {
    incomplete += event.object == static_cast<std::uint32_t>(Note::kExportIncomplete) ? 1 : 0;
  }
  CHECK(incomplete == 1);
}
