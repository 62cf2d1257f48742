// The fields of a staging document; see document_fields.hpp.
#pragma once

#include "engine/input/field_rules.hpp"
#include "engine/input/staging_document.hpp"

namespace firedrill {

inline constexpr Choice kEndpoints[] = {
    {"aws", "Those of AWS; an address on this machine is refused"},
    {"loopback", "Addresses on this machine alone, as of an emulator"}};
inline constexpr Choice kRecordTypes[] = {{"CNAME", "Another name"},
                                          {"A", "An alias of a load balancer"}};
inline constexpr Choice kServiceChecks[] = {
    {"http", "A request to `url` is answered with `status`"},
    {"ecs-stable", "The ECS service of `component` runs as many tasks as it wants, in one rollout"},
    {"targets-healthy", "Every target of the target groups of `component` is healthy"},
    {"alarm-ok", "The CloudWatch alarm `alarm` is OK"},
    {"writer", "The database cluster of `component` is available and takes writes"}};
inline constexpr Choice kHeartbeatKinds[] = {{"postgresql", "Rows of a table, by libpq"},
                                             {"dynamodb", "Items of a table"},
                                             {"s3", "Objects of a bucket"}};
inline constexpr Choice kAnswers[] = {
    {"done", "It was done"}, {"skip", "It was left out"}, {"fail", "It did not work"}};
inline constexpr Choice kFaultCauses[] = {
    {"calls", "Calls of the service itself, each with its inverse"},
    {"fis", "An experiment of the fault injection service"},
    {"by-hand", "A person, by `instructions`"}};
inline constexpr Choice kRollbacks[] = {
    {"ask", "Whoever is at the terminal is asked; without a terminal nothing is taken back"},
    {"always", "What was changed is taken back at the end"},
    {"deviated", "Only when the drill did not end well"},
    {"never", "Everything stays as it is"}};

// Described with the other documents.
template <class V>
void describe(V& v, Metadata& m);

template <class V>
void describe(V& v, AccountsSpec& a) {
  v.field("allowed", a.allowed,
          {.doc = "Ids of the accounts a drill may run in", .required = true, .items_min = 1});
  v.field("blocked", a.blocked,
          {.doc = "Ids of accounts it must never run in, production first",
           .required = true,
           .items_min = 1});
  v.field("alias", a.alias,
          {.doc = "Alias of the account, typed again by whoever starts a run",
           .required = true,
           .form = Form::kNotBlank});
  v.field(
      "role", a.role,
      {.doc = "Name of the role made for drills, whose sessions make the calls; may be left out "
              "only where endpoints are on loopback"});
}

template <class V>
void describe(V& v, OptInTagSpec& t) {
  v.field("key", t.key, {.doc = "Key of the tag", .required = true, .form = Form::kNotBlank});
  v.field("value", t.value, {.doc = "Its value", .required = true, .form = Form::kNotBlank});
}

template <class V>
void describe(V& v, ResourceSpec& r) {
  v.field("component", r.component, {.doc = "A component of the system", .required = true});
  v.field("id", r.id,
          {.doc = "What AWS calls it: a name, an identifier or an ARN",
           .required = true,
           .form = Form::kNotBlank});
  v.field("region", r.region, {.doc = "Region; absent: that of the component"});
  v.field("cluster", r.cluster, {.doc = "Of an ecs:service: the ECS cluster"});
  v.field("known_good", r.known_good,
          {.doc = "Of an ecs:service: the revision to go back to, FAMILY:NUMBER"});
  v.field("bad_revision", r.bad_revision,
          {.doc = "Of an ecs:service: a revision that fails, deployed as a fault"});
  v.field("log_group", r.log_group, {.doc = "Of an ecs:service: where its tasks log"});
  v.field("target_groups", r.target_groups,
          {.doc = "Of an ecs:service or a load balancer: ARNs of target groups"});
  v.field("address", r.address, {.doc = "Of a load balancer: its DNS name"});
  v.field("address_zone", r.address_zone,
          {.doc = "Of a load balancer: the hosted zone of that name, for alias records"});
  v.field("hosted_zone", r.hosted_zone, {.doc = "Of a record: its hosted zone"});
  v.field("record_type", r.record_type, {.doc = "Of a record: its type", .choices = kRecordTypes});
  v.field("origin", r.origin,
          {.doc = "Of a distribution: id of the origin that a step points elsewhere"});
  v.field("global_cluster", r.global_cluster,
          {.doc = "Of a database cluster: the global cluster it belongs to"});
  v.field("cluster_arn", r.cluster_arn,
          {.doc = "Of a database cluster: its ARN, to be named as the target of a failover"});
  v.field("snapshot", r.snapshot, {.doc = "Of a backup plan: the snapshot that is restored"});
  v.field("engine", r.engine, {.doc = "Of a database cluster that is restored: its engine"});
  v.field("instance_class", r.instance_class,
          {.doc = "Of a database cluster: class of an instance that a step creates"});
  v.field("user", r.user, {.doc = "Of a credential: the IAM user whose keys they are"});
}

template <class V>
void describe(V& v, StagingAlarmSpec& a) {
  v.field("alarm", a.alarm, {.doc = "An alarm of the system", .required = true});
  v.field("id", a.id,
          {.doc = "Name of the CloudWatch alarm", .required = true, .form = Form::kNotBlank});
  v.field("region", a.region, {.doc = "Region of the CloudWatch alarm", .required = true});
}

template <class V>
void describe(V& v, ServiceCheckSpec& c) {
  v.field("observe", c.observe,
          {.doc = "What is looked at", .required = true, .choices = kServiceChecks});
  v.field("url", c.url, {.doc = "Of http: what is asked for"});
  v.field("status", c.status,
          {.doc = "Of http: status of a good answer", .minimum = 100, .maximum = 599});
  v.field("holds_text", c.holds_text,
          {.doc = "Of http: what a good answer holds; absent: whatever it says"});
  v.field("component", c.component,
          {.doc = "Of ecs-stable, targets-healthy and writer: a component with a resource"});
  v.field("alarm", c.alarm, {.doc = "Of alarm-ok: name of the CloudWatch alarm"});
  v.field("region", c.region, {.doc = "Of alarm-ok: region of the alarm"});
  v.field("timeout", c.timeout, {.doc = "Longest wait for one answer", .above_zero = true});
}

template <class V>
void describe(V& v, StagingServiceSpec& s) {
  v.field("service", s.service, {.doc = "A service of the system", .required = true});
  v.field("checks", s.checks,
          {.doc = "It serves while all of these hold", .required = true, .items_min = 1});
}

template <class V>
void describe(V& v, HeartbeatSpec& h) {
  v.field("store", h.store, {.doc = "A data store of the system", .required = true});
  v.field("kind", h.kind,
          {.doc = "What the rows are written to", .required = true, .choices = kHeartbeatKinds});
  v.field("primary", h.primary,
          {.doc = "Where rows are written: libpq connection words without a password, a table or a "
                  "bucket",
           .required = true,
           .form = Form::kNotBlank});
  v.field("copy", h.copy,
          {.doc = "Where they are read after the recovery, in the same form",
           .required = true,
           .form = Form::kNotBlank});
  v.field("primary_region", h.primary_region, {.doc = "Of dynamodb and s3: region of the primary"});
  v.field("copy_region", h.copy_region, {.doc = "Of dynamodb and s3: region of the copy"});
  v.field("table", h.table,
          {.doc = "Of postgresql the table, else the prefix of keys, that is the drill's own"});
  v.field("interval", h.interval,
          {.doc = "Between two rows, which is the error of the loss", .above_zero = true});
}

template <class V>
void describe(V& v, StopConditionSpec& s) {
  v.field("alarm", s.alarm,
          {.doc = "Name of a CloudWatch alarm", .required = true, .form = Form::kNotBlank});
  v.field("region", s.region, {.doc = "Its region", .required = true});
}

template <class V>
void describe(V& v, LimitsSpec& l) {
  v.field("resources", l.resources,
          {.doc = "Resources changed in all, faults included", .minimum = 1, .maximum = 10'000});
  v.field("concurrent", l.concurrent,
          {.doc = "Changing calls at a time", .minimum = 1, .maximum = 64});
  v.field("desired_count", l.desired_count,
          {.doc = "Tasks a service may be scaled to", .minimum = 1, .maximum = 10'000});
  v.field("allow_scale_to_zero", l.allow_scale_to_zero,
          {.doc = "Whether a service may be scaled to no task at all"});
  v.field("allow_open_to_all", l.allow_open_to_all,
          {.doc = "Whether a rule may be written for every address there is"});
  v.field("allow_commands", l.allow_commands,
          {.doc = "Whether steps may be done by `commands` of the AWS CLI"});
  v.field("step", l.step,
          {.doc = "Longest time of one step that gives none itself", .above_zero = true});
  v.field("run", l.run, {.doc = "Longest time of the whole drill", .above_zero = true});
  v.field("calls_per_s", l.calls_per_s,
          {.doc = "Calls a second to each AWS service, which others need as well",
           .minimum = 0.1,
           .maximum = 1'000});
  v.field("snapshot_age", l.snapshot_age,
          {.doc = "Oldest snapshot that a step may restore from; absent: its age is only told",
           .above_zero = true});
  v.field("replica_lag", l.replica_lag,
          {.doc = "Longest time by which a replica that steps are about may be behind before the "
                  "first step; absent: it is only told",
           .above_zero = true});
}

template <class V>
void describe(V& v, StagingApprovalSpec& a) {
  v.field("step", a.step, {.doc = "RUNBOOK/STEP, or fault/ID of a fault", .required = true});
  v.field("by", a.by, {.doc = "Who approves", .required = true, .form = Form::kNotBlank});
  v.field("reason", a.reason,
          {.doc = "Why it may be done though nothing undoes it",
           .required = true,
           .form = Form::kNotBlank});
}

template <class V>
void describe(V& v, StagingAnswerSpec& a) {
  v.field("step", a.step, {.doc = "RUNBOOK/STEP, or fault/ID of a fault", .required = true});
  v.field("answer", a.answer, {.doc = "What is answered", .choices = kAnswers});
  v.field("note", a.note, {.doc = "What is written down with it"});
  v.field("takes", a.takes, {.doc = "After how long it is answered"});
}

template <class V>
void describe(V& v, StagingFaultSpec& f) {
  v.field("fault", f.fault, {.doc = "Id of the fault in the scenario", .required = true});
  v.field("cause", f.cause, {.doc = "How it is caused", .required = true, .choices = kFaultCauses});
  v.field("template_id", f.template_id,
          {.doc = "Of fis: an experiment template that is there; absent: one is made"});
  v.field("role", f.role, {.doc = "Of fis: ARN of the role that a made experiment runs as"});
  v.field("instructions", f.instructions,
          {.doc = "Of by-hand: what a person does, and how it is taken back"});
}

template <class V>
void describe(V& v, QuotaSpec& q) {
  v.field("service", q.service,
          {.doc = "As the quotas service calls it: fargate, ecs, rds",
           .required = true,
           .form = Form::kNotBlank});
  v.field("code", q.code,
          {.doc = "Code of the quota: L-3032A538", .required = true, .form = Form::kNotBlank});
  v.field("region", q.region, {.doc = "Its region", .required = true});
  v.field("at_least", q.at_least,
          {.doc = "What the drill needs, in the quota's own unit", .required = true, .minimum = 0});
}

template <class V>
void describe(V& v, StagingCommandSpec& c) {
  v.origin(c.at);
  v.field("step", c.step, {.doc = "RUNBOOK/STEP", .required = true});
  v.field("run", c.run,
          {.doc = "Words of the command: aws, service, operation, options; no shell reads them",
           .required = true,
           .items_min = 3});
  v.field("region", c.region, {.doc = "Region that it runs in", .required = true});
  v.field("resource", c.resource,
          {.doc = "ARN of what it changes, whose tags are read; needed unless it only reads"});
  v.field("look", c.look,
          {.doc = "A command that prints the state which `run` changes and nothing that moves by "
                  "itself; needed unless it only reads"});
  v.field("undo", c.undo, {.doc = "A command that puts the state back; absent: nothing does"});
}

template <class V>
void describe(V& v, StagingLockSpec& l) {
  v.field("parameter", l.parameter,
          {.doc = "Name of the SSM parameter, which a run makes and takes away",
           .required = true,
           .form = Form::kNotBlank});
  v.field("region", l.region, {.doc = "Its region", .required = true});
}

template <class V>
void describe(V& v, BlackoutSpec& b) {
  v.origin(b.at);
  v.field("from", b.from, {.doc = "The first day, YYYY-MM-DD, UTC", .required = true});
  v.field("to", b.to, {.doc = "The last day", .required = true});
  v.field("reason", b.reason, {.doc = "Why no drill is run then"});
}

template <class V>
void describe(V& v, StagingDocument& d) {
  v.field("metadata", d.metadata, {.doc = "Name and labels", .required = true});
  v.field("title", d.title, {.doc = "Title for people"});
  v.field(
      "system", d.system,
      {.doc = "Name of the system that it stands for", .required = true, .form = Form::kNotBlank});
  v.field("accounts", d.accounts, {.doc = "Where a drill may run", .required = true});
  v.field("regions", d.regions,
          {.doc = "Regions that calls may go to", .required = true, .items_min = 1});
  v.field("endpoints", d.endpoints, {.doc = "Where calls go", .choices = kEndpoints});
  v.field("opt_in_tag", d.opt_in_tag, {.doc = "Tag of whatever may be touched", .required = true});
  v.field("resources", d.resources,
          {.doc = "What stands there for each component", .required = true, .items_min = 1});
  v.field("alarms", d.alarms, {.doc = "CloudWatch alarms for alarms of the system"});
  v.field("services", d.services,
          {.doc = "How it is seen whether each service serves", .required = true, .items_min = 1});
  v.field("heartbeats", d.heartbeats, {.doc = "How the loss of data is measured"});
  v.field("stop_conditions", d.stop_conditions,
          {.doc = "Alarms that end the drill", .required = true, .items_min = 1});
  v.field("limits", d.limits, {.doc = "How much may be changed"});
  v.field("approvals", d.approvals, {.doc = "Who said yes to what cannot be undone"});
  v.field("answers", d.answers, {.doc = "Answers in place of people, with --auto"});
  v.field("faults", d.faults, {.doc = "How the faults of scenarios are caused"});
  v.field("commands", d.commands,
          {.doc = "Commands of the AWS CLI for steps that no operation is bound to; only with "
                  "`allow_commands`"});
  v.field("quotas", d.quotas, {.doc = "Quotas that the drill needs, read before the first step"});
  v.field("blackouts", d.blackouts, {.doc = "Days on which no drill is run"});
  v.field("lock", d.lock,
          {.doc = "What keeps runs on different machines off each other; absent: nothing does"});
  v.field("veto", d.veto,
          {.doc = "A program and its arguments, run before the first step: anything but success is "
                  "a veto"});
  v.field("hold", d.hold,
          {.doc = "For how long a service must serve to count as restored; absent: as the system "
                  "says",
           .above_zero = true});
  v.field("poll_interval", d.poll_interval,
          {.doc = "Between two looks at a service, which is the error of its times",
           .above_zero = true});
  v.field("rollback", d.rollback,
          {.doc = "What happens to changes at the end", .choices = kRollbacks});
}

}  // namespace firedrill
