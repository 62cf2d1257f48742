// An ECS service on Fargate: revisions of its task definition, deployments of them, and the tasks
// that a scheduler starts, drains and starts again.
//
// A task is healthy after
//   scheduler reaction + its turn in the launch bucket + network attachment + image pull + boot +
//   first health check,
// where the image pull is a flow on the region's registry link, limited by what one task can
// unpack.
//
// Rolling deployment of n tasks: healthy tasks never fall below ceil(n * minimum / 100) by the
// scheduler's own doing, and those that start or run, drained ones aside, never exceed
// floor(n * maximum / 100). Old tasks go as far as the minimum allows, then new ones start as far
// as the maximum allows, so that the new ones come in waves:
//   ceil(n / (max - n)) waves when the minimum is 100 %, one for a maximum of 200 %;
//   ceil(n / (n - min)) waves when the maximum is 100 %.
// A healthy task that is taken out is drained first: deregistration delay + stop grace. Until the
// last one is gone the old deployment is there, so that `services-stable`, which asks for a single
// deployment with as many running tasks as desired, holds only after
//   waves * (launch to healthy) + deregistration delay + stop grace.
// It asks for running tasks, not for healthy ones (waiters-2.json of botocore).
//
// A revision can be bad in the ways of `TaskFailure`. The scheduler goes on starting such tasks for
// ever. Only tasks that never ran are started less and less often: the pause doubles up to 15
// minutes, and a new deployment begins without one (ECS developer guide, service-throttle-logic).
// A circuit breaker gives a deployment up after clamp(ceil(n / 2), 3, 200) failed tasks, as long as
// it is not complete, and goes back to the last complete one (ServiceDeploymentCircuitBreaker).
//
// Going back to a revision whose deployment is still there makes that one primary again, and keeps
// its tasks; a forced deployment replaces every task, whatever it runs. That a rollback keeps the
// deployment is what the events of a rolled-back service say; judgement for UpdateService.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "models/ecs.hpp"
#include "models/load_balancer.hpp"
#include "models/schema.hpp"
#include "models/service_site.hpp"
#include "models/task_failure.hpp"

