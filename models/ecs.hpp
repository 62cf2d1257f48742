// ECS on Fargate: a cluster's quota and launch rate, and services whose tasks are launched, pull
// their image, boot, pass a first health check, and then serve.
//
// A task is healthy after
//   scheduler reaction + its turn in the launch bucket + network attachment + image pull + boot +
//   first health check,
// where the image pull is a flow on the region's registry link, limited by what one task can
// unpack. With a bucket of capacity b refilled at r a second, the n-th task of a burst (from 1)
// starts after max(0, (n - b) / r) seconds.
#pragma once

#include <memory>
#include <vector>

#include "models/component.hpp"
#include "models/load_balancer.hpp"

namespace firedrill {

/// Quota and launch rate of an account in a region, shared by the services of a cluster.
class EcsCluster : public Component {
 public:
  EcsCluster(DrillContext& context, const Regions& regions, ComponentIndex self);

  bool carries_requests() const override { return false; }
  /// How many more tasks may run: none while the region is out of capacity.
  std::int64_t free_tasks() const;
  /// Why a launch falls short.
  Note shortage() const { return out_of_capacity() ? Note::kNoCapacity : Note::kQuotaShort; }
  void count(std::int64_t tasks) { running_ += tasks; }
  /// When the next task may start. Each call takes one turn.
  TimePoint next_launch();
  /// Ends once the provider has raised the quota, or found capacity; asked for at most once.
  Task<void> raised();

 private:
  Task<void> raise_quota();
  bool out_of_capacity() const;

  std::int64_t quota_;
  std::int64_t production_quota_;
  bool capacity_missing_;
  std::int64_t running_ = 0;
  double bucket_;
  double bucket_capacity_;
  double refill_per_s_;
  TimePoint bucket_at_;
  SlotDraws quota_increase_;
  bool increase_asked_ = false;
  Signal increased_;
  TaskSet tasks_;
};

/// Lanes of one region's registry: how many pulls can run at once is how many tasks can.
class ImageLanes {
 public:
  explicit ImageLanes(std::vector<LaneIndex> lanes) : free_(std::move(lanes)) {}

  /// One lane for as long as this lives; invalid when all are taken.
  class Lease {
   public:
    explicit Lease(ImageLanes& lanes) : lanes_(lanes), lane_(lanes.take()) {}
    ~Lease() {
      if (lane_.valid()) lanes_.free_.push_back(lane_);
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    LaneIndex lane() const { return lane_; }

   private:
    ImageLanes& lanes_;
    LaneIndex lane_;
  };

 private:
  LaneIndex take();
  std::vector<LaneIndex> free_;
};

/// Where images are pulled from. Its link carries all pulls of the region together.
class EcrRegistry : public Component {
 public:
  using Component::Component;
  bool carries_requests() const override { return false; }
};

class EcsService : public Component {
 public:
  EcsService(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  std::vector<TimePoint> task_starts() const override { return starts_; }

  Outcome set_desired(std::int64_t count, StepIndex by);
  /// Creates a service that so far exists only as a task definition.
  Outcome create(std::int64_t count, StepIndex by);
  void place_changed() override;

  bool exists() const { return exists_; }
  std::int64_t desired() const { return desired_; }
  std::int64_t running() const { return running_; }
  std::int64_t healthy() const { return healthy_; }
  /// Tasks that are dead but still get their share of requests.
  std::int64_t dead_targets() const { return targets_.dead(); }
  bool stable() const { return exists_ && healthy_ >= desired_ && targets_.dead() == 0; }
  std::int64_t production_count() const { return spec().production_count; }

 private:
  const EcsServiceSpec& spec() const { return spec_as<EcsServiceSpec>(); }
  Task<void> launch(std::int64_t count, StepIndex by);
  Task<void> replace_tasks(StepIndex by);
  Task<void> run_task(StepIndex by, std::size_t zone);
  void lose_zone(std::size_t zone);
  void start_tasks(std::int64_t count, StepIndex by);
  void hold_quota(std::int64_t tasks);
  std::size_t zone_of_next_task();
  bool zone_up(std::size_t zone) const;

  EcsCluster* cluster_ = nullptr;
  ImageLanes* lanes_ = nullptr;
  SlotDraws reaction_;
  SlotDraws attach_;
  SlotDraws pull_per_gb_;
  SlotDraws boot_;
  TargetGroup targets_;
  SlotDraws rolling_deployment_;
  bool exists_;
  bool region_was_up_ = true;
  std::int64_t desired_;
  std::int64_t held_ = 0;  // tasks counted against the quota
  std::int64_t running_ = 0;
  std::int64_t healthy_ = 0;
  std::vector<std::int64_t> healthy_in_zone_;
  std::vector<bool> zone_was_up_;
  std::size_t next_zone_ = 0;
  std::vector<TimePoint> starts_;  // of the healthy tasks, the oldest first
  TaskSet tasks_;
};

}  // namespace firedrill
