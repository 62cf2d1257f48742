// Deployments of ECS services: waves, drains, waiters, circuit breaker, throttled restarts, and
// what a deployment changes besides tasks. Every timing that is not named takes no time.
#include <catch2/catch.hpp>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

/// Four tasks for the full load, healthy 60 s after their start; 300 s of drain and 10 s of grace.
ModelSample four_tasks(std::int64_t minimum = 100, std::int64_t maximum = 200) {
  ModelSample s;
  auto& service = s.detail<EcsServiceSpec>("shop-north");
  service.desired_count = service.production_count = 4;
  service.minimum_healthy_percent = minimum;
  service.maximum_percent = maximum;
  service.image_size = {1};
  s.shop().full_load_tasks = 4;
  s.detail<EcrRegistrySpec>("images-north").bandwidth = {1e15};
  s.constant_s("ecs.account.fargate_launch_bucket", 100);
  s.constant_s("ecs.app_boot_to_healthy_endpoint", 60);
  s.constant_s("alb.deregistration_delay", 300).constant_s("ecs.task.stop_grace", 10);
  s.constant_s("ecs.task.crash_at_start", 5).constant_s("ecs.fargate.eni_attach", 7);
  s.constant_s("ecs.waiter.services_stable_poll", 1);
  s.constant_s("ecs.waiter.services_stable_timeout", 100'000);
  return s;
}

PlannedCall deploy(const Plan& plan, const std::string& revision, bool force) {
  PlannedCall call = call_on(plan, Operation::kEcsUpdateService, "shop-north", kCountUnchanged);
  call.word = revision;
  call.flag = force;
  return call;
}

PlannedCall fault_on(const Plan& plan, Operation operation, const std::string& reason,
                     double share = 1) {
  PlannedCall call = call_on(plan, operation, "shop-north", kCountUnchanged);
  call.word = reason;
  call.share = share;
  return call;
}

PlannedCall stable(const Plan& plan) {
  return call_on(plan, Operation::kWaitServicesStable, "shop-north");
}

}  // namespace

TEST_CASE("a rolling deployment is its waves, and then a drain", "[deployments]") {
  // A task is healthy 67 s after its start. Minimum 100 %, maximum 200 %: ceil(4 / (8 - 4)) = 1
  // wave. 100 % and 150 %: ceil(4 / (6 - 4)) = 2. 50 % and 100 %: ceil(4 / (4 - 2)) = 2, but the
  // last two old tasks go when the first wave is healthy. After the last of them has gone out,
  // 300 + 10 s of drain: 67 + 310, 134 + 310 and 67 + 310 s after the call at 10 s.
  struct Case {
    std::int64_t minimum, maximum;
    double stable_at, least_share;
  };
  for (const Case& c : {Case{100, 200, 387, 1.0}, {100, 150, 454, 1.0}, {50, 100, 387, 0.5}}) {
    const Plan plan = four_tasks(c.minimum, c.maximum).plan();
    const Played played = play(plan, {{10, deploy(plan, "", true)}, {11, stable(plan)}}, 1000)[0];
    REQUIRE(played.replies.size() == 2);
    CHECK(played.replies[1].at_s == Approx(c.stable_at).margin(1.01));
    double least = 1;
    for (const auto& [at, share] : played.shares()) least = std::min(least, share);
    CHECK(least == Approx(c.least_share));
    CHECK(played.share_at(999) == 1.0);
  }
}

TEST_CASE("the waiter gives up before a slow deployment is stable", "[deployments]") {
  // 300 s of boot and 310 s of drain are more than the waiter's 600 s; all requests are served.
  ModelSample s = four_tasks();
  s.constant_s("ecs.app_boot_to_healthy_endpoint", 300);
  s.constant_s("ecs.waiter.services_stable_timeout", 600);
  const Plan plan = s.plan();
  const Played played = play(plan, {{10, deploy(plan, "", true)}, {10, stable(plan)}}, 2000)[0];
  CHECK(played.replies.back().outcome.why == Failure::kGaveUp);
  CHECK(played.replies.back().at_s == Approx(610).margin(1.01));
  CHECK(played.share_at(611) == 1.0);
}

