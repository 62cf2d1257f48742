// The parts that the vocabulary is put together from, and what its rows are written with. For the
// vocabulary's own files only.
#pragma once

#include <vector>

#include "engine/plan/vocabulary.hpp"

namespace firedrill::vocabulary_rows {

using enum ParameterType;
using Op = Operation;

inline constexpr std::string_view kEcsService = "ecs:service";
inline constexpr std::string_view kBalancer = "elbv2:load-balancer";
inline constexpr std::string_view kRecord = "route53:record";
inline constexpr std::string_view kEdge = "cloudfront:distribution";
inline constexpr std::string_view kCluster = "aurora:cluster";
inline constexpr std::string_view kTable = "dynamodb:table";
inline constexpr std::string_view kBackup = "backup:plan";
inline constexpr std::string_view kBucket = "s3:bucket";
inline constexpr std::string_view kStoreKinds = "aurora:cluster|dynamodb:table|s3:bucket";

inline constexpr std::string_view kCertificate = "acm:certificate";
inline constexpr std::string_view kCredential = "auth:credential";
inline constexpr std::string_view kSecret = "secretsmanager:secret";
inline constexpr std::string_view kKey = "kms:key";
inline constexpr std::string_view kSchema = "db:schema";
inline constexpr std::string_view kModule = "terraform:module";

inline constexpr std::string_view kReading = "people.cli_step.read_only";
inline constexpr std::string_view kChanging = "people.cli_step.mutating";
inline constexpr std::string_view kReadCall = "aws.cli.read_call";
inline constexpr std::string_view kChangeCall = "aws.cli.mutating_call";

inline ParameterRule component(std::string_view name, std::string_view kind,
                               std::string_view meaning, bool required = true) {
  return {name, kComponent, kind, required, meaning};
}
inline ParameterRule components(std::string_view name, std::string_view kind,
                                std::string_view meaning) {
  return {name, kComponent, kind, true, meaning, true};
}
inline ParameterRule value(std::string_view name, ParameterType type, std::string_view meaning,
                           bool required = true) {
  return {name, type, {}, required, meaning};
}

// Each part of the list, by what its rows are about.
std::vector<OperationRule> human_rules();
std::vector<OperationRule> wait_rules();
std::vector<OperationRule> compute_rules();
std::vector<OperationRule> data_rules();
std::vector<OperationRule> recovery_rules();
std::vector<OperationRule> edge_rules();
std::vector<OperationRule> certificate_rules();
std::vector<OperationRule> credential_rules();
std::vector<OperationRule> fault_rules();
std::vector<OperationRule> people_fault_rules();
std::vector<OperationRule> store_fault_rules();
std::vector<OperationRule> probe_rules();
std::vector<OperationRule> store_look_rules();
std::vector<OperationRule> metric_rules();
std::vector<OperationRule> deployment_rules();

/// Component kinds of data stores; the rest stand in component_kinds.cpp.
std::vector<ComponentKindRule> store_kinds();
std::vector<ComponentKindRule> security_kinds();

}  // namespace firedrill::vocabulary_rows
