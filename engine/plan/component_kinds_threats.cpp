// Kinds of firewalls, scaling, principals, detection and evidence with their timing slots.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {

std::vector<ComponentKindRule> threat_kinds() {
  return {
      {"wafv2:web-acl",
       "A firewall: a rate-based rule, a set of blocked addresses, rules for countries and "
       "signatures",
       {{"rule_change", "waf.web_acl_update", "until changed rules are in force"},
        {"rate_reaction", "waf.rate_rule_reaction",
         "until the rate-based rule has counted an address"}}},
      {"wafv2:ip-set",
       "Addresses that a firewall blocks; an update replaces the whole list",
       {{"change", "waf.ip_set_update", "until a changed list is in force"}}},
      {"application-autoscaling:policy",
       "Target tracking of an ECS service: asks for as many tasks as keep their load at the target",
       {{"reaction", "ecs.autoscaling.reaction", "from more load to more desired tasks"}}},
      {"shield:subscription", "Shield Advanced, whose response team can be engaged", {}},
      {"iam:principal",
       "A role or user: its policies, keys and sessions, and whoever uses them",
       {{"change", "iam.change_propagation", "until a changed policy or key is seen everywhere"},
        {"session", "iam.session_token_residual",
         "for how long a session goes on after its key is inactive"},
        {"delivery", "detect.cloudtrail.delivery", "until a call is seen in CloudTrail"}}},
      {"guardduty:detector",
       "Finds compromised principals",
       {{"finding", "detect.guardduty.finding_generation", "from the first misuse to a finding"},
        {"export", "detect.guardduty.export_to_eventbridge", "from the finding to the page"},
        {"repeat", "detect.guardduty.update_repeat_interval",
         "until a finding that goes on is reported again"}}},
      {"ec2:security-group",
       "Members of a network group, which can be moved into isolation",
       {{"change", "ec2.security_group_change", "until a changed group is in force"}}},
      {"logs:log-group",
       "Logs, and their export to a bucket",
       {{"available", "logs.export_data_availability", "until the newest logs can be exported"},
        {"export", "logs.export_task_run", "how long an export runs"}}},
  };
}

}  // namespace firedrill::vocabulary_rows
