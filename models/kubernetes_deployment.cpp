// What a deployment is asked for, and what its controller does about it. Its pods:
// kubernetes_pods.cpp.
#include "models/kubernetes_deployment.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace firedrill {
namespace {

// The revision that runs at the start, and the one before it.
constexpr std::size_t kFirstTemplate = 1;

// In the order of PodReason; the words are those of the vocabulary.
constexpr std::array<std::string_view, 5> kPodReasonWords = {
    "none", "crash-loop-back-off", "out-of-memory-killed", "image-pull-back-off", "not-ready"};

PodReason reason_of(TaskFailure failure) {
  switch (failure) {
    case TaskFailure::kOutOfMemory:
      return PodReason::kOutOfMemoryKilled;
    case TaskFailure::kCannotPull:
      return PodReason::kImagePullBackOff;
    case TaskFailure::kFailsHealthCheck:
      return PodReason::kNotReady;
    default:
      return PodReason::kCrashLoopBackOff;
  }
}

}  // namespace

KubernetesDeployment::KubernetesDeployment(DrillContext& context, const Regions& regions,
                                           ComponentIndex self)
    : ServiceSite(context, regions, self),
      pod_start_(context, self, "pod_start"),
      image_pull_(context, self, "image_pull"),
      boot_(context, self, "app_boot"),
      readiness_(context, self, "readiness"),
      crash_at_start_(context, self, "crash_at_start"),
      crash_later_(context, self, "crash_later"),
      crash_out_of_memory_(context, self, "crash_out_of_memory"),
      pull_failure_(context, self, "pull_failure"),
      first_back_off_(fixed("back_off_first")),
      longest_back_off_(fixed("back_off_max")),
      back_off_reset_(fixed("back_off_reset")),
      progress_deadline_(fixed("progress_deadline")),
      replicas_(spec().replicas),
      revisions_(kFirstTemplate + 1),
      history_{0, kFirstTemplate},
      mended_(context.agenda) {
  revisions_[kFirstTemplate].image = kFirstTemplate;
}

void KubernetesDeployment::connect(const Parts& parts) {
  parts_ = &parts;
  cluster_ = parts.as<KubernetesCluster>(planned().reference("cluster"));
  cluster_->add(*this);
  for (const ComponentIndex need : planned().needs) {
    if (auto* schema = parts.as<Schema>(need)) schemas_.push_back(schema);
  }
  for (std::int64_t i = 0; i < replicas_; ++i) {
    auto pod = std::make_unique<Pod>();
    pod->revision = present();
    pod->node = cluster_->place(pods_by_zone());
    if (!pod->node) break;  // the rest is started once there is room
    pod->state = PodState::kReady;
    cluster_->must_pull(*pod->node, self_, revisions_[present()].image);
    pods_.push_back(std::move(pod));
  }
}

void KubernetesDeployment::begin() {
  if (alive() < replicas_) poke({});
}

// -------------------------------------------------------------------------------------- calls --

Outcome KubernetesDeployment::take(const PlannedCall& call, StepIndex by) {
  if (!rule_of(call.operation).mutating) return {};
  switch (call.operation) {
    case Operation::kKubectlScale:
      return scale(call.count, by);
    case Operation::kKubectlRolloutRestart:
    case Operation::kKubectlSetEnv:
    case Operation::kKubectlSetResources:
    case Operation::kKubectlSetImage:
      change_template(call, by);
      return {};
    case Operation::kKubectlSaveLogs:
      if (ended_pods_ > 0) context_.note(Note::kLogsGone, self_.value, by);
      return {};
    case Operation::kKubectlRolloutUndo:
      return undo(by);
    case Operation::kKubectlDeletePods:
      delete_pods(by);
      return {};
    default:
      return Component::take(call, by);
  }
}

Outcome KubernetesDeployment::scale(std::int64_t count, StepIndex by) {
  if (count != kCountUnchanged) {
    replicas_ = count == kProductionCount ? spec().production_replicas : count;
  }
  poke(by);
  return {};
}

Outcome KubernetesDeployment::undo(StepIndex by) {
  if (history_.size() < 2) return Outcome::failed(Failure::kNotFound);
  roll_out(history_[history_.size() - 2], by);
  return {};
}

/// A revision like the present one, or one without a way of failing.
void KubernetesDeployment::change_template(const PlannedCall& call, StepIndex by) {
  Revision next = revisions_[present()];
  if (!call.word.empty() && next.failure == task_failure_of(call.word)) {
    next.failure = TaskFailure::kNone;
  }
  if (call.operation == Operation::kKubectlSetImage) next.image = revisions_.size();
  revisions_.push_back(next);
  roll_out(revisions_.size() - 1, by);
}

