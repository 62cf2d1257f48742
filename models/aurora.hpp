// An Aurora cluster: one shared volume, instances in several zones, one of them the writer; or a
// replica of another region's cluster that becomes a writer when it is promoted or failed over to.
//
// Within the region. The writer begins in the first of the cluster's zones. Loss of the writer or
// its zone: writes stop while a reader is elected, or, with no reader left, while the provider
// makes an instance, and until the endpoint names the new writer, in the first other zone of the
// list that is up. Then the pools of each service reconnect (models/client_pools.hpp), the former
// writer comes back as a reader, and queries cost more while the new writer's cache fills. A
// planned failover is the same with an election of its own.
//
// Between regions. Loss of the region: the cluster is gone with it; what its replica misses is the
// lag at that moment, which is the base lag plus what the link had not carried yet
// (models/replication.hpp), less the time for which writes had been stopped. A switch-over loses
// nothing: the source stops writing, the replica takes over what is missing, and they change roles.
//
// Restore (aurora_recovery.cpp). To a point in time: a fixed part and so much a gigabyte. A new
// replica is the volume over the link, at most at the provider's rate of copying; it begins behind
// by what was written meanwhile.
#pragma once

#include <memory>
#include <vector>

#include "models/database.hpp"

namespace firedrill {

class AuroraCluster : public Database {
 public:
  AuroraCluster(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  void begin() override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  TimePoint metric_crosses(Operation metric, double level) const override;
  bool usable() const override;
  void place_changed() override;

  /// The volume has been restored as it was at a point, this long before its source's last write.
  void restored(TimePoint as_of, Duration missing, StepIndex by);

  bool exists() const { return exists_; }
  bool is_writer() const { return writer_; }
  /// What `describe` calls available: no change under way. Says nothing about being a writer.
  bool available() const;
  /// Age of the newest write that has arrived, at this moment or when the source was lost.
  Duration lag() const;

 private:
  const AuroraClusterSpec& spec() const { return spec_as<AuroraClusterSpec>(); }

  // Within the region: aurora.cpp.
  bool answers() const;
  bool reader_up() const;
  bool own_zone_up(std::size_t zone) const;
  void choose_writer_zone(std::optional<std::size_t> but_not);
  Outcome planned_failover(StepIndex by);
  Outcome writer_fails();
  Task<void> fail_over(Duration election, bool old_writer_gone, StepIndex by);
  Rest at_rest() const override;
  bool measurable() const override { return exists_ && region_up(); }
  bool readers_within(Duration limit) const;

  // Between regions: aurora.cpp.
  Outcome promote(StepIndex by);
  Outcome global_failover(StepIndex by);
  Outcome switch_over(StepIndex by);
  void follow_source(double missing_bytes);
  Duration missing_writes() const;
  Task<void> become_writer(Duration after, StepIndex by);
  Task<void> change_roles(Duration after, StepIndex by);
  void source_lost();
  void source_back();

  // Clusters that are made: aurora_recovery.cpp.
  Outcome restore(TimePoint as_of, StepIndex by);
  Outcome restore_before_migration(const PlannedCall& call, StepIndex by);
  Outcome rename(StepIndex by);
  Outcome create_replica(StepIndex by);
  Outcome create_instance(StepIndex by);
  Task<void> restore_volume(TimePoint as_of, StepIndex by);
  Task<void> take_name(StepIndex by);
  Task<void> copy_volume(StepIndex by);
  Task<void> make_instance(StepIndex by);

  SlotDraws zone_failover_;
  SlotDraws no_replica_failover_;
  SlotDraws planned_failover_;
  SlotDraws endpoint_update_;
  SlotDraws reader_rejoin_;
  SlotDraws base_lag_draw_;
  SlotDraws promotion_;
  SlotDraws global_failover_;
  SlotDraws switchover_;
  SlotDraws instance_creation_;
  SlotDraws cluster_creation_;
  SlotDraws copy_rate_;
  SlotDraws restore_fixed_;
  SlotDraws restore_per_gb_;
  SlotDraws restorable_age_;
  SlotDraws rename_;

  AuroraCluster* source_ = nullptr;   // the cluster that it replicates, or would once it exists
  AuroraCluster* replica_ = nullptr;  // the one that replicates it
  LaneIndex lane_;                    // between the two
  Duration base_lag_;
  std::optional<Duration> lag_when_lost_;
  bool exists_;
  bool writer_;
  bool has_instance_;
  bool changing_ = false;      // promotion, switch-over, restore or creation under way
  bool failing_over_ = false;  // within the region
  TimePoint readers_back_;
  std::vector<std::size_t> zones_;  // of the region, in the order of the document
  std::size_t writer_zone_ = 0;
  std::optional<DataLoss> restored_loss_;
};

}  // namespace firedrill
