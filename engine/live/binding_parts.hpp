// The parts of the table of bindings, and what they share. Private to the table.
#pragma once

#include "engine/live/binding.hpp"

namespace firedrill::live {

std::span<const Binding> container_bindings();
std::span<const Binding> database_bindings();
std::span<const Binding> traffic_bindings();
std::span<const Binding> security_bindings();
std::span<const Binding> fault_bindings();
/// Of whatever fault is caused by an experiment.
const Binding& experiment_binding();
std::span<const ProbeBinding> container_probes();
std::span<const ProbeBinding> platform_probes();

/// The call that a command is. `spec` outlives it.
BoundCall bind_command(const StagingCommandSpec& spec, const PlannedCall& planned);

/// The resource of the first component; throws BindError when the staging document has none.
const ResourceSpec& resource_of(const Resources& resources, ComponentIndex component);
/// A member of it that must be there.
const std::string& needed(const ResourceSpec& resource, const std::string& value,
                          std::string_view key);

/// A read that a step is: nothing comes before it and nothing is put back.
BoundCall plain_read(const Resources& resources, ComponentIndex component, AwsRequest request);

AwsRequest describe_service(const Resources& resources, ComponentIndex component);
AwsRequest describe_cluster(const Resources& resources, ComponentIndex component);
/// Tags of anything that the tagging service knows, by ARN.
AwsRequest tags_by_arn(const std::string& region, const std::string& arn);

/// The first entry of a list in an answer, or null.
const nlohmann::json* first_of(const nlohmann::json& answer, std::string_view list);
/// Text and whole numbers of members that may be absent.
std::string text_of(const nlohmann::json& object, std::string_view key);
std::int64_t count_of(const nlohmann::json& object, std::string_view key);

/// An UpdateService of one ECS service with its inverse, used by steps and by faults.
BoundCall update_service(const Resources& resources, ComponentIndex component,
                         nlohmann::json changes);

}  // namespace firedrill::live
