#include "models/store_replica.hpp"

#include <algorithm>

namespace firedrill {

ComponentIndex replication_source(const Plan& plan, ComponentIndex copy) {
  const PlannedComponent& planned = plan.component(copy);
  const auto* table = std::get_if<DynamoTableSpec>(&planned.detail);
  if (table == nullptr) return planned.reference("replicates_from");
  if (!table->stands_in_for.empty()) return {};
  for (std::uint32_t i = 0; i < plan.components.size(); ++i) {
    const auto* twin = std::get_if<DynamoTableSpec>(&plan.components[i].detail);
    if (i == copy.value || twin == nullptr || !twin->stands_in_for.empty()) continue;
    if (twin->global_table == table->global_table) return ComponentIndex{i};
  }
  return {};
}

StoreReplica::StoreReplica(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Component(context, regions, self),
      pools_(context, self),
      wrong_data_report_(context, self, "wrong_data_report") {}

void StoreReplica::connect(const Parts& parts) {
  original_ = parts.as<StoreReplica>(planned().reference("stands_in_for"));
  has_clients_ = original_ == nullptr;
  pools_.connect(parts);
}

Outcome StoreReplica::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kAppStopWrites:
      stop_writes();
      break;
    case Operation::kAppStartWrites:
      writes_stopped_at_.reset();
      break;
    case Operation::kAppSwitchStore:
    case Operation::kSecretsUpdateAddress:
    case Operation::kSsmPutAddress:
      if (original_ == nullptr || has_clients_) return Outcome::failed(Failure::kRefused);
      take_over_clients(false, by);
      return Outcome{};
    default:
      return Component::take(call, by);
  }
  context_.change(by);
  return Outcome{};
}

Outcome StoreReplica::strike(const PlannedCall& fault, bool begins) {
  switch (fault.operation) {
    case Operation::kFaultDataCorruption:
      // Repaired software writes no more wrong data; those that are there stay.
      if (begins) data_are_wrong(context_.now(), fault.share);
      return Outcome{};
    case Operation::kFaultReplicationStall:
      if (stream_ == nullptr) return Outcome::failed(Failure::kRefused);
      stream_->stall(begins);
      return Outcome{};
    default:
      return Component::strike(fault, begins);
  }
}

Observation StoreReplica::look(const PlannedCall& probe) const {
  switch (probe.operation) {
    case Operation::kProbeDataIntact:
      return {region_up(), wrong_share_ == 0};
    case Operation::kProbeConnectionErrors:
      return {region_up(), pools_.share(probe.target) < 1.0};
    default:
      return Component::look(probe);
  }
}

std::optional<double> StoreReplica::metric(Operation metric) const {
  if (metric == Operation::kMetricDataReported) return reported_ && wrong_share_ > 0 ? 1.0 : 0.0;
  return Component::metric(metric);
}

void StoreReplica::link_changed() {
  if (stream_) stream_->link_changed();
}

void StoreReplica::follow(StoreReplica& source, LaneIndex lane, double bytes_per_s,
                          double missing_bytes) {
  source_ = &source;
  source.followers_.push_back(this);
  const LinkIndex link = link_between(context_.plan, planned().region, source.planned().region);
  if (!lane.valid() || !link.valid()) return;  // nothing between them to be slow
  stream_ = std::make_unique<ReplicationStream>(context_, self_, lane, bytes_per_s,
                                                context_.plan.links[link.value].latency);
  stream_->start(missing_bytes);
}

void StoreReplica::unfollow() {
  if (source_ == nullptr) return;
  std::erase(source_->followers_, this);
  source_ = nullptr;
  stream_.reset();
}

TimePoint StoreReplica::restore_point(std::optional<Duration> before,
                                      Duration restorable_age) const {
  const TimePoint latest = context_.now() - restorable_age;
  const TimePoint wrong_since = original_->wrong_since();
  if (wrong_since == TimePoint::never()) return latest;
  return std::min(latest, wrong_since - before.value_or(Duration{}));
}

void StoreReplica::holds_data_of(const StoreReplica& source, TimePoint point) {
  data_as_of_ = point;
  wrong_since_ = TimePoint::never();
  wrong_share_ = 0;
  // What was wrong at that point has been restored with the rest.
  if (source.wrong_since_ <= point) {
    wrong_since_ = source.wrong_since_;
    wrong_share_ = source.wrong_share_;
  }
}

void StoreReplica::stop_writes() {
  if (!writes_stopped_at_) writes_stopped_at_ = context_.now();
}

void StoreReplica::take_over_clients(bool all_at_once, StepIndex by) {
  const TimePoint last = original_->last_write();
  has_clients_ = true;
  if (all_at_once) {
    original_->has_clients_ = false;
    pools_.broken(true, by);
  } else {
    original_->pools_.leave_with_new_tasks();
    pools_.join_with_new_tasks();
  }
  loss_ = DataLoss{.span_s = std::max(0.0, to_seconds(last - data_as_of_.value_or(last)))};
  context_.change(by);
}

void StoreReplica::data_are_wrong(TimePoint since, double share) {
  const bool new_to_it = wrong_since_ == TimePoint::never();
  wrong_since_ = std::min(wrong_since_, since);
  wrong_share_ = share;
  if (new_to_it) tasks_.spawn(report_wrong_data());
  // Tables follow each other: what has it already has passed it on.
  if (!new_to_it) return;
  for (StoreReplica* follower : followers_) follower->data_are_wrong(since, share);
}

void StoreReplica::data_are_right() {
  if (wrong_since_ == TimePoint::never()) return;
  wrong_since_ = TimePoint::never();
  wrong_share_ = 0;
  reported_ = false;
  for (StoreReplica* follower : followers_) follower->data_are_right();
}

Task<void> StoreReplica::report_wrong_data() {
  auto noticed = sleep_for(context_.agenda, wrong_data_report_.duration());
  co_await noticed;
  reported_ = true;
  context_.change({});
}

}  // namespace firedrill
