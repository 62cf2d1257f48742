#include "engine/live/binding.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/live/binding_parts.hpp"

namespace firedrill::live {

AwsRequest request_of(std::string_view service, std::string_view operation, std::string region,
                      nlohmann::json parameters) {
  const aws::Operation* found = aws::find_operation(service, operation);
  if (found == nullptr) {
    throw std::logic_error(fmt::format("the client has no {} {}", service, operation));
  }
  return {found, std::move(region), std::move(parameters)};
}

std::vector<const Binding*> bindings() {
  std::vector<const Binding*> all;
  for (const auto part : {container_bindings(), database_bindings(), traffic_bindings(),
                          security_bindings(), fault_bindings()}) {
    for (const Binding& binding : part) all.push_back(&binding);
  }
  return all;
}

std::vector<const ProbeBinding*> probe_bindings() {
  std::vector<const ProbeBinding*> all;
  for (const auto part : {container_probes(), platform_probes()}) {
    for (const ProbeBinding& binding : part) all.push_back(&binding);
  }
  return all;
}

const Binding* find_binding(Operation operation) {
  static const std::vector<const Binding*> kAll = bindings();
  const auto found = std::find_if(kAll.begin(), kAll.end(),
                                  [&](const Binding* b) { return b->operation == operation; });
  return found == kAll.end() ? nullptr : *found;
}

const ProbeBinding* find_probe_binding(Operation operation) {
  static const std::vector<const ProbeBinding*> kAll = probe_bindings();
  const auto found = std::find_if(kAll.begin(), kAll.end(),
                                  [&](const ProbeBinding* b) { return b->operation == operation; });
  return found == kAll.end() ? nullptr : *found;
}

namespace {

const Binding* machine_binding(const Resources& resources, const PlannedCall& call) {
  const Binding* binding = find_binding(call.operation);
  if (rule_of(call.operation).kind != OperationClass::kFault) return binding;
  const StagingFaultSpec* fault = resources.fault(call.fault);
  if (fault == nullptr) return nullptr;
  if (fault->cause == "fis") return &experiment_binding();
  return fault->cause == "calls" ? binding : nullptr;
}

}  // namespace

bool done_by_machine(const Resources& resources, const PlannedCall& call, StepIndex by) {
  if (machine_binding(resources, call) != nullptr) return true;
  return resources.staging().limits.allow_commands && command_of(resources, call, by) != nullptr;
}

std::vector<BoundCall> bound_calls(const Resources& resources, const PlannedCall& call,
                                   StepIndex by) {
  const StagingCommandSpec* command = command_of(resources, call, by);
  if (command != nullptr && resources.staging().limits.allow_commands) {
    return {bind_command(*command, call)};
  }
  const Binding* binding = machine_binding(resources, call);
  return binding == nullptr ? std::vector<BoundCall>() : binding->bind(resources, call);
}

const ResourceSpec& resource_of(const Resources& resources, ComponentIndex component) {
  const ResourceSpec* resource = resources.find(component);
  if (resource == nullptr) {
    throw BindError(fmt::format("no resource is listed for the component \"{}\"",
                                resources.plan().component(component).name));
  }
  return *resource;
}

const std::string& needed(const ResourceSpec& resource, const std::string& value,
                          std::string_view key) {
  if (value.empty()) {
    throw BindError(
        fmt::format("the resource of \"{}\" has no \"{}\"", resource.component.text, key));
  }
  return value;
}

BoundCall plain_read(const Resources& resources, ComponentIndex component, AwsRequest request) {
  BoundCall call;
  call.resource = resource_of(resources, component).id;
  call.request = std::move(request);
  call.component = component;
  return call;
}

AwsRequest tags_by_arn(const std::string& region, const std::string& arn) {
  return request_of("resourcegroupstaggingapi", "GetResources", region,
                    {{"ResourceARNList", {arn}}});
}

const nlohmann::json* first_of(const nlohmann::json& answer, std::string_view list) {
  const auto found = answer.find(list);
  if (found == answer.end() || !found->is_array() || found->empty()) return nullptr;
  return &found->front();
}

std::string text_of(const nlohmann::json& object, std::string_view key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t count_of(const nlohmann::json& object, std::string_view key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

}  // namespace firedrill::live
