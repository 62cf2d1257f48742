// An RDS instance: with a standby in another zone (Multi-AZ) or without, or a read replica that
// becomes a writer when it is promoted.
//
// Failover. With a standby, loss of the instance or its zone stops writes for the failover, which
// is synchronous and loses nothing, and until the endpoint names the standby; then pools reconnect
// (models/client_pools.hpp). Without one the provider replaces a failed host in the same zone, and
// nothing replaces a lost zone. A lost instance (fault:instance-lost) is gone with its standby:
// only its backups are left.
//
// Restore. From a snapshot: the data are as old as the newest one. Snapshots are taken every
// `snapshot_interval`, at a phase drawn once a drill, and are of use in another region once their
// copy has arrived (newest_snapshot_age in models/backup.hpp). To a point in time: as late as the
// newest log that was saved. A restored instance has no standby until it is given one, and the time
// does not depend on the size, since blocks are loaded when they are first asked for.
//
// Read replica. Follows over the network (models/replication.hpp). A promotion cuts it loose: what
// has not arrived never will, and what the source goes on taking from its own clients, up to its
// last write, is lost as well: lag + (last write - promotion).
#pragma once

#include "models/database.hpp"

namespace firedrill {

class RdsInstance : public Database {
 public:
  RdsInstance(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  void begin() override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  TimePoint metric_crosses(Operation metric, double level) const override;
  bool usable() const override { return writer_ && answers() && open_to_clients(); }
  void place_changed() override;

 private:
  const RdsInstanceSpec& spec() const { return spec_as<RdsInstanceSpec>(); }
  Rest at_rest() const override;
  bool measurable() const override { return exists_ && !lost_ && region_up(); }

  bool answers() const;
  bool available() const;
  Duration lag() const;
  std::optional<std::size_t> standby_zone() const;

  void lose_host();
  Task<void> fail_over(Duration takes, std::size_t to_zone, StepIndex by);

  Outcome create(Duration takes, std::optional<TimePoint> as_of, StepIndex by);
  Outcome restore_snapshot(StepIndex by);
  Outcome restore_point_in_time(const PlannedCall& call, StepIndex by);
  Outcome create_replica(StepIndex by);
  Outcome promote(StepIndex by);
  Outcome resize(double factor, StepIndex by);
  Task<void> make(Duration takes, std::optional<TimePoint> as_of, StepIndex by);
  Task<void> make_replica(StepIndex by);
  Task<void> become_writer(StepIndex by);
  Task<void> change_class(double factor, StepIndex by);
  void source_lost();
  void source_back();

  SlotDraws failover_;
  SlotDraws host_replacement_;
  SlotDraws endpoint_visible_;
  SlotDraws replica_lag_;
  SlotDraws promotion_;
  SlotDraws restore_snapshot_;
  SlotDraws restore_pitr_;
  SlotDraws restorable_age_;
  SlotDraws snapshot_copy_;
  SlotDraws creation_;
  SlotDraws copy_rate_;
  SlotDraws resize_;

  RdsInstance* source_ = nullptr;  // whose read replica it is, or would be once it exists
  RdsInstance* restored_from_ = nullptr;
  std::vector<RdsInstance*> replicas_;
  LaneIndex lane_;
  Duration base_lag_;
  std::optional<Duration> lag_when_lost_;
  std::size_t zone_ = 0;
  bool exists_;
  bool writer_;
  bool multi_az_;
  bool lost_ = false;
  bool changing_ = false;
  bool failing_over_ = false;
  double capacity_ = 1;  // of its class, as a multiple of the one it has at the start
};

}  // namespace firedrill
