// Tasks, their launch rate and image pulls, zones and quotas, seen through the served share: with 4
// tasks for the full load it moves by 1/4 with each task.
#include <catch2/catch.hpp>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

constexpr double kLossAt = 10;

/// The service runs in the north only, with as many tasks as a test wants.
ModelSample tasks_in_north(std::int64_t desired, std::int64_t full_load) {
  ModelSample s;
  s.detail<EcsServiceSpec>("shop-north").desired_count = desired;
  s.detail<EcsServiceSpec>("shop-north").production_count = full_load;
  s.shop().full_load_tasks = full_load;
  s.detail<EcrRegistrySpec>("images-north").bandwidth = {1e15};  // pulls take no time
  return s;
}

Move scale(const Plan& plan, double at_s, std::int64_t count) {
  return {at_s, call_on(plan, Operation::kEcsUpdateService, "shop-north", count)};
}

/// When each of the tasks became healthy: every logged change of share after `from_s`.
std::vector<double> steps_after(const Played& played, double from_s) {
  std::vector<double> when;
  for (const auto& [at_s, share] : played.shares()) {
    if (at_s > from_s) when.push_back(at_s);
  }
  return when;
}

}  // namespace

TEST_CASE("the n-th task of a burst starts after (n - b) / r seconds", "[ecs]") {
  // A bucket of 3 tasks, refilled with 2 a second; from 1 to 9 tasks at 10 s is a burst of 8. The
  // first 3 start at once, the n-th after (n - 3) / 2 s: 0.5, 1, 1.5, 2, 2.5. Everything else takes
  // no time but the boot of 20 s.
  ModelSample s = tasks_in_north(1, 9);
  s.constant_s("ecs.account.fargate_launch_bucket", 3);
  s.constant_s("ecs.account.fargate_refill_rate", 2);
  s.constant_s("ecs.app_boot_to_healthy_endpoint", 20);
  s.detail<EcsServiceSpec>("shop-north").image_size = {1};
  const Plan plan = s.plan();
  const Played played = play(plan, {scale(plan, 10, 9)}, 100)[0];
  const std::vector<double> when = steps_after(played, 10);
  REQUIRE(when.size() >= 6);
  const std::vector<double> expected = {30, 30.5, 31, 31.5, 32, 32.5};
  for (std::size_t n = 0; n < 6; ++n) {
    const double at_s = when[when.size() - 6 + n];
    CHECK(at_s == Approx(expected[n]).margin(1e-3));  // the pull of one byte takes microseconds
  }
  CHECK(played.share_at(30.4) == Approx(4.0 / 9));
  CHECK(played.share_at(33) == 1.0);
}

TEST_CASE("a new target waits for its first check, which scales with the interval", "[ecs]") {
  // The library's 18 s stand for checks every 30 s; every 10 s they are 6 s. One task from 10 s on,
  // with everything else in no time.
  for (const auto& [interval_s, takes_s] : {std::pair{30, 18.0}, {10, 6.0}, {60, 36.0}}) {
    ModelSample s = tasks_in_north(1, 2);
    s.constant_s("alb.target_initial_healthy", 18);
    s.detail<LoadBalancerSpec>("alb-north").health_check_interval = Duration::seconds(interval_s);
    s.detail<EcsServiceSpec>("shop-north").image_size = {1};
    const Plan plan = s.plan();
    const Played played = play(plan, {scale(plan, 10, 2)}, 100)[0];
    CHECK(played.reaches(1.0, 10) == Approx(10 + takes_s).margin(1e-3));
  }
}

TEST_CASE("pulls share the registry's link: n images of S take n S / C", "[ecs]") {
  // 3 images of 1 GB over 0.2 GB/s are 15 s; one alone would unpack at 1 GB in 4 s, faster than the
  // link gives it.
  ModelSample s = tasks_in_north(1, 4);
  s.constant_s("ecs.fargate.image_pull_per_gb", 4);
  s.detail<EcrRegistrySpec>("images-north").bandwidth = {0.2e9};
  const Plan plan = s.plan();
  const Played played = play(plan, {scale(plan, 10, 4)}, 100)[0];
  CHECK(played.share_at(24.9) == Approx(0.25));
  CHECK(played.reaches(1.0, 10) == Approx(25).margin(1e-5));
}

