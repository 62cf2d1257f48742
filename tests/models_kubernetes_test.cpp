// Pods, rolling updates, restarts and lost nodes, seen through the served share: with n pods for
// the full load it moves by 1/n with each pod.
#include <catch2/catch.hpp>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

/// The service runs as a deployment in the north, in two zones, and nowhere else.
struct PodSample : ModelSample {
  explicit PodSample(std::int64_t replicas) {
    const Name north{"north", {}};
    KubernetesClusterSpec nodes{north};
    nodes.nodes = 4;
    nodes.most_nodes = 4;
    nodes.pods_per_node = 100;
    system.components.push_back(component("nodes", nodes));
    system.components.push_back(component("ingress", KubernetesIngressSpec{north}));
    KubernetesDeploymentSpec pods{north, {"nodes", {}}, {"ingress", {}}};
    pods.replicas = pods.production_replicas = replicas;
    system.components.push_back(component("pods", pods));
    shop().sites = {{"pods", {}}};
    shop().full_load_tasks = replicas;
    detail<DnsRecordSpec>("dns") = DnsRecordSpec{{"ingress", {}}};
    constant_s("k8s.crashloop_backoff_max", 300).constant_s("k8s.crashloop_backoff_first", 10);
    constant_s("k8s.crashloop_backoff_reset", 600).constant_s("k8s.rollout_progress_deadline", 600);
    constant_s("k8s.rollout_status_poll", 5);
  }
  KubernetesDeploymentSpec& pods() { return detail<KubernetesDeploymentSpec>("pods"); }
};

Move pods(const Plan& plan, double at_s, Operation operation,
          std::int64_t count = kCountUnchanged) {
  return {at_s, call_on(plan, operation, "pods", count)};
}

Move crash(const Plan& plan, double at_s, const char* how, double share) {
  PlannedCall fault = call_on(plan, Operation::kFaultTasksCrash, "pods");
  fault.word = how;
  fault.share = share;
  return {at_s, fault};
}

}  // namespace

TEST_CASE("a pod is ready after the sum of its stages, and an image is pulled once a node",
          "[kubernetes]") {
  // Set-up 2, pull 12, boot 20, probe 5. Four nodes: of 1 to 6 pods the first is there and has its
  // image; the next three go to the other nodes, 10 + 39 s; two more to nodes that have been asked
  // for the image before, 10 + 27 s.
  PodSample s(6);
  s.pods().replicas = 1;
  s.constant_s("k8s.pod_start_excluding_pull", 2).constant_s("k8s.image_pull", 12);
  s.constant_s("ecs.app_boot_to_healthy_endpoint", 20);
  s.constant_s("k8s.readiness_probe_phase", 5);
  const Plan plan = s.plan();
  const Played played = play(plan, {pods(plan, 10, Operation::kKubectlScale, 6)}, 100)[0];
  CHECK(played.share_at(36.9) == Approx(1.0 / 6));
  CHECK(played.share_at(37.1) == Approx(3.0 / 6));
  CHECK(played.share_at(48.9) == Approx(3.0 / 6));
  CHECK(played.reaches(1.0, 10) == Approx(49));
}

TEST_CASE("a rolling update takes ceil(n / (surge + unavailable)) waves", "[kubernetes]") {
  // Every wave takes the boot of 30 s. In percent of n, surge rounded up and unavailable down:
  //   n = 3, 25 % and 25 %: 1 and 0, 3 waves, never a pod missing;
  //   n = 4, 25 % and 25 %: 1 and 1, ceil(4 / 2) = 2 waves with 3 of 4 ready meanwhile;
  //   n = 8, 25 % and 25 %: 2 and 2, ceil(8 / 4) = 2 waves with 6 of 8;
  //   n = 2, 100 % and 0 %: 2 and 0, 1 wave.
  struct Case {
    std::int64_t n, surge, unavailable;
    double waves, least;
  };
  for (const Case& c : {Case{3, 25, 25, 3, 1}, Case{4, 25, 25, 2, 0.75}, Case{8, 25, 25, 2, 0.75},
                        Case{2, 100, 0, 1, 1}}) {
    PodSample s(c.n);
    s.pods().max_surge_percent = c.surge;
    s.pods().max_unavailable_percent = c.unavailable;
    s.constant_s("ecs.app_boot_to_healthy_endpoint", 30);
    const Plan plan = s.plan();
    const Move restart = pods(plan, 10, Operation::kKubectlRolloutRestart);
    Move done = pods(plan, 10.5, Operation::kKubectlRolloutStatus);
    const Played played = play(plan, {restart, done}, 500)[0];
    REQUIRE(played.replies.size() == 2);
    CAPTURE(c.n);
    CHECK(played.share_at(11) == Approx(c.least));
    CHECK(played.reaches(1.0, 10 + 30 * c.waves - 1) ==
          Approx(c.least < 1 ? 10 + 30 * c.waves : -1).margin(1e-9));
  }
}

