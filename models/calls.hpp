// What the simulated world does for an operation of the vocabulary: it takes a call to its control
// plane and from there to the component it names, polls for a waiter, lets a fault strike.
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
  Task<Outcome> pass_time(const PlannedCall& call, StepIndex by);
  Task<Outcome> until_healthy(const PlannedCall& call);
  Task<Outcome> watch(const PlannedCall& call);
  Task<Outcome> poll(const PlannedCall& call, StepIndex by);
  Task<Outcome> call_provider(const PlannedCall& call, StepIndex by);
  Task<Outcome> provision(const PlannedCall& call, StepIndex by);
  Outcome take_effect(const PlannedCall& call, StepIndex by);
  Outcome fault(const PlannedCall& call, bool begins);
  Observation look(const PlannedCall& probe) const;
  RegionIndex region_of(const PlannedCall& call) const;
  Duration draw(std::string_view timing, StepIndex by) const;

  DrillContext& context_;
  Regions& regions_;
  ControlPlanes& planes_;
  PlatformParts& parts_;
  ServicePaths& paths_;
};

}  // namespace firedrill
