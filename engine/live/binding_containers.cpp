// Bindings of ECS, its logs and the targets in front of it.
#include <fmt/format.h>

#include "engine/live/binding_parts.hpp"

namespace firedrill::live {

AwsRequest describe_service(const Resources& resources, ComponentIndex component) {
  const ResourceSpec& service = resource_of(resources, component);
  return request_of("ecs", "DescribeServices", resources.region(component),
                    {{"cluster", needed(service, service.cluster, "cluster")},
                     {"services", {service.id}},
                     {"include", {"TAGS"}}});
}

namespace {

std::string short_revision(const std::string& task_definition) {
  return task_definition.substr(task_definition.rfind('/') + 1);
}

/// Whether ECS shows what the request asks for.
bool shows(const AwsValue& service, const AwsValue& wanted) {
  if (wanted.contains("desiredCount") &&
      count_of(service, "desiredCount") != count_of(wanted, "desiredCount")) {
    return false;
  }
  return !wanted.contains("taskDefinition") ||
         short_revision(text_of(service, "taskDefinition")) == text_of(wanted, "taskDefinition");
}

Prepared read_service(const AwsValue& answer, const AwsRequest& request, const std::string& who) {
  Prepared prepared;
  const AwsValue* service = first_of(answer, "services");
  if (service == nullptr || text_of(*service, "status") != "ACTIVE") {
    prepared.refusal = fmt::format("there is no active {}", who);
    return prepared;
  }
  prepared.arn = text_of(*service, "serviceArn");
  prepared.tagged = *service;
  const AwsValue& wanted = request.parameters;
  // The inverse sets what was read, and only what the call is about.
  Inverse inverse{"ecs",          "UpdateService",
                  request.region, {{"cluster", wanted["cluster"]}, {"service", wanted["service"]}},
                  prepared.arn,   who + ": back to"};
  if (wanted.contains("desiredCount")) {
    const std::int64_t now = count_of(*service, "desiredCount");
    inverse.parameters["desiredCount"] = now;
    inverse.what += fmt::format(" desired count {}", now);
    prepared.difference =
        fmt::format("desired count {} -> {}", now, count_of(wanted, "desiredCount"));
  }
  if (wanted.contains("taskDefinition")) {
    const std::string now = short_revision(text_of(*service, "taskDefinition"));
    inverse.parameters["taskDefinition"] = now;
    inverse.what += " revision " + now;
    prepared.difference +=
        fmt::format("{}revision {} -> {}", prepared.difference.empty() ? "" : ", ", now,
                    text_of(wanted, "taskDefinition"));
  }
  const bool forced = wanted.value("forceNewDeployment", false);
  if (forced)
    prepared.difference += prepared.difference.empty() ? "all tasks anew" : ", all tasks anew";
  // Tasks that were replaced are as good as those before them: there is nothing to put back.
  if (inverse.parameters.size() > 2) prepared.inverses = {std::move(inverse)};
  // A second rollout looks like the first, so that a forced one cannot be told from its absence.
  if (!forced) prepared.in_effect = shows(*service, wanted);
  return prepared;
}

}  // namespace

BoundCall update_service(const Resources& resources, ComponentIndex component, AwsValue changes) {
  const ResourceSpec& service = resource_of(resources, component);
  BoundCall call;
  call.component = component;
  call.look = describe_service(resources, component);
  changes["cluster"] = service.cluster;
  changes["service"] = service.id;
  if (changes.contains("desiredCount")) call.desired_count = count_of(changes, "desiredCount");
  call.request =
      request_of("ecs", "UpdateService", resources.region(component), std::move(changes));
  const std::string who = fmt::format("ECS service {}/{}", service.cluster, service.id);
  call.resource = who;
  call.prepare = [who](const AwsValue& answer, AwsRequest& request) {
    return read_service(answer, request, who);
  };
  return call;
}

namespace {

std::vector<BoundCall> bind_update(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  const ResourceSpec& service = resource_of(resources, component);
  AwsValue changes = AwsValue::object();
  if (call.count == kProductionCount) {
    const auto& detail = std::get<EcsServiceSpec>(resources.plan().component(component).detail);
    changes["desiredCount"] = detail.production_count;
  } else if (call.count != kCountUnchanged) {
    changes["desiredCount"] = call.count;
  }
  const std::string& good = service.known_good;
  if (call.word == "previous") changes["taskDefinition"] = needed(service, good, "known_good");
  if (call.word == "latest") {
    // A family without a number is its newest revision.
    const std::string& revision = needed(service, good, "known_good");
    changes["taskDefinition"] = revision.substr(0, revision.rfind(':'));
  }
  if (call.flag.value_or(false)) changes["forceNewDeployment"] = true;
  return {update_service(resources, component, std::move(changes))};
}

std::vector<BoundCall> bind_describe_service(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  return {plain_read(resources, component, describe_service(resources, component))};
}

/// Every service of the cluster that the staging document knows: the call takes ten at most.
std::vector<BoundCall> bind_list(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex cluster = call.components.front();
  const std::string& name = resource_of(resources, cluster).id;
  AwsValue services = AwsValue::array();
  const auto& components = resources.plan().components;
  for (std::uint32_t i = 0; i < components.size() && services.size() < 10; ++i) {
    const ResourceSpec* resource = resources.find({i});
    if (components[i].kind != "ecs:service" || resource == nullptr) continue;
    if (resource->cluster == name) services.push_back(resource->id);
  }
  return {plain_read(resources, cluster,
                     request_of("ecs", "DescribeServices", resources.region(cluster),
                                {{"cluster", name}, {"services", services}}))};
}

AwsRequest list_stopped(const Resources& resources, ComponentIndex component) {
  const ResourceSpec& service = resource_of(resources, component);
  return request_of("ecs", "ListTasks", resources.region(component),
                    {{"cluster", needed(service, service.cluster, "cluster")},
                     {"serviceName", service.id},
                     {"desiredStatus", "STOPPED"}});
}

std::vector<BoundCall> bind_list_tasks(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  return {plain_read(resources, component, list_stopped(resources, component))};
}

std::vector<BoundCall> bind_describe_tasks(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  BoundCall read = plain_read(
      resources, component,
      request_of("ecs", "DescribeTasks", resources.region(component),
                 {{"cluster", resource_of(resources, component).cluster}, {"tasks", {""}}}));
  read.look = list_stopped(resources, component);
  read.prepare = [](const AwsValue& answer, AwsRequest& request) {
    Prepared prepared;
    request.parameters["tasks"] = answer.value("taskArns", AwsValue::array());
    prepared.nothing_to_do = request.parameters["tasks"].empty();
    return prepared;
  };
  return {std::move(read)};
}

std::vector<BoundCall> bind_describe_revision(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  BoundCall read = plain_read(resources, component,
                              request_of("ecs", "DescribeTaskDefinition",
                                         resources.region(component), {{"taskDefinition", ""}}));
  read.look = describe_service(resources, component);
  read.prepare = [](const AwsValue& answer, AwsRequest& request) {
    Prepared prepared;
    const AwsValue* service = first_of(answer, "services");
    if (service == nullptr) prepared.refusal = "there is no such service";
    if (service != nullptr) {
      request.parameters["taskDefinition"] = text_of(*service, "taskDefinition");
    }
    return prepared;
  };
  return {std::move(read)};
}

std::vector<BoundCall> bind_newest_revision(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  const ResourceSpec& service = resource_of(resources, component);
  const std::string& revision = needed(service, service.known_good, "known_good");
  return {plain_read(resources, component,
                     request_of("ecs", "DescribeTaskDefinition", resources.region(component),
                                {{"taskDefinition", revision.substr(0, revision.rfind(':'))}}))};
}

std::vector<BoundCall> bind_log_groups(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  const ResourceSpec& service = resource_of(resources, component);
  return {plain_read(
      resources, component,
      request_of("logs", "DescribeLogGroups", resources.region(component),
                 {{"logGroupNamePrefix", needed(service, service.log_group, "log_group")}}))};
}

std::vector<BoundCall> bind_log_events(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  const ResourceSpec& service = resource_of(resources, component);
  return {plain_read(resources, component,
                     request_of("logs", "FilterLogEvents", resources.region(component),
                                {{"logGroupName", needed(service, service.log_group, "log_group")},
                                 {"limit", 50}}))};
}

std::vector<BoundCall> bind_target_health(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  const ResourceSpec& balancer = resource_of(resources, component);
  if (balancer.target_groups.empty()) needed(balancer, "", "target_groups");
  std::vector<BoundCall> reads;
  for (const std::string& group : balancer.target_groups) {
    reads.push_back(
        plain_read(resources, component,
                   request_of("elbv2", "DescribeTargetHealth", resources.region(component),
                              {{"TargetGroupArn", group}})));
  }
  return reads;
}

constexpr Binding kContainers[] = {
    {Operation::kEcsUpdateService, "ecs UpdateService",
     "UpdateService with the count and the revision of before; replaced tasks stay replaced",
     bind_update},
    {Operation::kEcsDescribeServices, "ecs DescribeServices", "", bind_describe_service},
    {Operation::kEcsListServices, "ecs DescribeServices", "", bind_list},
    {Operation::kEcsListTasks, "ecs ListTasks", "", bind_list_tasks},
    {Operation::kEcsDescribeTasks, "ecs DescribeTasks", "", bind_describe_tasks},
    {Operation::kEcsDescribeTaskDefinition, "ecs DescribeTaskDefinition", "",
     bind_describe_revision},
    {Operation::kEcsListTaskDefinitions, "ecs DescribeTaskDefinition", "", bind_newest_revision},
    {Operation::kLogsDescribeLogStreams, "logs DescribeLogGroups", "", bind_log_groups},
    {Operation::kLogsGetLogEvents, "logs FilterLogEvents", "", bind_log_events},
    {Operation::kElbDescribeTargetHealth, "elbv2 DescribeTargetHealth", "", bind_target_health},
};

}  // namespace

std::span<const Binding> container_bindings() { return kContainers; }

}  // namespace firedrill::live
