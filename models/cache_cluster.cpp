#include "models/cache_cluster.hpp"

#include <algorithm>
#include <cmath>

#include "models/backup.hpp"

namespace firedrill {
namespace {

// The library's time to warm up is this many times tau.
constexpr double kTausToWarmUp = 3;
// How often a filling cache is looked at anew, over twice that time.
constexpr int kFillingSteps = 20;

}  // namespace

CacheCluster::CacheCluster(DrillContext& context, const Regions& regions, ComponentIndex self)
    : StoreReplica(context, regions, self),
      failover_(context, self, "failover"),
      node_replacement_(context, self, "node_replacement"),
      creation_(context, self, "create_cluster"),
      restore_(context, self, "restore_snapshot"),
      replica_creation_(context, self, "create_replica"),
      reboot_(context, self, "reboot"),
      warm_up_(context, self, "warm_up"),
      replicas_(spec().replicas),
      exists_(spec().exists) {}

void CacheCluster::connect(const Parts& parts) {
  StoreReplica::connect(parts);
  spares_ = parts.as<Database>(planned().reference("spares"));
}

Outcome CacheCluster::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kCacheCreateCluster:
      return create(call.flag.value_or(false), by);
    case Operation::kCacheTestFailover:
      return fail_over_by_hand(by);
    case Operation::kCacheReboot:
      if (!answers()) return Outcome::failed(Failure::kRefused);
      tasks_.spawn(replace_node(reboot_.duration(), false, by));
      return Outcome{};
    case Operation::kCacheIncreaseReplicas:
      if (!answers()) return Outcome::failed(Failure::kRefused);
      tasks_.spawn(add_replicas(call.count, by));
      return Outcome{};
    case Operation::kCacheDeleteKeys:
      if (!answers()) return Outcome::failed(Failure::kUnreachable);
      keeps_only(1.0 - call.share, by);
      return Outcome{};
    default:
      break;
  }
  const bool had_clients = has_clients();
  const Outcome outcome = StoreReplica::take(call, by);
  if (!had_clients && has_clients()) {
    loss_ = DataLoss{.span_s = to_seconds(missing_)};
    static_cast<CacheCluster*>(original())->successor_ = this;
    tell_database();
  }
  return outcome;
}

Outcome CacheCluster::strike(const PlannedCall& fault, bool begins) {
  switch (fault.operation) {
    case Operation::kFaultWriterFailure:
      if (!begins) return Outcome{};  // the node that fails does not come back
      if (!answers()) return Outcome::failed(Failure::kRefused);
      tasks_.spawn(replace_node((replicas_ > 0 ? failover_ : node_replacement_).duration(),
                                replicas_ > 0, {}));
      return Outcome{};
    case Operation::kFaultInstanceLost:
      lost_ = lost_ || begins;
      stop_writes();
      tell_database();
      return Outcome{};
    default:
      return StoreReplica::strike(fault, begins);
  }
}

Observation CacheCluster::look(const PlannedCall& probe) const {
  if (probe.operation != Operation::kProbeCacheAvailable) return StoreReplica::look(probe);
  return exists_ ? Observation{true, answers()} : Observation{};
}

std::optional<double> CacheCluster::metric(Operation metric) const {
  if (metric != Operation::kMetricCacheHits && metric != Operation::kMetricCacheConnections) {
    return StoreReplica::metric(metric);
  }
  if (!answers()) return std::nullopt;
  return metric == Operation::kMetricCacheHits ? hits() : 1.0;
}

/// Hits grow while it fills; everything else stands still.
TimePoint CacheCluster::metric_crosses(Operation metric, double level) const {
  if (metric != Operation::kMetricCacheHits || cold_since_ == TimePoint::never()) {
    return StoreReplica::metric_crosses(metric, level);
  }
  const double still_missing = 1.0 - level / spec().hit_share.value;
  if (still_missing <= 0 || kept_ >= 1) return TimePoint::never();
  const double after_s = -tau_s_ * std::log(still_missing / (1.0 - kept_));
  const TimePoint when = cold_since_ + duration_from_seconds(std::max(0.0, after_s));
  return when > context_.now() ? when : TimePoint::never();
}

bool CacheCluster::answers() const {
  return exists_ && !creating_ && !node_gone_ && !lost_ && !down() && region_up();
}

double CacheCluster::passes(const Path& path) const {
  return StoreReplica::passes(path) * (answers() ? 1.0 : 1.0 - spec().needed_by.value);
}

