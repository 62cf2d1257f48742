// The parts of the operation table and how its rows are made. Private to the table.
#pragma once

#include "engine/live/aws/operation.hpp"

namespace firedrill::aws {

std::span<const Operation> compute_operations();   // ECS, Lambda, EC2, ELBv2
std::span<const Operation> database_operations();  // RDS and Aurora, DynamoDB, ElastiCache
std::span<const Operation> edge_operations();      // Route 53, CloudFront, WAFv2, ACM
std::span<const Operation> storage_operations();   // S3, SQS
std::span<const Operation> security_operations();  // STS, IAM, KMS, Secrets Manager
std::span<const Operation> control_operations();   // CloudWatch, Logs, SSM, FIS, tagging, quotas

bool always_repeatable(const nlohmann::json&);
bool never_repeatable(const nlohmann::json&);

constexpr Operation read(std::string_view service, std::string_view name) {
  return {service, name, OperationKind::kRead, always_repeatable, "reads only", ""};
}

/// A change that may be sent again as it is: `reason` says why that does no harm.
constexpr Operation repeatable_change(std::string_view service, std::string_view name,
                                      std::string_view inverse, std::string_view reason,
                                      RepeatRule rule = always_repeatable) {
  return {service, name, OperationKind::kChange, rule, reason, inverse};
}

/// A change that is sent once: `reason` says what a second one would do.
constexpr Operation single_change(std::string_view service, std::string_view name,
                                  std::string_view inverse, std::string_view reason) {
  return {service, name, OperationKind::kChange, never_repeatable, reason, inverse};
}

/// What no call undoes. It is never repeated either, unless a rule says so.
constexpr Operation irreversible(std::string_view service, std::string_view name,
                                 std::string_view reason, RepeatRule rule = never_repeatable) {
  return {service, name, OperationKind::kIrreversible, rule, reason, ""};
}

}  // namespace firedrill::aws
