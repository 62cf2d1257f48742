// Component kinds with their timing slots, behaviours, and the timings that belong to people.
#include <algorithm>

#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill {

namespace {

std::vector<ComponentKindRule> compute_and_edge_kinds() {
  return {
      {"ecs:service",
       "An ECS Fargate service: desired tasks become running ones, running ones become healthy "
       "targets",
       {{"scheduler_reaction", "ecs.service.scheduler_reaction",
         "from accepted call to first task"},
        {"network_attach", "ecs.fargate.eni_attach", "network interface of one task"},
        {"image_pull_per_gb", "ecs.fargate.image_pull_per_gb",
         "time to pull one gigabyte, unshared"},
        {"app_boot", "ecs.app_boot_to_healthy_endpoint", "from running to the first good answer"},
        {"stop_grace", "ecs.task.stop_grace", "from the signal to stop to stopped"},
        {"crash_at_start", "ecs.task.crash_at_start", "a task that exits at start runs for"},
        {"crash_later", "ecs.task.crash_later", "a task that leaks runs for"},
        {"crash_out_of_memory", "ecs.task.crash_out_of_memory",
         "a task with too little memory runs for, once it has load"},
        {"pull_failure", "ecs.task.pull_failure", "until a pull of a missing image has failed"},
        {"restart_throttle_first", "ecs.service.restart_throttle_first",
         "first pause after tasks that never ran; doubles"},
        {"restart_throttle_max", "ecs.service.restart_throttle_max", "the longest such pause"},
        {"exec_unavailable", "ecs.exec_unavailable_probability",
         "probability that no session can be opened in a task"},
        {"pipeline_wait", "ecs.waiter.services_stable_timeout",
         "until the pipeline that deploys reports failure"}}},
      {"ecs:cluster",
       "Tasks of an account in a region: the quota and the rate at which tasks may start",
       {{"launch_bucket", "ecs.account.fargate_launch_bucket", "tasks that may start at once"},
        {"launch_refill", "ecs.account.fargate_refill_rate", "tasks a second after that"},
        {"quota_increase", "ecs.account.quota_increase_turnaround",
         "until the provider raises a quota"}}},
      {"ecr:registry", "Where task images are pulled from", {}},
      {"elbv2:load-balancer",
       "An application load balancer with a target group for each service",
       {{"first_health_check", "alb.target_initial_healthy", "from first answer to healthy target"},
        {"mark_unhealthy", "alb.target_mark_unhealthy",
         "from a dead target to no more traffic to it"},
        {"deregister", "alb.deregister_dead_target",
         "from a stopped task to no more traffic to it"},
        {"deregistration_delay", "alb.deregistration_delay",
         "for which a target that is taken out is drained"}}},
      {"route53:record",
       "A DNS name with simple or failover routing, and the clients that hold its answers",
       {{"health_check", "detect.route53.health_check_standard",
         "from dead endpoint to agreed unhealthy"},
        {"answers_change", "detect.route53.status_to_dns_answers",
         "from unhealthy to changed answers"},
        {"change_propagation", "route53.change_propagation",
         "from accepted change to changed answers"},
        {"straggler_share", "dns.straggler_traffic_share", "share of traffic that ignores the TTL"},
        {"straggler_delay", "dns.straggler_delay", "how long that share keeps the old answer"}}},
      {"cloudfront:distribution",
       "A CDN distribution with one origin",
       {{"update", "cloudfront.update_distribution", "until the edges use a changed origin"},
        {"invalidation", "cloudfront.invalidation", "until the edges have forgotten an answer"}}},
      {"db:schema", "The tables that the revisions of services are written for", {}},
      {"terraform:module", "Infrastructure that is changed by code", {}},
  };
}

}  // namespace

const std::vector<ComponentKindRule>& component_kinds() {
  static const std::vector<ComponentKindRule> kinds = [] {
    std::vector<ComponentKindRule> all;
    for (auto* part : {compute_and_edge_kinds, vocabulary_rows::store_kinds,
                       vocabulary_rows::security_kinds, vocabulary_rows::threat_kinds,
                       vocabulary_rows::kubernetes_kinds, vocabulary_rows::outside_kinds,
                       vocabulary_rows::managed_kinds, vocabulary_rows::serverless_kinds}) {
      for (ComponentKindRule& rule : part()) all.push_back(std::move(rule));
    }
    return all;
  }();
  return kinds;
}

const ComponentKindRule* find_component_kind(std::string_view kind) {
  const auto& kinds = component_kinds();
  const auto it = std::find_if(kinds.begin(), kinds.end(),
                               [&](const ComponentKindRule& r) { return r.kind == kind; });
  return it == kinds.end() ? nullptr : &*it;
}

