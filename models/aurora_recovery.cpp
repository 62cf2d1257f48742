// Clusters that are made: restores, new replicas, and the instance that each of them needs.
#include "models/aurora.hpp"
#include "models/schema.hpp"

namespace firedrill {
namespace {

constexpr double kBytesPerGb = 1e9;

}  // namespace

void AuroraCluster::restored(TimePoint as_of, Duration missing, StepIndex by) {
  exists_ = true;
  has_instance_ = false;
  if (original() != nullptr) holds_data_of(*original(), as_of);
  restored_loss_ = DataLoss{.span_s = to_seconds(missing)};
  context_.change(by);
}

Outcome AuroraCluster::restore(TimePoint as_of, StepIndex by) {
  if (exists_ || changing_ || original() == nullptr) return Outcome::failed(Failure::kRefused);
  changing_ = true;
  tasks_.spawn(restore_volume(as_of, by));
  return Outcome{};
}

/// The snapshot is as old as the migration that it was taken for.
Outcome AuroraCluster::restore_before_migration(const PlannedCall& call, StepIndex by) {
  const TimePoint migrated = parts_->as<Schema>(call.target)->migrated_at();
  if (migrated == TimePoint::never()) return Outcome::failed(Failure::kNotFound);
  return restore(migrated, by);
}

Task<void> AuroraCluster::restore_volume(TimePoint as_of, StepIndex by) {
  const Duration reading =
      duration_from_seconds(restore_per_gb_.value() * spec().size.bytes / kBytesPerGb);
  exists_ = true;  // it can be described from the beginning, as being created
  has_instance_ = false;
  context_.change(by);
  auto done = sleep_for(context_.agenda, restore_fixed_.duration() + reading);
  co_await done;
  holds_data_of(*original(), as_of);
  changing_ = false;
  context_.change(by);
}

Outcome AuroraCluster::rename(StepIndex by) {
  if (!exists_) return Outcome::failed(Failure::kNotFound);
  if (original() == nullptr || !answers()) return Outcome::failed(Failure::kRefused);
  tasks_.spawn(take_name(by));
  return Outcome{};
}

Task<void> AuroraCluster::take_name(StepIndex by) {
  changing_ = true;
  auto effective = sleep_for(context_.agenda, rename_.duration());
  co_await effective;
  changing_ = false;
  begin_cold();
  take_over_clients(true, by);
}

Outcome AuroraCluster::create_replica(StepIndex by) {
  const bool can = source_ != nullptr && source_->answers();
  if (exists_ || changing_ || !can) return Outcome::failed(Failure::kRefused);
  changing_ = true;
  exists_ = true;
  has_instance_ = false;
  tasks_.spawn(copy_volume(by));
  return Outcome{};
}

Task<void> AuroraCluster::copy_volume(StepIndex by) {
  context_.change(by);
  auto made = sleep_for(context_.agenda, cluster_creation_.duration());
  co_await made;
  const auto most = [this] { return copy_rate_.value() * kBytesPerMb; };
  Task<TimePoint> copied = copied_over(lane_, source_->spec().size.bytes, most);
  const TimePoint begun = co_await copied;
  const double written_meanwhile =
      to_seconds(context_.now() - begun) * source_->spec().write_rate.bytes_per_s;
  changing_ = false;
  follow_source(written_meanwhile);
  context_.change(by);
}

Outcome AuroraCluster::create_instance(StepIndex by) {
  if (!exists_) return Outcome::failed(Failure::kNotFound);
  if (changing_) return Outcome::failed(Failure::kRefused);  // the cluster is not yet available
  tasks_.spawn(make_instance(by));
  return Outcome{};
}

Task<void> AuroraCluster::make_instance(StepIndex by) {
  changing_ = true;
  auto done = sleep_for(context_.agenda, instance_creation_.duration());
  co_await done;
  changing_ = false;
  has_instance_ = true;
  choose_writer_zone(std::nullopt);
  if (!follows()) {  // a replica gets a reader
    writer_ = true;
    if (restored_loss_) loss_ = restored_loss_;
  }
  context_.change(by);
}

}  // namespace firedrill
