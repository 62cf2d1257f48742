// Source: Service Authorization Reference of AWS, the page "Actions, resources, and condition keys"
// of each service, and of Amazon S3 "Required permissions for Amazon S3 API operations".
#include "engine/live/aws/iam_action.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace firedrill::aws {
namespace {

struct Prefix {
  std::string_view service;
  std::string_view prefix;
};
constexpr Prefix kPrefixes[] = {{"elbv2", "elasticloadbalancing"},
                                {"resourcegroupstaggingapi", "tag"},
                                {"service-quotas", "servicequotas"}};

/// Actions of operations that IAM does not call as the API does.
struct OtherName {
  std::string_view service;
  std::string_view operation;
  std::string_view action;
};
constexpr OtherName kOtherNames[] = {{"s3", "HeadObject", "GetObject"},
                                     {"s3", "ListObjectsV2", "ListBucket"},
                                     {"s3", "ListObjectVersions", "ListBucketVersions"},
                                     {"s3", "CopyObject", "PutObject"}};

/// What a call needs besides, when it is given that parameter.
struct AlsoNeeded {
  std::string_view service;
  std::string_view operation;  // empty: any that changes something
  std::string_view parameter;
  std::string_view action;
};
constexpr AlsoNeeded kAlsoNeeded[] = {
    {"s3", "CopyObject", "CopySource", "s3:GetObject"},
    {"rds", "", "Tags", "rds:AddTagsToResource"},
    {"ssm", "", "Tags", "ssm:AddTagsToResource"},
    {"fis", "", "tags", "fis:TagResource"},
    {"fis", "CreateExperimentTemplate", "roleArn", "iam:PassRole"},
    {"ecs", "", "taskRoleArn", "iam:PassRole"},
    {"ecs", "", "executionRoleArn", "iam:PassRole"}};

std::string_view own_name(const Operation& operation, const nlohmann::json& parameters) {
  const bool versioned = operation.service == "s3" && parameters.contains("VersionId");
  if (versioned && operation.name == "DeleteObject") return "DeleteObjectVersion";
  if (versioned && (operation.name == "GetObject" || operation.name == "HeadObject")) {
    return "GetObjectVersion";
  }
  for (const OtherName& other : kOtherNames) {
    if (other.service == operation.service && other.operation == operation.name) {
      return other.action;
    }
  }
  return operation.name;
}

}  // namespace

std::string_view iam_prefix(std::string_view service) {
  const auto found = std::ranges::find(kPrefixes, service, &Prefix::service);
  return found == std::end(kPrefixes) ? service : found->prefix;
}

std::vector<std::string> iam_actions(const Operation& operation, const nlohmann::json& parameters) {
  // Everybody may ask who they are, also whoever is denied everything.
  if (operation.service == "sts" && operation.name == "GetCallerIdentity") return {};
  std::vector<std::string> actions = {std::string(iam_prefix(operation.service)) + ':' +
                                      std::string(own_name(operation, parameters))};
  for (const AlsoNeeded& also : kAlsoNeeded) {
    if (also.service != operation.service || operation.kind == OperationKind::kRead) continue;
    if (!also.operation.empty() && also.operation != operation.name) continue;
    if (!parameters.contains(also.parameter)) continue;
    if (std::ranges::find(actions, also.action) == actions.end()) {
      actions.emplace_back(also.action);
    }
  }
  return actions;
}

}  // namespace firedrill::aws
