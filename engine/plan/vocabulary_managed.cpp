// Rows of the vocabulary: database instances, caches in memory, and queues with their workers.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {

namespace {

constexpr std::string_view kInstance = "rds:instance";
constexpr std::string_view kCache = "elasticache:cluster";
constexpr std::string_view kQueue = "app:queue";

class Row {
 public:
  Row(Operation operation, OperationClass kind, std::string_view name, std::string_view meaning,
      std::vector<ParameterRule> parameters) {
    rule_.operation = operation;
    rule_.kind = kind;
    rule_.name = name;
    rule_.meaning = meaning;
    rule_.parameters = std::move(parameters);
  }
  /// A call that reads.
  Row& reads(std::string_view plane) {
    rule_.control_plane = plane;
    rule_.hands_on = kReading;
    rule_.timings = {kReadCall};
    return *this;
  }
  /// A call that changes something, and what its caller waits for beyond the answer.
  Row& changes(std::string_view plane, std::string_view takes = {}) {
    rule_.control_plane = plane;
    rule_.mutating = true;
    rule_.hands_on = kChanging;
    rule_.timings = {kChangeCall};
    rule_.takes = takes;
    return *this;
  }
  Row& polls(std::string_view plane, WaiterRule waiter) {
    rule_.control_plane = plane;
    rule_.waiter = waiter;
    return *this;
  }
  Row& strikes() {
    rule_.mutating = true;
    return *this;
  }
  Row& seen_through(std::string_view plane) {
    rule_.control_plane = plane;
    return *this;
  }
  operator OperationRule() const { return rule_; }  // NOLINT(google-explicit-constructor)

