#include "engine/plan/vocabulary.hpp"

#include <algorithm>
#include <cstdlib>

namespace firedrill {
namespace {

using enum ParameterType;
using Op = Operation;

constexpr std::string_view kEcsService = "ecs:service";
constexpr std::string_view kBalancer = "elbv2:load-balancer";
constexpr std::string_view kRecord = "route53:record";
constexpr std::string_view kEdge = "cloudfront:distribution";
constexpr std::string_view kCluster = "aurora:cluster";
constexpr std::string_view kTable = "dynamodb:table";
constexpr std::string_view kBackup = "backup:plan";

constexpr std::string_view kReading = "people.cli_step.read_only";
constexpr std::string_view kChanging = "people.cli_step.mutating";
constexpr std::string_view kReadCall = "aws.cli.read_call";
constexpr std::string_view kChangeCall = "aws.cli.mutating_call";

ParameterRule component(std::string_view name, std::string_view kind, std::string_view meaning,
                        bool required = true) {
  return {name, kComponent, kind, required, meaning};
}
ParameterRule components(std::string_view name, std::string_view kind, std::string_view meaning) {
  return {name, kComponent, kind, true, meaning, true};
}
ParameterRule value(std::string_view name, ParameterType type, std::string_view meaning,
                    bool required = true) {
  return {name, type, {}, required, meaning};
}

std::vector<OperationRule> human_rules() {
  return {
      {Op::kHumanWork,
       OperationClass::kHuman,
       "human:work",
       "Somebody's hands are busy for the time that the step names",
       {},
       {},
       false,
       {},
       {}},
      {Op::kHumanCheck,
       OperationClass::kHuman,
       "human:check",
       "One tick of a checklist: look at a dashboard, call an endpoint, resolve a name",
       {},
       {},
       false,
       "people.verify_check",
       {}},
      {Op::kHumanDecide,
       OperationClass::kHuman,
       "human:decide",
       "The role decides, or approves; may first wait a little longer for the provider",
       {},
       {},
       false,
       "people.decision_failover",
       {"people.decision_hesitation_wait_for_provider"}},
  };
}

std::vector<OperationRule> wait_rules() {
  return {
      {Op::kWaitFor,
       OperationClass::kWait,
       "wait:for",
       "A span of time passes",
       {value("duration", kDuration, "how long; else the step's own `time`", false)},
       {},
       false,
       {},
       {}},
      {Op::kWaitSinceDetection,
       OperationClass::kWait,
       "wait:since-detection",
       "Until so much time has passed since the first alarm",
       {value("at_least", kDuration, "how long after detection")},
       {},
       false,
       {},
       {}},
      {Op::kWaitServicesStable,
       OperationClass::kWait,
       "ecs:WaitServicesStable",
       "Polls until every named service runs what it should and its targets are healthy, or gives "
       "up",
       {components("services", kEcsService, "the services")},
       "ecs",
       false,
       {},
       {"ecs.waiter.services_stable_poll", "ecs.waiter.services_stable_timeout"}},
      {Op::kWaitClusterAvailable,
       OperationClass::kWait,
       "rds:WaitDBClusterAvailable",
       "Polls until the cluster is available, or gives up",
       {component("cluster", kCluster, "the cluster")},
       "rds",
       false,
       {},
       {"rds.waiter.poll", "rds.waiter.timeout"}},
  };
}

std::vector<OperationRule> compute_rules() {
  return {
      {Op::kEcsUpdateService,
       OperationClass::kCall,
       "ecs:UpdateService",
       "Sets the desired count of a service",
       {component("service", kEcsService, "the service"),
        value("desired_count", kCount, "tasks wanted; \"production\" for its production count",
              false)},
       "ecs",
       true,
       kChanging,
       {kChangeCall}},
      {Op::kEcsCreateService,
       OperationClass::kCall,
       "ecs:CreateService",
       "Creates services that exist only as a task definition",
       {components("services", kEcsService, "the services"),
        value("desired_count", kCount, "tasks wanted; \"production\" for the production count",
              false)},
       "ecs",
       true,
       kChanging,
       {kChangeCall, "ecs.create_service"}},
      {Op::kEcsDescribeServices,
       OperationClass::kCall,
       "ecs:DescribeServices",
       "Reads running and desired counts",
       {component("service", kEcsService, "a service of the cluster")},
       "ecs",
       false,
       kReading,
       {kReadCall}},
      {Op::kElbDescribeTargetHealth,
       OperationClass::kCall,
       "elbv2:DescribeTargetHealth",
       "Reads the health of a load balancer's targets",
       {component("load_balancer", kBalancer, "the load balancer")},
       "elbv2",
       false,
       kReading,
       {kReadCall}},
      {Op::kTerraformApply,
       OperationClass::kCall,
       "terraform:Apply",
       "Creates what the code describes; needs the remote state, wherever that is kept",
       {components("services", kEcsService, "services it creates"),
        value("state_in", kRegion, "region that keeps the remote state")},
       "ecs",
       true,
       kChanging,
       {"terraform.plan", "terraform.apply_service_change"}},
  };
}

std::vector<OperationRule> data_rules() {
  return {
      {Op::kRdsDescribeClusters,
       OperationClass::kCall,
       "rds:DescribeDBClusters",
       "Reads the state of a cluster",
       {component("cluster", kCluster, "the cluster")},
       "rds",
       false,
       kReading,
       {kReadCall}},
      {Op::kRdsPromoteReadReplica,
       OperationClass::kCall,
       "rds:PromoteReadReplicaDBCluster",
       "Makes a cross-region replica cluster a writer; documented for Aurora MySQL only",
       {component("cluster", kCluster, "the replica cluster")},
       "rds",
       true,
       kChanging,
       {kChangeCall}},
      {Op::kRdsFailoverGlobal,
       OperationClass::kCall,
       "rds:FailoverGlobalCluster",
       "Fails a global database over to another region, allowing data loss",
       {component("cluster", kCluster, "the cluster that becomes the writer")},
       "rds",
       true,
       kChanging,
       {kChangeCall}},
      {Op::kRdsRestoreFromSnapshot,
       OperationClass::kCall,
       "rds:RestoreDBClusterFromSnapshot",
       "Creates a cluster from the newest copied snapshot",
       {component("backup", kBackup, "the backup plan that made the copy")},
       "rds",
       true,
       kChanging,
       {kChangeCall}},
      {Op::kRdsCreateInstance,
       OperationClass::kCall,
       "rds:CreateDBInstance",
       "Gives a restored cluster the instance it needs to answer queries",
       {component("cluster", kCluster, "the restored cluster")},
       "rds",
       true,
       kChanging,
       {kChangeCall}},
      {Op::kDynamoDescribeTable,
       OperationClass::kCall,
       "dynamodb:DescribeTable",
       "Reads the status of a table replica",
       {component("table", kTable, "the replica")},
       "dynamodb",
       false,
       kReading,
       {"ddb.describe_table"}},
  };
}

std::vector<OperationRule> edge_rules() {
  return {
      {Op::kRoute53ChangeRecord,
       OperationClass::kCall,
       "route53:ChangeResourceRecordSets",
       "Points a record at another load balancer",
       {component("record", kRecord, "the record"),
        component("to", kBalancer, "the load balancer it shall point to")},
       "route53",
       true,
       kChanging,
       {kChangeCall}},
      {Op::kRoute53GetHealthCheckStatus,
       OperationClass::kCall,
       "route53:GetHealthCheckStatus",
       "Reads what the health checkers see",
       {component("record", kRecord, "the record")},
       "route53",
       false,
       kReading,
       {kReadCall}},
      {Op::kCloudFrontGetConfig,
       OperationClass::kCall,
       "cloudfront:GetDistributionConfig",
       "Reads a distribution's configuration and its tag",
       {component("distribution", kEdge, "the distribution")},
       "cloudfront",
       false,
       kReading,
       {kReadCall}},
      {Op::kCloudFrontUpdate,
       OperationClass::kCall,
       "cloudfront:UpdateDistribution",
       "Gives a distribution another origin, after editing its configuration by hand",
       {component("distribution", kEdge, "the distribution"),
        component("origin", kBalancer, "the load balancer that becomes the origin")},
       "cloudfront",
       true,
       "people.edit_json_config",
       {kChangeCall}},
      {Op::kHealthDescribeEvents,
       OperationClass::kCall,
       "health:DescribeEvents",
       "Reads the provider's health events for a region",
       {value("region", kRegion, "the region asked about")},
       "health",
       false,
       kReading,
       {kReadCall}},
      {Op::kSupportCreateCase,
       OperationClass::kCall,
       "support:CreateCase",
       "Opens a case with the provider",
       {},
       "support",
       true,
       "people.aws_support_case_create",
       {kChangeCall}},
  };
}

std::vector<OperationRule> fault_rules() {
  return {
      {Op::kFaultRegionLoss,
       OperationClass::kFault,
       "fault:region-loss",
       "A whole region stops: zones, links, control planes, and what runs there",
       {value("region", kRegion, "the region")},
       {},
       true,
       {},
       {}},
      {Op::kFaultZoneLoss,
       OperationClass::kFault,
       "fault:zone-loss",
       "One availability zone stops",
       {value("zone", kZone, "the zone")},
       {},
       true,
       {},
       {}},
      {Op::kFaultLinkCut,
       OperationClass::kFault,
       "fault:link-cut",
       "An inter-region link carries nothing",
       {value("link", kLink, "the link")},
       {},
       true,
       {},
       {}},
      {Op::kFaultControlPlane,
       OperationClass::kFault,
       "fault:control-plane",
       "Calls to one service's control plane in a region fail with a share, what runs goes on "
       "running",
       {value("service", kWord, "the AWS service, \"ecs\""), value("region", kRegion, "the region"),
        value("error_share", kShare, "share of calls that fail")},
       {},
       true,
       {},
       {}},
  };
}

std::vector<OperationRule> probe_rules() {
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
      {Op::kProbeIsWriter,
       OperationClass::kProbe,
       "rds:is-writer",
       "The cluster accepts writes",
       {component("cluster", kCluster, "the cluster")},
       "rds",
       false,
       {},
       {}},
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
       {component("of", {}, "record or distribution")},
       {},
       false,
       {},
       {}},
  };
}

