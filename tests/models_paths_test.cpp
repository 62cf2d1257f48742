// What a service's path needs, and whether calls get through.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

/// A second service of the north, with its own tasks, that the shop needs.
ModelSample with_need(std::int64_t tasks, std::int64_t full_load) {
  ModelSample s;
  EcsServiceSpec auth = s.detail<EcsServiceSpec>("shop-north");
  auth.desired_count = tasks;
  s.system.components.push_back(component("auth-north", auth));
  ServiceSpec service = s.shop();
  service.name = at_line("auth", 11);
  service.sites = {{"auth-north", {}}};
  service.stores.clear();
  service.full_load_tasks = full_load;
  s.shop().needs = {{"auth", {}}};
  s.system.services.push_back(service);
  return s;
}

Task<void> many_calls(Stage stage) {
  PlannedCall read = call_on(stage.plan, Operation::kEcsDescribeServices, "shop-north");
  for (int i = 0; i < 10000; ++i) {
    Task<Outcome> call = stage.world.perform(read, {});
    const Outcome outcome = co_await call;
    stage.out.push_back(outcome.ok() ? 0 : 1);
  }
}

Outcome reply(const Plan& plan, const PlannedCall& call, std::string_view lost) {
  return play(plan, {{10, lost_region(plan, lost)}, {20, call}}, 30)[0].replies[1].outcome;
}

}  // namespace

TEST_CASE("a service serves no larger share than what it cannot do without", "[paths]") {
  // Capacity 4/4 of its own, 3/5 of what it needs.
  const Plan plan = with_need(3, 5).plan();
  const Played played = play(plan, {}, 10)[0];
  CHECK(played.share_at(5, 0) == Approx(0.6));
  CHECK(played.share_at(5, 1) == Approx(0.6));
  CHECK(play(with_need(9, 5).plan(), {}, 10)[0].share_at(5, 0) == 1.0);
}

TEST_CASE("a service whose store is usable in another region only serves nothing", "[paths]") {
  // Clients go to the north; its copy is no member, and the south's is of no use to it.
  ModelSample s;
  s.system.stores = {{{"orders", {}}, {{"orders-south", {}}}}};
  CHECK(play(s.plan(), {}, 10)[0].share_at(5) == 0);
  s.system.stores = {{{"orders", {}}, {{"orders-north", {}}}}};
  CHECK(play(s.plan(), {}, 10)[0].share_at(5) == 1.0);
}

TEST_CASE("a service with half of its tasks serves half", "[paths]") {
  ModelSample s;
  s.detail<EcsServiceSpec>("shop-north").desired_count = 2;
  CHECK(play(s.plan(), {}, 10)[0].share_at(5) == 0.5);
}

TEST_CASE("calls fail with the error share of their control plane", "[control-plane]") {
  // 10,000 calls at 0.2: 2000, with a standard deviation of 40; within 4 of them.
  ModelSample s;
  s.system.control_planes = {{{"ecs", {}}, {}, {0.2}}};
  double failed = 0;
  for (const double one : play_script(s.plan(), many_calls)) failed += one;
  CHECK(std::abs(failed - 2000) < 160);
}

TEST_CASE("an impaired control plane fails in its region, and while it lasts", "[control-plane]") {
  ModelSample s;
  const Plan plan = s.plan();
  PlannedCall impaired;
  impaired.operation = Operation::kFaultControlPlane;
  impaired.word = "ecs";
  impaired.region = region_of(plan, "north");
  impaired.share = 1;
  const PlannedCall north = call_on(plan, Operation::kEcsDescribeServices, "shop-north");
  const PlannedCall south = call_on(plan, Operation::kEcsDescribeServices, "shop-south");
  const Played played = play(
      plan, {{10, impaired}, {20, north}, {21, south}, {30, impaired, true}, {40, north}}, 50)[0];
  CHECK(played.replies[1].outcome.why == Failure::kServiceError);
  CHECK(played.replies[2].outcome.ok());
  CHECK(played.replies[4].outcome.ok());
}

TEST_CASE("a lost region's control planes are gone, and the global ones it hosts",
          "[control-plane]") {
  ModelSample s;
  s.system.control_planes = {{{"route53", {}}, {"north", {}}, {0}}};
  const Plan plan = s.plan();
  const PlannedCall north = call_on(plan, Operation::kEcsDescribeServices, "shop-north");
  const PlannedCall south = call_on(plan, Operation::kEcsDescribeServices, "shop-south");
  PlannedCall point = call_on(plan, Operation::kRoute53ChangeRecord, "dns");
  point.target = component_of(plan, "alb-south");
  CHECK(reply(plan, north, "north").why == Failure::kUnreachable);
  CHECK(reply(plan, south, "north").ok());
  CHECK(reply(plan, point, "north").why == Failure::kUnreachable);
  CHECK(reply(plan, point, "south").ok());
}
