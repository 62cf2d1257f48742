#include "models/ecs.hpp"

#include <algorithm>

namespace firedrill {
namespace {

double constant(const DrillContext& context, ComponentIndex self, std::string_view slot) {
  return context.plan.timing(context.plan.component(self).timing(slot)).distribution.mean();
}

const EcsClusterSpec& cluster_spec(const DrillContext& context, ComponentIndex self) {
  return std::get<EcsClusterSpec>(context.plan.component(self).detail);
}

}  // namespace

EcsCluster::EcsCluster(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Component(context, regions, self),
      quota_(cluster_spec(context, self).task_quota),
      production_quota_(quota_),
      capacity_missing_(
          behaves(context, Behaviour::kCapacityMissing, context.plan.component(self).name)),
      bucket_(constant(context, self, "launch_bucket")),
      bucket_capacity_(bucket_),
      refill_per_s_(constant(context, self, "launch_refill")),
      quota_increase_(context, self, "quota_increase"),
      room_(context.agenda) {
  const std::int64_t forgotten = cluster_spec(context, self).task_quota_if_forgotten;
  if (forgotten < quota_ &&
      behaves(context, Behaviour::kQuotaForgotten, context.plan.component(self).name)) {
    quota_ = forgotten;
  }
}

/// Capacity runs out when another region is lost and its customers come over.
bool EcsCluster::out_of_capacity() const {
  if (!capacity_missing_) return false;
  for (std::uint32_t i = 0; i < context_.plan.regions.size(); ++i) {
    if (!regions_.up(RegionIndex{i})) return true;
  }
  return false;
}

std::int64_t EcsCluster::free_tasks() const { return out_of_capacity() ? 0 : quota_ - running_; }

TimePoint EcsCluster::next_launch() {
  const TimePoint now = context_.now();
  const double waited = to_seconds(now - bucket_at_) * refill_per_s_;
  bucket_ = std::min(bucket_capacity_, bucket_ + waited);
  bucket_at_ = now;
  bucket_ -= 1.0;
  if (bucket_ >= 0) return now;
  return now + duration_from_seconds(-bucket_ / refill_per_s_);
}

void EcsCluster::count(std::int64_t tasks) {
  running_ += tasks;
  if (tasks < 0) room_.raise();
}

Task<void> EcsCluster::room_for(std::int64_t tasks) {
  asked_for_ = std::max({production_quota_, asked_for_, running_ + tasks});
  if (!increase_asked_) {
    increase_asked_ = true;
    tasks_.spawn(raise_quota());
  }
  auto change = room_.wait();
  co_await change;
}

Task<void> EcsCluster::raise_quota() {
  auto granted = sleep_for(context_.agenda, quota_increase_.duration());
  co_await granted;
  increase_asked_ = false;
  quota_ = asked_for_;
  capacity_missing_ = false;
  room_.raise();
}

Outcome EcsCluster::strike(const PlannedCall& fault, bool begins) {
  if (fault.operation != Operation::kFaultQuota) return Component::strike(fault, begins);
  quota_ = begins && fault.count >= 0 ? fault.count : production_quota_;
  room_.raise();
  return Outcome{};
}

Outcome EcrRegistry::take(const PlannedCall& call, StepIndex by) {
  if (call.operation != Operation::kEcrPutImage) return Component::take(call, by);
  missing_ = false;
  return Outcome{};
}

Outcome EcrRegistry::strike(const PlannedCall& fault, bool begins) {
  if (fault.operation != Operation::kFaultImageMissing) return Component::strike(fault, begins);
  missing_ = begins;
  return Outcome{};
}

LaneIndex ImageLanes::take() {
  if (free_.empty()) return {};
  const LaneIndex lane = free_.back();
  free_.pop_back();
  return lane;
}

}  // namespace firedrill
