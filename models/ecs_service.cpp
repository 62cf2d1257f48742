// What a service is asked for, and what its scheduler does about it. Its tasks: ecs_tasks.cpp.
#include "models/ecs_service.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace firedrill {
namespace {

constexpr std::int64_t kBreakerLeast = 3;
constexpr std::int64_t kBreakerMost = 200;
// The revision that runs at the start, and the one before it.
constexpr std::size_t kFirstRevision = 1;

// In the order of the enumeration; the words are those of the vocabulary.
constexpr std::array<std::string_view, 5> kReasonWords = {
    "none", "essential-container-exited", "out-of-memory", "cannot-pull", "failed-health-checks"};

std::int64_t share_up(std::int64_t count, std::int64_t percent) {
  return (count * percent + 99) / 100;
}

}  // namespace

EcsService::EcsService(DrillContext& context, const Regions& regions, ComponentIndex self)
    : ServiceSite(context, regions, self),
      reaction_(context, self, "scheduler_reaction"),
      attach_(context, self, "network_attach"),
      pull_per_gb_(context, self, "image_pull_per_gb"),
      boot_(context, self, "app_boot"),
      stop_grace_(context, self, "stop_grace"),
      crash_at_start_(context, self, "crash_at_start"),
      crash_later_(context, self, "crash_later"),
      crash_out_of_memory_(context, self, "crash_out_of_memory"),
      pull_failure_(context, self, "pull_failure"),
      first_pause_(context, self, "restart_throttle_first"),
      longest_pause_(context, self, "restart_throttle_max"),
      exec_unavailable_(context, self, "exec_unavailable"),
      pipeline_wait_(context, self, "pipeline_wait"),
      targets_(context, planned().reference("load_balancer"), self),
      exists_(spec().exists),
      desired_(spec().exists ? spec().desired_count : 0),
      revisions_(kFirstRevision + 1),
      last_complete_(kFirstRevision),
      zone_was_up_(std::max<std::size_t>(1, regions.zones(planned().region)), true) {
  deployments_.push_back(std::make_unique<Deployment>());
  primary().revision = kFirstRevision;
  primary().complete = true;
  for (std::int64_t i = 0; i < desired_; ++i) {
    add_cohort(1, false, zone_of_next_task()).state = TaskState::kHealthy;
  }
}

void EcsService::connect(const Parts& parts) {
  parts_ = &parts;
  cluster_ = parts.as<EcsCluster>(planned().reference("cluster"));
  registry_ = parts.as<EcrRegistry>(planned().reference("registry"));
  lanes_ = &parts.image_lanes(planned().region);
  for (const ComponentIndex need : planned().needs) {
    if (auto* schema = parts.as<Schema>(need)) schemas_.push_back(schema);
  }
  hold_quota(desired_);
}

// -------------------------------------------------------------------------------------- calls --

Outcome EcsService::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kEcsUpdateService:
      return update(call, by);
    case Operation::kEcsCreateService:
    case Operation::kTerraformApply:
      return create(call.count, by);
    case Operation::kEcsRegisterTaskDefinition:
      register_revision(task_failure_of(call.word));
      return Outcome{};
    case Operation::kEcsExecuteCommand:
      return open_session(by);
    default:
      return Component::take(call, by);
  }
}

Outcome EcsService::update(const PlannedCall& call, StepIndex by) {
  if (!exists_) return Outcome::failed(Failure::kNotFound);
  if (call.count != kCountUnchanged) set_desired(call.count, by);
  std::size_t revision = primary().revision;
  if (call.word == "latest") revision = revisions_.size() - 1;
  if (call.word == "previous") {
    if (revision == 0) return Outcome::failed(Failure::kNotFound);
    --revision;
  }
  const bool force = call.flag.value_or(false);
  if (force || revision != primary().revision) deploy(revision, force, spec().circuit_breaker, by);
  return Outcome{};
}

Outcome EcsService::create(std::int64_t count, StepIndex by) {
  exists_ = true;
  return set_desired(count == kCountUnchanged ? kProductionCount : count, by);
}

Outcome EcsService::set_desired(std::int64_t count, StepIndex by) {
  desired_ = count == kProductionCount ? spec().production_count : count;
  poke(by);
  return Outcome{};
}

Outcome EcsService::open_session(StepIndex by) {
  if (running() == 0) return Outcome::failed(Failure::kNotFound);
  if (!no_sessions_) no_sessions_ = exec_unavailable_.chance();
  if (!*no_sessions_) return Outcome{};
  context_.note(Note::kExecUnavailable, self_.value, by);
  return Outcome::failed(Failure::kRefused);
}

