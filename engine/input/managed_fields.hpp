// The fields of database instances, caches and queues.
#pragma once

#include "engine/input/field_rules.hpp"
#include "engine/input/managed_documents.hpp"

namespace firedrill {

template <class V>
void describe(V& v, RdsInstanceSpec& i) {
  v.field("region", i.region, {.doc = "Region of the instance", .required = true});
  v.field("zone", i.zone, {.doc = "Zone it runs in at the start", .required = true});
  v.field("multi_az", i.multi_az, {.doc = "Whether it has a standby in another zone"});
  v.field("size", i.size, {.doc = "Data stored", .above_zero = true});
  v.field("write_rate", i.write_rate, {.doc = "Committed writes"});
  v.field("replicates_from", i.replicates_from,
          {.doc = "Instance whose read replica it is; absent: a writer"});
  v.field("exists", i.exists, {.doc = "False: created only by a step"});
  v.field("stands_in_for", i.stands_in_for,
          {.doc = "Instance whose clients it gets once it has been restored and switched to"});
  v.field("restored_from", i.restored_from,
          {.doc = "Instance whose snapshots, or copies of them from another region, it is restored "
                  "from; absent: the one it stands in for"});
  v.field("snapshot_interval", i.snapshot_interval,
          {.doc = "Between two snapshots of it", .above_zero = true});
  v.field("cpu_at_rest", i.cpu_at_rest,
          {.doc = "Share of its processor that the usual load takes", .above_zero = true});
  v.field("connections_at_rest", i.connections_at_rest,
          {.doc = "Connections at the usual load, as a share of the most there can be",
           .above_zero = true});
  v.field("freeable_memory", i.freeable_memory,
          {.doc = "Memory left at the usual load", .above_zero = true});
}

template <class V>
void describe(V& v, CacheClusterSpec& c) {
  v.field("region", c.region, {.doc = "Region of the cluster", .required = true});
  v.field("replicas", c.replicas,
          {.doc = "Nodes in other zones that can take over", .minimum = 0, .maximum = 5});
  v.field("exists", c.exists, {.doc = "False: created only by a step"});
  v.field("stands_in_for", c.stands_in_for,
          {.doc = "Cluster whose clients it gets once it has been created and switched to"});
  v.field("needed_by", c.needed_by, {.doc = "Share of the requests that fail without it"});
  v.field("entry_life", c.entry_life,
          {.doc = "How long anything is kept in it at most", .above_zero = true});
  v.field("snapshot_interval", c.snapshot_interval,
          {.doc = "Between two snapshots of it", .above_zero = true});
  v.field("hit_share", c.hit_share, {.doc = "Share of look-ups that find their key, usually"});
  v.field("spares", c.spares, {.doc = "The database that is asked on a miss; absent: none"});
  v.field("misses_of_load", c.misses_of_load,
          {.doc = "Share of that database's usual load that the misses make"});
}

template <class V>
void describe(V& v, QueueSpec& q) {
  v.field("region", q.region, {.doc = "Region of the queue", .required = true});
  v.field("workers", q.workers,
          {.doc = "What takes the messages, such as an ecs:service", .required = true});
  v.field("arrival_rate", q.arrival_rate, {.doc = "Usual messages", .above_zero = true});
  v.field("work_rate", q.work_rate,
          {.doc = "Messages that one worker gets through", .above_zero = true});
  v.field("kept_in", q.kept_in,
          {.doc = "The elasticache:cluster that keeps the messages; absent: SQS does"});
  v.field(
      "visibility_timeout", q.visibility_timeout,
      {.doc = "After which a message that is not done is handed out again", .above_zero = true});
  v.field("late_after", q.late_after,
          {.doc = "A message that waited longer counts as failed", .above_zero = true});
}

}  // namespace firedrill