TEST_CASE("pulls on a wide link take what one task needs to unpack", "[ecs]") {
  // C / n = 10 / 3 GB/s is above the 0.25 GB/s at which one task unpacks: 4 s for 1 GB.
  ModelSample s = tasks_in_north(1, 4);
  s.constant_s("ecs.fargate.image_pull_per_gb", 4);
  s.detail<EcrRegistrySpec>("images-north").bandwidth = {10e9};
  const Plan plan = s.plan();
  CHECK(play(plan, {scale(plan, 10, 4)}, 100)[0].reaches(1.0, 10) == Approx(14).margin(1e-5));
}

TEST_CASE("a task is healthy after the sum of its stages", "[ecs]") {
  // Reaction 3, network 5, pull 1 GB at 0.5 GB/s 2, boot 7, first check 11: 28 s after the call,
  // which takes 1 s itself.
  ModelSample s = tasks_in_north(1, 4);
  s.constant_s("ecs.service.scheduler_reaction", 3).constant_s("ecs.fargate.eni_attach", 5);
  s.constant_s("ecs.fargate.image_pull_per_gb", 2);
  s.constant_s("ecs.app_boot_to_healthy_endpoint", 7);
  s.constant_s("alb.target_initial_healthy", 11).constant_s("aws.cli.mutating_call", 1);
  s.detail<EcrRegistrySpec>("images-north").bandwidth = {100e9};
  const Plan plan = s.plan();
  const Played played = play(plan, {scale(plan, 10, 4)}, 100)[0];
  CHECK(played.replies[0].at_s == 11);
  CHECK(played.reaches(1.0, 10) == Approx(39).margin(1e-5));
}

TEST_CASE("a lost zone fails its share of requests, then only what capacity is short", "[ecs]") {
  // 4 tasks in 2 zones, 4 needed. 2 of 4 targets are dead: 2/4 of the requests fail, and the other
  // two targets carry no more than they did. Marked unhealthy after 50 s, they get nothing any
  // more; the two that are left carry 2/4 of the load. Replacements after 200 s.
  ModelSample s = tasks_in_north(4, 4);
  s.constant_s("alb.target_mark_unhealthy", 50).constant_s("ecs.service.scheduler_reaction", 200);
  const Plan plan = s.plan();
  const Played played = play(plan, {{kLossAt, lost_zone(plan, "north", 0)}}, 300)[0];
  CHECK(played.share_at(9) == 1.0);
  CHECK(played.share_at(11) == Approx(0.5));
  CHECK(played.share_at(61) == Approx(0.5));
  CHECK(played.reaches(1.0, 11) == Approx(210).margin(1e-3));
}

TEST_CASE("with tasks to spare a lost zone costs only the requests to its dead targets", "[ecs]") {
  // 8 tasks where 4 carry the load: 4/8 fail until 50 s later, then none.
  ModelSample s = tasks_in_north(8, 4);
  s.constant_s("alb.target_mark_unhealthy", 50).constant_s("ecs.service.scheduler_reaction", 200);
  const Plan plan = s.plan();
  const Played played = play(plan, {{kLossAt, lost_zone(plan, "north", 0)}}, 300)[0];
  CHECK(played.share_at(11) == Approx(0.5));
  CHECK(played.reaches(1.0, 11) == 60);
}

TEST_CASE("replacements run in the zones that are left", "[ecs]") {
  // 6 tasks in the zones a, b and c. Those of a start again in b and c: 3 in each. The loss of b
  // then takes 3 of 6.
  ModelSample s = tasks_in_north(6, 6);
  s.system.regions[0].zones.push_back({"north-c", {}});
  s.constant_s("ecs.service.scheduler_reaction", 20);
  const Plan plan = s.plan();
  const Played played = play(
      plan, {{kLossAt, lost_zone(plan, "north", 0)}, {100, lost_zone(plan, "north", 1)}}, 300)[0];
  CHECK(played.share_at(29) == Approx(4.0 / 6));
  CHECK(played.share_at(99) == 1.0);
  CHECK(played.share_at(101) == Approx(0.5));
  CHECK(played.share_at(299) == 1.0);
}

TEST_CASE("a service that was scaled in loses to a zone only what still runs there", "[ecs]") {
  // 4 tasks in 2 zones, scaled to 2: one in each. The lost zone takes one of 2, which is 1/2; full
  // load is 2 tasks.
  ModelSample s = tasks_in_north(4, 2);
  s.constant_s("ecs.service.scheduler_reaction", 3);
  s.constant_s("ecs.app_boot_to_healthy_endpoint", 500);  // of the replacements
  const Plan plan = s.plan();
  const Played played =
      play(plan, {scale(plan, 5, 2), {kLossAt, lost_zone(plan, "north", 0)}}, 100)[0];
  CHECK(played.share_at(9) == 1.0);
  CHECK(played.share_at(11) == Approx(0.5));
}

