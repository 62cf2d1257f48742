// Snapshots of a cluster, copied to another region on a schedule, and their restore.
//
// A snapshot is taken every `interval`, at a phase drawn once a drill, and is of use in the other
// region once its copy has arrived. So the newest usable data is older than the onset by the time
// since the last snapshot whose copy had arrived: with a copy that takes C, between C and C +
// interval. A restore takes a fixed part, whatever the size, plus size over throughput.
#pragma once

#include "models/aurora.hpp"
#include "models/regions.hpp"

namespace firedrill {

/// Age of the newest usable copy at `when`, of snapshots that are taken every `interval` and of use
/// once their copy, which takes `copy_takes`, has arrived. The last one before the start of the
/// drill was taken `phase` earlier.
Duration newest_copy_age(TimePoint when, Duration phase, Duration interval, Duration copy_takes);

class BackupPlan : public Component {
 public:
  BackupPlan(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  Outcome take(const PlannedCall& call, StepIndex by) override;

  /// What it makes is made where the copies are.
  RegionIndex call_region() const override { return restores_->planned().region; }

  /// The newest snapshot that the other region can restore, as seen at `when`.
  Duration age_of_newest_copy(TimePoint when) const;
  /// Begins the restore of the newest copy; refused when one is under way or done.
  Outcome restore(StepIndex by);

 private:
  const BackupPlanSpec& spec() const { return spec_as<BackupPlanSpec>(); }
  Task<void> run(StepIndex by);

  const AuroraCluster* source_ = nullptr;
  AuroraCluster* restores_ = nullptr;
  SlotDraws copy_;
  SlotDraws restore_fixed_;
  Duration phase_;
  Duration copy_takes_;
  bool restoring_ = false;
  TaskSet tasks_;
};

}  // namespace firedrill
