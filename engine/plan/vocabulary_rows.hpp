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
inline constexpr std::string_view kDatabases = "aurora:cluster|rds:instance";
inline constexpr std::string_view kWebAcl = "wafv2:web-acl";
inline constexpr std::string_view kIpSet = "wafv2:ip-set";
inline constexpr std::string_view kScalingPolicy = "application-autoscaling:policy";
inline constexpr std::string_view kShield = "shield:subscription";
inline constexpr std::string_view kPrincipal = "iam:principal";
inline constexpr std::string_view kKeyHolders = "auth:credential|iam:principal";
inline constexpr std::string_view kDetector = "guardduty:detector";
inline constexpr std::string_view kSecurityGroup = "ec2:security-group";
inline constexpr std::string_view kLogGroup = "logs:log-group";
/// Where requests come in, and where a firewall can stand.
inline constexpr std::string_view kFronts =
    "route53:record|cloudfront:distribution|elbv2:load-balancer";

inline constexpr std::string_view kCertificate = "acm:certificate";
inline constexpr std::string_view kCredential = "auth:credential";
inline constexpr std::string_view kSecret = "secretsmanager:secret";
inline constexpr std::string_view kKey = "kms:key";
inline constexpr std::string_view kSchema = "db:schema";
inline constexpr std::string_view kModule = "terraform:module";
inline constexpr std::string_view kKubernetesCluster = "kubernetes:cluster";
inline constexpr std::string_view kDeployment = "kubernetes:deployment";
/// What a pipeline deploys revisions of.
inline constexpr std::string_view kWorkloads = "ecs:service|kubernetes:deployment";

/// Ways in which a revision can be bad.
inline const std::vector<std::string_view> kTaskFailures = {
    "exits-at-start", "exits-later",        "out-of-memory",
    "cannot-pull",    "fails-health-check", "answers-with-errors"};

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

inline ParameterRule word(std::string_view name, std::vector<std::string_view> words,
                          std::string_view meaning, bool required = true) {
  ParameterRule rule{name, kWord, {}, required, meaning};
  rule.words = std::move(words);
  return rule;
}
inline ParameterRule trait(std::string_view name, double most, std::string_view meaning,
                           bool required = false) {
  ParameterRule rule{name, kTrait, {}, required, meaning};
  rule.most = most;
  return rule;
}

/// Rows of their classes. A read and a change are typed by somebody; a change may take a timing of
/// its own besides.
inline OperationRule read_call(Op operation, std::string_view name, std::string_view meaning,
                               std::vector<ParameterRule> parameters, std::string_view plane) {
  return {operation,
          OperationClass::kCall,
          name,
          meaning,
          std::move(parameters),
          plane,
          false,
          kReading,
          {kReadCall}};
}
/// The same of one thing.
inline OperationRule read_of(Op operation, std::string_view name, std::string_view meaning,
                             ParameterRule of, std::string_view plane) {
  return read_call(operation, name, meaning, {std::move(of)}, plane);
}
inline OperationRule change_call(Op operation, std::string_view name, std::string_view meaning,
                                 std::vector<ParameterRule> parameters, std::string_view plane,
                                 std::string_view takes = {}) {
  return {operation, OperationClass::kCall, name, meaning, std::move(parameters), plane, true,
          kChanging, {kChangeCall},         takes};
}
inline OperationRule fault(Op operation, std::string_view name, std::string_view meaning,
                           std::vector<ParameterRule> parameters) {
  return {operation, OperationClass::kFault, name, meaning, std::move(parameters), {}, true, {},
          {}};
}
inline OperationRule probe(Op operation, std::string_view name, std::string_view meaning,
                           std::vector<ParameterRule> parameters, std::string_view plane = {}) {
  return {operation, OperationClass::kProbe, name, meaning, std::move(parameters), plane, false, {},
          {}};
}
inline OperationRule metric(Op operation, std::string_view name, std::string_view meaning,
                            std::string_view kinds, bool pushed = false) {
  OperationRule rule{operation,
                     OperationClass::kMetric,
                     name,
                     meaning,
                     {component("of", kinds, "what is watched")}};
  rule.pushed = pushed;
  return rule;
}

inline std::vector<OperationRule> joined(std::vector<std::vector<OperationRule>> parts) {
  std::vector<OperationRule> all;
  for (auto& part : parts) {
    for (OperationRule& rule : part) all.push_back(std::move(rule));
  }
  return all;
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
std::vector<OperationRule> traffic_rules();
std::vector<OperationRule> breach_rules();
std::vector<ComponentKindRule> threat_kinds();
std::vector<OperationRule> fault_rules();
std::vector<OperationRule> people_fault_rules();
std::vector<OperationRule> store_fault_rules();
std::vector<OperationRule> probe_rules();
std::vector<OperationRule> store_look_rules();
std::vector<OperationRule> metric_rules();
std::vector<OperationRule> deployment_rules();
std::vector<OperationRule> kubernetes_rules();
std::vector<OperationRule> outside_rules();
std::vector<ComponentKindRule> outside_kinds();
std::vector<ComponentKindRule> kubernetes_kinds();
std::vector<OperationRule> managed_rules();
std::vector<OperationRule> serverless_rules();

/// Component kinds of data stores; the rest stand in component_kinds.cpp.
std::vector<ComponentKindRule> store_kinds();
std::vector<ComponentKindRule> security_kinds();
std::vector<ComponentKindRule> managed_kinds();
std::vector<ComponentKindRule> serverless_kinds();

}  // namespace firedrill::vocabulary_rows