const std::vector<BehaviourRule>& behaviours() {
  static const std::vector<BehaviourRule> rules = {
      {Behaviour::kWaitForProvider, "people.wait-for-provider", std::string_view{},
       "The decision is put off to give the provider a few more minutes", 0.5},
      {Behaviour::kQuotaForgotten, "quota.forgotten",
       "ecs.account.vcpu_quota_shortfall_probability",
       "The quota of the standby region was never raised to production size"},
      {Behaviour::kMonitoringBlind, "monitoring.blind",
       "detect.cloudwatch.degraded_in_region_event",
       "Alarms that a lost region evaluates for itself do not arrive"},
      {Behaviour::kPagingDelayed, "paging.delayed", "page.delay_probability_internet_wide_event",
       "The paging provider is slow, since the event hits many of its customers"},
      {Behaviour::kPrimaryNeverAnswers, "people.primary-never-answers",
       "people.ack.never_probability_primary", "The first responder answers no notification"},
      {Behaviour::kPromotionRefused, "aurora.promotion-refused",
       "aurora.promote_wrong_command_probability",
       "PromoteReadReplicaDBCluster is refused for an Aurora PostgreSQL replica"},
      {Behaviour::kWaiterReturnsEarly, "waiter.returns-early",
       "rds.waiter.early_available_race_probability",
       "A waiter sees the state of before the change and ends at once"},
      {Behaviour::kCapacityMissing, "capacity.missing",
       "ecs.fargate.capacity_unavailable_probability_mass_failover",
       "The standby region has no capacity left, since everybody fails over to it"},
      {Behaviour::kHumanError, "people.error", "human.step_default_error",
       "A step is done wrongly, by the odds of its kind, and must be done again"},
  };
  return rules;
}

const std::vector<TimingSlot>& people_slots() {
  static const std::vector<TimingSlot> slots = {
      {"notify", "page.event_to_first_notification", "from alarm to the phone"},
      {"notify_delayed", "page.delay_when_delayed", "added when the paging provider is slow"},
      {"ack_office", "people.ack.office_hours", "to acknowledge, in office hours"},
      {"ack_awake", "people.ack.direct_page", "to acknowledge, awake but not at work"},
      {"ack_asleep", "people.ack.night", "to acknowledge, woken up"},
      {"login", "people.login_vpn_mfa_ready", "from acknowledging to a working session"},
      {"join_office", "people.join_bridge.ic_office", "to join the bridge, in office hours"},
      {"join_asleep", "people.join_bridge.ic_night", "to join the bridge, outside office hours"},
      {"triage", "people.triage_initial", "from acknowledged to severity set and runbook chosen"},
      {"stand_in_decision", "people.approval_cto_when_ic_unavailable",
       "a decision by whoever stands in for an absent role"},
      {"status_update", "people.post_incident_thread", "one status update"},
      {"ack_phone", "people.ack.via_intermediary", "to be reached by phone, paging being down"},
      {"chat_down", "people.chat_down_slowdown", "joining and messages slower by, chat being down"},
      {"resume", "people.resume_after_interruption", "to find back into interrupted work"},
      {"inertia_0_3min", "people.sleep_inertia.slowdown_0_3min", "slower by, just woken"},
      {"inertia_3_10min", "people.sleep_inertia.slowdown_3_10min", "slower by, a little later"},
      {"inertia_10_30min", "people.sleep_inertia.slowdown_10_30min",
       "slower by, up to half an hour"},
      {"error_notice", "human.error_detect_time", "until a wrong step is noticed"},
      {"error_recover", "human.error_recover_time", "until it is undone and done again"},
      {"error_reading", "human.hep.therp_misread_status", "a step that only looks is misread"},
      {"error_practised", "human.hep.heart_F", "a changing step of planned work goes wrong"},
      {"error_alone", "human.hep.heart_D", "one goes wrong in an incident with nobody else there"},
      {"error_irreversible", "human.hep.therp_wrong_identical_control",
       "a step that cannot be undone strikes the wrong thing"},
      {"error_missed", "human.hep.checker_misses_error", "whoever checks misses an error"},
      {"look_up", "people.cli_step.first_time_or_placeholder_lookup",
       "to find out what can still be done after an error that cannot be undone"},
      {"hand_over", "people.shift_handover", "to hand an incident over to the next on duty"},
      {"fatigue_after", "people.fatigue_handover_interval",
       "in an incident until it is handed over"},
      {"hesitation", "people.decision_hesitation_wait_for_provider",
       "how long the decision is put off"},
      {"metric_delivery", "detect.cloudwatch.metric_delivery_latency",
       "from period end to datapoint"},
      {"alarm_tick", "detect.cloudwatch.alarm_tick", "from datapoint to evaluation"},
      {"alarm_action", "detect.cloudwatch.alarm_action_sns", "from alarm to the paging provider"},
      {"alarm_sparse", "detect.cloudwatch.sparse_metric_extra",
       "later, where a metric is published only while it is not zero"},
      {"alarm_clear", "detect.cloudwatch.alarm_clear",
       "from the last breaching period to the state OK"},
      {"health_publication", "detect.aws_health.event_publication",
       "from fault to a published event"},
      {"health_delivery", "detect.aws_health.to_eventbridge_page", "from publication to the page"},
      {"read_call", "aws.cli.read_call", "one reading call"},
      {"change_call", "aws.cli.mutating_call", "one changing call"},
      {"night_error", "people.night_error_multiplier", "more errors by, half an hour after waking"},
  };
  return slots;
}

}  // namespace firedrill
