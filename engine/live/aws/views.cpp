#include "engine/live/aws/views.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/live/aws/http.hpp"

namespace firedrill::aws {
namespace {

using nlohmann::json;

std::string text_of(const json& holder, const char* name) {
  const auto found = holder.find(name);
  return found != holder.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t count_of(const json& holder, const char* name) {
  const auto found = holder.find(name);
  return found != holder.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

bool flag_of(const json& holder, const char* name) {
  const auto found = holder.find(name);
  return found != holder.end() && found->is_boolean() && found->get<bool>();
}

const json& list_of(const json& holder, const char* name) {
  static const json kNone = json::array();
  const auto found = holder.find(name);
  return found != holder.end() && found->is_array() ? *found : kNone;
}

const json& object_of(const json& holder, const char* name) {
  static const json kNone = json::object();
  const auto found = holder.find(name);
  return found != holder.end() && found->is_object() ? *found : kNone;
}

// The element of a list whose member has that text, or null.
const json* element(const json& list, const char* member, std::string_view wanted) {
  for (const json& entry : list) {
    if (text_of(entry, member) == wanted) return &entry;
  }
  return nullptr;
}

std::string without_dot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return lower_case(name);
}

}  // namespace

std::optional<EcsService> ecs_service(const json& reply, std::string_view name) {
  const json* found = element(list_of(reply, "services"), "serviceName", name);
  if (found == nullptr) found = element(list_of(reply, "services"), "serviceArn", name);
  if (found == nullptr) return std::nullopt;
  EcsService service;
  service.arn = text_of(*found, "serviceArn");
  service.status = text_of(*found, "status");
  service.desired = count_of(*found, "desiredCount");
  service.running = count_of(*found, "runningCount");
  service.pending = count_of(*found, "pendingCount");
  service.task_definition = text_of(*found, "taskDefinition");
  const json& deployments = list_of(*found, "deployments");
  service.deployments = static_cast<std::int64_t>(deployments.size());
  const json* primary = element(deployments, "status", "PRIMARY");
  service.rollout_failed = primary != nullptr && text_of(*primary, "rolloutState") == "FAILED";
  return service;
}

std::optional<DbCluster> db_cluster(const json& reply, std::string_view identifier) {
  const json* found =
      element(list_of(reply, "DBClusters"), "DBClusterIdentifier", lower_case(identifier));
  if (found == nullptr) return std::nullopt;
  DbCluster cluster;
  cluster.arn = text_of(*found, "DBClusterArn");
  cluster.status = text_of(*found, "Status");
  for (const json& member : list_of(*found, "DBClusterMembers")) {
    const std::string instance = text_of(member, "DBInstanceIdentifier");
    if (flag_of(member, "IsClusterWriter")) {
      cluster.writer = instance;
    } else {
      cluster.readers.push_back(instance);
    }
  }
  cluster.replicates_from = text_of(*found, "ReplicationSourceIdentifier");
  cluster.endpoint = text_of(*found, "Endpoint");
  cluster.latest_restorable_time = text_of(*found, "LatestRestorableTime");
  return cluster;
}

std::optional<GlobalCluster> global_cluster(const json& reply, std::string_view identifier) {
  const json* found =
      element(list_of(reply, "GlobalClusters"), "GlobalClusterIdentifier", lower_case(identifier));
  if (found == nullptr) return std::nullopt;
  GlobalCluster cluster;
  cluster.status = text_of(*found, "Status");
  for (const json& member : list_of(*found, "GlobalClusterMembers")) {
    const std::string arn = text_of(member, "DBClusterArn");
    if (flag_of(member, "IsWriter")) {
      cluster.writer_arn = arn;
    } else {
      cluster.reader_arns.push_back(arn);
    }
  }
  return cluster;
}

TargetHealth target_health(const json& reply) {
  TargetHealth health;
  for (const json& target : list_of(reply, "TargetHealthDescriptions")) {
    ++health.total;
    if (text_of(object_of(target, "TargetHealth"), "State") == "healthy") ++health.healthy;
  }
  return health;
}

std::optional<std::string> alarm_state(const json& reply, std::string_view name) {
  for (const char* list : {"MetricAlarms", "CompositeAlarms"}) {
    const json* found = element(list_of(reply, list), "AlarmName", name);
    if (found != nullptr) return text_of(*found, "StateValue");
  }
  return std::nullopt;
}

std::optional<Table> table(const json& reply) {
  const json& found = object_of(reply, "Table");
  if (found.empty()) return std::nullopt;
  Table result;
  result.arn = text_of(found, "TableArn");
  result.status = text_of(found, "TableStatus");
  for (const json& replica : list_of(found, "Replicas")) {
    if (text_of(replica, "ReplicaStatus") == "ACTIVE") {
      result.replica_regions.push_back(text_of(replica, "RegionName"));
    }
  }
  return result;
}

std::optional<std::string> current_version(const json& reply) {
  for (const auto& [version, stages] : object_of(reply, "VersionIdsToStages").items()) {
    if (std::ranges::find(stages, json("AWSCURRENT")) != stages.end()) return version;
  }
  return std::nullopt;
}

std::optional<std::string> key_state(const json& reply) {
  const std::string state = text_of(object_of(reply, "KeyMetadata"), "KeyState");
  return state.empty() ? std::nullopt : std::optional(state);
}

std::optional<json> record_set(const json& reply, std::string_view name, std::string_view type,
                               std::string_view set_identifier) {
  for (const json& record : list_of(reply, "ResourceRecordSets")) {
    if (without_dot(text_of(record, "Name")) == without_dot(name) &&
        text_of(record, "Type") == type && text_of(record, "SetIdentifier") == set_identifier) {
      return record;
    }
  }
  return std::nullopt;
}

std::optional<std::string> tag_value(const json& reply, std::string_view arn,
                                     std::string_view key) {
  const json* found = element(list_of(reply, "ResourceTagMappingList"), "ResourceARN", arn);
  if (found == nullptr) return std::nullopt;
  const json* tag = element(list_of(*found, "Tags"), "Key", key);
  return tag == nullptr ? std::nullopt : std::optional(text_of(*tag, "Value"));
}

}  // namespace firedrill::aws
