// The fields of every document, each described once: JSON key, member, constraint, meaning.
//
// `describe(visitor, value)` walks a struct. The reader (field_reader.hpp) is a visitor that fills
// the members from JSON; the schema writer (schema.cpp) is another that prints draft-07. What a
// document may hold is therefore said in one place, and the parser and the published schema cannot
// disagree.
//
// A visitor offers `field(key, member, FieldRules)` and `origin(Origin&)`. Where JSON and struct
// differ in shape, a small wrapper of field_rules.hpp stands for the member.
#pragma once

#include "engine/input/field_rules.hpp"
#include "engine/input/overlay_fields.hpp"
#include "engine/input/people_fields.hpp"
#include "engine/input/runbook_fields.hpp"
#include "engine/input/staging_fields.hpp"
#include "engine/input/threat_fields.hpp"

namespace firedrill {

// --------------------------------------------------------------------------------- tables of words

inline constexpr Choice kConfidences[] = {
    {"measured", "Measured on this platform"},
    {"documented", "Stated by an official document, source code or the modelled runbook"},
    {"reported", "Published or measured by somebody else"},
    {"estimate", "Judgement; nothing usable was found"}};
inline constexpr Choice kObjectives[] = {
    {"rto", "Of a service: onset of the fault to serving again"},
    {"rpo", "Of a service: span of committed writes that are gone"},
    {"interruption", "Of a service: all the time in which it does not serve"},
    {"completion", "Of a runbook, or one step of it: until it is done"},
    {"response", "Of a severity: first alarm to the first acknowledgement"},
    {"stabilise", "Of a severity: first alarm to all services serving again"},
    {"resolve", "Of a severity: first alarm to the last runbook closed"}};
inline constexpr Choice kTargetStarts[] = {
    {"onset", "The first fault, or the start of the drill without one"},
    {"detected", "The first alarm that calls for the runbook"},
    {"acknowledged", "The first person at work"},
    {"declared", "The severity is set and the runbook chosen"},
    {"decided", "The recovery path is chosen"},
    {"start", "The first step of the runbook is ready"}};
inline constexpr Choice kVerdicts[] = {{"met", "Every target was met"},
                                       {"missed", "A target was missed"},
                                       {"inconclusive", "Too few drills to tell"}};
inline constexpr Choice kEngines[] = {{"aurora-postgresql", "Aurora with PostgreSQL"},
                                      {"aurora-mysql", "Aurora with MySQL"}};
inline constexpr Choice kMissingData[] = {{"missing", "Nothing: the alarm stays as it is"},
                                          {"ignore", "Nothing: the alarm stays as it is"},
                                          {"breaching", "A period that breaches"},
                                          {"notBreaching", "A period that does not breach"}};
inline constexpr Choice kCredentialForms[] = {
    {"database-user", "A user's password; what is logged in stays logged in for a while"},
    {"access-key", "A key that the provider accepts until it is deactivated"},
    {"signing-key", "A key that tokens are signed with, and that their verifiers hold"}};
inline constexpr Choice kSecretReads[] = {
    {"at-start", "Once, when a task starts"},
    {"cached", "At the start, and again whenever the cache of the task ends"}};
inline constexpr Choice kStartTimes[] = {{"any", "Drawn anew for every drill"},
                                         {"office", "Within office hours"},
                                         {"asleep", "While people sleep"}};

/// Kind of each component, in the order of the alternatives of `ComponentDetail`.
inline constexpr Choice kComponentKinds[] = {
    {"ecs:service", "Tasks behind a load balancer"},
    {"ecs:cluster", "Where the tasks of a region run, and how many it may run"},
    {"ecr:registry", "Where tasks pull their image from"},
    {"elbv2:load-balancer", "Sends requests to healthy targets"},
    {"route53:record", "DNS name, simple or with failover"},
    {"cloudfront:distribution", "Content delivery in front of an origin"},
    {"aurora:cluster", "Relational database cluster"},
    {"dynamodb:table", "One replica of a global table"},
    {"s3:bucket", "Object store, perhaps replicated"},
    {"backup:plan", "Snapshots of a cluster, copied to another region"},
    {"acm:certificate", "Certificate of a name, issued by ACM or imported"},
    {"auth:credential", "Password, access key or signing key, and who accepts which version"},
    {"secretsmanager:secret", "Where the newest version of a credential is stored"},
    {"kms:key", "Encryption key behind an alias, and the data under it"},
    {"db:schema", "Tables that revisions of a service are written for"},
    {"terraform:module", "Infrastructure that is changed by code"},
    {"wafv2:web-acl", "Firewall in front of a load balancer or a distribution"},
    {"wafv2:ip-set", "Addresses that a firewall blocks"},
    {"application-autoscaling:policy", "Adds tasks to a service as its load grows"},
    {"shield:subscription", "Whether Shield Advanced and its response team can be had"},
    {"iam:principal", "A role or user in whose name calls are made"},
    {"guardduty:detector", "Finds what principals do that they should not"},
    {"ec2:security-group", "What may reach its members, and what they may reach"},
    {"logs:log-group", "Logs that can be exported as evidence"}};
static_assert(std::size(kComponentKinds) == std::variant_size_v<ComponentDetail>);

// ------------------------------------------------------------------------------------ common parts

template <class V>
void describe(V& v, Assumption& a) {
  v.origin(a.at);
  v.field("subject", a.subject, {.doc = "What the source does not say", .required = true});
  v.field("value", a.value, {.doc = "What was taken instead", .required = true});
  v.field("reason", a.reason, {.doc = "Why this value", .required = true});
}

template <class V>
void describe(V& v, Metadata& m) {
  v.field("name", m.name,
          {.doc = "Name of the document: lower-case letters, digits and '-', at most 63",
           .required = true,
           .form = Form::kLabel});
  v.field("labels", m.labels, {.doc = "Free labels"});
}

template <class V>
void describe(V& v, TimingEntry& t) {
  v.field("id", t.id, {.doc = "Name of the timing, such as people.ack.night", .required = true});
  v.field("unit", t.unit,
          {.doc = "Unit of the parameters: s, min, h, probability, ratio, MB/s and so on",
           .required = true});
  v.field("distribution", t.distribution, {.doc = "How the value spreads", .required = true});
  v.field("source", t.source,
          {.doc = "Where the figure comes from; a judgement is a source too",
           .required = true,
           .form = Form::kNotBlank,
           .missing = Rule::kNoSource});
  v.field("figure", t.figure, {.doc = "What the source says, in a few words"});
  v.field("confidence", t.confidence,
          {.doc = "How sure the figure is", .required = true, .missing = Rule::kNoSource});
  v.field("note", t.note, {.doc = "Anything worth knowing"});
}

template <class V>
void describe(V& v, TimingDocument& d) {
  v.field("metadata", d.metadata, {.doc = "Name and labels", .required = true});
  v.field("timings", d.timings, {.doc = "The timings", .required = true, .items_min = 1});
}

// ------------------------------------------------------------------------------------------ system

template <class V>
void describe(V& v, RegionSpec& r) {
  v.field("name", r.name, {.doc = "Name of the region", .required = true});
  v.field("zones", r.zones, {.doc = "Its availability zones", .required = true, .items_min = 1});
}

template <class V>
void describe(V& v, LinkSpec& l) {
  v.field("name", l.name, {.doc = "Name of the link", .required = true});
  v.field("from", l.from, {.doc = "One region", .required = true});
  v.field("to", l.to, {.doc = "The other region", .required = true});
  v.field("bandwidth", l.bandwidth,
          {.doc = "What it carries", .required = true, .above_zero = true});
  v.field("latency", l.latency, {.doc = "One way", .required = true});
  v.field("connections", l.connections,
          {.doc = "TCP connections that carry what crosses it", .minimum = 1, .maximum = 100'000});
}

template <class V>
void describe(V& v, ControlPlaneSpec& c) {
  v.field("service", c.service,
          {.doc = "Service whose calls it takes: ecs, rds, route53 and so on", .required = true});
  v.field("hosted_in", c.hosted_in, {.doc = "Region that hosts it; absent: in every region"});
  v.field("error_share", c.error_share, {.doc = "Share of calls that fail while it is healthy"});
}

template <class V>
void describe(V& v, EcsServiceSpec& s) {
  v.field("region", s.region, {.doc = "Region it runs in", .required = true});
  v.field("cluster", s.cluster, {.doc = "An ecs:cluster of the region", .required = true});
  v.field("load_balancer", s.load_balancer,
          {.doc = "An elbv2:load-balancer of the region", .required = true});
  v.field("registry", s.registry, {.doc = "An ecr:registry of the region", .required = true});
  v.field("desired_count", s.desired_count,
          {.doc = "Tasks that run at the start", .minimum = 0, .maximum = 100'000});
  v.field("production_count", s.production_count,
          {.doc = "What runbooks mean by production count", .minimum = 1, .maximum = 100'000});
  v.field("image_size", s.image_size, {.doc = "What a task pulls", .above_zero = true});
  v.field("exists", s.exists,
          {.doc = "False where there is only a task definition, and a step creates the service"});
  v.field("minimum_healthy_percent", s.minimum_healthy_percent,
          {.doc = "Healthy tasks during a deployment, at least, in percent of the desired count",
           .minimum = 0,
           .maximum = 100});
  v.field("maximum_percent", s.maximum_percent,
          {.doc = "Tasks during a deployment, at most, in percent of the desired count",
           .minimum = 100,
           .maximum = 400});
  v.field("circuit_breaker", s.circuit_breaker,
          {.doc = "Whether a deployment whose tasks keep failing is rolled back by itself"});
  v.field("health_check_grace_period", s.health_check_grace_period,
          {.doc = "For how long after it runs a task may fail its health checks"});
}

template <class V>
void describe(V& v, EcsClusterSpec& c) {
  v.field("region", c.region, {.doc = "Region of the cluster", .required = true});
  v.field("task_quota", c.task_quota,
          {.doc = "Fargate tasks the account may run here", .minimum = 0, .maximum = 1'000'000});
  v.field("task_quota_if_forgotten", c.task_quota_if_forgotten,
          {.doc = "The quota found if nobody ever raised it", .minimum = 0, .maximum = 1'000'000});
}

template <class V>
void describe(V& v, EcrRegistrySpec& r) {
  v.field("region", r.region, {.doc = "Region of the registry", .required = true});
  v.field("bandwidth", r.bandwidth,
          {.doc = "All pulls of the region together", .above_zero = true});
}

template <class V>
void describe(V& v, LoadBalancerSpec& l) {
  v.field("region", l.region, {.doc = "Region of the load balancer", .required = true});
  v.field("health_check_interval", l.health_check_interval,
          {.doc = "Between two checks of a target", .above_zero = true});
  v.field("certificate", l.certificate, {.doc = "The acm:certificate that its listener shows"});
  v.field("web_acl", l.web_acl, {.doc = "A wafv2:web-acl of the region; absent: none"});
}

template <class V>
void describe(V& v, DnsRecordSpec& r) {
  v.field("primary", r.primary, {.doc = "The elbv2:load-balancer that answers", .required = true});
  v.field("secondary", r.secondary, {.doc = "Where failover goes; absent: simple routing"});
  v.field("ttl", r.ttl, {.doc = "How long resolvers keep an answer", .above_zero = true});
  v.field("health_check_interval", r.health_check_interval,
          {.doc = "Between two checks of one checker", .above_zero = true});
  v.field("health_check_failures", r.health_check_failures,
          {.doc = "Failed checks in a row before failover", .minimum = 1, .maximum = 10});
  v.field("request_rate", r.request_rate,
          {.doc = "Usual requests of customers who come in here", .above_zero = true});
}

template <class V>
void describe(V& v, DistributionPointSpec& d) {
  v.field("origin", d.origin,
          {.doc = "An elbv2:load-balancer or route53:record", .required = true});
  v.field("certificate", d.certificate,
          {.doc = "The acm:certificate of us-east-1 that the edges show"});
  v.field("web_acl", d.web_acl, {.doc = "A wafv2:web-acl; absent: none"});
  v.field("request_rate", d.request_rate,
          {.doc = "Usual requests of customers who come in here", .above_zero = true});
}

template <class V>
void describe(V& v, AuroraClusterSpec& c) {
  v.field("region", c.region, {.doc = "Region of the cluster", .required = true});
  v.field("engine", c.engine, {.doc = "Database engine", .choices = kEngines});
  v.field("zones", c.zones,
          {.doc = "Zones, with one instance in each", .required = true, .items_min = 1});
  v.field("size", c.size, {.doc = "Data stored", .above_zero = true});
  v.field("write_rate", c.write_rate, {.doc = "Committed writes"});
  v.field("replicates_from", c.replicates_from,
          {.doc = "Cluster of another region; absent: a writer"});
  v.field("exists", c.exists, {.doc = "False: created only by a step"});
  v.field("stands_in_for", c.stands_in_for,
          {.doc = "Cluster whose clients it gets once it has been restored and switched to"});
  v.field("cpu_at_rest", c.cpu_at_rest,
          {.doc = "Share of the writer's processor that the usual load takes", .above_zero = true});
  v.field("connections_at_rest", c.connections_at_rest,
          {.doc = "Connections at the usual load, as a share of the most there can be",
           .above_zero = true});
  v.field("freeable_memory", c.freeable_memory,
          {.doc = "Memory of the writer left at the usual load", .above_zero = true});
}

template <class V>
void describe(V& v, DynamoTableSpec& t) {
  v.field("region", t.region, {.doc = "Region of this replica", .required = true});
  v.field("global_table", t.global_table,
          {.doc = "Word that the replicas of one table share", .required = true});
  v.field("write_rate", t.write_rate, {.doc = "Committed writes"});
  v.field("exists", t.exists, {.doc = "False: created only by a restore"});
  v.field("stands_in_for", t.stands_in_for,
          {.doc = "Table whose clients it gets once it has been restored and switched to"});
  v.field("backup_interval", t.backup_interval,
          {.doc = "Between two on-demand backups", .above_zero = true});
  v.field("headroom", t.headroom,
          {.doc = "Multiple of the usual load that it takes at once", .minimum = 1});
}

template <class V>
void describe(V& v, S3BucketSpec& b) {
  v.field("region", b.region, {.doc = "Region of the bucket", .required = true});
  v.field("replicates_from", b.replicates_from, {.doc = "Bucket it is a replica of; absent: none"});
  v.field("write_rate", b.write_rate, {.doc = "Objects written"});
  v.field("object_size", b.object_size, {.doc = "Size of one object", .above_zero = true});
  v.field("replication_time_control", b.replication_time_control,
          {.doc = "Whether S3 Replication Time Control is on"});
}

template <class V>
void describe(V& v, BackupPlanSpec& b) {
  v.field("source", b.source, {.doc = "The aurora:cluster that is saved", .required = true});
  v.field("restores", b.restores,
          {.doc = "The aurora:cluster, not existing yet, that a restore makes", .required = true});
  v.field("interval", b.interval, {.doc = "Between two snapshots", .above_zero = true});
  v.field("restore_rate", b.restore_rate, {.doc = "Speed of a restore", .above_zero = true});
}

template <class V>
void describe(V& v, CertificateSpec& c) {
  v.field("region", c.region, {.doc = "Region it can be used in", .required = true});
  v.field("imported", c.imported,
          {.doc = "True: from another authority, and never renewed by ACM"});
  v.field("expires_in", c.expires_in,
          {.doc = "Validity left at the start of the drill", .above_zero = true});
  v.field("validation_record", c.validation_record,
          {.doc = "False where the record that proves the domain is missing from DNS"});
}

template <class V>
void describe(V& v, CredentialSpec& c) {
  v.field("form", c.form, {.doc = "What it is", .choices = kCredentialForms});
  v.field("overlap", c.overlap, {.doc = "Whether a rotation leaves the previous version accepted"});
}

template <class V>
void describe(V& v, SecretSpec& s) {
  v.field("region", s.region, {.doc = "Region it is read in", .required = true});
  v.field("holds", s.holds, {.doc = "The auth:credential that it stores", .required = true});
  v.field("replicates_from", s.replicates_from,
          {.doc = "Secret of another region that it follows; absent: stored by hand"});
  v.field("read", s.read, {.doc = "When tasks read it", .choices = kSecretReads});
}

template <class V>
void describe(V& v, KmsKeySpec& k) {
  v.field("region", k.region, {.doc = "Region of the key", .required = true});
  v.field("automatic_rotation", k.automatic_rotation,
          {.doc = "Whether its material is rotated every year"});
  v.field("data", k.data, {.doc = "What is stored under it", .above_zero = true});
}

template <class V>
void describe(V& v, SchemaSpec& s) {
  v.field("cluster", s.cluster, {.doc = "The aurora:cluster that holds it", .required = true});
}

template <class V>
void describe(V& v, TerraformModuleSpec& m) {
  v.field("region", m.region, {.doc = "Region of what it describes", .required = true});
}

template <class V>
void describe(V& v, ComponentSpec& c) {
  v.field("name", c.name, {.doc = "Name of the component", .required = true});
  v.field("kind", c.kind, {.doc = "What it is", .required = true, .choices = kComponentKinds});
  v.field("with", DetailField{c.kind, c.detail},
          {.doc = "Its properties, by kind", .required = true});
  v.field("timings", c.timings,
          {.doc = "Timings of the kind that are replaced by another entry of the library"});
  v.field("needs", c.needs, {.doc = "Other components that it cannot work without"});
}

template <class V>
void describe(V& v, TierSpec& t) {
  v.field("name", t.name, {.doc = "Name of the tier", .required = true});
  v.field("rto", t.rto, {.doc = "Recovery time objective", .required = true, .above_zero = true});
  v.field("rpo", t.rpo, {.doc = "Recovery point objective", .required = true});
  v.field("slo", t.slo, {.doc = "Share of requests that succeed over 30 days"});
  v.field("required_share", t.required_share,
          {.doc = "Share of drills that must meet the objectives", .above_zero = true});
}

template <class V>
void describe(V& v, StoreSpec& s) {
  v.field("name", s.name, {.doc = "Name of the store", .required = true});
  v.field("members", s.members,
          {.doc = "Its copies, the primary first", .required = true, .items_min = 1});
}

template <class V>
void describe(V& v, ServiceSpec& s) {
  v.field("name", s.name, {.doc = "Name of the service", .required = true});
  v.field("tier", s.tier, {.doc = "Tier whose objectives hold for it", .required = true});
  v.field("entry", s.entry,
          {.doc = "The route53:record or cloudfront:distribution that clients use"});
  v.field("sites", s.sites,
          {.doc = "The ecs:service components it runs on", .required = true, .items_min = 1});
  v.field("stores", s.stores, {.doc = "Stores it cannot serve without"});
  v.field("needs", s.needs, {.doc = "Services it cannot serve without"});
  v.field("uses", s.uses, {.doc = "Services it is degraded without"});
  v.field("full_load_tasks", s.full_load_tasks,
          {.doc = "Healthy tasks that carry all of its traffic", .minimum = 1, .maximum = 100'000});
  v.field("threshold", s.threshold,
          {.doc = "Share of requests from which it counts as serving", .above_zero = true});
  v.field("hold", s.hold, {.doc = "How long it must keep serving to count as restored"});
  v.field("judged", s.judged, {.doc = "False: modelled, but no target is set on it"});
}

template <class V>
void describe(V& v, AlarmSpec& a) {
  v.field("name", a.name, {.doc = "Name of the alarm", .required = true});
  v.field("metric", a.metric, {.doc = "A metric of the vocabulary", .required = true});
  v.field("of", a.of, {.doc = "The component it watches", .required = true});
  v.field("reported_in", a.reported_in,
          {.doc = "Region that evaluates it; absent: the region of the component"});
  v.field("threshold", a.threshold, {.doc = "Value that breaches", .required = true});
  v.field("below", a.below, {.doc = "True: values below the threshold breach, not those above"});
  v.field("missing_data", a.missing_data,
          {.doc = "What a period without data counts as", .choices = kMissingData});
  v.field("period", a.period, {.doc = "One evaluation period", .above_zero = true});
  v.field("datapoints", a.datapoints,
          {.doc = "Breaching periods in a row before it fires", .minimum = 1, .maximum = 1'000});
  v.field("severity", a.severity, {.doc = "Severity it suggests", .required = true});
  v.field("pages", a.pages, {.doc = "Whether it pages people"});
}

template <class V>
void describe(V& v, BudgetPolicySpec& p) {
  v.field("over", p.over, {.doc = "Share of the budget that is used", .required = true});
  v.field("effect", p.effect,
          {.doc = "What holds from then on", .required = true, .form = Form::kNotBlank});
}

template <class V>
void describe(V& v, ErrorBudgetSpec& b) {
  v.field("window", b.window, {.doc = "Window of the SLO", .above_zero = true});
  v.field("used", b.used, {.doc = "Share of every budget used when a drill begins"});
  v.field("policies", b.policies, {.doc = "What holds once so much is used"});
}

template <class V>
void describe(V& v, DrillIntervalSpec& d) {
  v.field("tier", d.tier, {.doc = "Tier whose recovery is drilled", .required = true});
  v.field("every_months", d.every_months,
          {.doc = "Longest time between two drills, in months",
           .required = true,
           .minimum = 1,
           .maximum = 120});
}

template <class V>
void describe(V& v, SystemDocument& d) {
  v.field("metadata", d.metadata, {.doc = "Name and labels", .required = true});
  v.field("title", d.title, {.doc = "Title for people"});
  v.field("regions", d.regions, {.doc = "Regions and zones", .required = true, .items_min = 1});
  v.field("links", d.links, {.doc = "Links between regions"});
  v.field("control_planes", d.control_planes, {.doc = "Control planes that are special"});
  v.field("tiers", d.tiers, {.doc = "Tiers and their objectives", .required = true});
  v.field("components", d.components, {.doc = "What the platform consists of", .required = true});
  v.field("stores", d.stores, {.doc = "Data stores and their copies"});
  v.field("services", d.services, {.doc = "What customers use", .required = true});
  v.field("alarms", d.alarms, {.doc = "What is watched"});
  v.field("severities", d.severities,
          {.doc = "Severities, the worst first; absent: SEV-1 to SEV-4 without rules"});
  v.field("people", d.people, {.doc = "Roles, hours, escalation"});
  v.field("error_budget", d.error_budget, {.doc = "What may fail, and what holds when it has"});
  v.field("drill_calendar", d.drill_calendar, {.doc = "How often each tier is to be drilled"});
  v.field("changes", d.changes, {.doc = "Change windows, and who approves which change"});
  v.field("timings", d.timings, {.doc = "Timings that replace or add to the library"});
  v.field("assumptions", d.assumptions, {.doc = "What the source document does not say"});
}

// ---------------------------------------------------------------------------------------- scenario

template <class V>
void describe(V& v, FaultSpec& f) {
  v.field("id", f.id, {.doc = "Name of the fault in this scenario", .required = true});
  v.field("uses", f.uses, {.doc = "A fault of the vocabulary", .required = true});
  v.field("with", f.with, {.doc = "Arguments of the fault"});
  v.field("at", f.at, {.doc = "Onset, after the start of the drill"});
  v.field("ramp", f.ramp,
          {.doc = "Over which a share or factor grows to its full size; absent: at once"});
  v.field("lasts", f.lasts,
          {.doc = "From the onset; absent: for the whole drill", .above_zero = true});
  v.field("probability", f.probability, {.doc = "Share of drills in which it happens"});
}

template <class V>
void describe(V& v, StartSpec& s) {
  v.field("day", s.day, {.doc = "Day of the week", .choices = kDays});
  v.field("time", s.time,
          {.doc = "Time of day: any, office, asleep or HH:MM", .form = Form::kStartTime});
  v.field("date", s.date,
          {.doc = "Date, YYYY-MM-DD, which gives the day of the week; absent: any of the year"});
}

template <class V>
void describe(V& v, TargetSpec& t) {
  v.origin(t.at);
  v.field("objective", t.objective,
          {.doc = "What is judged", .required = true, .choices = kObjectives});
  v.field("service", t.service, {.doc = "Of rto, rpo and interruption: the service"});
  v.field("runbook", t.runbook, {.doc = "Of completion: the runbook"});
  v.field("step", t.step,
          {.doc = "Of completion: until this step of the runbook; absent: until the whole of it"});
  v.field("from", t.from,
          {.doc = "Of completion: where the time begins", .choices = kTargetStarts});
  v.field("severity", t.severity,
          {.doc = "Of response, stabilise and resolve: only drills of this severity are judged"});
  v.field("limit", t.limit, {.doc = "At most this", .required = true});
  v.field("required_share", t.required_share,
          {.doc = "Share of drills that must meet it", .above_zero = true});
}

template <class V>
void describe(V& v, ScenarioDocument& d) {
  v.field("metadata", d.metadata, {.doc = "Name and labels", .required = true});
  v.field("title", d.title, {.doc = "Title for people"});
  v.field("question", d.question, {.doc = "What this scenario answers"});
  v.field("expected", d.expected, {.doc = "How it is expected to come out, and why"});
  v.field("system", d.system,
          {.doc = "Path of the system document, relative to this file", .required = true});
  v.field("runbooks", d.runbooks, {.doc = "Paths of the runbooks that are armed"});
  v.field("timings", d.timings, {.doc = "Paths of further timing documents"});
  v.field("faults", d.faults, {.doc = "What breaks", .required = true});
  v.field("components", d.components,
          {.doc = "Components as they are in this drill, in place of the system's of that name"});
  v.field("start", d.start, {.doc = "When the drill starts"});
  v.field("absent", d.absent, {.doc = "Roles that nobody fills in this drill"});
  v.field("behaviours", d.behaviours,
          {.doc = "Behaviours of people or providers, and how likely each is"});
  v.field("targets", TargetsField{d.targets_from_tiers, d.targets},
          {.doc = "The string tiers, or a list of targets"});
  v.field("error_budget_used", d.error_budget_used,
          {.doc = "Share of every error budget used when the drill begins; absent: as the system "
                  "says"});
  v.field("runs", d.runs, {.doc = "Drills to run", .minimum = 1, .maximum = 10'000'000});
  v.field("horizon", d.horizon, {.doc = "Longest simulated time of a drill", .above_zero = true});
  v.field("assumptions", d.assumptions, {.doc = "What the source document does not say"});
}

// ------------------------------------------------------------------------------------ drill record

template <class V>
void describe(V& v, DrillRecordDocument& d) {
  v.field("metadata", d.metadata, {.doc = "Name and labels", .required = true});
  v.field("date", d.date, {.doc = "The day it was held, YYYY-MM-DD", .required = true});
  v.field("system", d.system,
          {.doc = "Name of the system", .required = true, .form = Form::kNotBlank});
  v.field("scenario", d.scenario,
          {.doc = "Name of the scenario", .required = true, .form = Form::kNotBlank});
  v.field("tiers", d.tiers, {.doc = "Tiers it exercised", .required = true, .items_min = 1});
  v.field("verdict", d.verdict, {.doc = "How it came out", .required = true, .choices = kVerdicts});
  v.field(
      "result_sha256", d.result_sha256,
      {.doc = "SHA-256 of the result that was recorded", .required = true, .form = Form::kSha256});
}

}  // namespace firedrill
