#include <nlohmann/json.hpp>

#include "engine/live/aws/operations.hpp"

namespace firedrill::aws {
namespace {

// A forced deployment begins a rollout of its own each time it is asked for.
bool sets_values_only(const nlohmann::json& parameters) {
  return !parameters.value("forceNewDeployment", false);
}

bool has_client_token(const nlohmann::json& parameters) {
  return parameters.contains("clientToken");
}

constexpr Operation kCompute[] = {
    read("ecs", "DescribeServices"),
    read("ecs", "DescribeTaskDefinition"),
    read("ecs", "DescribeTasks"),
    read("ecs", "ListTasks"),
    repeatable_change("ecs", "UpdateService",
                      "UpdateService with the desiredCount, taskDefinition and capacity that "
                      "DescribeServices read before",
                      "sets absolute values; a forced deployment would start a second rollout",
                      sets_values_only),
    irreversible("ecs", "StopTask", "a stopped task stays stopped: its service starts another"),
    single_change("ecs", "RegisterTaskDefinition", "DeregisterTaskDefinition of the new revision",
                  "a second one makes another revision"),
    repeatable_change("ecs", "DeregisterTaskDefinition",
                      "RegisterTaskDefinition with what DescribeTaskDefinition read before",
                      "an inactive revision stays inactive"),
    repeatable_change("ecs", "RunTask", "StopTask of each task that was started",
                      "with a clientToken a second one returns the same tasks", has_client_token),

    read("lambda", "GetFunctionConfiguration"),
    read("lambda", "GetFunctionConcurrency"),
    read("lambda", "GetAlias"),
    repeatable_change("lambda", "PutFunctionConcurrency",
                      "PutFunctionConcurrency with what GetFunctionConcurrency read before, or "
                      "DeleteFunctionConcurrency",
                      "sets an absolute value"),
    repeatable_change("lambda", "DeleteFunctionConcurrency",
                      "PutFunctionConcurrency with what GetFunctionConcurrency read before",
                      "removes a setting; removing it again changes nothing"),
    repeatable_change("lambda", "UpdateAlias", "UpdateAlias with what GetAlias read before",
                      "sets absolute values"),

    read("ec2", "DescribeAvailabilityZones"),
    read("ec2", "DescribeInstances"),
    read("ec2", "DescribeInstanceStatus"),
    read("ec2", "DescribeNetworkAcls"),
    read("ec2", "DescribeSecurityGroups"),
    read("ec2", "DescribeSubnets"),

    read("elbv2", "DescribeListeners"),
    read("elbv2", "DescribeLoadBalancers"),
    read("elbv2", "DescribeTargetGroups"),
    read("elbv2", "DescribeTargetHealth"),
    repeatable_change("elbv2", "ModifyListener",
                      "ModifyListener with what DescribeListeners read before",
                      "sets absolute values"),
};

}  // namespace

std::span<const Operation> compute_operations() { return kCompute; }

}  // namespace firedrill::aws
