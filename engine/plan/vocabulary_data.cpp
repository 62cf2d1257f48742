// Rows of the vocabulary: failover, restore and switch-over of data stores, what strikes them and
// what shows of it.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {

namespace {

constexpr double kMostUnits = 1e9;

std::vector<OperationRule> store_waits() {
  OperationRule region{Op::kWaitRegionHealthy,
                       OperationClass::kWait,
                       "wait:region-healthy",
                       "Until nothing has been wrong with a region for so long",
                       {value("region", kRegion, "the region"),
                        value("at_least", kDuration, "how long it must have been healthy")}};
  OperationRule lag{Op::kWaitReplicaLag,
                    OperationClass::kWait,
                    "wait:replica-lag",
                    "Until a replica is behind by less than a limit, looking at its metric",
                    {component("cluster", kDatabases, "the replica"),
                     value("limit", kDuration, "the lag that is good enough")},
                    "rds"};
  lag.waiter = WaiterRule{Op::kProbeReplicaLagBelow, "detect.cloudwatch.metric_period",
                          "people.replica_lag_patience"};
  OperationRule table{Op::kWaitTableExists,
                      OperationClass::kWait,
                      "dynamodb:WaitTableExists",
                      "Polls until a table is active, or gives up",
                      {component("table", kTable, "the table")},
                      "dynamodb"};
  table.waiter = WaiterRule{Op::kProbeTableActive, "ddb.waiter.table_exists",
                            "ddb.waiter.table_exists_timeout"};
  return {region, lag, table};
}

std::vector<OperationRule> cluster_calls() {
  return {
      read_of(Op::kRdsDescribeEvents, "rds:DescribeEvents", "Reads what happened to a database",
              component("cluster", kDatabases, "the cluster or instance"), "rds"),
      change_call(Op::kRdsFailoverCluster, "rds:FailoverDBCluster",
                  "Makes a reader of the cluster its writer; refused where there is no reader",
                  {component("cluster", kCluster, "the cluster")}, "rds"),
      change_call(Op::kRdsSwitchoverGlobal, "rds:SwitchoverGlobalCluster",
                  "Makes a replica the writer and its source the replica, without loss of data",
                  {component("cluster", kCluster, "the cluster that becomes the writer")}, "rds"),
      change_call(Op::kRdsCreateReplica, "rds:CreateDBCluster",
                  "Creates a cluster as a replica of the one it replicates from",
                  {component("cluster", kCluster, "the cluster that does not exist yet")}, "rds"),
      change_call(Op::kRdsRestoreToPointInTime, "rds:RestoreDBClusterToPointInTime",
                  "Creates a cluster from the backups of the one it stands in for: as that was "
                  "before its data became wrong, else as late as can be restored",
                  {component("cluster", kCluster, "the cluster that does not exist yet"),
                   value("before", kDuration, "how long before the data became wrong", false)},
                  "rds"),
      change_call(
          Op::kRdsRestoreBeforeMigration, "rds:RestoreDeploymentSnapshot",
          "Creates a cluster from the snapshot that a pipeline took just before it migrated "
          "a schema (RestoreDBClusterFromSnapshot)",
          {component("cluster", kCluster, "the cluster that does not exist yet"),
           component("schema", kSchema, "the schema that was migrated")},
          "rds"),
      change_call(Op::kRdsCreateSnapshot, "rds:CreateDBClusterSnapshot",
                  "Takes a snapshot and waits for it", {component("cluster", kCluster, "of what")},
                  "rds", "aurora.cluster_snapshot_create"),
      change_call(Op::kRdsRenameCluster, "rds:ModifyDBCluster",
                  "Swaps the name of a cluster with that of the one it stands in for, so that "
                  "clients come to it once they resolve the name anew",
                  {component("cluster", kCluster, "the cluster that takes over")}, "rds"),
  };
}

}  // namespace

std::vector<OperationRule> recovery_rules() {
  std::vector<OperationRule> all = store_waits();
  for (OperationRule& rule : cluster_calls()) all.push_back(std::move(rule));
  std::vector<OperationRule> rest = {
      change_call(Op::kDynamoRestoreToPointInTime, "dynamodb:RestoreTableToPointInTime",
                  "Creates a table as the one it stands in for was before its data became wrong, "
                  "else as late as can be restored",
                  {component("table", kTable, "the table that does not exist yet"),
                   value("before", kDuration, "how long before the data became wrong", false)},
                  "dynamodb"),
      change_call(Op::kDynamoRestoreFromBackup, "dynamodb:RestoreTableFromBackup",
                  "Creates a table from the newest backup of the one it stands in for",
                  {component("table", kTable, "the table that does not exist yet")}, "dynamodb"),
      change_call(Op::kDynamoUpdateTable, "dynamodb:UpdateTable",
                  "Gives a table the throughput for a multiple of its usual load, or sets what is "
                  "provisioned, whether that is more or less than before",
                  {component("table", kTable, "the table"),
                   value("factor", kFactor, "multiple of the usual load", false),
                   trait("read_capacity", kMostUnits, "reads a second"),
                   trait("write_capacity", kMostUnits, "writes a second"),
                   word("capacity_mode", {"provisioned"}, "mode to change to", false)},
                  "dynamodb", "ddb.update_table_capacity"),
      change_call(Op::kS3RestoreVersions, "s3:CopyObject",
                  "Copies the last good version of every damaged object over it",
                  {component("bucket", kBucket, "the bucket")}, "s3"),
      change_call(Op::kAppStopWrites, "app:StopWrites",
                  "Maintenance mode: the services that need the store turn requests away",
                  {component("store", kStoreKinds, "the copy that takes no more writes")}, {}),
      change_call(Op::kAppStartWrites, "app:StartWrites", "Ends the maintenance mode of a store",
                  {component("store", kStoreKinds, "the copy")}, {}),
      change_call(Op::kAppSwitchStore, "app:SwitchStore",
                  "Points the services at a store in place of the one it stands in for; tasks that "
                  "start afterwards use it",
                  {component("store", kStoreKinds, "the store that takes over")}, {}),
  };
  rest.back().hands_on = "people.edit_json_config";
  for (OperationRule& rule : rest) all.push_back(std::move(rule));
  return all;
}

