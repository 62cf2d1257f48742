// The components of a plan: builds one for each, and connects them.
#pragma once

#include <memory>
#include <vector>

#include "models/component.hpp"
#include "models/ecs.hpp"

namespace firedrill {

/// The lanes of the network that a plan can need, made once for many drills.
struct PlatformLanes {
  std::vector<LaneIndex> replica;             // by component; invalid where nothing replicates
  std::vector<std::vector<LaneIndex>> image;  // by region, one for each task that may run there
};

/// The most tasks that can run in a region at once, by the numbers of its services and of the steps
/// that change them; during a deployment, old and new ones.
std::int64_t most_tasks(const Plan& plan, RegionIndex region);

class PlatformParts final : public Parts {
 public:
  PlatformParts(DrillContext& context, const Regions& regions, const PlatformLanes& lanes);

  Component* find(ComponentIndex index) const override { return components_[index.value].get(); }
  ImageLanes& image_lanes(RegionIndex region) const override { return *image_lanes_[region.value]; }
  LaneIndex replica_lane(ComponentIndex replica) const override {
    return lanes_.replica[replica.value];
  }

  Component& at(ComponentIndex index) const { return *components_[index.value]; }
  /// By index of the plan's components.
  const std::vector<std::unique_ptr<Component>>& all() const { return components_; }

  /// Starts what goes on by itself.
  void begin();
  /// A region, zone or link came or went: every component looks for itself.
  void place_changed();

 private:
  const PlatformLanes& lanes_;
  std::vector<std::unique_ptr<ImageLanes>> image_lanes_;  // outlive the tasks that hold them
  std::vector<std::unique_ptr<Component>> components_;
};

}  // namespace firedrill
