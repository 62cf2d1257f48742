// What the simulated world does for each operation of the vocabulary.
#pragma once

#include "engine/run/world.hpp"
#include "models/control_plane.hpp"
#include "models/platform_parts.hpp"
#include "models/service_paths.hpp"

namespace firedrill {

class Calls {
 public:
  Calls(DrillContext& context, Regions& regions, ControlPlanes& planes, PlatformParts& parts,
        ServicePaths& paths);

  Task<Outcome> perform(const PlannedCall& call, StepIndex by);
  Task<Outcome> revert(const PlannedCall& fault);
  Task<Observation> observe(const PlannedCall& probe);

 private:
  Task<Outcome> wait(const PlannedCall& call, StepIndex by);
  Task<Outcome> wait_stable(const PlannedCall& call, StepIndex by);
  Task<Outcome> wait_available(const PlannedCall& call, StepIndex by);
  Task<Outcome> call_provider(const PlannedCall& call, StepIndex by);
  Task<Outcome> terraform(const PlannedCall& call, StepIndex by);
  Outcome take_effect(const PlannedCall& call, StepIndex by);
  Outcome fault(const PlannedCall& call, bool begins);
  Observation look(const PlannedCall& probe) const;
  bool all_stable(const PlannedCall& call) const;
  RegionIndex region_of(const PlannedCall& call) const;
  Duration draw(std::string_view slot, StepIndex by) const;

  DrillContext& context_;
  Regions& regions_;
  ControlPlanes& planes_;
  PlatformParts& parts_;
  ServicePaths& paths_;
};

}  // namespace firedrill
