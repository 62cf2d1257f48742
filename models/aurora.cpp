#include "models/aurora.hpp"

#include <algorithm>

namespace firedrill {

AuroraCluster::AuroraCluster(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Database(context, regions, self),
      zone_failover_(context, self, "zone_failover"),
      no_replica_failover_(context, self, "no_replica_failover"),
      planned_failover_(context, self, "planned_failover"),
      endpoint_update_(context, self, "endpoint_update"),
      reader_rejoin_(context, self, "reader_rejoin"),
      base_lag_draw_(context, self, "replica_lag"),
      promotion_(context, self, "promote_replica"),
      global_failover_(context, self, "global_failover"),
      switchover_(context, self, "switchover"),
      instance_creation_(context, self, "create_instance"),
      cluster_creation_(context, self, "create_cluster"),
      copy_rate_(context, self, "copy_rate"),
      restore_fixed_(context, self, "restore_fixed"),
      restore_per_gb_(context, self, "restore_per_gb"),
      restorable_age_(context, self, "restorable_age"),
      rename_(context, self, "rename"),
      exists_(spec().exists),
      writer_(spec().exists && spec().replicates_from.empty()),
      has_instance_(spec().exists) {
  const auto& names = context.plan.regions[planned().region.value].zones;
  for (const Name& zone : spec().zones) {
    const auto at = std::find(names.begin(), names.end(), zone.text);
    if (at != names.end()) zones_.push_back(static_cast<std::size_t>(at - names.begin()));
  }
  if (!zones_.empty()) writer_zone_ = zones_.front();
}

void AuroraCluster::connect(const Parts& parts) {
  Database::connect(parts);
  source_ = parts.as<AuroraCluster>(planned().reference("replicates_from"));
  lane_ = parts.replica_lane(self_);
}

void AuroraCluster::begin() {
  if (source_ != nullptr && exists_) follow_source(0);
}

Outcome AuroraCluster::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kRdsPromoteReadReplica:
      return promote(by);
    case Operation::kRdsFailoverGlobal:
      return global_failover(by);
    case Operation::kRdsSwitchoverGlobal:
      return switch_over(by);
    case Operation::kRdsFailoverCluster:
      return planned_failover(by);
    case Operation::kRdsCreateInstance:
      return create_instance(by);
    case Operation::kRdsCreateReplica:
      return create_replica(by);
    case Operation::kRdsRestoreToPointInTime:
      if (original() == nullptr) return Outcome::failed(Failure::kRefused);
      return restore(restore_point(call.duration, restorable_age_.duration()), by);
    case Operation::kRdsRestoreBeforeMigration:
      return restore_before_migration(call, by);
    case Operation::kRdsRenameCluster:
      return rename(by);
    case Operation::kRdsCreateSnapshot:
      return exists_ ? Outcome{} : Outcome::failed(Failure::kNotFound);
    default:
      return Database::take(call, by);
  }
}

Outcome AuroraCluster::strike(const PlannedCall& fault, bool begins) {
  if (fault.operation != Operation::kFaultWriterFailure) return Database::strike(fault, begins);
  return begins ? writer_fails() : Outcome{};  // the instance that fails does not come back
}

Observation AuroraCluster::look(const PlannedCall& probe) const {
  switch (probe.operation) {
    case Operation::kProbeClusterAvailable:
      // Of a cluster that is not there yet nothing can be said.
      return exists() ? Observation{true, available()} : Observation{};
    case Operation::kProbeIsWriter:
      return {true, is_writer() && available() && has_instance_};
    case Operation::kProbeFailoverUnderWay:
      return {region_up(), failing_over_};
    case Operation::kProbeReplicaLagBelow:
      return {exists_ && region_up(), readers_within(probe.duration.value_or(Duration{}))};
    default:
      return Database::look(probe);
  }
}

std::optional<double> AuroraCluster::metric(Operation metric) const {
  if (metric == Operation::kMetricReplicaLag && exists_ && region_up()) return to_seconds(lag());
  return Database::metric(metric);
}

