// The life of a pod: from a place on a node to ready, how it fails, and what becomes of it when its
// node is lost.
#include <algorithm>
#include <cmath>

#include "models/kubernetes_deployment.hpp"

namespace firedrill {

void KubernetesDeployment::add_pod(StepIndex by) {
  auto pod = std::make_unique<Pod>();
  pod->revision = present();
  pod->doomed = next_is_doomed();
  pods_.push_back(std::move(pod));
  Pod& added = *pods_.back();
  added.life = live(added, by);
  added.life.start(nullptr);
}

/// Of a revision whose pods fail, its share of them is doomed, however often they are started.
bool KubernetesDeployment::next_is_doomed() const {
  const Revision& revision = revisions_[present()];
  if (revision.failure == TaskFailure::kNone ||
      revision.failure == TaskFailure::kAnswersWithErrors) {
    return false;
  }
  const auto doomed = std::count_if(pods_.begin(), pods_.end(), [&](const auto& pod) {
    return pod->doomed && pod->revision == present() && pod->state != PodState::kGone;
  });
  return doomed < std::llround(revision.share * static_cast<double>(replicas_));
}

TaskFailure KubernetesDeployment::failure_of(const Pod& pod) const {
  return pod.doomed ? revisions_[pod.revision].failure : TaskFailure::kNone;
}

std::vector<std::int64_t> KubernetesDeployment::pods_by_zone() const {
  std::vector<std::int64_t> pods(cluster_->zones(), 0);
  for (const auto& pod : pods_) {
    if (pod->node && pod->state != PodState::kGone) ++pods[cluster_->zone_of(*pod->node)];
  }
  return pods;
}

Task<void> KubernetesDeployment::live(Pod& pod, StepIndex by) {
  while (!(pod.node = cluster_->place(pods_by_zone()))) {
    Task<void> room = cluster_->room(by);
    co_await room;
  }
  pod.state = PodState::kStarting;
  if (!cluster_->alive(*pod.node)) co_return;  // nothing happens until the node is given up
  auto set_up = sleep_for(context_.agenda, pod_start_.duration());
  co_await set_up;
  Task<void> containers = run_containers(pod, false, by);
  co_await containers;
}

/// Again and again, until one stays. `stopped`: one has just stopped.
Task<void> KubernetesDeployment::run_containers(Pod& pod, bool stopped, StepIndex by) {
  for (;; stopped = false) {
    if (!stopped) {
      const TimePoint began = context_.now();
      ++pod.starts;
      Task<bool> ran = run_once(pod, by);
      const bool stays = co_await ran;
      if (stays) co_return;
      if (context_.now() - began >= back_off_reset_) pod.starts = 1;
      pod.state = PodState::kStarting;
      context_.change({});
      poke({});
    }
    auto pause = sleep_for(context_.agenda, back_off(pod));
    co_await pause;
  }
}

/// Whether the container stays: false once it has stopped, or could not be started.
Task<bool> KubernetesDeployment::run_once(Pod& pod, StepIndex by) {
  const TaskFailure how = failure_of(pod);
  if (how == TaskFailure::kCannotPull) {
    auto refused = sleep_for(context_.agenda, pull_failure_.duration());
    co_await refused;
    last_reason_ = PodReason::kImagePullBackOff;
    co_return false;
  }
  if (cluster_->must_pull(*pod.node, self_, revisions_[pod.revision].image)) {
    auto pulled = sleep_for(context_.agenda, image_pull_.duration());
    co_await pulled;
  }
  pod.started = context_.now();
  if (how == TaskFailure::kExitsAtStart) {
    auto lived = sleep_for(context_.agenda, crash_at_start_.duration());
    co_await lived;
    last_reason_ = PodReason::kCrashLoopBackOff;
    co_return false;
  }
  Task<void> ready = become_ready(pod, by);
  co_await ready;
  const bool memory = how == TaskFailure::kOutOfMemory;
  if (!memory && how != TaskFailure::kExitsLater) co_return true;
  auto lived = sleep_for(context_.agenda,
                         memory ? crash_out_of_memory_.duration() : crash_later_.duration());
  co_await lived;
  last_reason_ = memory ? PodReason::kOutOfMemoryKilled : PodReason::kCrashLoopBackOff;
  co_return false;
}

Task<void> KubernetesDeployment::become_ready(Pod& pod, StepIndex by) {
  auto booted = sleep_for(context_.agenda, boot_.duration());
  co_await booted;
  while (failure_of(pod) == TaskFailure::kFailsHealthCheck) {
    last_reason_ = PodReason::kNotReady;
    context_.change({});
    auto mended = mended_.wait();
    co_await mended;
  }
  auto probed = sleep_for(context_.agenda, readiness_.duration());
  co_await probed;
  pod.state = PodState::kReady;
  if (pod.revision == present()) last_progress_ = context_.now();
  if (!complete()) poke(by);
  context_.change(by);
}

Duration KubernetesDeployment::back_off(Pod& pod) {
  if (pod.starts < 2) return {};
  Duration pause = first_back_off_;
  for (std::int64_t i = 2; i < pod.starts && pause < longest_back_off_; ++i) pause.us *= 2;
  if (pause < longest_back_off_) return pause;
  if (!throttled_) context_.note(Note::kRestartsThrottled, self_.value, {});
  throttled_ = true;
  return longest_back_off_;
}

// -------------------------------------------------------------------------------------- nodes --

void KubernetesDeployment::node_died(std::size_t node) {
  for (const auto& pod : pods_) {
    if (pod->node != node || pod->state == PodState::kGone) continue;
    pod->life.cancel();
    pod->state = pod->state == PodState::kReady ? PodState::kDead : PodState::kLost;
  }
}

void KubernetesDeployment::node_not_ready(std::size_t node) {
  for (const auto& pod : pods_) {
    if (pod->node == node && pod->state == PodState::kDead) pod->state = PodState::kLost;
  }
}

void KubernetesDeployment::node_evicted(std::size_t node, StepIndex by) {
  bool any = false;
  for (const auto& pod : pods_) {
    if (pod->node != node || pod->state == PodState::kGone) continue;
    end(*pod);
    any = true;
  }
  if (!any) return;
  context_.change(by);
  poke(by);
}

/// What was not replaced meanwhile is started again where it was.
void KubernetesDeployment::node_returned(std::size_t node) {
  for (const auto& pod : pods_) {
    if (pod->node != node || pod->state == PodState::kGone) continue;
    pod->state = PodState::kStarting;
    pod->life = run_containers(*pod, false, {});
    pod->life.start(nullptr);
  }
}

void KubernetesDeployment::cluster_lost() {
  tasks_.clear();
  poked_ = false;
  ++rollout_;
  for (const auto& pod : pods_) pod->life.cancel();
  pods_.clear();
}

}  // namespace firedrill