namespace firedrill {

/// What ECS says of a task that stopped without being asked to.
enum class StopReason : std::uint8_t {
  kNone,
  kEssentialContainerExited,
  kOutOfMemory,
  kCannotPull,
  kFailedHealthChecks,
};

class EcsService : public ServiceSite {
 public:
  EcsService(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  double passes(const Path& path) const override;
  std::vector<TimePoint> task_starts() const override;
  void place_changed() override;

  bool exists() const override { return exists_; }
  std::int64_t desired() const override { return desired_; }
  /// Tasks that run and are not being drained, whether their targets are healthy or not.
  std::int64_t running() const { return count_of(TaskState::kRunning) + healthy(); }
  std::int64_t healthy() const override { return count_of(TaskState::kHealthy); }
  std::int64_t dead_targets() const override { return targets_.dead(); }
  ComponentIndex front() const override { return planned().reference("load_balancer"); }
  /// What the waiter for stable services asks for.
  bool stable() const;
  std::int64_t production_count() const { return spec().production_count; }

 private:
  enum class TaskState : std::uint8_t { kPending, kRunning, kHealthy, kDraining, kGone };

  struct Revision {
    TaskFailure failure = TaskFailure::kNone;
    /// Of the requests it answers, or of the tasks that fail.
    double share = 1.0;
    /// Migrations it is written for.
    std::int64_t schema = 0;
  };

  struct Deployment;

  /// Tasks that share their fate: one that can become healthy, or all that were started together
  /// and cannot.
  struct Cohort {
    Deployment* deployment = nullptr;
    std::int64_t tasks = 1;
    std::size_t zone = 0;
    bool doomed = false;
    TimePoint started;
    TaskState state = TaskState::kPending;
    Task<void> life;
  };

  struct Deployment {
    std::uint64_t number = 0;
    std::size_t revision = 0;
    bool circuit_breaker = false;
    bool complete = false;
    bool given_up = false;
    std::int64_t failed_tasks = 0;
    Duration pause;        // after tasks that never ran
    TimePoint next_start;  // not before
    std::vector<std::unique_ptr<Cohort>> cohorts;
  };

  const EcsServiceSpec& spec() const { return spec_as<EcsServiceSpec>(); }
  Deployment& primary() { return *deployments_.back(); }
  const Deployment& primary() const { return *deployments_.back(); }
  std::int64_t count_of(TaskState state) const;
  static std::int64_t alive(const Deployment& deployment);
  double answers(const Revision& revision) const;

  // What is asked for.
  Outcome update(const PlannedCall& call, StepIndex by);
  Outcome create(std::int64_t count, StepIndex by);
  Outcome set_desired(std::int64_t count, StepIndex by);
  Outcome open_session(StepIndex by);
  void register_revision(TaskFailure without);
  void deploy(std::size_t revision, bool force, bool circuit_breaker, StepIndex by);
  void strike_deployment(const PlannedCall& fault);
  void strike_tasks(const PlannedCall& fault, bool begins);
  Task<void> watch_pipeline(std::uint64_t deployment);

  // The scheduler: reacts a while after it was given reason to.
  void poke(StepIndex by);
  Task<void> react(StepIndex by);
  void schedule(StepIndex by);
  void retire_surplus(StepIndex by);
  void retire_old(StepIndex by);
  std::int64_t missing_tasks() const;
  void start_missing(StepIndex by);
  void start_tasks(std::int64_t count, StepIndex by);
  Task<void> when_there_is_room(std::int64_t tasks, StepIndex by);
  Task<void> when_pause_is_over(TimePoint until, StepIndex by);
  void remove_what_is_gone();

  // Tasks.
  Cohort& add_cohort(std::int64_t tasks, bool doomed, std::size_t zone);
  Task<void> live(Cohort& cohort, StepIndex by);
  Task<void> live_doomed(Cohort& cohort, StepIndex by);
  Task<void> die_later(Cohort& cohort, TaskFailure how);
  Task<void> drain(Cohort& cohort, Duration delay, StepIndex by);
  Task<void> pull_image();
  void retire(Cohort& cohort, StepIndex by);
  void fail(Cohort& cohort, StopReason reason);
  void count_failure(Deployment& deployment, std::int64_t tasks);
  void pause_after_never_ran(Deployment& deployment);

  void lose_zone(std::size_t zone);
  void lose_region();
  std::size_t zone_of_next_task();
  bool zone_up(std::size_t zone) const;
  void hold_quota(std::int64_t tasks);

  const Parts* parts_ = nullptr;
  EcsCluster* cluster_ = nullptr;
  EcrRegistry* registry_ = nullptr;
  ImageLanes* lanes_ = nullptr;
  std::vector<Schema*> schemas_;
  SlotDraws reaction_;
  SlotDraws attach_;
  SlotDraws pull_per_gb_;
  SlotDraws boot_;
  SlotDraws stop_grace_;
  SlotDraws crash_at_start_;
  SlotDraws crash_later_;
  SlotDraws crash_out_of_memory_;
  SlotDraws pull_failure_;
  SlotDraws first_pause_;
  SlotDraws longest_pause_;
  SlotDraws exec_unavailable_;
  SlotDraws pipeline_wait_;
  TargetGroup targets_;
  std::optional<bool> no_sessions_;
  bool exists_;
  bool region_was_up_ = true;
  bool poked_ = false;
  bool waits_for_room_ = false;
  bool waits_for_pause_ = false;
  bool deployment_failed_ = false;
  bool held_back_ = false;  // the scheduler cannot work while its control plane is down
  std::int64_t desired_;
  std::int64_t held_ = 0;  // tasks counted against the quota
  StopReason last_stop_ = StopReason::kNone;
  std::vector<Revision> revisions_;
  std::size_t last_complete_ = 0;      // the revision of the last complete deployment
  std::optional<std::size_t> struck_;  // the revision that the present fault made bad
  std::vector<std::unique_ptr<Deployment>> deployments_;  // the primary is the last
  std::uint64_t deployments_so_far_ = 0;
  std::vector<bool> zone_was_up_;
  std::size_t next_zone_ = 0;
  TaskSet tasks_;
};

}  // namespace firedrill