TEST_CASE("going back keeps the tasks that are still there, a forced deployment none",
          "[deployments]") {
  // A revision that never passes its check: the four old tasks are not touched. Going back at 50 s
  // makes their deployment primary again, and only the four new tasks have to stop: 10 s. Forced,
  // it waits for four more tasks, 67 s, and for the drain of the old ones, 310 s.
  ModelSample s = four_tasks();
  s.constant_s("alb.target_mark_unhealthy", 60);
  const Plan plan = s.plan();
  for (const bool force : {false, true}) {
    const Played played =
        play(plan,
             {{10, fault_on(plan, Operation::kFaultBadDeployment, "fails-health-check")},
              {50, deploy(plan, "previous", force)},
              {51, stable(plan)}},
             1000)[0];
    CHECK(played.replies.back().at_s == Approx(force ? 427 : 60).margin(1.01));
    CHECK(played.share_at(45) == 1.0);
    CHECK(played.share_at(999) == 1.0);
  }
}

TEST_CASE("a second, forced deployment starts the rollout over", "[deployments]") {
  // The revision answers with errors, so it is rolled out in full: 67 s after 10 s, drained by 387
  // s. Back at 500 s: served again 67 s later. Forced once more at 560 s, seven seconds before
  // that: the tasks under way are thrown away, and it is 560 + 67 s; the drain of the bad ones
  // begins only then.
  ModelSample s = four_tasks();
  const Plan plan = s.plan();
  const Move bad{10, fault_on(plan, Operation::kFaultBadDeployment, "answers-with-errors", 0.4)};
  const Played once =
      play(plan, {bad, {500, deploy(plan, "previous", false)}, {501, stable(plan)}}, 2000)[0];
  CHECK(once.share_at(499) == Approx(0.6));
  CHECK(once.reaches(1.0, 499) == Approx(567).margin(0.1));
  CHECK(once.replies.back().at_s == Approx(877).margin(1.01));
  const Played twice = play(plan,
                            {bad,
                             {500, deploy(plan, "previous", false)},
                             {560, deploy(plan, "", true)},
                             {561, stable(plan)}},
                            2000)[0];
  CHECK(twice.reaches(1.0, 499) == Approx(627).margin(0.1));
  CHECK(twice.replies.back().at_s == Approx(937).margin(1.01));
}

TEST_CASE("a circuit breaker trips after half of the tasks, and goes back", "[deployments]") {
  // Of 4 tasks, max(3, 2) failures trip it. All four exit 5 s after they run, 12 s after their
  // start: at 22 s. The old tasks never went. Without it the scheduler starts tasks for ever.
  for (const bool breaker : {true, false}) {
    ModelSample s = four_tasks();
    s.detail<EcsServiceSpec>("shop-north").circuit_breaker = breaker;
    const Plan plan = s.plan();
    const Played played =
        play(plan,
             {{10, fault_on(plan, Operation::kFaultBadDeployment, "exits-at-start")},
              {11, stable(plan)}},
             500)[0];
    const auto notes = played.of(EventKind::kNote);
    REQUIRE(notes.size() == (breaker ? 1 : 0));
    if (breaker) CHECK(seconds(notes[0].at) == Approx(22).margin(0.1));
    CHECK(played.replies.size() == (breaker ? 2 : 1));
    CHECK(played.share_at(499) == 1.0);
  }
}

TEST_CASE("a leak that shows after the deployment is complete trips no breaker", "[deployments]") {
  // Complete at 387 s; the tasks exit 800 s after they became healthy, at 877 s.
  ModelSample s = four_tasks();
  s.detail<EcsServiceSpec>("shop-north").circuit_breaker = true;
  s.constant_s("ecs.task.crash_later", 800).constant_s("alb.deregister_dead_target", 4);
  const Plan plan = s.plan();
  const Played played =
      play(plan, {{10, fault_on(plan, Operation::kFaultBadDeployment, "exits-later")}}, 900)[0];
  CHECK(played.of(EventKind::kNote).empty());
  CHECK(played.share_at(876) == 1.0);
  CHECK(played.share_at(878) == 0.0);
}

