#include "engine/live/resources.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace firedrill::live {
namespace {

template <class Index, class List>
std::map<std::string, Index, std::less<>> index_of(const List& list) {
  std::map<std::string, Index, std::less<>> names;
  for (std::uint32_t i = 0; i < list.size(); ++i) names.emplace(list[i].name, Index{i});
  return names;
}

class Binder {
 public:
  explicit Binder(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  /// The index, or nothing after an error with the nearest name.
  template <class Index>
  std::optional<Index> bind(std::string_view what, const Name& name,
                            const std::map<std::string, Index, std::less<>>& names) {
    const auto found = names.find(name.text);
    if (found != names.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& [text, index] : names) known.push_back(text);
    diagnostics_.error(Rule::kUnknownName, name.at,
                       fmt::format("the system has no {} \"{}\"{}", what, name.text,
                                   did_you_mean(name.text, known)));
    return std::nullopt;
  }

 private:
  Diagnostics& diagnostics_;
};

}  // namespace

std::optional<Resources> Resources::bind(const Plan& plan, const StagingDocument& staging,
                                         Diagnostics& diagnostics) {
  Resources result(plan, staging);
  Binder binder(diagnostics);
  if (staging.system != plan.system) {
    diagnostics.error(Rule::kWrongTarget, staging.metadata.name.at,
                      fmt::format("this staging account stands for the system \"{}\", the scenario "
                                  "is about \"{}\"",
                                  staging.system, plan.system));
  }
  const auto components = index_of<ComponentIndex>(plan.components);
  const auto alarms = index_of<AlarmIndex>(plan.alarms);
  const auto services = index_of<ServiceIndex>(plan.services);
  for (const ResourceSpec& resource : staging.resources) {
    const auto index = binder.bind("component", resource.component, components);
    if (index) result.by_component_[*index] = &resource;
  }
  for (const StagingAlarmSpec& alarm : staging.alarms) {
    const auto index = binder.bind("alarm", alarm.alarm, alarms);
    if (index) result.by_alarm_[*index] = &alarm;
  }
  for (const StagingServiceSpec& service : staging.services) {
    binder.bind("service", service.service, services);
    for (const ServiceCheckSpec& check : service.checks) {
      if (!check.component.empty()) binder.bind("component", check.component, components);
    }
  }
  if (!diagnostics.empty()) return std::nullopt;
  return result;
}

const ResourceSpec* Resources::find(ComponentIndex component) const {
  const auto found = by_component_.find(component);
  return found == by_component_.end() ? nullptr : found->second;
}

std::string Resources::region(ComponentIndex component) const {
  const ResourceSpec* resource = find(component);
  if (resource != nullptr && !resource->region.empty()) return resource->region.text;
  const RegionIndex region = plan_->component(component).region;
  return region.valid() ? plan_->regions[region.value].name : std::string();
}

const StagingAlarmSpec* Resources::alarm(AlarmIndex alarm) const {
  const auto found = by_alarm_.find(alarm);
  return found == by_alarm_.end() ? nullptr : found->second;
}

const StagingFaultSpec* Resources::fault(FaultIndex fault) const {
  if (!fault.valid()) return nullptr;
  const std::string& id = plan_->faults[fault.value].id;
  const auto found =
      std::find_if(staging_->faults.begin(), staging_->faults.end(),
                   [&](const StagingFaultSpec& spec) { return spec.fault.text == id; });
  return found == staging_->faults.end() ? nullptr : &*found;
}

const StagingApprovalSpec* Resources::approval(std::string_view step) const {
  const auto found =
      std::find_if(staging_->approvals.begin(), staging_->approvals.end(),
                   [&](const StagingApprovalSpec& spec) { return spec.step.text == step; });
  return found == staging_->approvals.end() ? nullptr : &*found;
}

const StagingCommandSpec* Resources::command(std::string_view step) const {
  const auto found =
      std::find_if(staging_->commands.begin(), staging_->commands.end(),
                   [&](const StagingCommandSpec& spec) { return spec.step.text == step; });
  return found == staging_->commands.end() ? nullptr : &*found;
}

std::string Resources::name_of(StepIndex step, const PlannedCall& call) const {
  if (step.valid()) {
    const PlannedStep& planned = plan_->step(step);
    return plan_->runbooks[planned.runbook.value].name + "/" + planned.id;
  }
  if (call.fault.valid()) return "fault/" + plan_->faults[call.fault.value].id;
  return std::string(rule_of(call.operation).name);
}

}  // namespace firedrill::live
