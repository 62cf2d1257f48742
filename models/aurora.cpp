#include "models/aurora.hpp"

#include <algorithm>

namespace firedrill {

AuroraCluster::AuroraCluster(DrillContext& context, const Regions& regions, ComponentIndex self)
    : StoreReplica(context, regions, self),
      zone_failover_(context, self, "zone_failover"),
      endpoint_update_(context, self, "endpoint_update"),
      pool_reconnect_(context, self, "pool_reconnect"),
      base_lag_draw_(context, self, "replica_lag"),
      promotion_(context, self, "promote_replica"),
      global_failover_(context, self, "global_failover"),
      instance_creation_(context, self, "create_instance"),
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
  const LaneIndex lane = parts.replica_lane(self_);
  if (!lane.valid()) return;
  auto& source = *parts.as<AuroraCluster>(planned().reference("replicates_from"));
  const LinkIndex link = link_between(context_.plan, planned().region, source.planned().region);
  follow(source, lane, context_.plan.links[link.value].latency);
}

Outcome AuroraCluster::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kRdsPromoteReadReplica:
      return promote(by);
    case Operation::kRdsFailoverGlobal:
      return fail_over(by);
    case Operation::kRdsCreateInstance:
      return create_instance(by);
    default:
      return Component::take(call, by);
  }
}

Observation AuroraCluster::look(const PlannedCall& probe) const {
  switch (probe.operation) {
    case Operation::kProbeClusterAvailable:
      // Of a cluster that is not there yet nothing can be said.
      return exists() ? Observation{true, available()} : Observation{};
    case Operation::kProbeIsWriter:
      return {true, is_writer() && available()};
    default:
      return {};
  }
}

std::optional<double> AuroraCluster::metric(Operation metric) const {
  if (metric != Operation::kMetricReplicaLag || !region_up()) return std::nullopt;
  return to_seconds(lag());
}

void AuroraCluster::follow(AuroraCluster& source, LaneIndex lane, Duration latency) {
  source_ = &source;
  source.replica_ = this;
  base_lag_ = base_lag_draw_.duration();
  stream_ = std::make_unique<ReplicationStream>(context_, lane,
                                                source.spec().write_rate.bytes_per_s, latency);
  stream_->start();
}

bool AuroraCluster::usable() const {
  return exists_ && writer_ && has_instance_ && !changing_ && !failing_over_ && !reconnecting_ &&
         regions_.zones_up(planned().region) > 0;
}

bool AuroraCluster::available() const {
  return exists_ && !changing_ && !failing_over_ && regions_.up(planned().region);
}

Duration AuroraCluster::lag() const {
  if (lag_when_lost_) return *lag_when_lost_;
  return stream_ ? base_lag_ + stream_->lag() : Duration{};
}

void AuroraCluster::place_changed() {
  const RegionIndex region = planned().region;
  if (writer_ && replica_ != nullptr) {
    regions_.up(region) ? replica_->source_back() : replica_->source_lost();
  }
  if (!usable() || regions_.zone_up(region, writer_zone_)) return;
  tasks_.spawn(fail_over_zone());
}

void AuroraCluster::link_changed() {
  if (stream_) stream_->link_changed();
}

void AuroraCluster::source_lost() {
  if (lag_when_lost_) return;
  lag_when_lost_ = lag();
  stream_->stop();
}

/// The replica takes up again where it was, unless it has become a writer meanwhile.
void AuroraCluster::source_back() {
  if (!lag_when_lost_ || writer_ || changing_) return;
  lag_when_lost_.reset();
  stream_->start();
}

bool AuroraCluster::zone_of_its_own_up() const {
  return zones_.empty() || std::any_of(zones_.begin(), zones_.end(), [&](std::size_t zone) {
           return regions_.zone_up(planned().region, zone);
         });
}

Task<void> AuroraCluster::fail_over_zone() {
  failing_over_ = true;
  context_.change({});
  SlotDraws& takes = zone_of_its_own_up() ? zone_failover_ : instance_creation_;
  auto election = sleep_for(context_.agenda, takes.duration());
  co_await election;
  auto endpoint = sleep_for(context_.agenda, endpoint_update_.duration());
  co_await endpoint;
  choose_writer_zone();
  failing_over_ = false;
  Task<void> pools = reconnect({});
  co_await pools;
}

/// The engine takes writes again; the pools of its clients find out a little later.
Task<void> AuroraCluster::reconnect(StepIndex by) {
  reconnecting_ = true;
  context_.change(by);
  auto found = sleep_for(context_.agenda, pool_reconnect_.duration());
  co_await found;
  reconnecting_ = false;
  context_.change(by);
}

void AuroraCluster::choose_writer_zone() {
  for (std::size_t zone = regions_.zones(planned().region); zone-- > 0;) {
    if (regions_.zone_up(planned().region, zone)) writer_zone_ = zone;
  }
  for (std::size_t i = zones_.size(); i-- > 0;) {
    if (regions_.zone_up(planned().region, zones_[i])) writer_zone_ = zones_[i];
  }
}

Outcome AuroraCluster::promote(StepIndex by) {
  if (!exists_) return Outcome::failed(Failure::kNotFound);
  if (writer_ || source_ == nullptr || changing_) return Outcome::failed(Failure::kRefused);
  const bool postgres = spec().engine == "aurora-postgresql";
  if (postgres && behaves(context_, Behaviour::kPromotionRefused, planned().name)) {
    context_.note(Note::kPromotionRefused, self_.value, by);
    return Outcome::failed(Failure::kRefused);
  }
  tasks_.spawn(become_writer(promotion_.duration(), by));
  return Outcome{};
}

Outcome AuroraCluster::fail_over(StepIndex by) {
  if (!exists_) return Outcome::failed(Failure::kNotFound);
  if (writer_ || source_ == nullptr || changing_) return Outcome::failed(Failure::kRefused);
  tasks_.spawn(become_writer(global_failover_.duration(), by));
  return Outcome{};
}

Task<void> AuroraCluster::become_writer(Duration after, StepIndex by) {
  changing_ = true;
  // Promotion cuts the replica loose: what has not arrived by now never will.
  source_lost();
  const Duration missing = lag();
  context_.change(by);
  auto done = sleep_for(context_.agenda, after);
  co_await done;
  changing_ = false;
  writer_ = true;
  choose_writer_zone();
  loss_ = DataLoss{.span_s = to_seconds(missing)};
  Task<void> pools = reconnect(by);
  co_await pools;
}

void AuroraCluster::restored(Duration data_is_older_by, StepIndex by) {
  exists_ = true;
  has_instance_ = false;
  restored_loss_ = DataLoss{.span_s = to_seconds(data_is_older_by)};
  context_.change(by);
}

Outcome AuroraCluster::create_instance(StepIndex by) {
  if (!exists_) return Outcome::failed(Failure::kNotFound);
  tasks_.spawn(make_instance(by));
  return Outcome{};
}

Task<void> AuroraCluster::make_instance(StepIndex by) {
  changing_ = true;
  auto done = sleep_for(context_.agenda, instance_creation_.duration());
  co_await done;
  changing_ = false;
  has_instance_ = true;
  writer_ = true;
  choose_writer_zone();
  loss_ = restored_loss_;
  context_.change(by);
}

}  // namespace firedrill