/// The lag grows and shrinks between two changes; everything else stands still.
TimePoint AuroraCluster::metric_crosses(Operation metric, double level) const {
  const double of_stream = level - to_seconds(base_lag_);
  if (metric != Operation::kMetricReplicaLag || stream() == nullptr || lag_when_lost_ ||
      of_stream <= 0) {
    return Database::metric_crosses(metric, level);
  }
  return stream()->passes(duration_from_seconds(of_stream));
}

Database::Rest AuroraCluster::at_rest() const {
  return {spec().cpu_at_rest, spec().connections_at_rest, spec().freeable_memory};
}

/// Takes reads and writes, whoever is connected.
bool AuroraCluster::answers() const {
  return exists_ && writer_ && has_instance_ && !changing_ && !failing_over_ &&
         regions_.zones_up(planned().region) > 0;
}

bool AuroraCluster::usable() const { return answers() && open_to_clients(); }

bool AuroraCluster::available() const {
  return exists_ && !changing_ && !failing_over_ && regions_.up(planned().region);
}

Duration AuroraCluster::lag() const {
  if (lag_when_lost_) return *lag_when_lost_;
  return follows() ? base_lag_ + stream_lag() : Duration{};
}

void AuroraCluster::place_changed() {
  const RegionIndex region = planned().region;
  if (writer_ && replica_ != nullptr) {
    regions_.up(region) ? replica_->source_back() : replica_->source_lost();
  }
  if (!answers() || regions_.zone_up(region, writer_zone_)) return;
  tasks_.spawn(
      fail_over((reader_up() ? zone_failover_ : no_replica_failover_).duration(), true, {}));
}

// ------------------------------------------------------------------------------ within the region

bool AuroraCluster::own_zone_up(std::size_t zone) const {
  return regions_.zone_up(planned().region, zone);
}

/// An instance besides the writer's.
bool AuroraCluster::reader_up() const {
  return zones_.empty() || std::any_of(zones_.begin(), zones_.end(), [&](std::size_t zone) {
           return zone != writer_zone_ && own_zone_up(zone);
         });
}

void AuroraCluster::choose_writer_zone(std::optional<std::size_t> but_not) {
  for (std::size_t zone = regions_.zones(planned().region); zone-- > 0;) {
    if (own_zone_up(zone)) writer_zone_ = zone;
  }
  for (std::size_t i = zones_.size(); i-- > 0;) {
    if (own_zone_up(zones_[i]) && zones_[i] != but_not) writer_zone_ = zones_[i];
  }
}

Outcome AuroraCluster::planned_failover(StepIndex by) {
  if (!exists_) return Outcome::failed(Failure::kNotFound);
  if (!answers() || !reader_up()) return Outcome::failed(Failure::kRefused);
  tasks_.spawn(fail_over(planned_failover_.duration(), false, by));
  return Outcome{};
}

Outcome AuroraCluster::writer_fails() {
  if (!answers()) return Outcome::failed(Failure::kRefused);
  SlotDraws& election = reader_up() ? zone_failover_ : no_replica_failover_;
  tasks_.spawn(fail_over(election.duration(), true, {}));
  return Outcome{};
}

Task<void> AuroraCluster::fail_over(Duration election, bool old_writer_gone, StepIndex by) {
  const std::optional<std::size_t> old_zone =
      reader_up() ? std::optional(writer_zone_) : std::nullopt;
  failing_over_ = true;
  announce_failover();
  context_.change(by);
  auto elected = sleep_for(context_.agenda, election);
  co_await elected;
  Task<void> unstuck = until_unstuck();
  co_await unstuck;
  auto endpoint = sleep_for(context_.agenda, endpoint_update_.duration());
  co_await endpoint;
  choose_writer_zone(old_zone);
  failing_over_ = false;
  // The former writer starts anew as a reader; where it was lost, a new instance takes its place.
  readers_back_ =
      context_.now() + (old_writer_gone ? instance_creation_ : reader_rejoin_).duration();
  begin_cold();
  pools_.broken(true, by);
}

