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
       {component("services", kEcsService, "one service, or several separated by commas")},
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
       {component("services", kEcsService, "one service, or several separated by commas"),
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
       {component("services", kEcsService, "services it creates, separated by commas"),
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
       {component("services", kEcsService, "one or several, separated by commas")},
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
  const auto& rules = vocabulary();
  const auto it = std::find_if(rules.begin(), rules.end(),
                               [&](const OperationRule& r) { return r.operation == operation; });
  if (it == rules.end())
    std::abort();  // the vocabulary names every operation; a test holds it to that
  return *it;
}

const OperationRule* find_operation(std::string_view name) {
  const auto& rules = vocabulary();
  const auto it = std::find_if(rules.begin(), rules.end(),
                               [&](const OperationRule& r) { return r.name == name; });
  return it == rules.end() ? nullptr : &*it;
}

const std::vector<ComponentKindRule>& component_kinds() {
  static const std::vector<ComponentKindRule> kinds = {
      {"ecs:service",
       "An ECS Fargate service: desired tasks become running ones, running ones become healthy "
       "targets",
       {{"scheduler_reaction", "ecs.service.scheduler_reaction",
         "from accepted call to first task"},
        {"network_attach", "ecs.fargate.eni_attach", "network interface of one task"},
        {"image_pull_per_gb", "ecs.fargate.image_pull_per_gb",
         "time to pull one gigabyte, unshared"},
        {"app_boot", "ecs.app_boot_to_healthy_endpoint", "from running to the first good answer"},
        {"first_health_check", "alb.target_initial_healthy", "from first answer to healthy target"},
        {"capacity_missing", "ecs.fargate.capacity_unavailable_probability_mass_failover",
         "probability that the region has no capacity left when everybody fails over to it"}}},
      {"ecs:cluster",
       "Tasks of an account in a region: the quota and the rate at which tasks may start",
       {{"launch_bucket", "ecs.account.fargate_launch_bucket", "tasks that may start at once"},
        {"launch_refill", "ecs.account.fargate_refill_rate", "tasks a second after that"},
        {"service_launch_rate", "ecs.service.launch_rate", "tasks a minute of one service"},
        {"quota_increase", "ecs.account.quota_increase_turnaround",
         "until the provider raises a quota"}}},
      {"ecr:registry", "Where task images are pulled from", {}},
      {"elbv2:load-balancer",
       "An application load balancer with a target group for each service",
       {{"mark_unhealthy", "alb.target_mark_unhealthy",
         "from a dead target to no more traffic to it"}}},
      {"route53:record",
       "A DNS name with simple or failover routing, and the clients that hold its answers",
       {{"health_check", "detect.route53.health_check_standard",
         "from dead endpoint to agreed unhealthy"},
        {"answers_change", "detect.route53.status_to_dns_answers",
         "from unhealthy to changed answers"},
        {"change_propagation", "route53.change_propagation",
         "from accepted change to changed answers"},
        {"straggler_share", "dns.straggler_traffic_share", "share of traffic that ignores the TTL"},
        {"straggler_delay", "dns.straggler_delay", "how long that share keeps the old answer"}}},
      {"cloudfront:distribution",
       "A CDN distribution with one origin",
       {{"update", "cloudfront.update_distribution", "until the edges use a changed origin"}}},
      {"aurora:cluster",
       "An Aurora cluster: a writer with instances in zones, or a replica of another region's "
       "cluster",
       {{"zone_failover", "aurora.failover_in_region", "writes stop while another zone takes over"},
        {"endpoint_update", "aurora.endpoint_dns_update",
         "until the endpoint names the new writer"},
        {"pool_reconnect", "aurora.client_pool_reconnect",
         "until pools of clients have reconnected"},
        {"replica_lag", "aurora.global.replica_lag",
         "by which a replica is behind when nothing is wrong"},
        {"promote_replica", "aurora.promote_replica_cluster",
         "promotion of a cross-region replica"},
        {"global_failover", "aurora.global.unplanned_failover",
         "unplanned failover of a global database"},
        {"create_instance", "aurora.create_instance", "an instance in a restored cluster"},
        {"cache_cold", "aurora.cache_cold_penalty_duration",
         "reported only: caches are cold afterwards"}}},
      {"dynamodb:table",
       "One region's replica of a global table",
       {{"replication", "ddb.global_table_replication", "by which other replicas are behind"}}},
      {"s3:bucket",
       "A bucket, and the bucket of another region it replicates from, object by object, unordered",
       {{"replication", "s3.replication_standard", "age at which one object arrives"},
        {"replication_rtc", "s3.replication_rtc", "the same with replication time control"}}},
      {"backup:plan",
       "Snapshots of a cluster, copied to another region on a schedule, and their restore",
       {{"copy", "rds.cross_region_snapshot_copy",
         "until a snapshot has arrived in the other region"},
        {"restore_fixed", "aurora.create_cluster_control",
         "control part of a restore, whatever its size"}}},
  };
  return kinds;
}

const ComponentKindRule* find_component_kind(std::string_view kind) {
  const auto& kinds = component_kinds();
  const auto it = std::find_if(kinds.begin(), kinds.end(),
                               [&](const ComponentKindRule& r) { return r.kind == kind; });
  return it == kinds.end() ? nullptr : &*it;
}

const std::vector<BehaviourRule>& behaviours() {
  static const std::vector<BehaviourRule> rules = {
      {Behaviour::kWaitForProvider, "people.wait-for-provider", std::string_view{},
       "The decision is put off to give the provider a few more minutes", 0.5},
      {Behaviour::kQuotaForgotten, "quota.forgotten",
       "ecs.account.vcpu_quota_shortfall_probability",
       "The quota of the standby region was never raised to production size"},
      {Behaviour::kMonitoringBlind, "monitoring.blind",
       "detect.cloudwatch.degraded_in_region_event",
       "Alarms that a lost region evaluates for itself do not arrive"},
      {Behaviour::kPagingDelayed, "paging.delayed", "page.delay_probability_internet_wide_event",
       "The paging provider is slow, since the event hits many of its customers"},
      {Behaviour::kPrimaryNeverAnswers, "people.primary-never-answers",
       "people.ack.never_probability_primary", "The first responder answers no notification"},
      {Behaviour::kPromotionRefused, "aurora.promotion-refused",
       "aurora.promote_wrong_command_probability",
       "PromoteReadReplicaDBCluster is refused for an Aurora PostgreSQL replica"},
      {Behaviour::kWaiterReturnsEarly, "waiter.returns-early",
       "rds.waiter.early_available_race_probability",
       "A waiter sees the state of before the change and ends at once"},
      {Behaviour::kPoolNeedsRestart, "pool.needs-restart",
       "aurora.pool_stuck_needs_restart_probability",
       "A service's connections stay stuck to the old writer until its tasks are replaced"},
      {Behaviour::kHumanError, "people.error", "human.step_default_error",
       "A changing step is done wrongly, is noticed and is done again"},
  };
  return rules;
}

const std::vector<TimingSlot>& people_slots() {
  static const std::vector<TimingSlot> slots = {
      {"notify", "page.event_to_first_notification", "from alarm to the phone"},
      {"notify_delayed", "page.delay_when_delayed", "added when the paging provider is slow"},
      {"ack_office", "people.ack.office_hours", "to acknowledge, in office hours"},
      {"ack_awake", "people.ack.direct_page", "to acknowledge, awake but not at work"},
      {"ack_asleep", "people.ack.night", "to acknowledge, woken up"},
      {"login", "people.login_vpn_mfa_ready", "from acknowledging to a working session"},
      {"join_office", "people.join_bridge.ic_office", "to join the bridge, in office hours"},
      {"join_asleep", "people.join_bridge.ic_night", "to join the bridge, outside office hours"},
      {"triage", "people.triage_initial", "from acknowledged to severity set and runbook chosen"},
      {"inertia_0_3min", "people.sleep_inertia.slowdown_0_3min", "slower by, just woken"},
      {"inertia_3_10min", "people.sleep_inertia.slowdown_3_10min", "slower by, a little later"},
      {"inertia_10_30min", "people.sleep_inertia.slowdown_10_30min",
       "slower by, up to half an hour"},
      {"error_notice", "human.error_detect_time", "until a wrong step is noticed"},
      {"error_recover", "human.error_recover_time", "until it is undone and done again"},
      {"hesitation", "people.decision_hesitation_wait_for_provider",
       "how long the decision is put off"},
      {"metric_delivery", "detect.cloudwatch.metric_delivery_latency",
       "from period end to datapoint"},
      {"alarm_tick", "detect.cloudwatch.alarm_tick", "from datapoint to evaluation"},
      {"alarm_action", "detect.cloudwatch.alarm_action_sns", "from alarm to the paging provider"},
      {"health_publication", "detect.aws_health.event_publication",
       "from fault to a published event"},
      {"health_delivery", "detect.aws_health.to_eventbridge_page", "from publication to the page"},
      {"read_call", "aws.cli.read_call", "one reading call"},
      {"change_call", "aws.cli.mutating_call", "one changing call"},
      {"terraform_plan", "terraform.plan", "plan of an infrastructure change"},
      {"terraform_apply", "terraform.apply_service_change", "apply of an infrastructure change"},
      {"rds_poll", "rds.waiter.poll", "poll of the cluster waiter"},
      {"rds_give_up", "rds.waiter.timeout", "when the cluster waiter gives up"},
      {"ecs_poll", "ecs.waiter.services_stable_poll", "poll of the service waiter"},
      {"ecs_give_up", "ecs.waiter.services_stable_timeout", "when the service waiter gives up"},
      {"staff_report", "detect.customer_or_staff_report",
       "until somebody reports what no alarm saw"},
  };
  return slots;
}

}  // namespace firedrill