/// All at once, whatever the rules of a rolling update.
void KubernetesDeployment::delete_pods(StepIndex by) {
  for (const auto& pod : pods_) end(*pod);
  context_.change(by);
  poke(by);
}

void KubernetesDeployment::roll_out(std::size_t revision, StepIndex by) {
  std::erase(history_, revision);
  history_.push_back(revision);
  rollout_failed_ = false;
  last_progress_ = context_.now();
  tasks_.spawn(watch_progress(++rollout_));
  poke(by);
}

Task<void> KubernetesDeployment::watch_progress(std::uint64_t rollout) {
  for (;;) {
    auto waited = sleep_until(context_.agenda, last_progress_ + progress_deadline_);
    co_await waited;
    if (rollout_ != rollout || complete()) co_return;
    if (context_.now() >= last_progress_ + progress_deadline_) break;
  }
  rollout_failed_ = true;
  context_.change({});
}

// ------------------------------------------------------------------------------------- faults --

Outcome KubernetesDeployment::strike(const PlannedCall& fault, bool begins) {
  switch (fault.operation) {
    case Operation::kFaultBadDeployment:
      if (begins) strike_rollout(fault);  // a rollout does not end by itself
      return {};
    case Operation::kFaultTasksCrash:
      strike_pods(fault, begins);
      return {};
    default:
      return Component::strike(fault, begins);
  }
}

void KubernetesDeployment::strike_rollout(const PlannedCall& fault) {
  if (struck_) {  // grows
    revisions_[*struck_].share = fault.share;
    return;
  }
  Revision bad = revisions_[present()];
  bad.failure = task_failure_of(fault.word);
  bad.share = fault.share;
  bad.image = revisions_.size();
  if (auto* schema = parts_->as<Schema>(fault.target)) {
    schema->migrate_up();
    bad.schema = schema->version();
  }
  struck_ = revisions_.size();
  revisions_.push_back(bad);
  roll_out(*struck_, {});
}

/// The present revision turns out to be bad. Those of its pods that are struck stop at once.
void KubernetesDeployment::strike_pods(const PlannedCall& fault, bool begins) {
  if (!begins) {
    if (struck_) revisions_[*struck_].failure = TaskFailure::kNone;
    struck_.reset();
    mended_.raise();
    return;
  }
  if (!struck_) struck_ = present();
  Revision& bad = revisions_[*struck_];
  bad.failure = task_failure_of(fault.word);
  bad.share = fault.share;
  if (bad.failure == TaskFailure::kAnswersWithErrors) return;
  last_reason_ = reason_of(bad.failure);
  for (const auto& pod : pods_) {
    if (pod->revision != *struck_ || pod->state != PodState::kReady || !next_is_doomed()) continue;
    pod->doomed = true;
    pod->state = PodState::kStarting;
    pod->starts = 1;
    pod->life.cancel();
    pod->life = run_containers(*pod, true, {});
    pod->life.start(nullptr);
  }
}

// --------------------------------------------------------------------------------- what is seen --

std::int64_t KubernetesDeployment::count(PodState state) const {
  return std::count_if(pods_.begin(), pods_.end(),
                       [&](const auto& pod) { return pod->state == state; });
}

std::int64_t KubernetesDeployment::alive() const {
  return static_cast<std::int64_t>(pods_.size()) - count(PodState::kGone);
}

std::int64_t KubernetesDeployment::of_revision(bool of_present, bool ready_only) const {
  return std::count_if(pods_.begin(), pods_.end(), [&](const auto& pod) {
    const bool fits = ready_only ? pod->state == PodState::kReady : pod->state != PodState::kGone;
    return fits && (pod->revision == present()) == of_present;
  });
}

bool KubernetesDeployment::complete() const {
  return of_revision(true, true) == replicas_ && alive() == replicas_;
}

/// Share of its requests that a pod of this revision answers well.
double KubernetesDeployment::answers(const Revision& revision) const {
  for (const Schema* schema : schemas_) {
    if (schema->version() != revision.schema) return 0;
  }
  return revision.failure == TaskFailure::kAnswersWithErrors ? 1.0 - revision.share : 1.0;
}

double KubernetesDeployment::passes(const Path& path) const {
  if (path.site != self_) return 1.0;
  double good = 0;
  double all = 0;
  for (const auto& pod : pods_) {
    if (pod->state != PodState::kReady) continue;
    good += answers(revisions_[pod->revision]);
    all += 1;
  }
  return all > 0 ? good / all : 1.0;
}

std::vector<TimePoint> KubernetesDeployment::task_starts() const {
  std::vector<TimePoint> starts;
  for (const auto& pod : pods_) {
    if (pod->state == PodState::kReady) starts.push_back(pod->started);
  }
  return starts;
}

