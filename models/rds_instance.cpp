#include "models/rds_instance.hpp"

#include <algorithm>

#include "models/backup.hpp"

namespace firedrill {

RdsInstance::RdsInstance(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Database(context, regions, self),
      failover_(context, self, "failover"),
      host_replacement_(context, self, "host_replacement"),
      endpoint_visible_(context, self, "endpoint_visible"),
      replica_lag_(context, self, "replica_lag"),
      promotion_(context, self, "promotion"),
      restore_snapshot_(context, self, "restore_snapshot"),
      restore_pitr_(context, self, "restore_pitr"),
      restorable_age_(context, self, "restorable_age"),
      snapshot_copy_(context, self, "snapshot_copy"),
      creation_(context, self, "create_instance"),
      copy_rate_(context, self, "copy_rate"),
      resize_(context, self, "change_class"),
      exists_(spec().exists),
      writer_(spec().replicates_from.empty()),
      multi_az_(spec().multi_az) {
  const auto& names = context.plan.regions[planned().region.value].zones;
  const auto at = std::find(names.begin(), names.end(), spec().zone.text);
  if (at != names.end()) zone_ = static_cast<std::size_t>(at - names.begin());
}

void RdsInstance::connect(const Parts& parts) {
  Database::connect(parts);
  source_ = parts.as<RdsInstance>(planned().reference("replicates_from"));
  restored_from_ = parts.as<RdsInstance>(planned().reference("restored_from"));
  if (restored_from_ == nullptr) {
    restored_from_ = parts.as<RdsInstance>(planned().reference("stands_in_for"));
  }
  lane_ = parts.replica_lane(self_);
  if (source_ != nullptr) source_->replicas_.push_back(this);
}

void RdsInstance::begin() {
  if (source_ == nullptr || !exists_) return;
  base_lag_ = replica_lag_.duration();
  follow(*source_, lane_, source_->spec().write_rate.bytes_per_s);
}

Outcome RdsInstance::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kRdsRestoreInstanceFromSnapshot:
      return restore_snapshot(by);
    case Operation::kRdsRestoreInstanceToPointInTime:
      return restore_point_in_time(call, by);
    case Operation::kRdsCreateInstanceReplica:
      return create_replica(by);
    case Operation::kRdsPromoteInstanceReplica:
      return promote(by);
    case Operation::kRdsModifyInstance:
      return resize(call.factor, by);
    case Operation::kRdsRebootInstance:
      if (!answers() || !standby_zone()) return Outcome::failed(Failure::kRefused);
      tasks_.spawn(fail_over(failover_.duration(), *standby_zone(), by));
      return Outcome{};
    default:
      return Database::take(call, by);
  }
}

Outcome RdsInstance::strike(const PlannedCall& fault, bool begins) {
  switch (fault.operation) {
    case Operation::kFaultWriterFailure:
      if (begins && !answers()) return Outcome::failed(Failure::kRefused);
      if (begins) lose_host();  // the host that fails does not come back
      return Outcome{};
    case Operation::kFaultInstanceLost:
      lost_ = lost_ || begins;
      stop_writes();
      return Outcome{};
    default:
      return Database::strike(fault, begins);
  }
}

Observation RdsInstance::look(const PlannedCall& probe) const {
  switch (probe.operation) {
    case Operation::kProbeInstanceAvailable:
      // Of an instance that is not there yet nothing can be said.
      return exists_ ? Observation{true, available()} : Observation{};
    case Operation::kProbeInstanceWrites:
      return {region_up(), writer_ && answers()};
    case Operation::kProbeFailoverUnderWay:
      return {region_up(), failing_over_};
    case Operation::kProbeReplicaLagBelow:
      return {exists_ && region_up(), follows() && lag() < probe.duration.value_or(Duration{})};
    default:
      return Database::look(probe);
  }
}

std::optional<double> RdsInstance::metric(Operation metric) const {
  if (metric != Operation::kMetricReplicaLag) return Database::metric(metric);
  if (!measurable() || !follows()) return std::nullopt;
  return to_seconds(lag());
}

TimePoint RdsInstance::metric_crosses(Operation metric, double level) const {
  const double of_stream = level - to_seconds(base_lag_);
  if (metric != Operation::kMetricReplicaLag || stream() == nullptr || lag_when_lost_ ||
      of_stream <= 0) {
    return Database::metric_crosses(metric, level);
  }
  return stream()->passes(duration_from_seconds(of_stream));
}