TEST_CASE("a forgotten quota lets only so many tasks start until it is raised", "[ecs]") {
  // A quota of 4 in place of 1000: of 9 tasks more only 3 start at once; the rest 600 s later.
  ModelSample s = tasks_in_north(1, 10);
  s.detail<EcsClusterSpec>("cluster-north").task_quota_if_forgotten = 4;
  s.constant_s("ecs.account.quota_increase_turnaround", 600);
  s.detail<EcsServiceSpec>("shop-north").image_size = {1};
  for (const double forgotten : {0.0, 1.0}) {
    s.behaviour("quota.forgotten", forgotten);
    const Plan plan = s.plan();
    const Played played = play(plan, {scale(plan, 10, 10)}, 1000)[0];
    CHECK(played.share_at(11) == Approx(forgotten > 0 ? 0.4 : 1.0));
    CHECK(played.reaches(1.0, 10) == Approx(forgotten > 0 ? 610 : 10).margin(1e-3));
    CHECK(played.of(EventKind::kNote).size() == (forgotten > 0 ? 1 : 0));
  }
}

TEST_CASE("a region that comes back starts its tasks anew, with its quota and its pulls", "[ecs]") {
  // Lost at 10 s, in the middle of 3 pulls of 15 s that began at 5 s; back at 100 s. All 4 tasks
  // start again: 4 GB over 0.2 GB/s are 20 s. The quota of 4 is just enough, none is held by tasks
  // that are gone.
  ModelSample s = tasks_in_north(1, 4);
  s.detail<EcrRegistrySpec>("images-north").bandwidth = {0.2e9};
  s.detail<EcsClusterSpec>("cluster-north").task_quota = 4;
  s.detail<EcsClusterSpec>("cluster-north").task_quota_if_forgotten = 4;
  const Plan plan = s.plan();
  const PlannedCall lost = lost_region(plan, "north");
  const Played played = play(plan, {scale(plan, 5, 4), {10, lost}, {100, lost, true}}, 200)[0];
  CHECK(played.share_at(11) == 0.0);
  CHECK(played.reaches(1.0, 10) == Approx(120).margin(1e-5));
  CHECK(played.of(EventKind::kNote).empty());
}

TEST_CASE("stable means running tasks as desired, asked at every poll", "[ecs]") {
  // Running 28 s after 10 s, whatever their targets say; the waiter asks from 12 s on every 15 s:
  // 12, 27, 42. Healthy another 100 s later.
  ModelSample s = tasks_in_north(1, 4);
  s.constant_s("ecs.fargate.eni_attach", 28).constant_s("ecs.waiter.services_stable_poll", 15);
  s.constant_s("ecs.app_boot_to_healthy_endpoint", 100);
  s.constant_s("ecs.waiter.services_stable_timeout", 600);
  s.detail<EcsServiceSpec>("shop-north").image_size = {1};
  const Plan plan = s.plan();
  const Move wait{12, call_on(plan, Operation::kWaitServicesStable, "shop-north")};
  const Played played = play(plan, {scale(plan, 10, 4), wait}, 300)[0];
  REQUIRE(played.replies.size() == 2);
  CHECK(played.replies[1].at_s == 42);
  CHECK(played.replies[1].outcome.ok());
  CHECK(played.share_at(43) < 1.0);
}

TEST_CASE("a service that does not exist is refused, and can be created", "[ecs]") {
  ModelSample s = tasks_in_north(4, 4);
  s.detail<EcsServiceSpec>("shop-south").exists = false;
  const Plan plan = s.plan();
  const Played played = play(plan,
                             {{10, call_on(plan, Operation::kEcsUpdateService, "shop-south", 4)},
                              {20, call_on(plan, Operation::kEcsCreateService, "shop-south", 4)},
                              {50, call_on(plan, Operation::kWaitServicesStable, "shop-south")}},
                             100)[0];
  CHECK(played.replies[0].outcome.why == Failure::kNotFound);
  CHECK(played.replies[1].outcome.ok());
  CHECK(played.replies[2].outcome.ok());
}