Observation KubernetesDeployment::look(const PlannedCall& probe) const {
  if (!region_up()) return {};
  switch (probe.operation) {
    case Operation::kProbePodsReady:
      return {true, healthy() == replicas_ && replicas_ > 0};
    case Operation::kProbeRolloutComplete:
      return {true, complete()};
    case Operation::kProbePodReasonIs:
      return {true, kPodReasonWords[static_cast<std::size_t>(last_reason_)] == probe.word};
    case Operation::kProbePodsInZone:
      return {true, std::any_of(pods_.begin(), pods_.end(), [&](const auto& pod) {
                return pod->state != PodState::kGone && pod->node &&
                       cluster_->zone_of(*pod->node) == probe.zone;
              })};
    default:
      return {};
  }
}

std::optional<double> KubernetesDeployment::metric(Operation metric) const {
  if (!region_up()) return std::nullopt;
  switch (metric) {
    case Operation::kMetricPodsMissing:
      // A dead pod counts as ready for as long as nobody has noticed.
      return static_cast<double>(
          std::max<std::int64_t>(0, replicas_ - healthy() - count(PodState::kDead)));
    case Operation::kMetricRolloutFailed:
      return rollout_failed_ ? 1.0 : 0.0;
    default:
      return std::nullopt;
  }
}

// --------------------------------------------------------------------------------- controller --

void KubernetesDeployment::poke(StepIndex by) {
  if (poked_) return;
  poked_ = true;
  tasks_.spawn(react(by));
}

/// At this instant, but not inside of whatever gave it reason to.
Task<void> KubernetesDeployment::react(StepIndex by) {
  auto turn = sleep_for(context_.agenda, Duration{});
  co_await turn;
  poked_ = false;
  reconcile(by);
}

std::int64_t KubernetesDeployment::surge() const {
  return (replicas_ * spec().max_surge_percent + 99) / 100;  // rounded up
}

std::int64_t KubernetesDeployment::unavailable() const {
  const std::int64_t most = replicas_ * spec().max_unavailable_percent / 100;  // rounded down
  return most == 0 && surge() == 0 ? 1 : most;
}

void KubernetesDeployment::reconcile(StepIndex by) {
  if (!cluster_->works()) return;  // begins anew when it does
  std::erase_if(pods_, [](const auto& pod) { return pod->state == PodState::kGone; });
  const std::int64_t ready = healthy();
  while (start_new(by) + end_old() > 0) {
  }
  end_surplus();
  if (healthy() != ready) context_.change(by);
}

/// How many more pods of the present revision may be there; they are started.
std::int64_t KubernetesDeployment::start_new(StepIndex by) {
  const std::int64_t most = of_revision(false, false) > 0 ? replicas_ + surge() : replicas_;
  const std::int64_t more = std::min(replicas_ - of_revision(true, false), most - alive());
  for (std::int64_t i = 0; i < more; ++i) add_pod(by);
  return std::max<std::int64_t>(0, more);
}

/// Pods of other revisions go: first those that are not ready, then as many ready ones as leave
/// enough.
std::int64_t KubernetesDeployment::end_old() {
  const std::int64_t least = replicas_ - unavailable();
  const std::int64_t new_unready = of_revision(true, false) - of_revision(true, true);
  std::int64_t may_go = alive() - least - new_unready;
  std::int64_t gone = 0;
  for (const bool ready : {false, true}) {
    if (ready) may_go = std::min(may_go - gone, healthy() - least);
    std::int64_t left = may_go;
    for (const auto& pod : pods_) {
      if (left <= 0) break;
      const bool is_ready = pod->state == PodState::kReady;
      if (pod->revision == present() || pod->state == PodState::kGone || is_ready != ready)
        continue;
      end(*pod);
      --left;
      ++gone;
    }
  }
  return gone;
}

/// The newest go first, and of all those that are not ready.
void KubernetesDeployment::end_surplus() {
  std::int64_t surplus = of_revision(true, false) - replicas_;
  for (const bool ready : {false, true}) {
    for (auto pod = pods_.rbegin(); pod != pods_.rend() && surplus > 0; ++pod) {
      const bool is_ready = (*pod)->state == PodState::kReady;
      if ((*pod)->state == PodState::kGone || is_ready != ready) continue;
      if ((*pod)->revision != present()) continue;
      end(**pod);
      --surplus;
    }
  }
}

void KubernetesDeployment::end(Pod& pod) {
  if (pod.state == PodState::kGone) return;
  pod.life.cancel();
  pod.state = PodState::kGone;
  ++ended_pods_;
  if (pod.node) cluster_->leave(*pod.node);
}

}  // namespace firedrill