Database::Rest RdsInstance::at_rest() const {
  return {{spec().cpu_at_rest.value / capacity_},
          {spec().connections_at_rest.value / capacity_},
          {spec().freeable_memory.bytes * capacity_}};
}

/// Takes queries, whoever is connected.
bool RdsInstance::answers() const { return available() && !down(); }

bool RdsInstance::available() const {
  return exists_ && !lost_ && !changing_ && !failing_over_ &&
         regions_.zone_up(planned().region, zone_);
}

Duration RdsInstance::lag() const {
  if (lag_when_lost_) return *lag_when_lost_;
  return follows() ? base_lag_ + stream_lag() : Duration{};
}

// ------------------------------------------------------------------------------ within the region

/// The first other zone that is up, if there is a standby.
std::optional<std::size_t> RdsInstance::standby_zone() const {
  if (!multi_az_) return std::nullopt;
  for (std::size_t zone = 0; zone < regions_.zones(planned().region); ++zone) {
    if (zone != zone_ && regions_.zone_up(planned().region, zone)) return zone;
  }
  return std::nullopt;
}

void RdsInstance::lose_host() {
  if (const auto standby = standby_zone()) {
    tasks_.spawn(fail_over(failover_.duration(), *standby, {}));
  } else {
    tasks_.spawn(fail_over(host_replacement_.duration(), zone_, {}));
  }
}

void RdsInstance::place_changed() {
  for (RdsInstance* replica : replicas_) {
    regions_.up(planned().region) ? replica->source_back() : replica->source_lost();
  }
  const bool zone_gone = !regions_.zone_up(planned().region, zone_);
  if (!exists_ || lost_ || changing_ || failing_over_ || !zone_gone) return;
  if (const auto standby = standby_zone()) {
    tasks_.spawn(fail_over(failover_.duration(), *standby, {}));
  }
}

Task<void> RdsInstance::fail_over(Duration takes, std::size_t to_zone, StepIndex by) {
  failing_over_ = true;
  announce_failover();
  context_.change(by);
  auto done = sleep_for(context_.agenda, takes);
  co_await done;
  Task<void> unstuck = until_unstuck();
  co_await unstuck;
  auto named = sleep_for(context_.agenda, endpoint_visible_.duration());
  co_await named;
  zone_ = to_zone;
  failing_over_ = false;
  begin_cold();
  pools_.broken(true, by);
}

// -------------------------------------------------------------------------- instances that are
// made

Outcome RdsInstance::create(Duration takes, std::optional<TimePoint> as_of, StepIndex by) {
  if (exists_ || changing_) return Outcome::failed(Failure::kRefused);
  changing_ = true;
  exists_ = true;  // it can be described from the beginning, as being created
  tasks_.spawn(make(takes, as_of, by));
  return Outcome{};
}

/// Of an instance that is lost no log is saved any more.
Outcome RdsInstance::restore_point_in_time(const PlannedCall& call, StepIndex by) {
  if (original() == nullptr) return Outcome::failed(Failure::kRefused);
  const Duration age = restorable_age_.duration();
  TimePoint point = restore_point(call.duration, age);
  if (call.flag.value_or(false)) {
    const TimePoint wanted = context_.now() - call.duration.value_or(Duration{});
    point = std::min(wanted, context_.now() - age);
  }
  if (restored_from_->lost_) point = std::min(point, restored_from_->last_write() - age);
  return create(restore_pitr_.duration(), point, by);
}

/// The newest snapshot of what was written last and right; in another region, the newest copy.
Outcome RdsInstance::restore_snapshot(StepIndex by) {
  if (restored_from_ == nullptr) return Outcome::failed(Failure::kNotFound);
  const RegionIndex from = restored_from_->planned().region;
  const Duration copy = from == planned().region ? Duration{} : snapshot_copy_.duration();
  const TimePoint newest =
      std::min({restored_from_->last_write(), restored_from_->wrong_since(),
                from == planned().region ? context_.now() : regions_.lost_since(from)});
  Stream phase(context_.draws, entity_key(restored_from_->planned().name + "/snapshot-phase"));
  const Duration interval = restored_from_->spec().snapshot_interval;
  const Duration since = duration_from_seconds(phase.next() * to_seconds(interval));
  return create(restore_snapshot_.duration(),
                newest - newest_copy_age(newest, since, interval, copy), by);
}

