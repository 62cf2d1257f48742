// Rows of the vocabulary: principals and who misuses them, detection, isolation, evidence.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {
namespace {

std::vector<OperationRule> misuse() {
  std::vector<OperationRule> rules = {
      {Op::kFaultCredentialCompromised,
       OperationClass::kFault,
       "fault:credential-compromised",
       "Somebody else makes calls, and takes data, in the name of a principal, until it is denied "
       "or what they use has run out",
       {component("principal", kPrincipal, "the principal"),
        word("by", {"key", "session"},
             "what they use: a long-lived key, or a session's token taken from a task")},
       {},
       true},
      {Op::kProbeAccessEnded,
       OperationClass::kProbe,
       "iam:access-ended",
       "Nobody who should not uses the principal any more",
       {component("principal", kPrincipal, "the principal")},
       {},
       false},
      {Op::kProbeNoNewFindings,
       OperationClass::kProbe,
       "guardduty:no-new-findings",
       "What caused findings has ended",
       {component("detector", kDetector, "the detector")},
       "guardduty",
       false},
      {Op::kProbeExportComplete,
       OperationClass::kProbe,
       "logs:export-complete",
       "The log group has been exported, up to the moment that the export was asked for",
       {component("log_group", kLogGroup, "the log group")},
       "logs",
       false},
      {Op::kMetricGuardDutyFinding,
       OperationClass::kMetric,
       "guardduty:high_severity_findings",
       "Open findings of high severity; pushed as soon as they are exported",
       {component("of", kDetector, "the detector")},
       {},
       false},
  };
  rules.back().pushed = true;
  return rules;
}

/// A change of a principal.
OperationRule change_of(Op op, std::string_view name, std::string_view meaning) {
  return {op,
          OperationClass::kCall,
          name,
          meaning,
          {component("principal", kPrincipal, "the principal")},
          "iam",
          true,
          kChanging,
          {kChangeCall}};
}

std::vector<OperationRule> principal_calls() {
  std::vector<OperationRule> rules = {
      change_of(Op::kIamPutRolePolicy, "iam:PutRolePolicy",
                "Denies a role everything, in open sessions too, whoever uses it"),
      change_of(Op::kIamPutUserPolicy, "iam:PutUserPolicy",
                "Denies a user everything, in open sessions too, whoever uses it"),
      change_of(Op::kIamDeleteRolePolicy, "iam:DeleteRolePolicy", "Takes the denial back"),
      change_of(Op::kIamCreateRole, "iam:CreateRole",
                "Creates a clean role of the same permissions, which services that need the "
                "principal use in tasks that start from then on"),
  };
  rules.push_back({Op::kIamGetRole,
                   OperationClass::kCall,
                   "iam:GetRole",
                   "Reads a principal's policies",
                   {component("principal", kPrincipal, "the principal")},
                   "iam",
                   false,
                   kReading,
                   {kReadCall}});
  return rules;
}

/// A call about a security group.
OperationRule group_call(Op op, std::string_view name, std::string_view meaning) {
  return {op,
          OperationClass::kCall,
          name,
          meaning,
          {component("group", kSecurityGroup, "the group")},
          "ec2",
          true,
          kChanging,
          {kChangeCall}};
}

std::vector<OperationRule> isolation_and_evidence_calls() {
  return {
      group_call(Op::kEc2CreateSecurityGroup, "ec2:CreateSecurityGroup",
                 "Creates a group for isolation, with no members yet"),
      group_call(Op::kEc2RevokeEgress, "ec2:RevokeSecurityGroupEgress",
                 "Takes the way out from the group for isolation"),
      group_call(Op::kEc2ModifyInterface, "ec2:ModifyNetworkInterfaceAttribute",
                 "Moves the members of this group into isolation"),
      {Op::kEc2AuthorizeIngress,
       OperationClass::kCall,
       "ec2:AuthorizeSecurityGroupIngress",
       "Lets somebody in: a group has rules that allow, and none that forbid",
       {component("group", kSecurityGroup, "the group"),
        word("from", {"everywhere", "a-group"}, "who is let in")},
       "ec2",
       true,
       kChanging,
       {kChangeCall}},
      {Op::kWafCreateIpSet,
       OperationClass::kCall,
       "wafv2:CreateIPSet",
       "Makes a new list of addresses, which blocks nobody before a rule of a firewall names it",
       {component("web_acl", kWebAcl, "the firewall that it is meant for")},
       "wafv2",
       true,
       kChanging,
       {kChangeCall}},
      {Op::kGuardDutyGetFindings,
       OperationClass::kCall,
       "guardduty:GetFindings",
       "Reads findings",
       {component("detector", kDetector, "the detector")},
       "guardduty",
       false,
       kReading,
       {kReadCall}},
      {Op::kCloudTrailLookupEvents,
       OperationClass::kCall,
       "cloudtrail:LookupEvents",
       "Reads what a principal has done, as far as it has been delivered; management events only",
       {component("principal", kPrincipal, "the principal")},
       "cloudtrail",
       false,
       kReading,
       {kReadCall},
       "cloudtrail.lookup_events"},
      {Op::kLogsStartQuery,
       OperationClass::kCall,
       "logs:StartQuery",
       "Queries logs and waits for the answer",
       {component("log_group", kLogGroup, "the log group")},
       "logs",
       false,
       "people.cli_step.first_time_or_placeholder_lookup",
       {kReadCall},
       "logs.insights_or_athena_query"},
      {Op::kLogsCreateExportTask,
       OperationClass::kCall,
       "logs:CreateExportTask",
       "Exports a log group to a bucket; refused while another export of the region runs",
       {component("log_group", kLogGroup, "the log group")},
       "logs",
       true,
       kChanging,
       {kChangeCall}},
  };
}

}  // namespace

std::vector<OperationRule> breach_rules() {
  return joined({misuse(), principal_calls(), isolation_and_evidence_calls()});
}

}  // namespace firedrill::vocabulary_rows