TEST_CASE("tasks that cannot start are tried less and less often", "[deployments]") {
  // All tasks end at 20 s, and their image is gone. Each attempt takes 7 + 10 s; the pauses are
  // 30, 60, 120, 120 s: attempts at 20, 67, 144, 281, 418 s. The image is back at 290 s: the next
  // attempt is that of 418 s, healthy 67 s later. A forced deployment at 295 s does not wait.
  ModelSample s = four_tasks();
  s.constant_s("ecs.task.pull_failure", 10).constant_s("ecs.service.restart_throttle_first", 30);
  s.constant_s("ecs.service.restart_throttle_max", 120);
  const Plan plan = s.plan();
  const PlannedCall missing = call_on(plan, Operation::kFaultImageMissing, "images-north");
  const PlannedCall crash = fault_on(plan, Operation::kFaultTasksCrash, "exits-at-start");
  const std::vector<Move> moves = {{10, missing},
                                   {20, crash},
                                   {21, crash, true},
                                   {290, call_on(plan, Operation::kEcrPutImage, "images-north")}};
  const Played waits = play(plan, moves, 1000)[0];
  CHECK(waits.share_at(100) == 0.0);
  CHECK(waits.reaches(1.0, 21) == Approx(485).margin(0.1));
  CHECK(waits.of(EventKind::kNote).size() == 1);
  std::vector<Move> forced = moves;
  forced.push_back({295, deploy(plan, "", true)});
  CHECK(play(plan, forced, 1000)[0].reaches(1.0, 21) == Approx(362).margin(0.1));
}

TEST_CASE("a partial crash loop keeps its share of the tasks down", "[deployments]") {
  // Half of four tasks keep exiting: two serve. The revision before does not: 67 s after 500 s.
  const Plan plan = four_tasks().plan();
  const Played played =
      play(plan,
           {{10, fault_on(plan, Operation::kFaultTasksCrash, "exits-at-start", 0.5)},
            {500, deploy(plan, "previous", false)}},
           1000)[0];
  CHECK(played.share_at(300) == Approx(0.5));
  CHECK(played.share_at(499) == Approx(0.5));
  CHECK(played.reaches(1.0, 400) == Approx(567).margin(0.1));
}

TEST_CASE("more memory is a revision of its own, and cures nothing else", "[deployments]") {
  // Tasks die 90 s after they became healthy and are healthy again 67 s after that. The revision
  // with more memory, deployed at 501 s, is healthy by 568 s and stays so.
  for (const std::string fixes : {"out-of-memory", "exits-at-start"}) {
    ModelSample s = four_tasks();
    s.constant_s("ecs.task.crash_out_of_memory", 90);
    const Plan plan = s.plan();
    const Played played = play(plan,
                               {{10, fault_on(plan, Operation::kFaultTasksCrash, "out-of-memory")},
                                {500, fault_on(plan, Operation::kEcsRegisterTaskDefinition, fixes)},
                                {501, deploy(plan, "latest", false)}},
                               3000)[0];
    bool down_later = false;
    for (const auto& [at, share] : played.shares()) down_later |= at > 1000 && share < 1;
    CHECK(down_later == (fixes != "out-of-memory"));
  }
}

