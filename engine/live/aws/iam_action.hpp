// What IAM calls the permission to make a call: "elasticloadbalancing:DescribeTargetHealth".
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/live/aws/operation.hpp"

namespace firedrill::aws {

/// The prefix of a service's actions: "elasticloadbalancing" for "elbv2". One that the table does
/// not have is called as it is.
std::string_view iam_prefix(std::string_view service);

/// Every action that whoever makes that call has to be allowed: mostly one, of the operation's own
/// name; more where the call copies, tags what it makes, or hands on a role; none where nobody can
/// be denied it.
std::vector<std::string> iam_actions(const Operation& operation, const nlohmann::json& parameters);

}  // namespace firedrill::aws
