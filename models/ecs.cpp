#include "models/ecs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace firedrill {
namespace {

constexpr double kGigabyte = 1e9;

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
      increased_(context.agenda) {
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

Task<void> EcsCluster::raised() {
  if (!increase_asked_) {
    increase_asked_ = true;
    tasks_.spawn(raise_quota());
  }
  while (quota_ < production_quota_ || out_of_capacity()) {
    auto change = increased_.wait();
    co_await change;
  }
}

Task<void> EcsCluster::raise_quota() {
  auto granted = sleep_for(context_.agenda, quota_increase_.duration());
  co_await granted;
  quota_ = production_quota_;
  capacity_missing_ = false;
  increased_.raise();
}

LaneIndex ImageLanes::take() {
  if (free_.empty()) return {};
  const LaneIndex lane = free_.back();
  free_.pop_back();
  return lane;
}

EcsService::EcsService(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Component(context, regions, self),
      reaction_(context, self, "scheduler_reaction"),
      attach_(context, self, "network_attach"),
      pull_per_gb_(context, self, "image_pull_per_gb"),
      boot_(context, self, "app_boot"),
      targets_(context, planned().reference("load_balancer"), self),
      rolling_deployment_(context, self, "rolling_deployment"),
      exists_(spec().exists),
      desired_(spec().exists ? spec().desired_count : 0),
      running_(desired_),
      healthy_(desired_),
      healthy_in_zone_(std::max<std::size_t>(1, regions.zones(planned().region)), 0),
      zone_was_up_(healthy_in_zone_.size(), true),
      starts_(static_cast<std::size_t>(healthy_)) {
  for (std::int64_t i = 0; i < desired_; ++i) ++healthy_in_zone_[zone_of_next_task()];
}

void EcsService::connect(const Parts& parts) {
  cluster_ = parts.as<EcsCluster>(planned().reference("cluster"));
  lanes_ = &parts.image_lanes(planned().region);
  hold_quota(desired_);
}

Outcome EcsService::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kEcsUpdateService:
      if (call.flag.value_or(false)) tasks_.spawn(replace_tasks(by));
      return set_desired(call.count, by);
    case Operation::kEcsCreateService:
    case Operation::kTerraformApply:
      return create(call.count == kCountUnchanged ? kProductionCount : call.count, by);
    default:
      return Component::take(call, by);
  }
}

Observation EcsService::look(const PlannedCall& probe) const {
  if (probe.operation != Operation::kProbeServicesStable) return {};
  return {true, region_up() && stable()};
}

std::optional<double> EcsService::metric(Operation metric) const {
  if (metric != Operation::kMetricTasksMissing || !region_up()) return std::nullopt;
  return static_cast<double>(std::max<std::int64_t>(0, desired() - running()));
}

void EcsService::hold_quota(std::int64_t tasks) {
  held_ += tasks;
  cluster_->count(tasks);
}

bool EcsService::zone_up(std::size_t zone) const {
  return regions_.zones(planned().region) == 0 || regions_.zone_up(planned().region, zone);
}

/// In turn over the zones that are up.
std::size_t EcsService::zone_of_next_task() {
  const std::size_t zones = healthy_in_zone_.size();
  for (std::size_t tried = 0; tried < zones && !zone_up(next_zone_); ++tried) {
    next_zone_ = (next_zone_ + 1) % zones;
  }
  const std::size_t zone = next_zone_;
  next_zone_ = (zone + 1) % zones;
  return zone;
}

Outcome EcsService::create(std::int64_t count, StepIndex by) {
  exists_ = true;
  return set_desired(count, by);
}

Outcome EcsService::set_desired(std::int64_t count, StepIndex by) {
  if (!exists_) return Outcome::failed(Failure::kNotFound);
  if (count == kCountUnchanged) count = desired_;
  const std::int64_t wanted = count < 0 ? spec().production_count : count;
  const std::int64_t more = wanted - desired_;
  desired_ = wanted;
  if (more > 0) {
    tasks_.spawn(launch(more, by));
  } else if (more < 0) {
    // Fewer tasks: the surplus stops at once. Nothing in the model needs its drain yet.
    const std::int64_t fewer = std::min(-more, healthy_);
    starts_.erase(starts_.begin(), starts_.begin() + fewer);
    healthy_ -= fewer;
    running_ -= fewer;
    hold_quota(-fewer);
    for (std::int64_t i = 0; i < fewer; ++i) {  // the zone with most tasks gives one up
      --*std::max_element(healthy_in_zone_.begin(), healthy_in_zone_.end());
    }
    context_.change(by);
  }
  return Outcome{};
}

/// The same revision again, task by task: none is missed meanwhile, the last is new at the end.
Task<void> EcsService::replace_tasks(StepIndex by) {
  const TimePoint began = context_.now();
  auto rolled_out = sleep_for(context_.agenda, rolling_deployment_.duration());
  co_await rolled_out;
  std::fill(starts_.begin(), starts_.end(), began);
  context_.change(by);
}

Task<void> EcsService::launch(std::int64_t count, StepIndex by) {
  auto reaction = sleep_for(context_.agenda, reaction_.duration());
  co_await reaction;
  const RegionIndex region = planned().region;
  // Nowhere to start them, or nothing that would.
  while ((regions_.zones(region) > 0 && regions_.zones_up(region) == 0) ||
         regions_.control_plane_down(region, "ecs")) {
    auto change = context_.changed.wait();
    co_await change;
  }
  const bool short_of_quota = cluster_->free_tasks() < count;
  if (short_of_quota) context_.note(cluster_->shortage(), cluster_->index().value, by);
  const std::int64_t at_once = std::clamp<std::int64_t>(cluster_->free_tasks(), 0, count);
  start_tasks(at_once, by);
  if (at_once == count) co_return;
  Task<void> quota = cluster_->raised();
  co_await quota;
  start_tasks(count - at_once, by);
}

void EcsService::start_tasks(std::int64_t count, StepIndex by) {
  hold_quota(count);
  for (std::int64_t i = 0; i < count; ++i) tasks_.spawn(run_task(by, zone_of_next_task()));
}

Task<void> EcsService::run_task(StepIndex by, std::size_t zone) {
  auto turn = sleep_until(context_.agenda, cluster_->next_launch());
  co_await turn;
  auto attached = sleep_for(context_.agenda, attach_.duration());
  co_await attached;
  const double image = spec().image_size.bytes;
  const double unpacking = kGigabyte / std::max(pull_per_gb_.value(), 1e-3);
  {
    const ImageLanes::Lease lease(*lanes_);
    if (lease.lane().valid()) {
      SimGridEngine::Flow pull(context_.engine, lease.lane(), image, unpacking);
      auto pulled = pull.ended();
      co_await pulled;
    } else {  // more pulls at once than was planned for: one that shares with nobody
      auto pulled = sleep_for(context_.agenda, duration_from_seconds(image / unpacking));
      co_await pulled;
    }
  }
  ++running_;
  const TimePoint started = context_.now();
  auto booted = sleep_for(context_.agenda, boot_.duration());
  co_await booted;
  Task<void> checked = targets_.register_target();
  co_await checked;
  if (!zone_up(zone)) {  // lost while it started: once more, elsewhere
    --running_;
    hold_quota(-1);
    tasks_.spawn(launch(1, by));
    co_return;
  }
  ++healthy_;
  ++healthy_in_zone_[zone];
  starts_.push_back(started);
  context_.change(by);
}

void EcsService::place_changed() {
  const bool up = regions_.up(planned().region);
  if (region_was_up_ && !up) {
    tasks_.clear();
    running_ = healthy_ = 0;
    starts_.clear();
    targets_.clear();
    hold_quota(-held_);
    std::fill(healthy_in_zone_.begin(), healthy_in_zone_.end(), 0);
  } else if (!region_was_up_ && up && desired_ > 0) {
    tasks_.spawn(launch(desired_, {}));  // the scheduler starts what is missing
  }
  region_was_up_ = up;
  if (!up) return;
  for (std::size_t zone = 0; zone < regions_.zones(planned().region); ++zone) {
    const bool zone_up = regions_.zone_up(planned().region, zone);
    if (zone_was_up_[zone] && !zone_up) lose_zone(zone);
    zone_was_up_[zone] = zone_up;
  }
}

void EcsService::lose_zone(std::size_t zone) {
  const std::int64_t lost = std::exchange(healthy_in_zone_[zone], 0);
  if (lost == 0) return;
  healthy_ -= lost;
  starts_.erase(starts_.begin(), starts_.begin() + lost);
  running_ -= lost;
  targets_.lose(lost);
  hold_quota(-lost);
  tasks_.spawn(launch(lost, {}));
}

}  // namespace firedrill
