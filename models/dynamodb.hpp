// One region's replica of a DynamoDB global table. Every replica takes writes; what a lost region
// had written last and not yet sent is missing elsewhere: the base lag of the library, plus what
// the link between the regions had not carried (models/replication.hpp).
//
// Load, on demand. A table takes its headroom h times the usual load at once, and doubles that in
// every scaling window while it is asked for more; of f times the load it turns 1 - h / f away.
// Load, provisioned. Reads and writes each have their throughput (models/throughput.hpp). A request
// of a service makes both, so that the scarcer one decides. The capacity of a table is set to what
// a call says, which can be less than it was; a table on demand refuses the call (UpdateTable, API
// reference). A scaling policy is for one dimension.
//
// Restore. Into a new table, as it was at a point in time or in its newest backup; the time does
// not depend on the size.
#pragma once

#include "models/store_replica.hpp"
#include "models/throughput.hpp"

namespace firedrill {

class DynamoTable : public StoreReplica {
 public:
  DynamoTable(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  void begin() override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  double passes(const Path& path) const override;
  bool usable() const override { return active() && open_to_clients(); }
  void place_changed() override;

 private:
  const DynamoTableSpec& spec() const { return spec_as<DynamoTableSpec>(); }
  bool active() const { return exists_ && region_up(); }
  double taken_share() const;
  Outcome update(const PlannedCall& call, StepIndex by);
  Outcome scale_by_itself(const PlannedCall& call, StepIndex by);
  void asked_for(double multiple_of_usual);
  void throughput_changed(StepIndex by);
  Outcome restore(SlotDraws& takes, TimePoint as_of, StepIndex by);
  Task<void> make(Duration takes, TimePoint as_of, StepIndex by);
  Task<void> scale();
  Task<void> use_up_reserves();

  /// Reads or writes: what is provided, and how far it grows by itself.
  struct Dimension {
    ProvisionedThroughput throughput;
    double most_per_s = 0;  // 0: no scaling policy
    bool grows = false;
  };
  Task<void> grow(Dimension& dimension, double target);
  TimePoint newest_backup() const;

  SlotDraws replication_;
  SlotDraws restore_pitr_;
  SlotDraws restore_backup_;
  SlotDraws restorable_age_;
  SlotDraws scaling_window_;
  SlotDraws autoscaling_;
  DynamoTable* twin_ = nullptr;  // the replica whose writes this one would miss
  LaneIndex lane_;
  bool exists_;
  bool restoring_ = false;
  bool scaling_ = false;
  double load_ = 1;
  double capacity_;  // on demand, as a multiple of the usual load
  bool provisioned_;
  Dimension reads_;
  Dimension writes_;
  std::optional<TimePoint> backed_up_at_;  // by a call in the drill
  Task<void> using_up_;
};

}  // namespace firedrill