void EcsService::register_revision(TaskFailure without) {
  Revision next = revisions_.back();
  if (next.failure == without) next.failure = TaskFailure::kNone;
  revisions_.push_back(next);
}

void EcsService::deploy(std::size_t revision, bool force, bool circuit_breaker, StepIndex by) {
  deployment_failed_ = false;
  const auto known = std::find_if(deployments_.begin(), deployments_.end(), [&](const auto& d) {
    return d->revision == revision && !d->given_up;
  });
  if (!force && known != deployments_.end()) {
    std::rotate(known, known + 1, deployments_.end());
  } else {
    deployments_.push_back(std::make_unique<Deployment>());
    primary().number = ++deployments_so_far_;
    primary().revision = revision;
  }
  primary().circuit_breaker = circuit_breaker;
  primary().complete = false;
  poke(by);
}

// ------------------------------------------------------------------------------------- faults --

Outcome EcsService::strike(const PlannedCall& fault, bool begins) {
  switch (fault.operation) {
    case Operation::kFaultBadDeployment:
      if (begins) strike_deployment(fault);  // a deployment does not end by itself
      return Outcome{};
    case Operation::kFaultTasksCrash:
      strike_tasks(fault, begins);
      return Outcome{};
    default:
      return Component::strike(fault, begins);
  }
}

void EcsService::strike_deployment(const PlannedCall& fault) {
  if (struck_) {  // grows
    revisions_[*struck_].share = fault.share;
    return;
  }
  Revision bad = revisions_.back();
  bad.failure = task_failure_of(fault.word);
  bad.share = fault.share;
  if (auto* schema = parts_->as<Schema>(fault.target)) {
    schema->migrate_up();
    bad.schema = schema->version();
  }
  struck_ = revisions_.size();
  revisions_.push_back(bad);
  deploy(*struck_, false, fault.flag.value_or(spec().circuit_breaker), {});
  tasks_.spawn(watch_pipeline(primary().number));
}

/// The deployed revision turns out to be bad. Those of its tasks that are struck stop at once.
void EcsService::strike_tasks(const PlannedCall& fault, bool begins) {
  if (!begins) {
    if (struck_) revisions_[*struck_].failure = TaskFailure::kNone;
    struck_.reset();
    poke({});
    return;
  }
  if (!struck_) struck_ = primary().revision;
  Revision& bad = revisions_[*struck_];
  bad.failure = task_failure_of(fault.word);
  bad.share = fault.share;
  if (bad.failure == TaskFailure::kAnswersWithErrors) return;
  const auto hit =
      static_cast<std::int64_t>(std::llround(fault.share * static_cast<double>(desired_)));
  std::int64_t still = hit - (desired_ - healthy());
  for (const auto& cohort : primary().cohorts) {
    if (still <= 0) break;
    if (cohort->state != TaskState::kHealthy) continue;
    cohort->life.cancel();
    fail(*cohort, bad.failure == TaskFailure::kOutOfMemory ? StopReason::kOutOfMemory
                                                           : StopReason::kEssentialContainerExited);
    --still;
  }
}

/// The pipeline waits for the service to be stable, on whatever revision, and reports when that
/// takes too long.
Task<void> EcsService::watch_pipeline(std::uint64_t deployment) {
  auto waited = sleep_for(context_.agenda, pipeline_wait_.duration());
  co_await waited;
  if (primary().number != deployment || stable()) co_return;
  deployment_failed_ = true;
  context_.change({});
}

// --------------------------------------------------------------------------------- what is seen --

std::int64_t EcsService::count_of(TaskState state) const {
  std::int64_t count = 0;
  for (const auto& deployment : deployments_) {
    for (const auto& cohort : deployment->cohorts) {
      if (cohort->state == state) count += cohort->tasks;
    }
  }
  return count;
}

std::int64_t EcsService::alive(const Deployment& deployment) {
  std::int64_t count = 0;
  for (const auto& cohort : deployment.cohorts) {
    if (cohort->state < TaskState::kDraining) count += cohort->tasks;
  }
  return count;
}

bool EcsService::stable() const {
  if (!exists_) return false;
  for (std::size_t i = 0; i + 1 < deployments_.size(); ++i) {
    for (const auto& cohort : deployments_[i]->cohorts) {
      if (cohort->state != TaskState::kGone) return false;
    }
  }
  return running() == desired_;
}

/// Share of its requests that a task of this revision answers well.
double EcsService::answers(const Revision& revision) const {
  for (const Schema* schema : schemas_) {
    if (schema->version() != revision.schema) return 0;
  }
  return revision.failure == TaskFailure::kAnswersWithErrors ? 1.0 - revision.share : 1.0;
}