 private:
  OperationRule rule_;
};

Row call(Operation operation, std::string_view name, std::string_view meaning,
         std::vector<ParameterRule> parameters) {
  return {operation, OperationClass::kCall, name, meaning, std::move(parameters)};
}
Row fault(Operation operation, std::string_view name, std::string_view meaning,
          std::vector<ParameterRule> parameters) {
  return Row(operation, OperationClass::kFault, name, meaning, std::move(parameters)).strikes();
}
Row probe(Operation operation, std::string_view name, std::string_view meaning,
          ParameterRule parameter) {
  return {operation, OperationClass::kProbe, name, meaning, {std::move(parameter)}};
}
Row metric(Operation operation, std::string_view name, std::string_view meaning,
           std::string_view kind) {
  return {operation, OperationClass::kMetric, name, meaning, {component("of", kind, "it")}};
}

ParameterRule instance(std::string_view meaning = "the instance") {
  return component("instance", kInstance, meaning);
}
ParameterRule cache(std::string_view meaning = "the cluster") {
  return component("cache", kCache, meaning);
}
ParameterRule queue() { return component("queue", kQueue, "the queue"); }

std::vector<OperationRule> instance_rows() {
  return {
      call(Op::kRdsDescribeInstances, "rds:DescribeDBInstances", "Reads the state of an instance",
           {instance()})
          .reads("rds"),
      call(Op::kRdsDescribeSnapshots, "rds:DescribeDBSnapshots",
           "Lists the snapshots that an instance can be restored from", {instance()})
          .reads("rds"),
      call(Op::kRdsRestoreInstanceFromSnapshot, "rds:RestoreDBInstanceFromDBSnapshot",
           "Creates an instance from the newest snapshot of the one it is restored from: in "
           "another region from the newest copy, after wrong data from the newest before them",
           {instance("the instance that does not exist yet")})
          .changes("rds"),
      call(Op::kRdsRestoreInstanceToPointInTime, "rds:RestoreDBInstanceToPointInTime",
           "Creates an instance from the backups of the one it stands in for: as that was before "
           "its data became wrong, else as late as can be restored",
           {instance("the instance that does not exist yet"),
            value("before", kDuration, "how long before the data became wrong", false),
            value("counted_from_now", kFlag, "`before` counts from the moment of the call", false)})
          .changes("rds"),
      call(Op::kRdsCreateInstanceReplica, "rds:CreateDBInstanceReadReplica",
           "Creates an instance as a read replica of the one it replicates from",
           {instance("the instance that does not exist yet")})
          .changes("rds"),
      call(Op::kRdsPromoteInstanceReplica, "rds:PromoteReadReplica",
           "Cuts a read replica loose and makes it a writer", {instance("the read replica")})
          .changes("rds"),
      call(Op::kRdsModifyInstance, "rds:ModifyDBInstance",
           "Gives an instance a class with a multiple of its capacity, at once",
           {instance(), value("factor", kFactor, "multiple of the capacity it has at the start")})
          .changes("rds"),
      call(Op::kRdsRebootInstance, "rds:RebootDBInstance",
           "Fails an instance over to its standby; refused where there is none", {instance()})
          .changes("rds"),
      Row(Op::kWaitInstanceAvailable, OperationClass::kWait, "rds:WaitDBInstanceAvailable",
          "Polls until the instance is available, or gives up", {instance()})
          .polls("rds", {Op::kProbeInstanceAvailable, "rds.waiter.poll", "rds.waiter.timeout"}),
      probe(Op::kProbeInstanceAvailable, "rds:instance-available",
            "The instance is there and no change of it is under way", instance())
          .seen_through("rds"),
      probe(Op::kProbeInstanceWrites, "rds:instance-writes",
            "The instance takes reads and writes: `SELECT 1` and an insert succeed", instance()),
      fault(Op::kFaultConnectionLeak, "fault:connection-leak",
            "Sessions that software leaves open hold a share of a database's connections",
            {component("cluster", kDatabases, "the cluster or instance"),
             value("share", kShare, "of the most there can be")}),
      fault(Op::kFaultInstanceLost, "fault:instance-lost",
            "An instance with its standby, or a cache cluster, does not come back; only backups "
            "are left",
            {component("component", "rds:instance|elasticache:cluster", "what is lost")}),
  };
}

std::vector<OperationRule> cache_rows() {
  return {
      call(Op::kCacheDescribe, "elasticache:DescribeCacheClusters", "Reads the state of a cluster",
           {cache()})
          .reads("elasticache"),
      call(Op::kCacheDescribeSnapshots, "elasticache:DescribeSnapshots",
           "Lists the snapshots of a cluster", {cache()})
          .reads("elasticache"),
      call(Op::kCacheCreateCluster, "elasticache:CreateCacheCluster",
           "Creates a cluster of one node, empty or from a snapshot of the one it stands in for",
           {cache("the cluster that does not exist yet"),
            value("from_snapshot", kFlag, "filled from the newest snapshot", false)})
          .changes("elasticache"),
      call(Op::kCacheTestFailover, "elasticache:TestFailover",
           "Fails the primary node over to a replica; refused where there is none", {cache()})
          .changes("elasticache"),
      call(Op::kCacheReboot, "elasticache:RebootCacheCluster",
           "Restarts the nodes of a cluster, which forget all that was kept in them", {cache()})
          .changes("elasticache"),
      call(Op::kCacheIncreaseReplicas, "elasticache:IncreaseReplicaCount",
           "Adds replicas to a cluster", {cache(), value("count", kCount, "how many more")})
          .changes("elasticache"),
      call(Op::kCacheDeleteKeys, "redis:DeleteKeys", "Deletes the keys that match a pattern",
           {cache(), value("share", kShare, "share of all that is kept")})
          .changes({}, "redis.flush"),
      Row(Op::kWaitCacheAvailable, OperationClass::kWait, "elasticache:WaitCacheClusterAvailable",
          "Polls until the cluster is available, or gives up", {cache()})
          .polls("elasticache",
                 {Op::kProbeCacheAvailable, "redis.waiter.poll", "redis.waiter.timeout"}),
      probe(Op::kProbeCacheAvailable, "elasticache:cluster-available", "A node of it answers",
            cache())
          .seen_through("elasticache"),
      metric(Op::kMetricCacheHits, "elasticache:hit_share",
             "Share of look-ups that find their key; silent while no node answers", kCache),
      metric(Op::kMetricCacheConnections, "elasticache:connections_share",
             "Connections as a share of the usual; silent while no node answers", kCache),
  };
}

std::vector<OperationRule> queue_rows() {
  return {
      call(Op::kSqsDeleteMessages, "sqs:DeleteMessage",
           "Receives messages and deletes them, good or bad, as they come",
           {queue(), value("count", kCount, "how many")})
          .changes("sqs"),
      call(Op::kSqsSetAttributes, "sqs:SetQueueAttributes",
           "Sets for how long a message that was handed out stays hidden",
           {queue(), value("visibility_timeout", kDuration, "how long")})
          .changes("sqs"),
      fault(Op::kFaultQueueSurge, "fault:queue-surge", "Messages arrive faster than usual",
            {queue(), value("factor", kFactor, "multiple of the usual rate")}),
      fault(Op::kFaultSlowWorkers, "fault:slow-workers", "A message takes its worker longer",
            {queue(), value("factor", kFactor, "how many times as long")}),
      fault(Op::kFaultPoisonMessages, "fault:poison-messages",
            "Messages that no worker can finish are in the queue, and are handed out for ever",
            {queue(), value("count", kCount, "how many")}),
      probe(Op::kProbeQueueOnTime, "queue:on-time",
            "The oldest message in the queue is not late yet", queue()),
      metric(Op::kMetricQueueDepth, "queue:depth", "Messages that wait", kQueue),
      metric(Op::kMetricQueueAge, "queue:age_of_oldest_s", "Age of the oldest that waits, in s",
             kQueue),
  };
}

/// The new address of a store stored where tasks read it when they start.
std::vector<OperationRule> address_rows() {
  const ParameterRule store = component("store", kStoreKinds, "the store that takes over");
  return {
      call(Op::kSecretsUpdateAddress, "secretsmanager:UpdateSecret",
           "Stores the address of a store in place of the one it stands in for; tasks that start "
           "afterwards use it",
           {store})
          .changes("secretsmanager"),
      call(Op::kSsmPutAddress, "ssm:PutParameter",
           "Stores the address of a store in place of the one it stands in for; tasks that start "
           "afterwards use it",
           {store})
          .changes("ssm"),
      call(Op::kDatabaseEndIdleSessions, "psql:TerminateIdleSessions",
           "Ends the sessions that software has left open; what leaks on leaves open new ones",
           {component("cluster", kDatabases, "the cluster or instance")})
          .changes({}, "pg.terminate_backends"),
      call(Op::kDatabaseReadElsewhere, "app:UseReadReplicas",
           "Sends reads to the readers, by a parameter in SSM: the writer is left with the rest",
           {component("cluster", kDatabases, "the cluster or instance"),
            value("share", kShare, "of its load that is reads")})
          .changes("ssm", "app.config_poll_pickup"),
      call(Op::kDatabaseCopyTable, "db:CopyTable",
           "Copies a table over the one of the same name in another database, with pg_dump and "
           "psql: what was written to that since is gone, wrong or right",
           {component("to", kDatabases, "the database whose table is replaced"),
            component("from", kDatabases, "the database whose table is right")})
          .changes({}, "pg.logical_restore_11GB"),
  };
}

}  // namespace

std::vector<OperationRule> managed_rules() {
  return joined({instance_rows(), cache_rows(), queue_rows(), address_rows()});
}

}  // namespace firedrill::vocabulary_rows
