// Rows of the vocabulary: probes and metrics.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {

namespace {

std::vector<OperationRule> store_and_edge_probes() {
  return {
      {Op::kProbeTableActive,
       OperationClass::kProbe,
       "dynamodb:table-active",
       "The replica can be read and written",
       {component("table", kTable, "the replica")},
       "dynamodb",
       false,
       {},
       {}},
      {Op::kProbeAnswersRegion,
       OperationClass::kProbe,
       "dns:answers-region",
       "The record answers with the region's load balancer",
       {component("record", kRecord, "the record"), value("region", kRegion, "the region")},
       {},
       false,
       {},
       {}},
      {Op::kProbeOriginIs,
       OperationClass::kProbe,
       "cloudfront:origin-is",
       "The distribution's origin is the load balancer",
       {component("distribution", kEdge, "the distribution"),
        component("origin", kBalancer, "the load balancer")},
       "cloudfront",
       false,
       {},
       {}},
  };
}

std::vector<OperationRule> compute_and_cluster_probes() {
  return {
      {Op::kProbeServiceServes,
       OperationClass::kProbe,
       "service:serves",
       "The service serves its threshold share",
       {value("service", kService, "the service")},
       {},
       false,
       {},
       {}},
      {Op::kProbeServicesStable,
       OperationClass::kProbe,
       "ecs:services-stable",
       "Every named service runs what it should, all targets healthy",
       {components("services", kEcsService, "the services")},
       "ecs",
       false,
       {},
       {}},
      {Op::kProbeTargetsHealthy,
       OperationClass::kProbe,
       "elbv2:targets-healthy",
       "No registered target is unhealthy, and there is at least one",
       {component("load_balancer", kBalancer, "the load balancer")},
       "elbv2",
       false,
       {},
       {}},
      {Op::kProbeClusterAvailable,
       OperationClass::kProbe,
       "rds:cluster-available",
       "No change of the cluster is under way; says nothing about being a writer",
       {component("cluster", kCluster, "the cluster")},
       "rds",
       false,
       {},
       {}},
      {Op::kProbeIsWriter,
       OperationClass::kProbe,
       "rds:is-writer",
       "The cluster accepts writes",
       {component("cluster", kCluster, "the cluster")},
       "rds",
       false,
       {},
       {}},
  };
}

}  // namespace

std::vector<OperationRule> probe_rules() {
  std::vector<OperationRule> all = compute_and_cluster_probes();
  for (OperationRule& rule : store_and_edge_probes()) all.push_back(std::move(rule));
  return all;
}

std::vector<OperationRule> metric_rules() {
  return {
      {Op::kMetricTarget5xx,
       OperationClass::kMetric,
       "alb:target_5xx_share",
       "Share of requests that healthy targets answer with an error; silent when no target answers "
       "at all",
       {component("of", kBalancer, "the load balancer")},
       {},
       false,
       {},
       {}},
      {Op::kMetricEndpointUnhealthy,
       OperationClass::kMetric,
       "route53:endpoint_unhealthy",
       "1 while the health checkers agree that the primary endpoint is down",
       {component("of", kRecord, "the record")},
       {},
       false,
       {},
       {}},
      {Op::kMetricTasksMissing,
       OperationClass::kMetric,
       "ecs:tasks_missing",
       "Desired minus running tasks",
       {component("of", kEcsService, "the service")},
       {},
       false,
       {},
       {}},
      {Op::kMetricReplicaLag,
       OperationClass::kMetric,
       "aurora:replica_lag_s",
       "Seconds by which a replica cluster is behind",
       {component("of", kCluster, "the replica")},
       {},
       false,
       {},
       {}},
      {Op::kMetricHealthEvent,
       OperationClass::kMetric,
       "health:open_event",
       "1 while the provider has published an event for the region",
       {value("of", kRegion, "the region")},
       {},
       false,
       {},
       {"detect.aws_health.event_publication", "detect.aws_health.to_eventbridge_page"}},
      {Op::kMetricSyntheticsFailed,
       OperationClass::kMetric,
       "synthetics:failed_share",
       "Share of synthetic requests from outside that fail",
       {component("of", kEntryKinds, "record or distribution")},
       {},
       false,
       {},
       {}},
  };
}

}  // namespace firedrill::vocabulary_rows
