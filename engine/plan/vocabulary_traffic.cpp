// Rows of the vocabulary: requests beyond the usual, the firewall, scaling.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {
namespace {

constexpr double kMostRequests = 1e9;
constexpr std::string_view kLogKinds =
    "wafv2:web-acl|logs:log-group|ecs:service|lambda:function|apigateway:rest-api";

std::vector<OperationRule> traffic_faults() {
  return {
      {Op::kFaultTrafficSurge,
       OperationClass::kFault,
       "fault:traffic-surge",
       "More customers than usual come in",
       {component("entry", kFronts, "where they come in"),
        value("factor", kFactor, "requests as a multiple of the usual")},
       {},
       true},
      {Op::kFaultDdosAttack,
       OperationClass::kFault,
       "fault:ddos-attack",
       "Requests that are nobody's customers come in; what tells them apart is said by shares, "
       "each of which leaves a rule something to catch",
       {component("entry", kFronts, "where they come in"),
        value("factor", kFactor, "requests with the attack as a multiple of the usual"),
        trait("requests_per_address", kMostRequests,
              "mean of one attacking address in five minutes"),
        trait("caught_by_rules", 1, "share that the rules already in place stop"),
        trait("signature", 1, "share that a rule written for this attack stops"),
        trait("listable", 1, "share from addresses few enough to be put on a list"),
        trait("abroad", 1, "share from countries where no customer is expected")},
       {},
       true},
  };
}

std::vector<OperationRule> traffic_looks() {
  return {
      {Op::kProbeAttackIs,
       OperationClass::kProbe,
       "waf:attack-is",
       "At least this share of the attacking requests in the sample that was taken of the "
       "firewall's log is of a kind; unknown before a sample was taken",
       {component("web_acl", kWebAcl, "the firewall"),
        word("word", {"present", "from-few-addresses", "from-abroad", "of-one-signature"},
             "the kind; \"present\" for any"),
        value("share", kShare, "least share")},
       {},
       false},
      {Op::kProbeRequestsUsual,
       OperationClass::kProbe,
       "alb:requests-usual",
       "Requests behind the load balancer's firewall are at most so many times the usual",
       {component("load_balancer", kBalancer, "the load balancer"),
        value("factor", kFactor, "multiple of the usual")},
       {},
       false},
      {Op::kProbeShieldSubscribed,
       OperationClass::kProbe,
       "shield:subscribed",
       "Shield Advanced is active, so its response team can be engaged",
       {component("subscription", kShield, "the subscription")},
       {},
       false},
      {Op::kMetricWafBlocked,
       OperationClass::kMetric,
       "waf:blocked_per_min",
       "Requests that a firewall blocks in a minute",
       {component("of", kWebAcl, "the firewall")},
       {},
       false},
      {Op::kMetricRequestRatio,
       OperationClass::kMetric,
       "alb:request_rate_ratio",
       "Requests that reach a load balancer's targets, as a multiple of the usual",
       {component("of", kBalancer, "the load balancer")},
       {},
       false},
  };
}

std::vector<OperationRule> firewall_calls() {
  return {
      {Op::kWafGetWebAcl,
       OperationClass::kCall,
       "wafv2:GetWebACL",
       "Reads a firewall's rules, and the token that a change of them must carry",
       {component("web_acl", kWebAcl, "the firewall")},
       "wafv2",
       false,
       kReading,
       {kReadCall}},
      {Op::kWafUpdateWebAcl,
       OperationClass::kCall,
       "wafv2:UpdateWebACL",
       "Changes a firewall's rules, edited by hand; refused when they were changed since the role "
       "last read them",
       {component("web_acl", kWebAcl, "the firewall"),
        value("rate_limit", kCount, "requests in five minutes from one address", false),
        word("rule", {"expected-countries", "attack-signature"}, "a rule to add", false)},
       "wafv2",
       true,
       "people.edit_json_config",
       {kChangeCall}},
      {Op::kWafGetIpSet,
       OperationClass::kCall,
       "wafv2:GetIPSet",
       "Reads the blocked addresses, and the token that a change of them must carry",
       {component("ip_set", kIpSet, "the set")},
       "wafv2",
       false,
       kReading,
       {kReadCall}},
      {Op::kWafUpdateIpSet,
       OperationClass::kCall,
       "wafv2:UpdateIPSet",
       "Replaces the blocked addresses by the attacking ones of the last sample, with or without "
       "those that were on the list; refused when it was changed since the role last read it",
       {component("ip_set", kIpSet, "the set"),
        word("list", {"extended", "replaced"}, "whether the new list holds the old one too")},
       "wafv2",
       true,
       kChanging,
       {kChangeCall}},
      {Op::kLogsFilterEvents,
       OperationClass::kCall,
       "logs:FilterLogEvents",
       "Reads a sample of logs; of a firewall's, that of blocked requests or of all",
       {component("log", kLogKinds, "whose logs"),
        word("action", {"blocked", "any"}, "which requests of a firewall's log", false)},
       "logs",
       false,
       kReading,
       {kReadCall},
       "logs.filter_log_events"},
      {Op::kCloudWatchGetMetric,
       OperationClass::kCall,
       "cloudwatch:GetMetricStatistics",
       "Reads a metric",
       {component("of", kAnyKind, "what is measured")},
       "cloudwatch",
       false,
       kReading,
       {kReadCall},
       "cloudwatch.get_metric_statistics"},
  };
}

std::vector<OperationRule> capacity_calls() {
  return {
      {Op::kShieldCreateProtection,
       OperationClass::kCall,
       "shield:CreateProtection",
       "Protects a resource; refused without a subscription",
       {component("subscription", kShield, "the subscription"),
        component("of", kFronts, "what is protected")},
       "shield",
       true,
       kChanging,
       {kChangeCall},
       "shield.create_protection"},
      {Op::kAutoscalingDescribe,
       OperationClass::kCall,
       "application-autoscaling:DescribeScalingActivities",
       "Reads what a scaling policy has done",
       {component("policy", kScalingPolicy, "the policy")},
       "application-autoscaling",
       false,
       kReading,
       {kReadCall}},
  };
}

}  // namespace

std::vector<OperationRule> traffic_rules() {
  return joined({traffic_faults(), traffic_looks(), firewall_calls(), capacity_calls()});
}

}  // namespace firedrill::vocabulary_rows