std::vector<OperationRule> all_rules() {
  std::vector<OperationRule> all;
  for (auto* part : {human_rules, wait_rules, compute_rules, data_rules, edge_rules, fault_rules,
                     probe_rules, metric_rules}) {
    for (OperationRule& rule : part()) all.push_back(std::move(rule));
  }
  return all;
}

}  // namespace

const std::vector<OperationRule>& vocabulary() {
  static const std::vector<OperationRule> rules = all_rules();
  return rules;
}

const OperationRule& rule_of(Operation operation) {
  // Asked at every call of every drill, so by index. The vocabulary names every operation; a test
  // holds it to that.
  static const std::vector<const OperationRule*> by_operation = [] {
    std::vector<const OperationRule*> list;
    for (const OperationRule& rule : vocabulary()) {
      const auto index = static_cast<std::size_t>(rule.operation);
      if (index >= list.size()) list.resize(index + 1, nullptr);
      list[index] = &rule;
    }
    return list;
  }();
  const OperationRule* rule = by_operation.at(static_cast<std::size_t>(operation));
  if (rule == nullptr) std::abort();
  return *rule;
}

const OperationRule* find_operation(std::string_view name) {
  const auto& rules = vocabulary();
  const auto it = std::find_if(rules.begin(), rules.end(),
                               [&](const OperationRule& r) { return r.name == name; });
  return it == rules.end() ? nullptr : &*it;
}

}  // namespace firedrill
