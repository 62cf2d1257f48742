// What the ECS services of a region share: the quota and launch rate of an account, the registry
// that images are pulled from. The services themselves: ecs_service.hpp.
//
// With a bucket of capacity b refilled at r a second, the n-th task of a burst (from 1) starts
// after max(0, (n - b) / r) seconds.
#pragma once

#include <memory>
#include <vector>

#include "models/component.hpp"

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
  /// So many more tasks are there, or fewer.
  void count(std::int64_t tasks);
  /// When the next task may start. Each call takes one turn.
  TimePoint next_launch();
  /// Ends when there may be room for so many tasks more: others have gone, or the provider, who is
  /// asked now, has raised the quota or found capacity.
  Task<void> room_for(std::int64_t tasks);

  /// Another quota than the one that production was planned with.
  Outcome strike(const PlannedCall& fault, bool begins) override;

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
  std::int64_t asked_for_ = 0;
  Signal room_;
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

  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;

  /// Whether the images are gone: no task can be started.
  bool missing() const { return missing_; }

 private:
  bool missing_ = false;
};

}  // namespace firedrill
