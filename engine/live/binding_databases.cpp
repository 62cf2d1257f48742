// Bindings of RDS and DynamoDB.
#include <fmt/format.h>

#include "engine/live/binding_parts.hpp"

namespace firedrill::live {

AwsRequest describe_cluster(const Resources& resources, ComponentIndex component) {
  return request_of("rds", "DescribeDBClusters", resources.region(component),
                    {{"DBClusterIdentifier", resource_of(resources, component).id}});
}

namespace {

bool there_from_the_start(const Resources& resources, ComponentIndex component) {
  const auto* cluster =
      std::get_if<AuroraClusterSpec>(&resources.plan().component(component).detail);
  return cluster == nullptr || cluster->exists;
}

/// What a drill creates carries the tag of what may be touched, so that it can be taken away again.
AwsValue own_tags(const Resources& resources) {
  const OptInTagSpec& tag = resources.staging().opt_in_tag;
  return {{{"Key", tag.key}, {"Value", tag.value}}, {{"Key", "firedrill"}, {"Value", "drill"}}};
}

std::string writer_of(const AwsValue& cluster) {
  for (const AwsValue& member : cluster.value("DBClusterMembers", AwsValue::array())) {
    if (member.value("IsClusterWriter", false)) return text_of(member, "DBInstanceIdentifier");
  }
  return {};
}

/// A change of one cluster, after a look at it.
BoundCall cluster_change(const Resources& resources, ComponentIndex component, AwsRequest request) {
  BoundCall call;
  call.component = component;
  call.resource = "RDS cluster " + resource_of(resources, component).id;
  call.look = describe_cluster(resources, component);
  call.made_by_a_step = !there_from_the_start(resources, component);
  call.undoable = request.operation->kind != aws::OperationKind::kIrreversible;
  call.request = std::move(request);
  return call;
}

std::optional<AwsValue> only_cluster(const AwsValue& answer, Prepared& prepared,
                                     const std::string& who) {
  const AwsValue* cluster = first_of(answer, "DBClusters");
  if (cluster == nullptr) {
    prepared.refusal = "there is no " + who;
    return std::nullopt;
  }
  prepared.arn = text_of(*cluster, "DBClusterArn");
  prepared.tagged = *cluster;
  return *cluster;
}

std::vector<BoundCall> bind_describe_cluster(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  BoundCall read = plain_read(resources, component, describe_cluster(resources, component));
  read.made_by_a_step = !there_from_the_start(resources, component);
  return {std::move(read)};
}

std::vector<BoundCall> bind_events(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  return {plain_read(resources, component,
                     request_of("rds", "DescribeEvents", resources.region(component),
                                {{"SourceIdentifier", resource_of(resources, component).id},
                                 {"SourceType", "db-cluster"},
                                 {"Duration", 60}}))};
}

std::vector<BoundCall> bind_failover(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  BoundCall change =
      cluster_change(resources, component,
                     request_of("rds", "FailoverDBCluster", resources.region(component),
                                {{"DBClusterIdentifier", resource_of(resources, component).id}}));
  const std::string who = change.resource;
  change.prepare = [who](const AwsValue& answer, AwsRequest&) {
    Prepared prepared;
    const auto cluster = only_cluster(answer, prepared, who);
    if (!cluster) return prepared;
    prepared.difference = fmt::format("writer {} -> another member", writer_of(*cluster));
    if (cluster->value("DBClusterMembers", AwsValue::array()).size() < 2) {
      prepared.refusal = who + " has nothing to fail over to";
    }
    return prepared;
  };
  return {std::move(change)};
}

std::vector<BoundCall> bind_promote(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  BoundCall change =
      cluster_change(resources, component,
                     request_of("rds", "PromoteReadReplicaDBCluster", resources.region(component),
                                {{"DBClusterIdentifier", resource_of(resources, component).id}}));
  const std::string who = change.resource;
  change.prepare = [who](const AwsValue& answer, AwsRequest&) {
    Prepared prepared;
    const auto cluster = only_cluster(answer, prepared, who);
    if (!cluster) return prepared;
    const std::string source = text_of(*cluster, "ReplicationSourceIdentifier");
    prepared.in_effect = source.empty();
    prepared.difference = fmt::format("replica of {} -> by itself", source);
    return prepared;
  };
  return {std::move(change)};
}

std::vector<BoundCall> bind_failover_global(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  const ResourceSpec& cluster = resource_of(resources, component);
  const std::string& global = needed(cluster, cluster.global_cluster, "global_cluster");
  const std::string& target = needed(cluster, cluster.cluster_arn, "cluster_arn");
  const std::string region = resources.region(component);
  BoundCall change;
  change.component = component;
  change.resource = "RDS global cluster " + global;
  // What the new writer had not received yet is gone.
  change.undoable = false;
  change.request = request_of("rds", "FailoverGlobalCluster", region,
                              {{"GlobalClusterIdentifier", global},
                               {"TargetDbClusterIdentifier", target},
                               {"AllowDataLoss", true}});
  change.look = describe_cluster(resources, component);
  change.prepare = [target, who = "RDS cluster " + cluster.id](const AwsValue& answer,
                                                               AwsRequest&) {
    Prepared prepared;
    only_cluster(answer, prepared, who);
    prepared.difference = "writer of the global database -> " + target;
    return prepared;
  };
  return {std::move(change)};
}

std::vector<BoundCall> bind_restore(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex backup = call.components.front();
  const ResourceSpec& plan = resource_of(resources, backup);
  const ComponentIndex restored = resources.plan().component(backup).reference("restores");
  const ResourceSpec& cluster = resource_of(resources, restored);
  const std::string region =
      resources.region(backup).empty() ? resources.region(restored) : resources.region(backup);
  const std::string& snapshot = needed(plan, plan.snapshot, "snapshot");
  BoundCall change;
  change.component = restored;
  change.resource = "RDS cluster " + cluster.id;
  change.goes_on_costing = change.resource + ", restored by the drill";
  change.request = request_of("rds", "RestoreDBClusterFromSnapshot", region,
                              {{"DBClusterIdentifier", cluster.id},
                               {"SnapshotIdentifier", snapshot},
                               {"Engine", needed(cluster, cluster.engine, "engine")},
                               {"Tags", own_tags(resources)}});
  change.look = request_of("rds", "DescribeDBClusterSnapshots", region,
                           {{"DBClusterSnapshotIdentifier", snapshot}});
  change.prepare = [snapshot](const AwsValue& answer, AwsRequest& request) {
    Prepared prepared;
    const AwsValue* found = first_of(answer, "DBClusterSnapshots");
    if (found == nullptr) {
      prepared.refusal = "there is no cluster snapshot " + snapshot;
      return prepared;
    }
    prepared.arn = text_of(*found, "DBClusterSnapshotArn");
    prepared.tagged = *found;
    const std::string made = text_of(request.parameters, "DBClusterIdentifier");
    prepared.difference = fmt::format("cluster {} made from {}", made, snapshot);
    prepared.inverses = {{"rds",
                          "DeleteDBCluster",
                          request.region,
                          {{"DBClusterIdentifier", made}, {"SkipFinalSnapshot", true}},
                          made,
                          fmt::format("RDS cluster {}: deleted, which the drill restored", made)}};
    return prepared;
  };
  return {std::move(change)};
}

std::vector<BoundCall> bind_create_instance(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  const ResourceSpec& cluster = resource_of(resources, component);
  const std::string instance = cluster.id + "-drill";
  BoundCall change = cluster_change(
      resources, component,
      request_of("rds", "CreateDBInstance", resources.region(component),
                 {{"DBInstanceIdentifier", instance},
                  {"DBClusterIdentifier", cluster.id},
                  {"Engine", needed(cluster, cluster.engine, "engine")},
                  {"DBInstanceClass", needed(cluster, cluster.instance_class, "instance_class")},
                  {"Tags", own_tags(resources)}}));
  const std::string who = change.resource;
  change.resource = "RDS instance " + instance;
  change.goes_on_costing = change.resource + ", made by the drill";
  change.prepare = [who, instance](const AwsValue& answer, AwsRequest& request) {
    Prepared prepared;
    const auto found = only_cluster(answer, prepared, who);
    if (!found) return prepared;
    bool there = false;
    for (const AwsValue& member : found->value("DBClusterMembers", AwsValue::array())) {
      there = there || text_of(member, "DBInstanceIdentifier") == instance;
    }
    prepared.in_effect = there;
    prepared.difference = fmt::format("instance {} made in {}", instance, who);
    prepared.inverses = {{"rds",
                          "DeleteDBInstance",
                          request.region,
                          {{"DBInstanceIdentifier", instance}, {"SkipFinalSnapshot", true}},
                          instance,
                          fmt::format("RDS instance {}: deleted, which the drill made", instance)}};
    return prepared;
  };
  return {std::move(change)};
}

std::vector<BoundCall> bind_table(const Resources& resources, const PlannedCall& call) {
  const ComponentIndex component = call.components.front();
  return {plain_read(resources, component,
                     request_of("dynamodb", "DescribeTable", resources.region(component),
                                {{"TableName", resource_of(resources, component).id}}))};
}

constexpr std::string_view kNotUndoable = "none: it cannot be put back";

constexpr Binding kDatabases[] = {
    {Operation::kRdsDescribeClusters, "rds DescribeDBClusters", "", bind_describe_cluster},
    {Operation::kRdsDescribeEvents, "rds DescribeEvents", "", bind_events},
    {Operation::kRdsFailoverCluster, "rds FailoverDBCluster", kNotUndoable, bind_failover},
    {Operation::kRdsPromoteReadReplica, "rds PromoteReadReplicaDBCluster", kNotUndoable,
     bind_promote},
    {Operation::kRdsFailoverGlobal, "rds FailoverGlobalCluster", kNotUndoable,
     bind_failover_global},
    {Operation::kRdsRestoreFromSnapshot, "rds RestoreDBClusterFromSnapshot",
     "DeleteDBCluster of the restored cluster", bind_restore},
    {Operation::kRdsCreateInstance, "rds CreateDBInstance", "DeleteDBInstance of the instance",
     bind_create_instance},
    {Operation::kDynamoDescribeTable, "dynamodb DescribeTable", "", bind_table},
};

}  // namespace

std::span<const Binding> database_bindings() { return kDatabases; }

}  // namespace firedrill::live
