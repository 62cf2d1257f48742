// An ElastiCache cluster for Redis: what services keep in memory, with replicas that can take over
// or without, and the database that its hits spare.
//
// Requests. A share r of them cannot be answered without it (sessions, locks); while it does not
// answer, 1 - r of them pass. What was lost in it does not fail a request for long: a session is
// opened anew.
//
// Failure of a node. With a replica in another zone: a failover, with the keys kept. Without one
// the provider makes an empty node. A cluster that is lost stays so until another is created in its
// place.
//
// Hits. With H the usual share of hits, an empty cache hits h(t) = H (1 - exp(-t / tau)), where the
// library's time to warm up is 3 tau, at which 95 % of H is reached. Misses go to the database: if
// m is the share of its usual load that they make, it is asked
//   1 - m + m (1 - h(t)) / (1 - H)
// times the usual; while the cache is down, h is 0.
//
// Loss. What is kept in it lives for `entry_life` at most, so a new cluster misses
//   min(age of the snapshot that it was made from, entry_life),
// and entry_life without a snapshot.
#pragma once

#include "models/database.hpp"

namespace firedrill {

class CacheCluster : public StoreReplica {
 public:
  CacheCluster(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  TimePoint metric_crosses(Operation metric, double level) const override;
  double passes(const Path& path) const override;
  /// Requests that do not need it pass while it does not answer.
  bool usable() const override {
    return exists_ && !creating_ && has_clients() && (lost_ || takes_writes());
  }
  void place_changed() override { tell_database(); }

  /// Whether a node answers.
  bool answers() const;
  /// The cluster that services use now: itself, or what took its place.
  const CacheCluster& in_use() const { return successor_ != nullptr ? *successor_ : *this; }
  /// When all that was kept in it went; the beginning of time if it never did.
  TimePoint emptied_at() const { return emptied_at_; }

 private:
  const CacheClusterSpec& spec() const { return spec_as<CacheClusterSpec>(); }
  Outcome create(bool from_snapshot, StepIndex by);
  Outcome fail_over_by_hand(StepIndex by);
  Task<void> make(Duration takes, Duration missing, StepIndex by);
  Task<void> replace_node(Duration takes, bool keys_kept, StepIndex by);
  Task<void> add_replicas(std::int64_t count, StepIndex by);
  Duration snapshot_age() const;
  void keeps_only(double share, StepIndex by);
  Task<void> warm_up(StepIndex by);
  double hits() const;
  void tell_database();

  SlotDraws failover_;
  SlotDraws node_replacement_;
  SlotDraws creation_;
  SlotDraws restore_;
  SlotDraws replica_creation_;
  SlotDraws reboot_;
  SlotDraws warm_up_;
  Database* spares_ = nullptr;
  const CacheCluster* successor_ = nullptr;
  TimePoint emptied_at_{};
  std::int64_t replicas_;
  bool exists_;
  bool creating_ = false;
  bool node_gone_ = false;
  bool lost_ = false;
  Duration missing_;  // of what its original had kept, when it was made in its place
  /// Since when it fills, from what share of its usual hits, and how fast.
  TimePoint cold_since_ = TimePoint::never();
  double kept_ = 1;
  double tau_s_ = 1;
  TaskSet warming_;
};

}  // namespace firedrill
