// A Kubernetes deployment: revisions of its pod template, the rolling update from one to the next,
// and its pods from scheduling to ready, and how they fail.
//
// A pod is ready after
//   a place on a node + set-up + image pull, unless the node has the image + boot + readiness
//   probe.
//
// Rolling update of n replicas. With surge = ceil(n * max_surge) and unavailable =
// floor(n * max_unavailable), at most n + surge pods exist and at least n - unavailable are ready
// by the controller's own doing, so that the new ones come in
//   ceil(n / (surge + unavailable)) waves.
// With both at 25 % and three replicas that is one pod at a time and none missing: a revision whose
// pods never get ready hurts nobody. It stays stuck, is reported after the progress deadline, and
// is not taken back by anybody (kubernetes.io: Deployments).
//
// A container that stops is started again on its node, at once the first time, then after b, 2 b,
// 4 b and so on up to a maximum: the k-th start (from 1) of one that lives x each time comes after
//   (k - 1) x + b (2^(k - 2) - 1)
// until the maximum. A run of ten minutes ends the series. So what was mended outside of the pods
// shows at the next start only, while pods that are deleted are replaced by ones without a past.
//
// Taking a rollout back makes the revision before the newest again; `rollout restart` and a changed
// template are revisions too. Requests to a pod that is ended are not lost: what the endpoints lag
// behind is left out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "models/kubernetes_cluster.hpp"
#include "models/schema.hpp"
#include "models/service_site.hpp"
#include "models/task_failure.hpp"

namespace firedrill {

/// What `kubectl get pods` says of a pod that is not ready.
enum class PodReason : std::uint8_t {
  kNone,
  kCrashLoopBackOff,
  kOutOfMemoryKilled,
  kImagePullBackOff,
  kNotReady,
};

class KubernetesDeployment final : public ServiceSite, private PodOwner {
 public:
  KubernetesDeployment(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  void begin() override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  double passes(const Path& path) const override;
  std::vector<TimePoint> task_starts() const override;

  bool exists() const override { return true; }
  std::int64_t desired() const override { return replicas_; }
  std::int64_t healthy() const override { return count(PodState::kReady); }
  std::int64_t dead_targets() const override { return count(PodState::kDead); }
  ComponentIndex front() const override { return planned().reference("ingress"); }

 private:
  enum class PodState : std::uint8_t {
    kWaiting,   // for a node
    kStarting,  // or stopped and to be started again
    kReady,
    kDead,  // its node is lost, and it still gets requests
    kLost,  // and gets none any more
    kGone,
  };
  struct Pod {
    std::size_t revision = 0;
    std::optional<std::size_t> node;
    PodState state = PodState::kWaiting;
    bool doomed = false;
    std::int64_t starts = 0;
    TimePoint started;
    Task<void> life;
  };
  struct Revision {
    TaskFailure failure = TaskFailure::kNone;
    double share = 1.0;       // of the requests it answers wrongly, or of the pods that fail
    std::int64_t schema = 0;  // migrations it is written for
    std::uint64_t image = 0;  // two revisions can run the same
  };

  const KubernetesDeploymentSpec& spec() const { return spec_as<KubernetesDeploymentSpec>(); }
  std::int64_t count(PodState state) const;
  std::int64_t of_revision(bool present, bool ready_only) const;
  std::int64_t alive() const;
  std::size_t present() const { return history_.back(); }
  double answers(const Revision& revision) const;
  bool complete() const;

  // What is asked for: kubernetes_deployment.cpp.
  Outcome scale(std::int64_t count, StepIndex by);
  Outcome undo(StepIndex by);
  void change_template(const PlannedCall& call, StepIndex by);
  void delete_pods(StepIndex by);
  void roll_out(std::size_t revision, StepIndex by);
  void strike_rollout(const PlannedCall& fault);
  void strike_pods(const PlannedCall& fault, bool begins);
  Task<void> watch_progress(std::uint64_t rollout);

  // The controller.
  void poke(StepIndex by);
  Task<void> react(StepIndex by);
  void reconcile(StepIndex by);
  std::int64_t surge() const;
  std::int64_t unavailable() const;
  std::int64_t start_new(StepIndex by);
  std::int64_t end_old();
  void end_surplus();
  void end(Pod& pod);

  // Pods: kubernetes_pods.cpp.
  void add_pod(StepIndex by);
  bool next_is_doomed() const;
  Task<void> live(Pod& pod, StepIndex by);
  Task<void> run_containers(Pod& pod, bool stopped, StepIndex by);
  Task<bool> run_once(Pod& pod, StepIndex by);
  Task<void> become_ready(Pod& pod, StepIndex by);
  TaskFailure failure_of(const Pod& pod) const;
  Duration back_off(Pod& pod);
  std::vector<std::int64_t> pods_by_zone() const;

  std::int64_t waiting_pods() const override { return count(PodState::kWaiting); }
  void node_died(std::size_t node) override;
  void node_not_ready(std::size_t node) override;
  void node_evicted(std::size_t node, StepIndex by) override;
  void node_returned(std::size_t node) override;
  void cluster_lost() override;
  void resume() override { poke({}); }

  const Parts* parts_ = nullptr;
  KubernetesCluster* cluster_ = nullptr;
  std::vector<Schema*> schemas_;
  SlotDraws pod_start_;
  SlotDraws image_pull_;
  SlotDraws boot_;
  SlotDraws readiness_;
  SlotDraws crash_at_start_;
  SlotDraws crash_later_;
  SlotDraws crash_out_of_memory_;
  SlotDraws pull_failure_;
  Duration first_back_off_;
  Duration longest_back_off_;
  Duration back_off_reset_;
  Duration progress_deadline_;
  std::int64_t replicas_;
  std::int64_t ended_pods_ = 0;  // and their logs with them
  bool poked_ = false;
  bool rollout_failed_ = false;
  bool throttled_ = false;
  std::uint64_t rollout_ = 0;
  TimePoint last_progress_;
  PodReason last_reason_ = PodReason::kNone;
  std::vector<Revision> revisions_;
  std::vector<std::size_t> history_;   // of the revisions; the present one is the last
  std::optional<std::size_t> struck_;  // the revision that the present fault made bad
  std::vector<std::unique_ptr<Pod>> pods_;
  Signal mended_;
  TaskSet tasks_;
};

}  // namespace firedrill