TEST_CASE("the n-th start of a container that exits comes after its back-off", "[kubernetes]") {
  // It lives 1 s and boots in no time, so each start shows as a moment of service. The k-th comes
  // at (k - 1) 1 + 10 (2^(k - 2) - 1) after the first: 1, 12, 33, 74, 155, 316, then 300 s after
  // each end (10 * 2^5 = 320 is more than the maximum): 617.
  PodSample s(1);
  s.constant_s("ecs.task.crash_later", 1);
  const Plan plan = s.plan();
  const Played played = play(plan, {crash(plan, 10, "exits-later", 1)}, 700)[0];
  std::vector<double> starts;
  for (const auto& [at_s, share] : played.shares()) {
    if (at_s > 10 && share == 1) starts.push_back(at_s - 10);
  }
  // The pod that was running stops at 10 s and is started at once: that is its first start here.
  const std::vector<double> expected = {11, 32, 73, 154, 315, 616};
  REQUIRE(starts.size() >= expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(starts[starts.size() - expected.size() + i] == Approx(expected[i]));
  }
}

TEST_CASE("a revision that never gets ready hurts nobody, until it is taken back", "[kubernetes]") {
  // Three replicas: one surplus pod, none missing. It is stuck, and reported after the progress
  // deadline of 600 s; undoing it ends the pod.
  PodSample s(3);
  s.constant_s("ecs.task.crash_at_start", 5);
  const Plan plan = s.plan();
  PlannedCall bad = call_on(plan, Operation::kFaultBadDeployment, "pods");
  bad.word = "exits-at-start";
  Move status = pods(plan, 20, Operation::kKubectlRolloutStatus);
  Move undo = pods(plan, 700, Operation::kKubectlRolloutUndo);
  Move again = pods(plan, 701, Operation::kKubectlRolloutStatus);
  const Played played = play(plan, {{10, bad}, status, undo, again}, 800)[0];
  CHECK(played.share_at(690) == 1.0);
  CHECK(played.share_at(799) == 1.0);
  REQUIRE(played.replies.size() == 4);
  for (const Reply& reply : played.replies) {
    if (reply.move == 1) CHECK_FALSE(reply.outcome.ok());
    if (reply.move == 3) CHECK(reply.outcome.ok());
  }
}

TEST_CASE("pods of a lost zone fail requests for D, and are replaced after D + E + (k - 1) r",
          "[kubernetes]") {
  // 4 pods on 4 nodes in 2 zones. Of the 4 endpoints 2 are dead for D = 40 s, and those left carry
  // what they did: 2/4. The k-th node is evicted at 10 + 40 + 300 + (k - 1) 10, and its pod boots
  // elsewhere in 25 s: 375 and 385 s.
  PodSample s(4);
  s.constant_s("k8s.node_not_ready_detect", 40).constant_s("k8s.eviction_toleration", 300);
  s.constant_s("k8s.node_eviction_interval", 10);
  s.constant_s("ecs.app_boot_to_healthy_endpoint", 25);
  const Plan plan = s.plan();
  const Played played = play(plan, {{10, lost_zone(plan, "north", 0)}}, 500)[0];
  CHECK(played.share_at(11) == Approx(0.5));
  CHECK(played.share_at(374) == Approx(0.5));
  CHECK(played.share_at(376) == Approx(0.75));
  CHECK(played.reaches(1.0, 10) == Approx(385));
}

TEST_CASE("a drain replaces the pods of a lost zone at once, deleting them all takes the good too",
          "[kubernetes]") {
  // The same loss. Drained at 60 s: two pods boot for 25 s. Deleted at 60 s instead: nothing is
  // ready until four have booted.
  PodSample s(4);
  s.constant_s("k8s.node_not_ready_detect", 40).constant_s("k8s.eviction_toleration", 300);
  s.constant_s("ecs.app_boot_to_healthy_endpoint", 25);
  const Plan plan = s.plan();
  const Move lost{10, lost_zone(plan, "north", 0)};
  PlannedCall drain = call_on(plan, Operation::kKubectlDrain, "nodes");
  drain.region = region_of(plan, "north");
  const Played drained = play(plan, {lost, {60, drain}}, 200)[0];
  CHECK(drained.share_at(70) == Approx(0.5));
  CHECK(drained.reaches(1.0, 10) == Approx(85));
  const Played deleted = play(plan, {lost, pods(plan, 60, Operation::kKubectlDeletePods)}, 200)[0];
  CHECK(deleted.share_at(70) == 0.0);
  CHECK(deleted.reaches(1.0, 10) == Approx(85));
}

TEST_CASE("a pod without room waits for a node that the autoscaler starts", "[kubernetes]") {
  // 4 nodes for one pod each, all taken; two more pods ask for ceil(2 / 1) nodes, of which there
  // may be one: 150 s and the boot of 25 s. The last pod waits for ever.
  PodSample s(6);
  s.pods().replicas = 4;
  s.detail<KubernetesClusterSpec>("nodes").pods_per_node = 1;
  s.detail<KubernetesClusterSpec>("nodes").most_nodes = 5;
  s.constant_s("k8s.node_provision_eks", 150);
  s.constant_s("ecs.app_boot_to_healthy_endpoint", 25);
  const Plan plan = s.plan();
  const Played played = play(plan, {pods(plan, 10, Operation::kKubectlScale, 6)}, 1000)[0];
  CHECK(played.share_at(184) == Approx(4.0 / 6));
  CHECK(played.share_at(186) == Approx(5.0 / 6));
  CHECK(played.share_at(999) == Approx(5.0 / 6));
}
