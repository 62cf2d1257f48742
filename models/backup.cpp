#include "models/backup.hpp"

#include <algorithm>

namespace firedrill {

BackupPlan::BackupPlan(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Component(context, regions, self),
      copy_(context, self, "copy"),
      restore_fixed_(context, self, "restore_fixed"),
      copy_takes_(copy_.duration()) {
  Stream phase(context.draws, entity_key(context.plan.component(self).name + "/phase"));
  phase_ = duration_from_seconds(phase.next() * to_seconds(spec().interval));
}

void BackupPlan::connect(const Parts& parts) {
  source_ = parts.as<AuroraCluster>(planned().reference("source"));
  restores_ = parts.as<AuroraCluster>(planned().reference("restores"));
}

Outcome BackupPlan::take(const PlannedCall& call, StepIndex by) {
  return call.operation == Operation::kRdsRestoreFromSnapshot ? restore(by)
                                                              : Component::take(call, by);
}

Duration newest_copy_age(TimePoint when, Duration phase, Duration interval, Duration copy_takes) {
  // Snapshots were taken at -phase, -phase - interval, ...; the first that is older than the copy
  // took.
  const std::int64_t since_last = (when.us + phase.us) % interval.us;
  const std::int64_t still_copying = std::max<std::int64_t>(0, copy_takes.us - since_last);
  return Duration{since_last + (still_copying + interval.us - 1) / interval.us * interval.us};
}

Duration BackupPlan::age_of_newest_copy(TimePoint when) const {
  return newest_copy_age(when, phase_, spec().interval, copy_takes_);
}

Outcome BackupPlan::restore(StepIndex by) {
  if (restoring_) return Outcome::failed(Failure::kRefused);
  restoring_ = true;
  tasks_.spawn(run(by));
  return Outcome{};
}

Task<void> BackupPlan::run(StepIndex by) {
  const RegionIndex source_region = source_->planned().region;
  // The newest of what was written last and right.
  const TimePoint last =
      std::min({regions_.lost_since(source_region), source_->wrong_since(), context_.now()});
  const Duration age = age_of_newest_copy(last);
  const auto& cluster = std::get<AuroraClusterSpec>(source_->planned().detail);
  const Duration reading =
      duration_from_seconds(cluster.size.bytes / spec().restore_rate.bytes_per_s);
  auto done = sleep_for(context_.agenda, restore_fixed_.duration() + reading);
  co_await done;
  restores_->restored(last - age, age, by);
}

}  // namespace firedrill
