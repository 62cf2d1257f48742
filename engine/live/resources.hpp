// What stands in the staging account for the plan: names of the staging document bound to the
// plan's indices.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/diagnostics.hpp"
#include "engine/input/staging_document.hpp"
#include "engine/plan/plan.hpp"

namespace firedrill::live {

class Resources {
 public:
  /// Both outlive it. Nothing when the staging document names what the plan does not have, which is
  /// told to `diagnostics`.
  static std::optional<Resources> bind(const Plan& plan, const StagingDocument& staging,
                                       Diagnostics& diagnostics);

  const Plan& plan() const { return *plan_; }
  const StagingDocument& staging() const { return *staging_; }

  /// Null where the staging document lists none.
  const ResourceSpec* find(ComponentIndex component) const;
  /// Region of the calls about it; empty when nothing says one.
  std::string region(ComponentIndex component) const;
  const StagingAlarmSpec* alarm(AlarmIndex alarm) const;
  /// How a fault of the scenario is caused; null: nothing is said, so a person is asked.
  const StagingFaultSpec* fault(FaultIndex fault) const;
  const StagingApprovalSpec* approval(std::string_view step) const;
  /// The command that does a step, by "RUNBOOK/STEP"; null: none.
  const StagingCommandSpec* command(std::string_view step) const;

  /// "RUNBOOK/STEP", or "fault/ID" for a fault of the scenario.
  std::string name_of(StepIndex step, const PlannedCall& call) const;

 private:
  Resources(const Plan& plan, const StagingDocument& staging) : plan_(&plan), staging_(&staging) {}

  const Plan* plan_;
  const StagingDocument* staging_;
  std::map<ComponentIndex, const ResourceSpec*> by_component_;
  std::map<AlarmIndex, const StagingAlarmSpec*> by_alarm_;
};

}  // namespace firedrill::live
