// What recovery checks and targets need to know, read from the replies of the describing calls.
// Each function takes `Reply::value`; nothing when the thing is not in it.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace firedrill::aws {

/// ecs DescribeServices.
struct EcsService {
  std::string arn;
  std::string status;  // "ACTIVE"
  std::int64_t desired = 0;
  std::int64_t running = 0;
  std::int64_t pending = 0;
  std::string task_definition;
  std::int64_t deployments = 0;
  bool rollout_failed = false;  // of the primary deployment

  /// What the CLI's waiter "services-stable" waits for.
  bool stable() const { return deployments == 1 && running == desired; }
};
std::optional<EcsService> ecs_service(const nlohmann::json& reply, std::string_view name);

/// rds DescribeDBClusters. RDS answers with identifiers in lower case.
struct DbCluster {
  std::string arn;
  std::string status;  // "available"
  std::string writer;  // instance; empty while there is none
  std::vector<std::string> readers;
  std::string replicates_from;  // empty: on its own
  std::string endpoint;
  std::string latest_restorable_time;
};
std::optional<DbCluster> db_cluster(const nlohmann::json& reply, std::string_view identifier);

/// rds DescribeGlobalClusters.
struct GlobalCluster {
  std::string status;
  std::string writer_arn;
  std::vector<std::string> reader_arns;
};
std::optional<GlobalCluster> global_cluster(const nlohmann::json& reply,
                                            std::string_view identifier);

/// elbv2 DescribeTargetHealth.
struct TargetHealth {
  std::int64_t healthy = 0;
  std::int64_t total = 0;
};
TargetHealth target_health(const nlohmann::json& reply);

/// cloudwatch DescribeAlarms, metric and composite: "OK", "ALARM" or "INSUFFICIENT_DATA".
std::optional<std::string> alarm_state(const nlohmann::json& reply, std::string_view name);

/// dynamodb DescribeTable.
struct Table {
  std::string arn;
  std::string status;                        // "ACTIVE"
  std::vector<std::string> replica_regions;  // of those that are ACTIVE
};
std::optional<Table> table(const nlohmann::json& reply);

/// secretsmanager DescribeSecret: the version that carries AWSCURRENT.
std::optional<std::string> current_version(const nlohmann::json& reply);

/// kms DescribeKey: "Enabled", "Disabled", "PendingDeletion", ...
std::optional<std::string> key_state(const nlohmann::json& reply);

/// route53 ListResourceRecordSets: the record of that name, type and set identifier (empty: without
/// one), as ChangeResourceRecordSets takes it back. The final dot of the name may be left out.
std::optional<nlohmann::json> record_set(const nlohmann::json& reply, std::string_view name,
                                         std::string_view type, std::string_view set_identifier);

/// resourcegroupstaggingapi GetResources: the value of a tag of that resource.
std::optional<std::string> tag_value(const nlohmann::json& reply, std::string_view arn,
                                     std::string_view key);

}  // namespace firedrill::aws