std::vector<OperationRule> store_fault_rules() {
  const ParameterRule cluster = component("cluster", kDatabases, "the cluster or instance");
  return {
      fault(Op::kFaultLinkSlow, "fault:link-slow", "An inter-region link carries less than usual",
            {value("link", kLink, "the link"),
             value("share", kShare, "share of its bandwidth that is gone")}),
      fault(Op::kFaultLinkLossy, "fault:link-lossy",
            "An inter-region link loses packets, which slows every connection over it",
            {value("link", kLink, "the link"),
             value("share", kShare, "share of the packets that is lost")}),
      fault(Op::kFaultWriterFailure, "fault:writer-failure",
            "The instance or node that writes fails, its zone does not",
            {component("cluster", "aurora:cluster|rds:instance|elasticache:cluster",
                       "the cluster or instance")}),
      fault(Op::kFaultFailoverStuck, "fault:failover-stuck",
            "A failover within the region does not complete until the provider helps", {cluster}),
      fault(Op::kFaultDatabaseLoad, "fault:database-load",
            "Queries ask a multiple of the usual from a cluster",
            {cluster, value("factor", kFactor, "multiple of the usual load")}),
      fault(Op::kFaultDataCorruption, "fault:data-corruption",
            "Software writes wrong data; copies follow it, nothing fails that would show",
            {component("component", kStoreKinds, "the copy that is written to"),
             value("share", kShare, "share of requests that the wrong data spoil", false),
             value("objects", kCount, "objects of a bucket that become wrong", false)}),
      fault(Op::kFaultReplicationStall, "fault:replication-stall",
            "A replica takes over nothing more from its source",
            {component("replica", kStoreKinds, "the replica")}),
      fault(Op::kFaultTableTraffic, "fault:table-traffic",
            "Requests ask a multiple of the usual from a table",
            {component("table", kTable, "the table"),
             value("factor", kFactor, "multiple of the usual load")}),
  };
}

std::vector<OperationRule> store_look_rules() {
  const ParameterRule cluster = component("cluster", kDatabases, "the cluster or instance");
  return {
      probe(Op::kProbeFailoverUnderWay, "rds:failover-under-way",
            "The cluster is between two writers", {cluster}, "rds"),
      probe(Op::kProbeReplicaLagBelow, "rds:replica-lag-below",
            "Every reader of the cluster, or the replica, is behind by less than a limit",
            {cluster, value("limit", kDuration, "the lag that is good enough")}, "rds"),
      probe(Op::kProbeConnectionErrors, "logs:connection-errors",
            "The log of a service shows that its pool has lost the cluster",
            {cluster, component("service", kEcsService, "the service")}),
      probe(Op::kProbeDataIntact, "data:intact", "A comparison of the data finds nothing wrong",
            {component("component", kStoreKinds, "the copy that is looked at")}),
      probe(Op::kProbeRegionImpaired, "region:impaired",
            "More than one zone of a region is down, or one of its control planes",
            {value("region", kRegion, "the region")}),
      metric(Op::kMetricFailoverEvent, "rds:failover_event",
             "1 from the provider's notice of a failover until the cluster has a writer again",
             kDatabases, true),
      metric(Op::kMetricDatabaseCpu, "aurora:cpu_share", "Share of the writer's processor in use",
             kDatabases),
      metric(Op::kMetricDatabaseConnections, "aurora:connections_share",
             "Connections as a share of the most there can be", kDatabases),
      metric(Op::kMetricFreeableMemory, "aurora:freeable_memory_gib",
             "Memory of the writer that is left, in GiB", kDatabases),
      metric(Op::kMetricThrottledShare, "dynamodb:throttled_share",
             "Share of requests that a table turns away", kTable),
      metric(Op::kMetricDataReported, "data:reported_wrong",
             "1 from the first report of wrong data by customers or staff until they are right",
             kStoreKinds, true),
  };
}

}  // namespace firedrill::vocabulary_rows