// ------------------------------------------------------------------------------------------ nodes

Task<void> CacheCluster::replace_node(Duration takes, bool keys_kept, StepIndex by) {
  node_gone_ = true;
  tell_database();
  context_.change(by);
  auto done = sleep_for(context_.agenda, takes);
  co_await done;
  node_gone_ = false;
  if (keys_kept) {
    --replicas_;
    tell_database();
    context_.change(by);
  } else {
    loss_ = DataLoss{.span_s = to_seconds(spec().entry_life)};
    keeps_only(0, by);
  }
}

Outcome CacheCluster::fail_over_by_hand(StepIndex by) {
  if (!answers() || replicas_ == 0) return Outcome::failed(Failure::kRefused);
  tasks_.spawn(replace_node(failover_.duration(), true, by));
  return Outcome{};
}

Task<void> CacheCluster::add_replicas(std::int64_t count, StepIndex by) {
  auto made = sleep_for(context_.agenda, replica_creation_.duration());
  co_await made;
  replicas_ += count;
  context_.change(by);
}

// -------------------------------------------------------------------------- clusters that are made

/// Snapshots are taken at even intervals, at a phase drawn once a drill, until the cluster is lost.
Duration CacheCluster::snapshot_age() const {
  const auto& kept = static_cast<const CacheCluster&>(*original());
  Stream phase(context_.draws, entity_key(original()->planned().name + "/snapshot-phase"));
  const Duration interval = kept.spec().snapshot_interval;
  const Duration since = duration_from_seconds(phase.next() * to_seconds(interval));
  return newest_copy_age(original()->last_write(), since, interval, Duration{});
}

Outcome CacheCluster::create(bool from_snapshot, StepIndex by) {
  if (exists_ || creating_) return Outcome::failed(Failure::kRefused);
  if (from_snapshot && original() == nullptr) return Outcome::failed(Failure::kNotFound);
  creating_ = true;
  exists_ = true;
  Duration missing = spec().entry_life;
  if (from_snapshot) missing = std::min(missing, snapshot_age());
  tasks_.spawn(make((from_snapshot ? restore_ : creation_).duration(), missing, by));
  return Outcome{};
}

Task<void> CacheCluster::make(Duration takes, Duration missing, StepIndex by) {
  context_.change(by);
  auto done = sleep_for(context_.agenda, takes);
  co_await done;
  creating_ = false;
  missing_ = missing;
  const double life = std::max(to_seconds(spec().entry_life), 1e-6);
  keeps_only(1.0 - to_seconds(missing) / life, by);
}

// ------------------------------------------------------------------------------------------- hits

void CacheCluster::keeps_only(double share, StepIndex by) {
  kept_ = share;
  cold_since_ = context_.now();
  if (share <= 0) emptied_at_ = context_.now();
  tau_s_ = std::max(to_seconds(warm_up_.duration()) / kTausToWarmUp, 1e-6);
  tell_database();
  context_.change(by);
  warming_.clear();
  warming_.spawn(warm_up(by));
}

Task<void> CacheCluster::warm_up(StepIndex by) {
  const Duration step = duration_from_seconds(2 * kTausToWarmUp * tau_s_ / kFillingSteps);
  for (int i = 0; i < kFillingSteps; ++i) {
    auto filled = sleep_for(context_.agenda, step);
    co_await filled;
    if (i + 1 == kFillingSteps) cold_since_ = TimePoint::never();
    tell_database();
    context_.change(by);
  }
}

double CacheCluster::hits() const {
  const double usual = spec().hit_share.value;
  if (cold_since_ == TimePoint::never()) return usual;
  const double since_s = to_seconds(context_.now() - cold_since_);
  return usual * (1.0 - (1.0 - kept_) * std::exp(-since_s / tau_s_));
}

/// What the database is asked by the cache that the services use.
void CacheCluster::tell_database() {
  if (spares_ == nullptr || !has_clients() || successor_ != nullptr) return;
  const double share = spec().misses_of_load.value;
  const double usual = 1.0 - spec().hit_share.value;
  const double now = 1.0 - (answers() ? hits() : 0.0);
  const ComponentIndex place = original() != nullptr ? original()->index() : index();
  spares_->missed_by(place, 1.0 - share + share * now / std::max(usual, 1e-9));
}

}  // namespace firedrill
