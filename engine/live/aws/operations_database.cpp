#include <nlohmann/json.hpp>

#include "engine/live/aws/operations.hpp"

namespace firedrill::aws {
namespace {

constexpr std::string_view kSecondCopy = "a second one meets a name that exists already";
constexpr std::string_view kAbsolute = "sets absolute values";

constexpr Operation kDatabase[] = {
    read("rds", "DescribeDBClusters"),
    read("rds", "DescribeDBInstances"),
    read("rds", "DescribeDBClusterSnapshots"),
    read("rds", "DescribeDBSnapshots"),
    read("rds", "DescribeGlobalClusters"),
    read("rds", "DescribeEvents"),
    irreversible("rds", "FailoverDBCluster",
                 "a second one without a target fails back to where it came from"),
    irreversible("rds", "PromoteReadReplicaDBCluster",
                 "replication ends for good; promoting twice is an error"),
    irreversible("rds", "PromoteReadReplica",
                 "replication ends for good; promoting twice is an error"),
    single_change("rds", "FailoverGlobalCluster",
                  "FailoverGlobalCluster to the cluster that was the primary, when no data loss "
                  "was allowed",
                  "a second one meets a switchover in progress or moves it on"),
    irreversible("rds", "RemoveFromGlobalCluster",
                 "the cluster stands alone for good; removing twice is an error"),
    repeatable_change("rds", "ModifyDBCluster",
                      "ModifyDBCluster with what DescribeDBClusters read before", kAbsolute),
    repeatable_change("rds", "ModifyDBInstance",
                      "ModifyDBInstance with what DescribeDBInstances read before", kAbsolute),
    irreversible("rds", "RebootDBInstance", "a second one restarts it again"),
    single_change("rds", "RestoreDBClusterToPointInTime", "DeleteDBCluster of the new cluster",
                  kSecondCopy),
    single_change("rds", "RestoreDBClusterFromSnapshot", "DeleteDBCluster of the new cluster",
                  kSecondCopy),
    single_change("rds", "RestoreDBInstanceFromDBSnapshot", "DeleteDBInstance of the new instance",
                  kSecondCopy),
    single_change("rds", "CreateDBInstance", "DeleteDBInstance of the new instance", kSecondCopy),
    single_change("rds", "CreateDBClusterSnapshot", "DeleteDBClusterSnapshot of the new snapshot",
                  kSecondCopy),
    irreversible("rds", "DeleteDBClusterSnapshot", "a deleted snapshot is gone"),
    irreversible("rds", "DeleteDBInstance", "a deleted instance is gone"),
    irreversible("rds", "DeleteDBCluster", "a deleted cluster is gone"),

    read("dynamodb", "DescribeTable"),
    read("dynamodb", "DescribeContinuousBackups"),
    read("dynamodb", "GetItem"),
    read("dynamodb", "Query"),
    repeatable_change("dynamodb", "UpdateTable", "UpdateTable with what DescribeTable read before",
                      "sets absolute values; while one is in progress another is refused"),
    repeatable_change("dynamodb", "PutItem", "PutItem with what GetItem read before, or DeleteItem",
                      "writes the same item again"),
    repeatable_change("dynamodb", "DeleteItem", "PutItem with what GetItem read before",
                      "an item that is gone stays gone"),
    single_change("dynamodb", "CreateBackup", "DeleteBackup of the new backup",
                  "a second one makes another backup"),
    irreversible("dynamodb", "DeleteBackup", "a deleted backup is gone"),
    single_change("dynamodb", "RestoreTableFromBackup", "DeleteTable of the new table",
                  kSecondCopy),
    single_change("dynamodb", "RestoreTableToPointInTime", "DeleteTable of the new table",
                  kSecondCopy),
    irreversible("dynamodb", "DeleteTable", "a deleted table is gone"),

    read("elasticache", "DescribeReplicationGroups"),
    read("elasticache", "DescribeCacheClusters"),
    irreversible("elasticache", "TestFailover", "a second one fails over again"),
    irreversible("elasticache", "RebootCacheCluster",
                 "what the nodes held is lost; a second one restarts them again"),
    repeatable_change("elasticache", "IncreaseReplicaCount",
                      "DecreaseReplicaCount to what DescribeReplicationGroups read before",
                      "sets an absolute number"),
    repeatable_change("elasticache", "DecreaseReplicaCount",
                      "IncreaseReplicaCount to what DescribeReplicationGroups read before",
                      "sets an absolute number"),
};

}  // namespace

std::span<const Operation> database_operations() { return kDatabase; }

}  // namespace firedrill::aws
