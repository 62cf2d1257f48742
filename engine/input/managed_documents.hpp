// What a system document says of database instances, caches and queues.
#pragma once

#include <cstdint>

#include "engine/base/time.hpp"
#include "engine/input/document_parts.hpp"

namespace firedrill {

struct RdsInstanceSpec {  // kind "rds:instance"
  Name region;
  Name zone;              // of the region, in which it runs when a drill begins
  bool multi_az = false;  // has a standby in another zone
  Size size{100.0 * 1024 * 1024 * 1024};
  ByteRate write_rate{256 * 1024};
  Name replicates_from;  // rds:instance of this or another region; empty for a writer
  bool exists = true;    // false: created only by a step
  Name stands_in_for;    // rds:instance of the region whose clients it is to get once restored
  /// rds:instance whose snapshots it is restored from, or their copies where that is in another
  /// region; empty: the one it stands in for.
  Name restored_from;
  Duration snapshot_interval = Duration::hours(24);  // of snapshots of this one
  Share cpu_at_rest{0.35};
  Share connections_at_rest{0.3};  // of the most there can be
  Size freeable_memory{2.0 * 1024 * 1024 * 1024};
};

struct CacheClusterSpec {  // kind "elasticache:cluster"
  Name region;
  std::int64_t replicas = 0;  // nodes in other zones that can take over
  bool exists = true;         // false: created only by a step
  Name stands_in_for;         // elasticache:cluster of the region whose clients it is to get
  Share needed_by{1};         // share of the requests that fail without it
  Duration entry_life = Duration::hours(24);         // of what is kept in it, at most
  Duration snapshot_interval = Duration::hours(24);  // of snapshots of this one
  Share hit_share{0.8};                              // of the look-ups at the usual load
  Name spares;              // the database that is asked on a miss; empty for none
  Share misses_of_load{0};  // share of that database's usual load that its misses make
};

struct QueueSpec {  // kind "app:queue"
  Name region;
  Name workers;                // what takes the messages, such as an ecs:service
  EventRate arrival_rate{10};  // usual messages
  EventRate work_rate{5};      // messages that one worker gets through
  Name kept_in;                // elasticache:cluster that keeps the messages; empty: SQS does
  Duration visibility_timeout = Duration::seconds(30);
  Duration late_after = Duration::minutes(5);  // a message that waited longer counts as failed
};

}  // namespace firedrill
