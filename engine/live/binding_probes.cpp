// What probes read, and when they hold. Nothing here waits: a probe is one look.
#include <fmt/format.h>

#include <algorithm>

#include "engine/live/binding_parts.hpp"

namespace firedrill::live {

namespace {

constexpr Observation kUnseen{};
Observation seen(bool holds) { return {true, holds}; }

/// All of `judge` over the components, unseen as soon as one cannot be read.
template <class Judge>
Observation all_of(const PlannedCall& call, Judge judge) {
  bool holds = true;
  for (const ComponentIndex component : call.components) {
    const std::optional<bool> one = judge(component);
    if (!one) return kUnseen;
    holds = holds && *one;
  }
  return seen(holds && !call.components.empty());
}

std::optional<AwsValue> service_now(const Resources& resources, ComponentIndex component,
                                    const Reader& read) {
  const auto answer = read(describe_service(resources, component));
  if (!answer) return std::nullopt;
  const AwsValue* service = first_of(*answer, "services");
  return service == nullptr ? AwsValue::object() : *service;
}

bool runs_what_it_wants(const AwsValue& service) {
  return text_of(service, "status") == "ACTIVE" &&
         count_of(service, "runningCount") == count_of(service, "desiredCount");
}

/// As the waiter of the AWS CLI judges it: one deployment, and as many tasks as are wanted.
bool is_stable(const AwsValue& service) {
  return runs_what_it_wants(service) && service.value("deployments", AwsValue::array()).size() == 1;
}

/// No registered target is unhealthy, and there is at least one; nothing when it cannot be read.
std::optional<bool> targets_healthy(const Resources& resources, ComponentIndex component,
                                    const Reader& read) {
  const ResourceSpec& resource = resource_of(resources, component);
  bool healthy = !resource.target_groups.empty();
  for (const std::string& group : resource.target_groups) {
    const auto answer = read(request_of("elbv2", "DescribeTargetHealth",
                                        resources.region(component), {{"TargetGroupArn", group}}));
    if (!answer) return std::nullopt;
    const AwsValue targets = answer->value("TargetHealthDescriptions", AwsValue::array());
    healthy = healthy && !targets.empty();
    for (const AwsValue& target : targets) {
      // One that is being drained takes no requests any more and counts for nothing.
      const std::string state = text_of(target.value("TargetHealth", AwsValue::object()), "State");
      healthy = healthy && (state == "healthy" || state == "draining");
    }
  }
  return healthy;
}

Observation services_stable(const Resources& resources, const PlannedCall& call,
                            const Reader& read) {
  return all_of(call, [&](ComponentIndex component) -> std::optional<bool> {
    const auto service = service_now(resources, component, read);
    if (!service) return std::nullopt;
    if (!is_stable(*service)) return false;
    // A service that wants no task has no target either.
    if (count_of(*service, "desiredCount") == 0) return true;
    if (resource_of(resources, component).target_groups.empty()) return true;
    return targets_healthy(resources, component, read);
  });
}

Observation running_as_desired(const Resources& resources, const PlannedCall& call,
                               const Reader& read) {
  return all_of(call, [&](ComponentIndex component) -> std::optional<bool> {
    const auto service = service_now(resources, component, read);
    if (!service) return std::nullopt;
    return runs_what_it_wants(*service);
  });
}

Observation runs_known_good(const Resources& resources, const PlannedCall& call,
                            const Reader& read) {
  return all_of(call, [&](ComponentIndex component) -> std::optional<bool> {
    const auto service = service_now(resources, component, read);
    if (!service) return std::nullopt;
    const std::string& good = resource_of(resources, component).known_good;
    const std::string now = text_of(*service, "taskDefinition");
    return !good.empty() && now.substr(now.rfind('/') + 1) == good;
  });
}

Observation deployment_in_progress(const Resources& resources, const PlannedCall& call,
                                   const Reader& read) {
  const auto service = service_now(resources, call.components.front(), read);
  return service ? seen(!is_stable(*service)) : kUnseen;
}

Observation balancer_targets(const Resources& resources, const PlannedCall& call,
                             const Reader& read) {
  return all_of(
      call, [&](ComponentIndex component) { return targets_healthy(resources, component, read); });
}

/// The words of the plan and what ECS writes in a stopped task.
bool speaks_of(const std::string& reason, const AwsValue& task) {
  std::string said = text_of(task, "stoppedReason");
  bool exited = false;
  for (const AwsValue& container : task.value("containers", AwsValue::array())) {
    said += " " + text_of(container, "reason");
    exited = exited || count_of(container, "exitCode") != 0;
  }
  const auto says = [&](std::string_view words) { return said.find(words) != std::string::npos; };
  if (reason == "out-of-memory") return says("OutOfMemory");
  if (reason == "cannot-pull") return says("CannotPull");
  if (reason == "failed-health-checks") return says("health check");
  return exited || says("Essential container");
}

Observation stop_reason(const Resources& resources, const PlannedCall& call, const Reader& read) {
  const ComponentIndex component = call.components.front();
  const ResourceSpec& service = resource_of(resources, component);
  const std::string region = resources.region(component);
  const auto listed = read(request_of(
      "ecs", "ListTasks", region,
      {{"cluster", service.cluster}, {"serviceName", service.id}, {"desiredStatus", "STOPPED"}}));
  if (!listed) return kUnseen;
  const AwsValue tasks = listed->value("taskArns", AwsValue::array());
  if (tasks.empty()) return seen(false);
  const auto described = read(
      request_of("ecs", "DescribeTasks", region, {{"cluster", service.cluster}, {"tasks", tasks}}));
  if (!described) return kUnseen;
  const AwsValue found = described->value("tasks", AwsValue::array());
  return seen(std::any_of(found.begin(), found.end(),
                          [&](const AwsValue& task) { return speaks_of(call.word, task); }));
}

constexpr ProbeBinding kContainerProbes[] = {
    {Operation::kProbeServicesStable, "ecs DescribeServices, elbv2 DescribeTargetHealth",
     services_stable},
    {Operation::kProbeRunningAsDesired, "ecs DescribeServices", running_as_desired},
    {Operation::kProbeRunsKnownGood, "ecs DescribeServices", runs_known_good},
    {Operation::kProbeDeploymentInProgress, "ecs DescribeServices", deployment_in_progress},
    {Operation::kProbeTargetsHealthy, "elbv2 DescribeTargetHealth", balancer_targets},
    {Operation::kProbeServiceTargetsHealthy, "elbv2 DescribeTargetHealth", balancer_targets},
    {Operation::kProbeStopReasonIs, "ecs ListTasks, DescribeTasks", stop_reason},
};

// ---------------------------------------------------------------------- stores, traffic and the
// rest

std::optional<AwsValue> cluster_now(const Resources& resources, ComponentIndex component,
                                    const Reader& read) {
  const auto answer = read(describe_cluster(resources, component));
  if (!answer) return std::nullopt;
  const AwsValue* cluster = first_of(*answer, "DBClusters");
  return cluster == nullptr ? AwsValue::object() : *cluster;
}

Observation cluster_available(const Resources& resources, const PlannedCall& call,
                              const Reader& read) {
  const auto cluster = cluster_now(resources, call.components.front(), read);
  return cluster ? seen(text_of(*cluster, "Status") == "available") : kUnseen;
}

/// It is available, has a writer, and takes over nothing from another cluster.
Observation is_writer(const Resources& resources, const PlannedCall& call, const Reader& read) {
  const ComponentIndex component = call.components.front();
  const auto cluster = cluster_now(resources, component, read);
  if (!cluster) return kUnseen;
  const AwsValue members = cluster->value("DBClusterMembers", AwsValue::array());
  const bool has_writer = std::any_of(members.begin(), members.end(), [](const AwsValue& member) {
    return member.value("IsClusterWriter", false);
  });
  const bool alone = text_of(*cluster, "ReplicationSourceIdentifier").empty();
  // A secondary cluster of a global database forwards writes instead of taking them.
  const std::string forwarding = text_of(*cluster, "GlobalWriteForwardingStatus");
  return seen(has_writer && alone && forwarding != "enabled" &&
              text_of(*cluster, "Status") == "available");
}

Observation failover_under_way(const Resources& resources, const PlannedCall& call,
                               const Reader& read) {
  const auto cluster = cluster_now(resources, call.components.front(), read);
  return cluster ? seen(text_of(*cluster, "Status") == "failing-over") : kUnseen;
}

Observation table_active(const Resources& resources, const PlannedCall& call, const Reader& read) {
  const ComponentIndex component = call.components.front();
  const auto answer = read(request_of("dynamodb", "DescribeTable", resources.region(component),
                                      {{"TableName", resource_of(resources, component).id}}));
  if (!answer) return kUnseen;
  return seen(text_of(answer->value("Table", AwsValue::object()), "TableStatus") == "ACTIVE");
}

/// Addresses of load balancers of that region, as the staging document has them.
bool is_address_in(const Resources& resources, RegionIndex region, const std::string& answer) {
  const auto& components = resources.plan().components;
  for (std::uint32_t i = 0; i < components.size(); ++i) {
    const ResourceSpec* resource = resources.find({i});
    if (resource == nullptr || resource->address.empty()) continue;
    if (components[i].region == region && answer.starts_with(resource->address)) return true;
  }
  return false;
}

Observation answers_region(const Resources& resources, const PlannedCall& call,
                           const Reader& read) {
  const ResourceSpec& record = resource_of(resources, call.components.front());
  const auto answer = read(request_of("route53", "ListResourceRecordSets", "us-east-1",
                                      {{"HostedZoneId", record.hosted_zone},
                                       {"StartRecordName", record.id},
                                       {"StartRecordType", record.record_type},
                                       {"MaxItems", "1"}}));
  if (!answer) return kUnseen;
  const AwsValue* found = first_of(*answer, "ResourceRecordSets");
  if (found == nullptr || text_of(*found, "Name") != record.id) return seen(false);
  std::string points_to;
  if (found->contains("AliasTarget")) points_to = text_of((*found)["AliasTarget"], "DNSName");
  if (const AwsValue* value = first_of(*found, "ResourceRecords"))
    points_to = text_of(*value, "Value");
  return seen(is_address_in(resources, call.region, points_to));
}

std::optional<AwsValue> distribution_now(const Resources& resources, const PlannedCall& call,
                                         const Reader& read) {
  const auto answer =
      read(request_of("cloudfront", "GetDistribution", "us-east-1",
                      {{"Id", resource_of(resources, call.components.front()).id}}));
  if (!answer) return std::nullopt;
  return answer->value("Distribution", AwsValue::object());
}

Observation origin_is(const Resources& resources, const PlannedCall& call, const Reader& read) {
  const ResourceSpec& distribution = resource_of(resources, call.components.front());
  const std::string& wanted = resource_of(resources, call.target).address;
  const auto found = distribution_now(resources, call, read);
  if (!found) return kUnseen;
  const AwsValue config = found->value("DistributionConfig", AwsValue::object());
  const AwsValue origins =
      config.value("Origins", AwsValue::object()).value("Items", AwsValue::array());
  return seen(std::any_of(origins.begin(), origins.end(), [&](const AwsValue& origin) {
    return text_of(origin, "Id") == distribution.origin && text_of(origin, "DomainName") == wanted;
  }));
}

Observation distribution_deployed(const Resources& resources, const PlannedCall& call,
                                  const Reader& read) {
  const auto found = distribution_now(resources, call, read);
  return found ? seen(text_of(*found, "Status") == "Deployed") : kUnseen;
}

Observation alarm_ok(const Resources& resources, const PlannedCall& call, const Reader& read) {
  const StagingAlarmSpec* alarm = resources.alarm(call.alarm);
  if (alarm == nullptr) return kUnseen;
  const auto answer = read(request_of("cloudwatch", "DescribeAlarms", alarm->region.text,
                                      {{"AlarmNames", {alarm->id}}}));
  const AwsValue* found = answer ? first_of(*answer, "MetricAlarms") : nullptr;
  return found == nullptr ? kUnseen : seen(text_of(*found, "StateValue") != "ALARM");
}

std::optional<AwsValue> secret_now(const Resources& resources, ComponentIndex component,
                                   const Reader& read) {
  return read(request_of("secretsmanager", "DescribeSecret", resources.region(component),
                         {{"SecretId", resource_of(resources, component).id}}));
}

/// A version is AWSCURRENT, and no rotation has stopped half-way with another one pending.
Observation secret_is_current(const Resources& resources, const PlannedCall& call,
                              const Reader& read) {
  const auto secret = secret_now(resources, call.components.front(), read);
  if (!secret) return kUnseen;
  bool current = false;
  bool pending_elsewhere = false;
  const AwsValue versions = secret->value("VersionIdsToStages", AwsValue::object());
  for (const auto& [version, stages] : versions.items()) {
    const auto has = [&, &list = stages](const char* stage) {
      return std::find(list.begin(), list.end(), stage) != list.end();
    };
    current = current || has("AWSCURRENT");
    pending_elsewhere = pending_elsewhere || (has("AWSPENDING") && !has("AWSCURRENT"));
  }
  return seen(current && !pending_elsewhere);
}

/// Tasks read a secret when they start: those of a deployment begun after the secret was changed
/// hold what is AWSCURRENT.
Observation consumers_updated(const Resources& resources, const PlannedCall& call,
                              const Reader& read) {
  const ComponentIndex secret = call.components.front();
  const auto described = secret_now(resources, secret, read);
  if (!described || !described->contains("LastChangedDate")) return kUnseen;
  const AwsValue changed = (*described)["LastChangedDate"];
  const auto& components = resources.plan().components;
  bool updated = true;
  for (std::uint32_t i = 0; i < components.size(); ++i) {
    const auto& needs = components[i].needs;
    if (std::find(needs.begin(), needs.end(), secret) == needs.end()) continue;
    if (components[i].kind != "ecs:service" || resources.find({i}) == nullptr) continue;
    const auto service = service_now(resources, {i}, read);
    if (!service) return kUnseen;
    const AwsValue* newest = first_of(*service, "deployments");
    if (count_of(*service, "runningCount") == 0) continue;
    updated = updated && is_stable(*service) && newest != nullptr &&
              newest->value("createdAt", AwsValue()) > changed;
  }
  return seen(updated);
}

/// Of a user's access keys only the newest is active.
Observation exposed_refused(const Resources& resources, const PlannedCall& call,
                            const Reader& read) {
  const ResourceSpec& credential = resource_of(resources, call.components.front());
  if (credential.user.empty()) return kUnseen;
  const auto answer =
      read(request_of("iam", "ListAccessKeys", "us-east-1", {{"UserName", credential.user}}));
  if (!answer) return kUnseen;
  const AwsValue keys = answer->value("AccessKeyMetadata", AwsValue::array());
  return seen(std::none_of(keys.begin(), keys.end(), [&](const AwsValue& key) {
    return text_of(key, "AccessKeyId") == credential.id && text_of(key, "Status") == "Active";
  }));
}

/// In staging the provider has no trouble of its own: what the drill plays is what people act on.
Observation region_impaired(const Resources& resources, const PlannedCall& call, const Reader&) {
  const auto& faults = resources.plan().faults;
  return seen(std::any_of(faults.begin(), faults.end(), [&](const PlannedFault& fault) {
    return fault.call.operation == Operation::kFaultRegionLoss && fault.call.region == call.region;
  }));
}

constexpr ProbeBinding kPlatformProbes[] = {
    {Operation::kProbeClusterAvailable, "rds DescribeDBClusters", cluster_available},
    {Operation::kProbeIsWriter, "rds DescribeDBClusters", is_writer},
    {Operation::kProbeFailoverUnderWay, "rds DescribeDBClusters", failover_under_way},
    {Operation::kProbeTableActive, "dynamodb DescribeTable", table_active},
    {Operation::kProbeAnswersRegion, "route53 ListResourceRecordSets", answers_region},
    {Operation::kProbeOriginIs, "cloudfront GetDistribution", origin_is},
    {Operation::kProbeDistributionDeployed, "cloudfront GetDistribution", distribution_deployed},
    {Operation::kProbeAlarmOk, "cloudwatch DescribeAlarms", alarm_ok},
    {Operation::kProbeSecretIsCurrent, "secretsmanager DescribeSecret", secret_is_current},
    {Operation::kProbeConsumersUpdated, "secretsmanager DescribeSecret, ecs DescribeServices",
     consumers_updated},
    {Operation::kProbeExposedRefused, "iam ListAccessKeys", exposed_refused},
    {Operation::kProbeRegionImpaired, "the scenario: a lost region is played", region_impaired},
};

}  // namespace

std::span<const ProbeBinding> container_probes() { return kContainerProbes; }
std::span<const ProbeBinding> platform_probes() { return kPlatformProbes; }

}  // namespace firedrill::live
