// Faults of any component and of any control plane.
#include <catch2/catch.hpp>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

PlannedCall plane_fault(const Plan& plan, Operation operation) {
  PlannedCall fault;
  fault.operation = operation;
  fault.word = "ecs";
  fault.region = region_of(plan, "north");
  return fault;
}

}  // namespace

TEST_CASE("what is down lets nothing through and answers no call", "[faults]") {
  for (const char* name : {"shop-north", "alb-north", "dns"}) {
    const Plan plan = ModelSample().plan();
    const PlannedCall down = call_on(plan, Operation::kFaultComponentDown, name);
    const Played played = play(plan,
                               {{100, down},
                                {110, call_on(plan, Operation::kEcsDescribeServices, "shop-north")},
                                {200, down, true}},
                               300)[0];
    INFO(name);
    CHECK(played.share_at(150) == 0);
    CHECK(played.replies[1].outcome.ok() == (std::string(name) != "shop-north"));
    CHECK(played.share_at(250) == 1);
  }
}

TEST_CASE("what running tasks do not go through stops none of their requests", "[faults]") {
  // Images are pulled at a start only, and the other region's balancer is not on the way.
  for (const char* name : {"images-north", "cluster-north", "alb-south", "shop-south"}) {
    const Plan plan = ModelSample().plan();
    const PlannedCall down = call_on(plan, Operation::kFaultComponentDown, name);
    INFO(name);
    CHECK(play(plan, {{100, down}}, 200)[0].share_at(150) == 1);
  }
}

TEST_CASE("what is degraded fails its share, and shares of a path multiply", "[faults]") {
  const Plan plan = ModelSample().plan();
  PlannedCall tasks = call_on(plan, Operation::kFaultComponentDegraded, "shop-north");
  tasks.share = 0.25;
  PlannedCall balancer = call_on(plan, Operation::kFaultComponentDegraded, "alb-north");
  balancer.share = 0.2;
  PlannedCall store = call_on(plan, Operation::kFaultComponentDegraded, "orders-north");
  store.share = 0.5;
  const Played played = play(plan, {{100, tasks}, {200, balancer}, {300, store}}, 400)[0];
  CHECK(played.share_at(150) == Approx(0.75));
  CHECK(played.share_at(250) == Approx(0.75 * 0.8));
  CHECK(played.share_at(350) == Approx(0.75 * 0.8 * 0.5));
}

TEST_CASE("a slow control plane takes a multiple of its time, a throttled one turns calls away",
          "[faults]") {
  // Calls take 2 s; from 100 s on five times that; from 300 s on all are throttled.
  ModelSample s;
  s.constant_s("aws.cli.read_call", 2);
  const Plan plan = s.plan();
  PlannedCall slow = plane_fault(plan, Operation::kFaultControlPlaneSlow);
  slow.factor = 5;
  PlannedCall throttled = plane_fault(plan, Operation::kFaultControlPlaneThrottled);
  throttled.share = 1;
  const PlannedCall read = call_on(plan, Operation::kEcsDescribeServices, "shop-north");
  const PlannedCall elsewhere = call_on(plan, Operation::kEcsDescribeServices, "shop-south");
  const Played played = play(plan,
                             {{10, read},
                              {100, slow},
                              {110, read},
                              {150, elsewhere},
                              {200, slow, true},
                              {210, read},
                              {300, throttled},
                              {310, read}},
                             400)[0];
  CHECK(played.replies[0].at_s == Approx(12));
  CHECK(played.replies[2].at_s == Approx(120));
  CHECK(played.replies[3].at_s == Approx(152));
  CHECK(played.replies[5].at_s == Approx(212));
  CHECK(played.replies[7].outcome.why == Failure::kThrottled);
}