/// What a look at the lag shows: its ordinary part is drawn anew for every minute, for a replica
/// and for the readers beside a writer, which have to be back first.
bool AuroraCluster::readers_within(Duration limit) const {
  if (writer_ && context_.now() < readers_back_) return false;
  const auto minute = static_cast<std::uint32_t>(context_.now().us / Duration::minutes(1).us);
  const TimingIndex timing = planned().timing(writer_ ? "in_region_lag" : "replica_lag");
  const Duration ordinary =
      context_.drawn_duration(timing, entity_key(planned().name + "/lag-seen"), minute);
  return ordinary + lag_when_lost_.value_or(stream_lag()) < limit;
}

// -------------------------------------------------------------------------------- between regions

void AuroraCluster::follow_source(double missing_bytes) {
  source_->replica_ = this;
  base_lag_ = base_lag_draw_.duration();
  lag_when_lost_.reset();
  follow(*source_, lane_, source_->spec().write_rate.bytes_per_s, missing_bytes);
}

void AuroraCluster::source_lost() {
  if (lag_when_lost_) return;
  lag_when_lost_ = lag();
  if (stream() != nullptr) stream()->stop();
}

/// The replica takes up again where it was, unless it has become a writer meanwhile.
void AuroraCluster::source_back() {
  if (!lag_when_lost_ || writer_ || changing_) return;
  lag_when_lost_.reset();
  if (stream() != nullptr) stream()->start();
}

/// What it would lack of the writes that were committed: those of its lag, less the time in which
/// none were taken any more.
Duration AuroraCluster::missing_writes() const {
  const Duration quiet = context_.now() - source_->last_write();
  return std::max(Duration{}, lag() - quiet);
}

Outcome AuroraCluster::promote(StepIndex by) {
  if (!exists_) return Outcome::failed(Failure::kNotFound);
  if (writer_ || !follows() || changing_) return Outcome::failed(Failure::kRefused);
  const bool postgres = spec().engine == "aurora-postgresql";
  if (postgres && behaves(context_, Behaviour::kPromotionRefused, planned().name)) {
    context_.note(Note::kPromotionRefused, self_.value, by);
    return Outcome::failed(Failure::kRefused);
  }
  tasks_.spawn(become_writer(promotion_.duration(), by));
  return Outcome{};
}

Outcome AuroraCluster::global_failover(StepIndex by) {
  if (!exists_) return Outcome::failed(Failure::kNotFound);
  if (writer_ || !follows() || changing_) return Outcome::failed(Failure::kRefused);
  tasks_.spawn(become_writer(global_failover_.duration(), by));
  return Outcome{};
}

Task<void> AuroraCluster::become_writer(Duration after, StepIndex by) {
  changing_ = true;
  // Promotion cuts the replica loose: what has not arrived by now never will.
  source_lost();
  const Duration missing = missing_writes();
  source_->replica_ = nullptr;
  context_.change(by);
  auto done = sleep_for(context_.agenda, after);
  co_await done;
  unfollow();
  changing_ = false;
  writer_ = true;
  choose_writer_zone(std::nullopt);
  loss_ = DataLoss{.span_s = to_seconds(missing)};
  // Its instances have started anew: their old connections are gone.
  pools_.broken(false, by);
}

Outcome AuroraCluster::switch_over(StepIndex by) {
  if (!exists_) return Outcome::failed(Failure::kNotFound);
  const bool ready = follows() && has_instance_ && !writer_ && !changing_;
  if (!ready || !source_->answers()) return Outcome::failed(Failure::kRefused);
  tasks_.spawn(change_roles(switchover_.duration(), by));
  return Outcome{};
}

/// The source takes no more writes from here on; the replica takes over what it has not got.
Task<void> AuroraCluster::change_roles(Duration after, StepIndex by) {
  AuroraCluster& former = *source_;
  changing_ = former.changing_ = true;
  const Duration behind = missing_writes();
  context_.change(by);
  auto done = sleep_for(context_.agenda, after + behind);
  co_await done;
  unfollow();
  changing_ = former.changing_ = false;
  writer_ = true;
  former.writer_ = false;
  choose_writer_zone(std::nullopt);
  loss_ = DataLoss{.span_s = 0};
  former.source_ = this;
  former.lane_ = lane_;
  source_ = nullptr;
  replica_ = nullptr;
  former.follow_source(0);
  pools_.broken(false, by);
}

}  // namespace firedrill
