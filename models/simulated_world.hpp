// The simulated world: the plan's platform, its people and its alarms on SimGrid's clock. One
// platform a process, one world a drill.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/run/event_log.hpp"
#include "engine/run/world.hpp"
#include "models/platform_parts.hpp"
#include "models/simgrid_engine.hpp"

namespace firedrill {

/// What all drills of a block share: SimGrid's engine with every link and lane the plan can need.
class SimulatedPlatform {
 public:
  explicit SimulatedPlatform(const Plan& plan);

  struct Result {
    DrillEnd end = DrillEnd::kCompleted;
    TimePoint at;
  };
  using Script = std::function<Task<void>(World& world, EventLog& log, std::vector<bool> occurs)>;

  /// One drill: builds a fresh world for (seed, replication), runs `script` in it, and leaves
  /// nothing of it behind. The log ends with what ended the drill.
  Result run(std::uint64_t seed, std::uint64_t replication, const Script& script, EventLog& log);

 private:
  friend class SimulatedWorld;
  const Plan& plan_;
  PlatformLanes lanes_;
  std::unique_ptr<SimGridEngine> engine_;
};

}  // namespace firedrill
