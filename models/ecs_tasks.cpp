// The life of an ECS task: launch, health, drain, and the ways in which it fails.
#include <algorithm>

#include "models/ecs_service.hpp"

namespace firedrill {
namespace {

constexpr double kGigabyte = 1e9;

}  // namespace

EcsService::Cohort& EcsService::add_cohort(std::int64_t tasks, bool doomed, std::size_t zone) {
  auto cohort = std::make_unique<Cohort>();
  cohort->deployment = &primary();
  cohort->tasks = tasks;
  cohort->doomed = doomed;
  cohort->zone = zone;
  primary().cohorts.push_back(std::move(cohort));
  return *primary().cohorts.back();
}

/// A task that becomes healthy; one that is doomed fails some time after that.
Task<void> EcsService::live(Cohort& cohort, StepIndex by) {
  auto turn = sleep_until(context_.agenda, cluster_->next_launch());
  co_await turn;
  auto attached = sleep_for(context_.agenda, attach_.duration());
  co_await attached;
  Task<void> pulled = pull_image();
  co_await pulled;
  cohort.started = context_.now();
  cohort.state = TaskState::kRunning;  // whoever counts running tasks sees it at the next change
  auto booted = sleep_for(context_.agenda, boot_.duration());
  co_await booted;
  Task<void> checked = targets_.register_target();
  co_await checked;
  cohort.state = TaskState::kHealthy;
  cohort.deployment->pause = {};
  const bool replaces = deployments_.size() > 1 || !primary().complete;
  context_.change(by);
  if (replaces) poke(by);
  if (!cohort.doomed) co_return;
  Task<void> death = die_later(cohort, revisions_[cohort.deployment->revision].failure);
  co_await death;
}

Task<void> EcsService::die_later(Cohort& cohort, TaskFailure how) {
  const bool memory = how == TaskFailure::kOutOfMemory;
  auto lived = sleep_for(context_.agenda,
                         memory ? crash_out_of_memory_.duration() : crash_later_.duration());
  co_await lived;
  fail(cohort, memory ? StopReason::kOutOfMemory : StopReason::kEssentialContainerExited);
}

/// Tasks that never become healthy, all those that were started together: they run the same code,
/// so they fail alike. Their pulls are left out of the registry's link.
Task<void> EcsService::live_doomed(Cohort& cohort, StepIndex by) {
  const TaskFailure how = revisions_[cohort.deployment->revision].failure;
  const bool no_image = how == TaskFailure::kCannotPull || registry_->missing();
  auto attached = sleep_for(context_.agenda, attach_.duration());
  co_await attached;
  if (no_image) {
    auto refused = sleep_for(context_.agenda, pull_failure_.duration());
    co_await refused;
    fail(cohort, StopReason::kCannotPull);
    co_return;
  }
  auto pulled = sleep_for(context_.agenda, duration_from_seconds(spec().image_size.bytes /
                                                                 kGigabyte * pull_per_gb_.value()));
  co_await pulled;
  cohort.state = TaskState::kRunning;
  context_.change(by);
  if (how == TaskFailure::kFailsHealthCheck) {
    auto refused = sleep_for(context_.agenda, boot_.duration() + spec().health_check_grace_period +
                                                  targets_.time_to_mark_unhealthy());
    co_await refused;
    fail(cohort, StopReason::kFailedHealthChecks);
    co_return;
  }
  auto lived = sleep_for(context_.agenda, crash_at_start_.duration());
  co_await lived;
  fail(cohort, StopReason::kEssentialContainerExited);
}

Task<void> EcsService::pull_image() {
  const double image = spec().image_size.bytes;
  const double unpacking = kGigabyte / std::max(pull_per_gb_.value(), 1e-3);
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

/// Takes tasks out: healthy ones are drained first.
void EcsService::retire(Cohort& cohort, StepIndex by) {
  const bool serves = cohort.state == TaskState::kHealthy;
  cohort.life.cancel();
  cohort.state = TaskState::kDraining;
  cohort.life = drain(cohort, serves ? targets_.deregistration_delay() : Duration{}, by);
  cohort.life.start(nullptr);
  if (serves) context_.change(by);
}

Task<void> EcsService::drain(Cohort& cohort, Duration delay, StepIndex by) {
  auto drained = sleep_for(context_.agenda, delay + stop_grace_.duration());
  co_await drained;
  cohort.state = TaskState::kGone;
  hold_quota(-cohort.tasks);
  context_.change(by);
  poke(by);
}

/// The task has stopped without being asked to, and another will be started in its place.
void EcsService::fail(Cohort& cohort, StopReason reason) {
  if (cohort.state == TaskState::kHealthy) targets_.stop(cohort.tasks);
  const bool ran = cohort.state != TaskState::kPending;
  cohort.state = TaskState::kGone;
  last_stop_ = reason;
  hold_quota(-cohort.tasks);
  if (!ran) pause_after_never_ran(*cohort.deployment);
  count_failure(*cohort.deployment, cohort.tasks);
  context_.change({});
  poke({});
}

// ------------------------------------------------------------------------------------- places --

void EcsService::hold_quota(std::int64_t tasks) {
  held_ += tasks;
  cluster_->count(tasks);
}

bool EcsService::zone_up(std::size_t zone) const {
  return regions_.zones(planned().region) == 0 || regions_.zone_up(planned().region, zone);
}

/// In turn over the zones that are up.
std::size_t EcsService::zone_of_next_task() {
  const std::size_t zones = zone_was_up_.size();
  for (std::size_t tried = 0; tried < zones && !zone_up(next_zone_); ++tried) {
    next_zone_ = (next_zone_ + 1) % zones;
  }
  const std::size_t zone = next_zone_;
  next_zone_ = (zone + 1) % zones;
  return zone;
}

void EcsService::place_changed() {
  const bool up = regions_.up(planned().region);
  if (region_was_up_ && !up) lose_region();
  if (!region_was_up_ && up) poke({});  // the scheduler starts what is missing
  region_was_up_ = up;
  if (!up) return;
  if (held_back_) poke({});  // looks again
  for (std::size_t zone = 0; zone < regions_.zones(planned().region); ++zone) {
    const bool zone_up = regions_.zone_up(planned().region, zone);
    if (zone_was_up_[zone] && !zone_up) lose_zone(zone);
    if (!zone_was_up_[zone] && zone_up) poke({});
    zone_was_up_[zone] = zone_up;
  }
}

void EcsService::lose_region() {
  tasks_.clear();
  poked_ = waits_for_room_ = waits_for_pause_ = false;
  for (const auto& deployment : deployments_) deployment->cohorts.clear();
  remove_what_is_gone();
  targets_.clear();
  hold_quota(-held_);
}

void EcsService::lose_zone(std::size_t zone) {
  std::int64_t dead = 0;
  std::int64_t lost = 0;
  for (const auto& deployment : deployments_) {
    for (const auto& cohort : deployment->cohorts) {
      if (cohort->zone != zone || cohort->state == TaskState::kGone) continue;
      if (cohort->state == TaskState::kHealthy) dead += cohort->tasks;
      lost += cohort->tasks;
      cohort->life.cancel();
      cohort->state = TaskState::kGone;
    }
  }
  if (lost == 0) return;
  targets_.lose(dead);
  hold_quota(-lost);
  poke({});
}

}  // namespace firedrill