Task<void> RdsInstance::make(Duration takes, std::optional<TimePoint> as_of, StepIndex by) {
  context_.change(by);
  auto done = sleep_for(context_.agenda, takes);
  co_await done;
  if (as_of) {
    holds_data_of(*restored_from_, *as_of);
    // Where no clients have to be moved to it, what is missing is known at once.
    const TimePoint last = std::min(restored_from_->last_write(),
                                    regions_.lost_since(restored_from_->planned().region));
    if (original() == nullptr) loss_ = DataLoss{.span_s = to_seconds(last - *as_of)};
  }
  changing_ = false;
  begin_cold();
  context_.change(by);
}

Outcome RdsInstance::create_replica(StepIndex by) {
  if (source_ == nullptr || !source_->answers()) return Outcome::failed(Failure::kRefused);
  if (exists_ || changing_) return Outcome::failed(Failure::kRefused);
  changing_ = true;
  exists_ = true;
  writer_ = false;
  tasks_.spawn(make_replica(by));
  return Outcome{};
}

/// A snapshot of the source crosses to where the replica is, and then it takes over what was
/// written meanwhile.
Task<void> RdsInstance::make_replica(StepIndex by) {
  context_.change(by);
  auto made = sleep_for(context_.agenda, creation_.duration());
  co_await made;
  const auto most = [this] { return copy_rate_.value() * kBytesPerMb; };
  Task<TimePoint> copied = copied_over(lane_, source_->spec().size.bytes, most);
  const TimePoint begun = co_await copied;
  const double rate = source_->spec().write_rate.bytes_per_s;
  changing_ = false;
  base_lag_ = replica_lag_.duration();
  follow(*source_, lane_, rate, to_seconds(context_.now() - begun) * rate);
  context_.change(by);
}

// --------------------------------------------------------------------------------- read replicas

void RdsInstance::source_lost() {
  if (lag_when_lost_ || !follows()) return;
  lag_when_lost_ = lag();
  if (stream() != nullptr) stream()->stop();
}

/// The replica takes up again where it was, unless it has been cut loose meanwhile.
void RdsInstance::source_back() {
  if (!lag_when_lost_ || writer_ || changing_) return;
  lag_when_lost_.reset();
  if (stream() != nullptr) stream()->start();
}

Outcome RdsInstance::promote(StepIndex by) {
  if (!exists_) return Outcome::failed(Failure::kNotFound);
  if (writer_ || !follows() || changing_) return Outcome::failed(Failure::kRefused);
  tasks_.spawn(become_writer(by));
  return Outcome{};
}

Task<void> RdsInstance::become_writer(StepIndex by) {
  changing_ = true;
  source_lost();
  const Duration quiet = context_.now() - source_->last_write();
  const Duration missing = std::max(Duration{}, *lag_when_lost_ - quiet);
  std::erase(source_->replicas_, this);
  const TimePoint cut_loose = context_.now();
  const bool diverges = source_->usable();
  if (diverges) context_.note(Note::kWritesDiverge, self_.value, by);
  context_.change(by);
  auto done = sleep_for(context_.agenda, promotion_.duration());
  co_await done;
  unfollow();
  changing_ = false;
  writer_ = true;
  pools_.broken(false, by);
  // What its former source goes on taking is lost as well, and known once that takes no more.
  while (diverges && source_->usable()) {
    auto change = context_.changed.wait();
    co_await change;
  }
  const Duration diverged = diverges ? source_->last_write() - cut_loose : Duration{};
  loss_ = DataLoss{.span_s = to_seconds(missing + diverged)};
  context_.change(by);
}

// ------------------------------------------------------------------------------------------- class

Outcome RdsInstance::resize(double factor, StepIndex by) {
  if (!exists_) return Outcome::failed(Failure::kNotFound);
  if (!available()) return Outcome::failed(Failure::kRefused);
  tasks_.spawn(change_class(factor, by));
  return Outcome{};
}

/// The standby is changed first and takes over; without one the instance is away for that time.
Task<void> RdsInstance::change_class(double factor, StepIndex by) {
  const Duration takes = resize_.duration();
  if (standby_zone()) {
    auto prepared = sleep_for(context_.agenda, takes);
    co_await prepared;
    capacity_ = factor;
    if (const auto standby = standby_zone(); standby && available()) {
      tasks_.spawn(fail_over(failover_.duration(), *standby, by));
    }
    co_return;
  }
  Task<void> away = fail_over(takes, zone_, by);
  co_await away;
  capacity_ = factor;
  context_.change(by);
}

}  // namespace firedrill
