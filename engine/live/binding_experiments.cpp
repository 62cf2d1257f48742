// Faults as experiments of the fault injection service: from a template that is there, or from one
// that is made for the drill with the stop conditions of the staging document.
//
// What puts an experiment back has its id, which only the answer tells: it is kept then, not
// before. An answer that is lost leaves an experiment that ends by its own duration or by its stop
// conditions, which is why one without them is refused.
#include <fmt/format.h>

#include <algorithm>

#include "engine/live/binding_parts.hpp"

namespace firedrill::live {

namespace {

constexpr std::string_view kMark = "firedrill";  // tag of templates that a drill has made

/// What an experiment does to which targets.
struct Experiment {
  AwsValue action;
  AwsValue target;
  AwsRequest look;  // at the targets, so that an experiment without any is not begun
  std::string_view list;
  std::string what;
  ComponentIndex component;
};

std::string fault_id(const Resources& resources, const PlannedCall& call) {
  return resources.plan().faults[call.fault.value].id;
}

std::string lasts(const Resources& resources, const PlannedCall& call) {
  const auto& lasting = resources.plan().faults[call.fault.value].lasts;
  // The longest that the service takes.
  const Duration most = Duration::hours(12);
  const Duration wanted = lasting.value_or(resources.staging().limits.run);
  return to_iso8601(std::min(wanted, most));
}

Experiment stop_tasks(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  const ResourceSpec& service = resource_of(resources, component);
  const auto percent = static_cast<int>(call.share * 100 + 0.5);
  return {{{"actionId", "aws:ecs:stop-task"}, {"targets", {{"Tasks", "targets"}}}},
          {{"resourceType", "aws:ecs:task"},
           {"selectionMode", percent >= 100 ? "ALL" : fmt::format("PERCENT({})", percent)},
           {"parameters",
            {{"cluster", needed(service, service.cluster, "cluster")}, {"service", service.id}}}},
          describe_service(resources, component),
          "services",
          fmt::format("tasks of ECS service {}/{} stopped", service.cluster, service.id),
          component};
}

Experiment fail_over(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  const ResourceSpec& cluster = resource_of(resources, component);
  return {{{"actionId", "aws:rds:failover-db-cluster"}, {"targets", {{"Clusters", "targets"}}}},
          {{"resourceType", "aws:rds:cluster"},
           {"selectionMode", "ALL"},
           {"resourceArns", {needed(cluster, cluster.cluster_arn, "cluster_arn")}}},
          describe_cluster(resources, component),
          "DBClusters",
          fmt::format("RDS cluster {} failed over", cluster.id),
          component};
}

/// All subnets that carry the opt-in tag, of a region or of one of its zones.
Experiment disconnect(const Resources& resources, const PlannedCall& call) {
  const OptInTagSpec& tag = resources.staging().opt_in_tag;
  const std::string& region = resources.plan().regions[call.region.value].name;
  AwsValue filters =
      AwsValue::array({{{"Name", "tag:" + tag.key}, {"Values", AwsValue::array({tag.value})}}});
  AwsValue target = {{"resourceType", "aws:ec2:subnet"},
                     {"selectionMode", "ALL"},
                     {"resourceTags", {{tag.key, tag.value}}}};
  std::string where = region;
  if (call.operation == Operation::kFaultZoneLoss) {
    where = resources.plan().regions[call.region.value].zones[call.zone];
    target["parameters"] = {{"availabilityZoneIdentifier", where}};
    filters.push_back({{"Name", "availability-zone"}, {"Values", AwsValue::array({where})}});
  }
  return {{{"actionId", "aws:network:disrupt-connectivity"},
           {"parameters", {{"duration", lasts(resources, call)}, {"scope", "all"}}},
           {"targets", {{"Subnets", "targets"}}}},
          std::move(target),
          request_of("ec2", "DescribeSubnets", region, {{"Filters", filters}}),
          "Subnets",
          "tagged subnets of " + where + " disconnected",
          {}};
}

Experiment experiment_of(const Resources& resources, const PlannedCall& call) {
  switch (call.operation) {
    case Operation::kFaultTasksCrash:
      return stop_tasks(resources, call);
    case Operation::kFaultWriterFailure:
      return fail_over(resources, call);
    case Operation::kFaultRegionLoss:
    case Operation::kFaultZoneLoss:
      return disconnect(resources, call);
    default:
      throw BindError(fmt::format("no experiment can be made for {}: name a \"template_id\"",
                                  rule_of(call.operation).name));
  }
}

AwsValue stop_conditions(const Resources& resources, const std::string& region) {
  const auto& accounts = resources.staging().accounts.allowed;
  if (accounts.size() != 1) {
    throw BindError(
        "an experiment is made only where one account is allowed: name a \"template_id\"");
  }
  AwsValue list = AwsValue::array();
  for (const StopConditionSpec& condition : resources.staging().stop_conditions) {
    if (condition.region.text != region) continue;  // the service reads those of its region alone
    list.push_back({{"source", "aws:cloudwatch:alarm"},
                    {"value", fmt::format("arn:aws:cloudwatch:{}:{}:alarm:{}", region,
                                          accounts.front().text, condition.alarm)}});
  }
  if (list.empty()) {
    throw BindError("an experiment in " + region + " needs a stop condition of that region");
  }
  return list;
}

Inverse undone_by(const char* operation, const std::string& region, const std::string& id,
                  const char* what) {
  return {"fis", operation, region, {{"id", id}}, id, fmt::format("{} {}", what, id)};
}

BoundCall make_template(const Resources& resources, const PlannedCall& call) {
  const StagingFaultSpec& fault = *resources.fault(call.fault);
  if (fault.role.empty()) throw BindError("an experiment that is made needs a \"role\"");
  Experiment experiment = experiment_of(resources, call);
  const std::string region = experiment.look.region;
  const std::string id = fault_id(resources, call);
  const OptInTagSpec& tag = resources.staging().opt_in_tag;
  BoundCall made;
  made.component = experiment.component;
  made.resource = "FIS template for fault/" + id;
  made.request = request_of("fis", "CreateExperimentTemplate", region,
                            {{"description", "A drill: " + experiment.what},
                             {"stopConditions", stop_conditions(resources, region)},
                             {"targets", {{"targets", experiment.target}}},
                             {"actions", {{"fault", experiment.action}}},
                             {"roleArn", fault.role},
                             {"tags", {{tag.key, tag.value}, {kMark, id}}}});
  made.look = experiment.look;
  made.prepare = [list = std::string(experiment.list), what = experiment.what](
                     const AwsValue& answer, AwsRequest&) {
    Prepared prepared;
    const AwsValue* target = first_of(answer, list);
    if (target == nullptr) prepared.refusal = "the experiment has no target: " + what;
    if (target != nullptr) prepared.tagged = *target;
    prepared.difference = what;
    return prepared;
  };
  made.after = [region](const AwsValue& reply) -> std::vector<Inverse> {
    const AwsValue found = reply.value("experimentTemplate", AwsValue::object());
    return {undone_by("DeleteExperimentTemplate", region, text_of(found, "id"),
                      "experiment template deleted:")};
  };
  return made;
}

/// Tags of FIS are a map; the guard reads them as other services write them.
AwsValue listed_tags(const AwsValue& holder) {
  AwsValue list = AwsValue::array();
  const AwsValue tags = holder.value("tags", AwsValue::object());
  for (const auto& [key, value] : tags.items()) {
    list.push_back({{"key", key}, {"value", value}});
  }
  return {{"tags", list}};
}

BoundCall start(const Resources& resources, const PlannedCall& call, const std::string& region) {
  const std::string id = fault_id(resources, call);
  BoundCall made;
  if (!call.components.empty()) made.component = call.components.front();
  made.resource = "FIS experiment of fault/" + id;
  made.request = request_of("fis", "StartExperiment", region, {{"experimentTemplateId", ""}});
  made.after = [region](const AwsValue& reply) -> std::vector<Inverse> {
    const AwsValue found = reply.value("experiment", AwsValue::object());
    return {undone_by("StopExperiment", region, text_of(found, "id"), "experiment stopped:")};
  };
  return made;
}

BoundCall start_made(const Resources& resources, const PlannedCall& call,
                     const std::string& region) {
  BoundCall made = start(resources, call, region);
  made.look = request_of("fis", "ListExperimentTemplates", region, AwsValue::object());
  made.made_by_a_step = true;
  made.prepare = [id = fault_id(resources, call)](const AwsValue& answer, AwsRequest& request) {
    Prepared prepared;
    for (const AwsValue& found : answer.value("experimentTemplates", AwsValue::array())) {
      if (text_of(found.value("tags", AwsValue::object()), kMark) != id) continue;
      request.parameters["experimentTemplateId"] = text_of(found, "id");
      prepared.tagged = listed_tags(found);
      prepared.difference = "the experiment begins";
      return prepared;
    }
    prepared.refusal = "there is no experiment template of the drill";
    return prepared;
  };
  return made;
}

BoundCall start_named(const Resources& resources, const PlannedCall& call,
                      const std::string& template_id) {
  const std::string region = call.region.valid() ? resources.plan().regions[call.region.value].name
                                                 : resources.region(call.components.front());
  BoundCall made = start(resources, call, region);
  made.request.parameters["experimentTemplateId"] = template_id;
  made.look = request_of("fis", "GetExperimentTemplate", region, {{"id", template_id}});
  made.prepare = [template_id](const AwsValue& answer, AwsRequest&) {
    Prepared prepared;
    const AwsValue found = answer.value("experimentTemplate", AwsValue::object());
    prepared.arn = text_of(found, "arn");
    prepared.tagged = listed_tags(found);
    prepared.difference = text_of(found, "description");
    const AwsValue conditions = found.value("stopConditions", AwsValue::array());
    const bool stops = std::any_of(conditions.begin(), conditions.end(), [](const AwsValue& one) {
      return text_of(one, "source") == "aws:cloudwatch:alarm";
    });
    if (!stops) prepared.refusal = "template " + template_id + " has no stop condition";
    return prepared;
  };
  return made;
}

std::vector<BoundCall> bind_experiment(const Resources& resources, const PlannedCall& call) {
  const std::string& named = resources.fault(call.fault)->template_id;
  if (!named.empty()) return {start_named(resources, call, named)};
  BoundCall made = make_template(resources, call);
  const std::string region = made.request.region;
  return {std::move(made), start_made(resources, call, region)};
}

constexpr Binding kExperiment = {Operation::kFaultRegionLoss, "fis StartExperiment",
                                 "StopExperiment; what it has stopped starts by itself",
                                 bind_experiment};

}  // namespace

const Binding& experiment_binding() { return kExperiment; }

}  // namespace firedrill::live