double EcsService::passes(const Path& path) const {
  if (path.site != self_) return 1.0;
  double good = 0;
  double all = 0;
  for (const auto& deployment : deployments_) {
    const double share = answers(revisions_[deployment->revision]);
    for (const auto& cohort : deployment->cohorts) {
      if (cohort->state != TaskState::kHealthy) continue;
      good += share;
      all += 1;
    }
  }
  return all > 0 ? good / all : 1.0;
}

std::vector<TimePoint> EcsService::task_starts() const {
  std::vector<TimePoint> starts;
  for (const auto& deployment : deployments_) {
    for (const auto& cohort : deployment->cohorts) {
      if (cohort->state == TaskState::kHealthy) starts.push_back(cohort->started);
    }
  }
  return starts;
}

Observation EcsService::look(const PlannedCall& probe) const {
  if (!region_up()) return {};
  switch (probe.operation) {
    case Operation::kProbeServicesStable:
      return {true, stable()};
    case Operation::kProbeStopReasonIs:
      return {true, kReasonWords[static_cast<std::size_t>(last_stop_)] == probe.word};
    case Operation::kProbeDeploymentInProgress:
      return {true, deployments_.size() > 1 || !primary().complete};
    case Operation::kProbeRunningAsDesired:
      return {true, exists_ && running() == desired_};
    case Operation::kProbeRunsKnownGood:
      return {true, std::all_of(deployments_.begin(), deployments_.end(), [&](const auto& d) {
                const bool matters = d == deployments_.back() || alive(*d) > 0;
                return !matters || revisions_[d->revision].failure == TaskFailure::kNone;
              })};
    case Operation::kProbeServiceTargetsHealthy:
      return {true, healthy() > 0 && healthy() == running() && targets_.dead() == 0};
    default:
      return {};
  }
}

std::optional<double> EcsService::metric(Operation metric) const {
  if (!region_up()) return std::nullopt;
  switch (metric) {
    case Operation::kMetricTasksMissing:
      return static_cast<double>(std::max<std::int64_t>(0, desired() - running()));
    case Operation::kMetricDeploymentFailed:
      return deployment_failed_ ? 1.0 : 0.0;
    default:
      return std::nullopt;
  }
}

// ---------------------------------------------------------------------------------- scheduler --

void EcsService::poke(StepIndex by) {
  if (poked_) return;
  poked_ = true;
  tasks_.spawn(react(by));
}

Task<void> EcsService::react(StepIndex by) {
  auto reaction = sleep_for(context_.agenda, reaction_.duration());
  co_await reaction;
  poked_ = false;
  schedule(by);
}

void EcsService::schedule(StepIndex by) {
  remove_what_is_gone();
  const RegionIndex region = planned().region;
  const bool nowhere = regions_.zones(region) > 0 && regions_.zones_up(region) == 0;
  if (!exists_ || !regions_.up(region) || nowhere) return;
  held_back_ = regions_.control_plane_down(region, "ecs");
  if (held_back_) return;
  retire_surplus(by);
  retire_old(by);
  start_missing(by);
  remove_what_is_gone();
}

/// What the primary deployment has too much goes first where most of it runs.
void EcsService::retire_surplus(StepIndex by) {
  while (alive(primary()) > desired_) {
    std::vector<std::int64_t> in_zone(zone_was_up_.size(), 0);
    Cohort* gone = nullptr;
    for (const auto& cohort : primary().cohorts) {
      if (cohort->state >= TaskState::kDraining) continue;
      ++in_zone[cohort->zone];
      if (gone == nullptr || in_zone[cohort->zone] > in_zone[gone->zone]) gone = cohort.get();
    }
    retire(*gone, by);
  }
}

/// Tasks of older deployments: those that are not healthy go at once, the others as far as the
/// minimum allows.
void EcsService::retire_old(StepIndex by) {
  const std::int64_t least = share_up(desired_, spec().minimum_healthy_percent);
  for (std::size_t i = 0; i + 1 < deployments_.size(); ++i) {
    for (const auto& cohort : deployments_[i]->cohorts) {
      if (cohort->state >= TaskState::kDraining) continue;
      if (cohort->state == TaskState::kHealthy && healthy() <= least) continue;
      retire(*cohort, by);
    }
  }
}

std::int64_t EcsService::missing_tasks() const {
  const std::int64_t most =
      std::max(desired_, desired_ * spec().maximum_percent / 100);  // rounded down
  std::int64_t all = 0;
  for (const auto& deployment : deployments_) all += alive(*deployment);
  return std::max<std::int64_t>(0, std::min(desired_ - alive(primary()), most - all));
}