TEST_CASE("deployed tasks count against the quota", "[deployments]") {
  // A quota of 6: two of four new tasks start; two old ones go when these are healthy, at 77 s, and
  // make room when they are drained, at 387 s; the last two are healthy at 454 s.
  ModelSample s = four_tasks();
  s.detail<EcsClusterSpec>("cluster-north").task_quota = 6;
  s.detail<EcsClusterSpec>("cluster-north").task_quota_if_forgotten = 6;
  s.constant_s("ecs.account.quota_increase_turnaround", 50'000);
  const Plan plan = s.plan();
  const Played played = play(plan, {{10, deploy(plan, "", true)}, {11, stable(plan)}}, 2000)[0];
  CHECK(played.of(EventKind::kNote).size() >= 1);
  CHECK(played.replies.back().at_s == Approx(454 + 310).margin(1.01));
  CHECK(played.share_at(1000) == 1.0);
}

TEST_CASE("a migrated schema fails the revision before it, until it is migrated down",
          "[deployments]") {
  // From 10 s on the old tasks find tables that they do not know. The new ones answer 6 of 10
  // requests; each replaces an old one at 77 s. Back at 500 s, healthy 67 s later: nothing is
  // answered. Migrated down at 700 s, all is.
  ModelSample s = four_tasks();
  s.system.components.push_back(component("schema", SchemaSpec{{"orders-north", {}}}));
  for (ComponentSpec& c : s.system.components) {
    if (c.name.text == "shop-north") c.needs.push_back({"schema", {}});
  }
  const Plan plan = s.plan();
  PlannedCall bad = fault_on(plan, Operation::kFaultBadDeployment, "answers-with-errors", 0.4);
  bad.target = component_of(plan, "schema");
  const Played played = play(plan,
                             {{10, bad},
                              {500, deploy(plan, "previous", false)},
                              {700, call_on(plan, Operation::kSchemaMigrateDown, "schema")},
                              {800, call_on(plan, Operation::kSchemaMigrateDown, "schema")}},
                             1000)[0];
  CHECK(played.share_at(9) == 1.0);
  CHECK(played.share_at(70) == 0.0);
  CHECK(played.share_at(499) == Approx(0.6));
  CHECK(played.share_at(699) == 0.0);
  CHECK(played.reaches(1.0, 600) == 700);
  CHECK(played.replies.back().outcome.why == Failure::kRefused);  // there is nothing to undo
}

TEST_CASE("a reverted change of the infrastructure helps once it is applied", "[deployments]") {
  // Bad from 10 s, reverted in the code at 100 s, applied at 200 s. An application before the
  // revert applies the bad code again.
  ModelSample s = four_tasks();
  s.system.components.push_back(component("network", TerraformModuleSpec{{"north", {}}}));
  for (ComponentSpec& c : s.system.components) {
    if (c.name.text == "shop-north") c.needs.push_back({"network", {}});
  }
  const Plan plan = s.plan();
  PlannedCall bad = call_on(plan, Operation::kFaultBadInfrastructure, "network");
  bad.share = 0.75;
  PlannedCall apply = call_on(plan, Operation::kTerraformApply, "network");
  apply.region = region_of(plan, "north");
  const Played played = play(plan,
                             {{10, bad},
                              {50, apply},
                              {100, call_on(plan, Operation::kGitRevert, "network")},
                              {200, apply}},
                             500)[0];
  CHECK(played.share_at(11) == Approx(0.25));
  CHECK(played.share_at(199) == Approx(0.25));
  CHECK(played.reaches(1.0, 11) == 200);
}

TEST_CASE("watching for five minutes begins anew with every break", "[deployments]") {
  // Two of four tasks stop at 130 s. Their first replacements exit as well, after 12 s; those
  // started then are healthy 67 s later, at 209 s, and it is 300 s from there. Nothing happens to a
  // service that is watched from 600 s on.
  const Plan plan = four_tasks().plan();
  PlannedCall watch = call_on(plan, Operation::kWaitWatchStable, "shop-north");
  watch.duration = Duration::minutes(5);
  const PlannedCall crash = fault_on(plan, Operation::kFaultTasksCrash, "exits-at-start", 0.5);
  const Played played =
      play(plan, {{20, watch}, {130, crash}, {130.5, crash, true}, {600, watch}}, 2000)[0];
  std::vector<double> ends;
  for (const Reply& reply : played.replies) {
    if (reply.move == 0 || reply.move == 3) ends.push_back(reply.at_s);
  }
  REQUIRE(ends.size() == 2);
  CHECK(ends[0] == Approx(509).margin(0.1));
  CHECK(ends[1] == 900);
}
