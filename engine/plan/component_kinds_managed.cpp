// Kinds of database instances, caches and queues with their timing slots.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {

std::vector<ComponentKindRule> managed_kinds() {
  return {
      {"rds:instance",
       "An RDS instance, with a standby in another zone or without, or a read replica",
       {{"failover", "rds.failover_multi_az", "writes stop while the standby takes over"},
        {"host_replacement", "rds.host_replacement",
         "until a failed host without a standby is replaced"},
        {"endpoint_visible", "rds.failover_dns_visible",
         "until the endpoint names the new instance"},
        {"pool_reconnect", "aurora.client_pool_reconnect",
         "until pools of clients have reconnected"},
        {"pool_stuck", "aurora.pool_stuck_needs_restart_probability",
         "chance that a service's pool needs new tasks to find the new instance"},
        {"cold_cache", "aurora.cache_cold_penalty_duration", "how long a new instance is slower"},
        {"cold_cache_load", "aurora.cache_cold_load_factor", "work a query makes meanwhile"},
        {"event_notification", "detect.rds_event_notification", "from an event to the page"},
        {"wrong_data_report", "detect.customer_or_staff_report", "until wrong data are reported"},
        {"support_response", "aws.support.response_business_critical",
         "until the provider helps with a critical case"},
        {"replica_lag", "rds.replica_lag_cross_region",
         "by which a read replica is behind when nothing is wrong"},
        {"promotion", "rds.promote_read_replica", "promotion of a read replica"},
        {"restore_snapshot", "rds.restore_from_snapshot", "restore from a snapshot, any size"},
        {"restore_pitr", "rds.restore_pitr", "restore to a point in time"},
        {"restorable_age", "rds.latest_restorable_age", "age of the latest restorable time"},
        {"snapshot_copy", "rds.cross_region_snapshot_copy",
         "until a snapshot has arrived in another region"},
        {"create_instance", "rds.create_instance_production_class", "a new read replica"},
        {"copy_rate", "net.bandwidth.inter_region_practical_copy",
         "at which a new replica's volume is copied, at most"},
        {"change_class", "rds.modify_instance_class", "another class for an instance"}}},
      {"elasticache:cluster",
       "A Redis cluster in memory, with replicas that can take over or without",
       {{"failover", "redis.failover_multi_az", "until a replica has taken over"},
        {"node_replacement", "redis.node_replacement", "until a failed node is replaced, empty"},
        {"create_cluster", "redis.create_cache_cluster", "a new, empty cluster"},
        {"restore_snapshot", "redis.restore_from_snapshot", "a new cluster from a snapshot"},
        {"create_replica", "redis.increase_replica_count", "another replica"},
        {"reboot", "redis.reboot", "until rebooted nodes answer, empty"},
        {"warm_up", "redis.cache_warmup", "until an empty cache hits 95 % of the usual"},
        {"wrong_data_report", "detect.customer_or_staff_report", "until wrong data are reported"}}},
      {"app:queue",
       "Messages and the workers that take them, kept by SQS or in a cache cluster",
       {{"set_attributes", "sqs.set_queue_attributes", "until changed attributes are in force"}}},
  };
}

}  // namespace firedrill::vocabulary_rows