void EcsService::start_missing(StepIndex by) {
  const std::int64_t missing = missing_tasks();
  if (missing == 0 || primary().given_up) return;
  if (primary().next_start > context_.now()) {
    if (waits_for_pause_) return;
    waits_for_pause_ = true;
    tasks_.spawn(when_pause_is_over(primary().next_start, by));
    return;
  }
  const std::int64_t at_once = std::clamp<std::int64_t>(cluster_->free_tasks(), 0, missing);
  if (at_once < missing && !waits_for_room_) {
    waits_for_room_ = true;
    context_.note(cluster_->shortage(), cluster_->index().value, by);
    tasks_.spawn(when_there_is_room(missing, by));
  }
  start_tasks(at_once, by);
}

/// Of a revision whose tasks fail, its share of the tasks is doomed, however often they are
/// started.
void EcsService::start_tasks(std::int64_t count, StepIndex by) {
  hold_quota(count);
  const Revision& revision = revisions_[primary().revision];
  const bool fails =
      revision.failure != TaskFailure::kNone && revision.failure != TaskFailure::kAnswersWithErrors;
  std::int64_t doomed = 0;
  if (fails) {
    doomed = std::llround(revision.share * static_cast<double>(desired_));
    for (const auto& cohort : primary().cohorts) {
      if (cohort->doomed && cohort->state < TaskState::kDraining) doomed -= cohort->tasks;
    }
    doomed = std::clamp<std::int64_t>(doomed, 0, count);
  }
  const bool never_healthy = registry_->missing() ||
                             revision.failure == TaskFailure::kExitsAtStart ||
                             revision.failure == TaskFailure::kCannotPull ||
                             revision.failure == TaskFailure::kFailsHealthCheck;
  if (registry_->missing()) doomed = count;
  if (doomed > 0 && never_healthy) {
    Cohort& together = add_cohort(doomed, true, 0);
    together.life = live_doomed(together, by);
    together.life.start(nullptr);
    count -= doomed;
    doomed = 0;
  }
  for (std::int64_t i = 0; i < count; ++i) {
    Cohort& one = add_cohort(1, i < doomed, zone_of_next_task());
    one.life = live(one, by);
    one.life.start(nullptr);
  }
}

Task<void> EcsService::when_there_is_room(std::int64_t tasks, StepIndex by) {
  Task<void> room = cluster_->room_for(tasks);
  co_await room;
  waits_for_room_ = false;
  schedule(by);
}

Task<void> EcsService::when_pause_is_over(TimePoint until, StepIndex by) {
  auto pause = sleep_until(context_.agenda, until);
  co_await pause;
  waits_for_pause_ = false;
  schedule(by);
}

/// Forgets tasks that are gone, and deployments without any; a deployment that is alone with all
/// its tasks healthy is complete.
void EcsService::remove_what_is_gone() {
  for (const auto& deployment : deployments_) {
    std::erase_if(deployment->cohorts,
                  [](const auto& cohort) { return cohort->state == TaskState::kGone; });
  }
  const Deployment* const stays = deployments_.back().get();
  std::erase_if(deployments_,
                [&](const auto& d) { return d.get() != stays && d->cohorts.empty(); });
  if (deployments_.size() > 1 || primary().complete || healthy() != desired_) return;
  primary().complete = true;
  last_complete_ = primary().revision;
}

// ------------------------------------------------------------------------- failures of tasks --

/// A deployment with a circuit breaker is given up after so many of them.
void EcsService::count_failure(Deployment& deployment, std::int64_t tasks) {
  deployment.failed_tasks += tasks;
  const std::int64_t most = std::clamp((desired_ + 1) / 2, kBreakerLeast, kBreakerMost);
  const bool trips = deployment.circuit_breaker && !deployment.complete && !deployment.given_up &&
                     &deployment == &primary() && deployment.failed_tasks >= most;
  if (!trips) return;
  deployment.given_up = true;
  context_.note(Note::kCircuitBreakerTripped, self_.value, {});
  deploy(last_complete_, false, deployment.circuit_breaker, {});
  deployment_failed_ = true;
}

/// Only tasks that never ran make the scheduler slower.
void EcsService::pause_after_never_ran(Deployment& deployment) {
  const Duration longest = longest_pause_.duration();
  const bool first = deployment.pause.us == 0;
  const Duration next =
      first ? first_pause_.duration() : Duration{std::min(2 * deployment.pause.us, longest.us)};
  if (next == longest && deployment.pause < longest) {
    context_.note(Note::kRestartsThrottled, self_.value, {});
  }
  deployment.pause = next;
  deployment.next_start = context_.now() + next;
}

}  // namespace firedrill
