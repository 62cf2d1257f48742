// Rows of the vocabulary: Kubernetes clusters, deployments and their pods. Calls go to the API
// server of the cluster, which the provider runs in its region.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {
namespace {

constexpr std::string_view kApiServer = "eks";
constexpr std::string_view kKubectl = "k8s.kubectl_call";

/// What `kubectl get pods` says of a pod that does not get ready.
const std::vector<std::string_view> kPodReasons = {"crash-loop-back-off", "out-of-memory-killed",
                                                   "image-pull-back-off", "not-ready", "none"};

ParameterRule deployment() { return component("deployment", kDeployment, "the deployment"); }

OperationRule call(Op operation, std::string_view name, std::string_view meaning,
                   std::vector<ParameterRule> parameters, bool mutating) {
  return {operation,
          OperationClass::kCall,
          name,
          meaning,
          std::move(parameters),
          kApiServer,
          mutating,
          mutating ? kChanging : kReading,
          {mutating ? kChangeCall : kReadCall},
          mutating ? std::string_view{} : kKubectl};
}

OperationRule change_of_template(Op operation, std::string_view name, std::string_view meaning) {
  return call(
      operation, name, meaning,
      {deployment(), word("fixes", kTaskFailures, "what the pods do not do any more", false)},
      true);
}

OperationRule pod_probe(Op operation, std::string_view name, std::string_view meaning,
                        std::vector<ParameterRule> parameters) {
  return probe(operation, name, meaning, std::move(parameters), kApiServer);
}

std::vector<OperationRule> calls() {
  return {
      call(Op::kKubectlGet, "kubectl:Get", "Lists pods, where they run and why they do not",
           {deployment()}, false),
      call(Op::kKubectlLogs, "kubectl:Logs", "Reads the newest lines of the pods", {deployment()},
           false),
      call(Op::kKubectlSaveLogs, "kubectl:SaveLogs",
           "Saves the logs of the pods that are there as evidence; those of replaced pods are gone",
           {deployment()}, true),
      call(Op::kKubectlScale, "kubectl:Scale", "Sets how many pods a deployment shall have",
           {deployment(),
            value("replicas", kCount, "pods wanted; \"production\" for the production count")},
           true),
      call(Op::kKubectlRolloutRestart, "kubectl:RolloutRestart",
           "Replaces every pod by the rules of a rolling update", {deployment()}, true),
      call(Op::kKubectlRolloutUndo, "kubectl:RolloutUndo",
           "Goes back to the pod template of before the present one", {deployment()}, true),
      change_of_template(Op::kKubectlSetEnv, "kubectl:SetEnv",
                         "Changes the environment of the pods, which begins a rolling update"),
      change_of_template(
          Op::kKubectlSetResources, "kubectl:SetResources",
          "Changes the requests and limits of the pods, which begins a rolling update"),
      change_of_template(Op::kKubectlSetImage, "kubectl:SetImage",
                         "Changes the image of the pods, which begins a rolling update"),
      call(Op::kKubectlDeletePods, "kubectl:DeletePods",
           "Deletes every pod of a deployment at once; others are started in their place",
           {deployment()}, true),
      call(Op::kKubectlDrain, "kubectl:Drain",
           "Cordons the nodes of a zone and evicts the pods on them",
           {component("cluster", kKubernetesCluster, "the cluster"),
            value("zone", kZone, "the zone whose nodes are drained")},
           true),
      {Op::kKubectlRolloutStatus,
       OperationClass::kWait,
       "kubectl:RolloutStatus",
       "Follows a rolling update until it is complete, or its progress deadline has passed",
       {deployment()},
       kApiServer,
       false,
       {},
       {},
       {},
       WaiterRule{Op::kProbeRolloutComplete, "k8s.rollout_status_poll",
                  "k8s.rollout_progress_deadline"}},
  };
}

}  // namespace

std::vector<OperationRule> kubernetes_rules() {
  std::vector<OperationRule> all = calls();
  std::vector<OperationRule> rest = {
      pod_probe(Op::kProbePodsReady, "kubernetes:pods-ready",
                "Every named deployment has as many ready pods as it should, and has some",
                {components("deployments", kDeployment, "the deployments")}),
      pod_probe(Op::kProbeRolloutComplete, "kubernetes:rollout-complete",
                "All pods are of the present revision, as many as wanted, and ready",
                {deployment()}),
      pod_probe(Op::kProbePodReasonIs, "kubernetes:pod-reason-is",
                "Why a pod did not stay ready, the last time that one did not",
                {deployment(), word("reason", kPodReasons, "the reason")}),
      pod_probe(Op::kProbePodsInZone, "kubernetes:pods-in-zone",
                "A pod of the deployment is listed on a node of the zone, whether it runs or not",
                {deployment(), value("zone", kZone, "the zone")}),
      {.operation = Op::kMetricPodsMissing,
       .kind = OperationClass::kMetric,
       .name = "kubernetes:pods_missing",
       .meaning = "Wanted minus ready pods, as the API server knows it",
       .parameters = {component("of", kDeployment, "the deployment")}},
      {.operation = Op::kMetricRolloutFailed,
       .kind = OperationClass::kMetric,
       .name = "kubernetes:rollout_failed",
       .meaning = "1 from when a rolling update has made no progress for its deadline until the "
                  "next one begins",
       .parameters = {component("of", kDeployment, "the deployment")}},
  };
  for (OperationRule& rule : rest) all.push_back(std::move(rule));
  return all;
}

std::vector<ComponentKindRule> kubernetes_kinds() {
  return {
      {"kubernetes:cluster",
       "Nodes of a region, the scheduler, and what becomes of pods whose node is lost",
       {{"node_not_ready", "k8s.node_not_ready_detect", "from a dead node to not ready"},
        {"eviction_toleration", "k8s.eviction_toleration",
         "for which pods stay on a node that is not ready"},
        {"eviction_interval", "k8s.node_eviction_interval", "between two nodes that are evicted"},
        {"node_provision", "k8s.node_provision_eks", "until the autoscaler's node is ready"}}},
      {"kubernetes:ingress", "Where requests come into a cluster", {}},
      {"kubernetes:deployment",
       "Pods from a template: a rolling update from one revision to the next",
       {{"pod_start", "k8s.pod_start_excluding_pull", "set-up of a pod on its node"},
        {"image_pull", "k8s.image_pull", "on a node that does not have the image"},
        {"app_boot", "ecs.app_boot_to_healthy_endpoint", "from started to the first good answer"},
        {"readiness", "k8s.readiness_probe_phase", "until the next readiness probe"},
        {"crash_at_start", "ecs.task.crash_at_start", "a container that exits at start runs for"},
        {"crash_later", "ecs.task.crash_later", "a container that leaks runs for"},
        {"crash_out_of_memory", "ecs.task.crash_out_of_memory",
         "a container with too little memory runs for, once it has load"},
        {"pull_failure", "ecs.task.pull_failure", "until a pull of a missing image has failed"},
        {"back_off_first", "k8s.crashloop_backoff_first",
         "pause before the second restart; doubles"},
        {"back_off_max", "k8s.crashloop_backoff_max", "the longest such pause"},
        {"back_off_reset", "k8s.crashloop_backoff_reset", "a run that ends the series"},
        {"progress_deadline", "k8s.rollout_progress_deadline",
         "without a new ready pod until a rolling update counts as failed"}}},
  };
}

}  // namespace firedrill::vocabulary_rows
