#include "models/dynamodb.hpp"

namespace firedrill {

DynamoTable::DynamoTable(DrillContext& context, const Regions& regions, ComponentIndex self)
    : StoreReplica(context, regions, self),
      replication_(context, self, "replication"),
      restore_pitr_(context, self, "restore_pitr"),
      restore_backup_(context, self, "restore_backup"),
      restorable_age_(context, self, "restorable_age"),
      scaling_window_(context, self, "scaling_window"),
      exists_(spec().exists),
      capacity_(spec().headroom) {}

void DynamoTable::connect(const Parts& parts) {
  StoreReplica::connect(parts);
  twin_ = parts.as<DynamoTable>(replication_source(context_.plan, self_));
  lane_ = parts.replica_lane(self_);
}

void DynamoTable::begin() {
  if (twin_ != nullptr) follow(*twin_, lane_, twin_->spec().write_rate.bytes_per_s);
}

Outcome DynamoTable::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kDynamoRestoreToPointInTime:
      if (original() == nullptr) return Outcome::failed(Failure::kRefused);
      return restore(restore_pitr_, restore_point(call.duration, restorable_age_.duration()), by);
    case Operation::kDynamoRestoreFromBackup:
      if (original() == nullptr) return Outcome::failed(Failure::kRefused);
      return restore(restore_backup_, newest_backup(), by);
    case Operation::kDynamoUpdateTable:
      capacity_ = std::max(capacity_, call.factor);
      context_.change(by);
      return Outcome{};
    default:
      return StoreReplica::take(call, by);
  }
}

Outcome DynamoTable::strike(const PlannedCall& fault, bool begins) {
  if (fault.operation != Operation::kFaultTableTraffic) return StoreReplica::strike(fault, begins);
  load_ = begins ? fault.factor : 1.0;
  if (!scaling_ && load_ > capacity_) tasks_.spawn(scale());
  return Outcome{};
}

Observation DynamoTable::look(const PlannedCall& probe) const {
  if (probe.operation != Operation::kProbeTableActive) return StoreReplica::look(probe);
  return {true, active()};
}

std::optional<double> DynamoTable::metric(Operation metric) const {
  if (metric != Operation::kMetricThrottledShare) return StoreReplica::metric(metric);
  if (!active()) return std::nullopt;
  return 1.0 - taken_share();
}

double DynamoTable::passes(const Path& path) const {
  return StoreReplica::passes(path) * taken_share();
}

void DynamoTable::place_changed() {
  if (twin_ == nullptr || loss_ || twin_->active() || !active()) return;
  // The other replica is lost in this instant: its last writes had been on their way for this long.
  loss_ = DataLoss{.span_s = to_seconds(replication_.duration() + stream_lag())};
}

Outcome DynamoTable::restore(SlotDraws& takes, TimePoint as_of, StepIndex by) {
  if (exists_ || restoring_) return Outcome::failed(Failure::kRefused);
  restoring_ = true;
  tasks_.spawn(make(takes.duration(), as_of, by));
  return Outcome{};
}

Task<void> DynamoTable::make(Duration takes, TimePoint as_of, StepIndex by) {
  auto done = sleep_for(context_.agenda, takes);
  co_await done;
  exists_ = true;
  holds_data_of(*original(), as_of);
  context_.change(by);
}

Task<void> DynamoTable::scale() {
  scaling_ = true;
  while (load_ > capacity_) {
    auto window = sleep_for(context_.agenda, scaling_window_.duration());
    co_await window;
    capacity_ *= 2;
    context_.change({});
  }
  scaling_ = false;
}

/// Backups are taken at even intervals, at a phase drawn once a drill.
TimePoint DynamoTable::newest_backup() const {
  Stream phase(context_.draws, entity_key(planned().name + "/backup-phase"));
  const Duration interval = spec().backup_interval;
  const Duration before_start = duration_from_seconds(phase.next() * to_seconds(interval));
  return context_.now() - Duration{(context_.now().us + before_start.us) % interval.us};
}

}  // namespace firedrill
