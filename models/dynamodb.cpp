#include "models/dynamodb.hpp"

namespace firedrill {

DynamoTable::DynamoTable(DrillContext& context, const Regions& regions, ComponentIndex self)
    : StoreReplica(context, regions, self),
      replication_(context, self, "replication"),
      restore_pitr_(context, self, "restore_pitr"),
      restore_backup_(context, self, "restore_backup"),
      restorable_age_(context, self, "restorable_age"),
      scaling_window_(context, self, "scaling_window"),
      autoscaling_(context, self, "autoscaling"),
      exists_(spec().exists),
      capacity_(spec().headroom),
      provisioned_(spec().capacity_mode == "provisioned"),
      reads_{.throughput = {spec().read_capacity.per_s, spec().reads.per_s},
             .most_per_s = spec().read_capacity_max.per_s},
      writes_{.throughput = {spec().write_capacity.per_s, spec().writes.per_s},
              .most_per_s = spec().write_capacity_max.per_s} {}

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
      return update(call, by);
    case Operation::kDynamoPutScalingPolicy:
      return scale_by_itself(call, by);
    case Operation::kDynamoCreateBackup:
      backed_up_at_ = context_.now();
      return Outcome{};
    default:
      return StoreReplica::take(call, by);
  }
}

Outcome DynamoTable::strike(const PlannedCall& fault, bool begins) {
  if (fault.operation != Operation::kFaultTableTraffic) return StoreReplica::strike(fault, begins);
  asked_for(begins ? fault.factor : 1.0);
  return Outcome{};
}

void DynamoTable::asked_for(double multiple_of_usual) {
  load_ = multiple_of_usual;
  for (Dimension* dimension : {&reads_, &writes_}) {
    dimension->throughput.ask(load_, context_.now());
  }
  throughput_changed({});
}

/// What is asked for or provided has changed: what follows by itself begins anew.
void DynamoTable::throughput_changed(StepIndex by) {
  if (!provisioned_) {
    if (!scaling_ && load_ > capacity_) tasks_.spawn(scale());
  } else {
    using_up_ = use_up_reserves();
    using_up_.start(nullptr);
    for (Dimension* dimension : {&reads_, &writes_}) {
      const double target = fixed_share("autoscaling_target");
      const auto& now = dimension->throughput;
      const bool grows = now.above(target) && now.provisioned() < dimension->most_per_s;
      if (!grows || dimension->grows) continue;
      dimension->grows = true;
      tasks_.spawn(grow(*dimension, target));
    }
  }
  context_.change(by);
}

/// Says so when either reserve is gone, since that is when requests begin to fail.
Task<void> DynamoTable::use_up_reserves() {
  const TimePoint first = std::min(reads_.throughput.used_up(), writes_.throughput.used_up());
  const TimePoint last = std::max(reads_.throughput.used_up(), writes_.throughput.used_up());
  for (const TimePoint date : {first, last}) {
    if (date == TimePoint::never()) co_return;
    auto used_up = sleep_until(context_.agenda, std::max(date, context_.now()));
    co_await used_up;
    context_.change({});
  }
}

Task<void> DynamoTable::grow(Dimension& dimension, double target) {
  auto reacted = sleep_for(context_.agenda, autoscaling_.duration());
  co_await reacted;
  dimension.grows = false;
  ProvisionedThroughput& throughput = dimension.throughput;
  if (!throughput.above(target)) co_return;
  const double wanted = std::min(dimension.most_per_s, throughput.asked() / target);
  throughput.provide(std::max(wanted, throughput.provisioned()), context_.now());
  throughput_changed({});
}

double DynamoTable::taken_share() const {
  if (!provisioned_) return load_ > capacity_ ? capacity_ / load_ : 1.0;
  return std::min(reads_.throughput.taken_share(context_.now()),
                  writes_.throughput.taken_share(context_.now()));
}

Outcome DynamoTable::update(const PlannedCall& call, StepIndex by) {
  if (call.word == "provisioned") provisioned_ = true;
  const double reads = call.trait("read_capacity");
  const double writes = call.trait("write_capacity");
  const bool sets_capacity = reads > 0 || writes > 0;
  if (sets_capacity && !provisioned_) {
    context_.note(Note::kImpossibleCommand, self_.value, by);
    return Outcome::failed(Failure::kRefused);
  }
  if (!sets_capacity) capacity_ = std::max(capacity_, call.factor);
  for (const auto& [dimension, wanted] : {std::pair(&reads_, reads), std::pair(&writes_, writes)}) {
    if (wanted <= 0) continue;
    ProvisionedThroughput& throughput = dimension->throughput;
    if (wanted < throughput.provisioned()) context_.note(Note::kLimitLowered, self_.value, by);
    throughput.provide(wanted, context_.now());
  }
  throughput_changed(by);
  return Outcome{};
}

/// One dimension at a time; the other has none by that.
Outcome DynamoTable::scale_by_itself(const PlannedCall& call, StepIndex by) {
  if (!provisioned_) return Outcome::failed(Failure::kRefused);
  Dimension& dimension = call.word == "write" ? writes_ : reads_;
  dimension.most_per_s = static_cast<double>(call.count);
  throughput_changed(by);
  return Outcome{};
}

Observation DynamoTable::look(const PlannedCall& probe) const {
  switch (probe.operation) {
    case Operation::kProbeTableActive:
      return {true, active()};
    case Operation::kProbeTableProvisioned:
      return {true, provisioned_};
    case Operation::kProbeTableThrottles:
      return {true, taken_share() < 1};
    default:
      return StoreReplica::look(probe);
  }
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
  if (const auto* original = dynamic_cast<const DynamoTable*>(this->original())) {
    if (original->backed_up_at_) return *original->backed_up_at_;
  }
  Stream phase(context_.draws, entity_key(planned().name + "/backup-phase"));
  const Duration interval = spec().backup_interval;
  const Duration before_start = duration_from_seconds(phase.next() * to_seconds(interval));
  return context_.now() - Duration{(context_.now().us + before_start.us) % interval.us};
}

}  // namespace firedrill
