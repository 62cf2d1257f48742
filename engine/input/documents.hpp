// Documents as typed values: system, runbook, scenario, timing library, drill record. Overlays and
// staging accounts have headers of their own.
//
// Everything here is what an author wrote, checked for form: types, units, ranges, unknown keys.
// Names that point elsewhere are still text (`Name`) with their position; `engine/plan` binds them.
// Defaults of optional keys are the member initialisers below, which is their only home: the
// published schemas and the resolved plan take them from here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/date.hpp"
#include "engine/base/diagnostics.hpp"
#include "engine/base/time.hpp"

namespace firedrill {

/// A name, and where it stands in its document.
struct Name {
  std::string text;
  Origin at;

  bool empty() const { return text.empty(); }
  bool operator==(const Name& o) const { return text == o.text; }
};

/// `"512 GiB"`; also KiB, MiB, TiB, B and the decimal kB, MB, GB, TB.
struct Size {
  double bytes = 0;
};

/// `"40 MiB/s"`, `"5 Gbit/s"`: a size of any unit above, or bit, kbit, Mbit, Gbit, per second.
struct ByteRate {
  double bytes_per_s = 0;
};

/// `"12 /s"`, `"30 /min"`: things a unit of time.
struct EventRate {
  double per_s = 0;
};

/// A share of a whole: a number from 0 to 1.
struct Share {
  double value = 0;
};

/// Something the source document does not say, and what was taken instead.
struct Assumption {
  std::string subject;
  std::string value;
  std::string reason;
  Origin at;
};

struct Metadata {
  Name name;  // RFC 1123: lower-case letters, digits, '-', at most 63 bytes
  std::map<std::string, std::string> labels;
};

// ----------------------------------------------------------------------------------------- timings

/// How a duration (or probability, ratio, rate) spreads. Parameters are in the entry's unit.
/// Families and their keys: constant{value}; uniform{min,max}; triangular{min,mode,max};
/// pert{min,mode,max}; exponential{mean}; lognormal{p50,p95} or {mu,sigma}; gamma{shape,scale};
/// weibull{shape,scale}; empirical{values[]}. Every family takes truncate_min and truncate_max.
struct DistributionSpec {
  std::string family;
  std::map<std::string, double> parameters;
  std::vector<double> values;  // empirical only
  std::optional<double> truncate_min;
  std::optional<double> truncate_max;
  Origin at;
};

enum class Confidence { kMeasured, kDocumented, kReported, kEstimate };

struct TimingEntry {
  Name id;           // "people.ack.night"
  std::string unit;  // s ms min h probability ratio count tasks tasks/min tasks/s Gbit/s MB/s req/s
                     // failures ...
  DistributionSpec distribution;
  std::string source;
  std::string figure;  // what the source says, in a few words; may be empty
  Confidence confidence = Confidence::kEstimate;
  std::string note;
};

struct TimingDocument {
  Metadata metadata;
  std::vector<TimingEntry> timings;
};

// ------------------------------------------------------------------------------------------ system

struct RegionSpec {
  Name name;
  std::vector<Name> zones;
};

struct LinkSpec {
  Name name;
  Name from;
  Name to;
  ByteRate bandwidth;
  Duration latency;
  std::int64_t connections = 16;  // TCP connections that carry what crosses it
};

/// A control plane that takes the calls of one AWS service. Regional services have one in each
/// region unless listed here; global ones name the region that hosts them.
struct ControlPlaneSpec {
  Name service;          // "ecs", "rds", "route53", "cloudfront", "health", "support"
  Name hosted_in;        // region; empty for "in every region"
  Share error_share{0};  // of calls that fail while healthy
};

// Components, one struct a kind. `region` is empty where the thing is global.
struct EcsServiceSpec {  // kind "ecs:service"
  Name region;
  Name cluster;        // an ecs:cluster component of the same region
  Name load_balancer;  // an elbv2:load-balancer of the same region
  Name registry;       // an ecr:registry of the same region
  std::int64_t desired_count = 0;
  std::int64_t production_count = 1;  // what runbooks mean by "production count"
  Size image_size{400.0 * 1024 * 1024};
  bool exists = true;  // false: only a task definition, the service is created by a step
  /// Of a deployment, in percent of the desired count: healthy tasks at least, tasks at most.
  std::int64_t minimum_healthy_percent = 100;
  std::int64_t maximum_percent = 200;
  /// Whether a deployment whose tasks keep failing is stopped and rolled back by itself.
  bool circuit_breaker = false;
  /// For how long after it runs a task may fail its health checks.
  Duration health_check_grace_period;
};
struct EcsClusterSpec {  // kind "ecs:cluster"
  Name region;
  std::int64_t task_quota = 1000;  // Fargate tasks the account may run here
  /// The quota found if nobody ever raised it; drawn with the shortfall probability of the library.
  std::int64_t task_quota_if_forgotten = 1000;
};
struct EcrRegistrySpec {  // kind "ecr:registry"
  Name region;
  ByteRate bandwidth{5e9 / 8};  // all pulls of the region together
};
struct LoadBalancerSpec {  // kind "elbv2:load-balancer"
  Name region;
  Duration health_check_interval = Duration::seconds(30);
  Name certificate;  // acm:certificate of the same region that its listener shows; empty: none
  Name web_acl;      // wafv2:web-acl in front of it; empty for none
};
struct DnsRecordSpec {  // kind "route53:record"
  Name primary;         // elbv2:load-balancer
  Name secondary;       // empty for simple routing
  Duration ttl = Duration::seconds(60);
  Duration health_check_interval = Duration::seconds(30);
  std::int64_t health_check_failures = 3;
  EventRate request_rate{100};  // of customers who come in here
};
struct DistributionPointSpec {  // kind "cloudfront:distribution"
  Name origin;                  // elbv2:load-balancer or route53:record
  Name certificate;             // acm:certificate of us-east-1 that the edges show; empty: none
  Name web_acl;                 // wafv2:web-acl in front of it; empty for none
  EventRate request_rate{100};  // of customers who come in here
};
struct AuroraClusterSpec {  // kind "aurora:cluster"
  Name region;
  std::string engine = "aurora-postgresql";  // or aurora-mysql
  std::vector<Name> zones;                   // one instance in each
  Size size{100.0 * 1024 * 1024 * 1024};
  ByteRate write_rate{1024 * 1024};
  Name replicates_from;  // aurora:cluster of another region; empty for a writer
  bool exists = true;    // false: created only by a step
  /// The cluster whose clients it is to get once it has been restored; empty when they already
  /// point to it.
  Name stands_in_for;
  Share cpu_at_rest{0.35};
  Share connections_at_rest{0.3};  // of the most there can be
  Size freeable_memory{6.0 * 1024 * 1024 * 1024};
};
struct DynamoTableSpec {  // kind "dynamodb:table": one replica of a global table a region
  Name region;
  Name global_table;  // replicas of one global table share this word
  ByteRate write_rate{256 * 1024};
  bool exists = true;  // false: created only by a restore
  Name stands_in_for;  // the table whose clients it is to get
  Duration backup_interval = Duration::hours(7 * 24);
  double headroom = 2;  // multiple of the usual load that it takes at once
};
struct S3BucketSpec {  // kind "s3:bucket"
  Name region;
  Name replicates_from;
  EventRate write_rate{1};
  Size object_size{1024 * 1024};
  bool replication_time_control = false;
};
struct BackupPlanSpec {  // kind "backup:plan": snapshots of a cluster, copied to another region
  Name source;           // aurora:cluster
  Name restores;         // aurora:cluster with exists=false, in the target region
  Duration interval = Duration::hours(24);
  ByteRate restore_rate{100.0 * 1024 * 1024};
};
struct SchemaSpec {  // kind "db:schema": the tables that revisions of a service are written for
  Name cluster;      // aurora:cluster that holds them
};
struct TerraformModuleSpec {  // kind "terraform:module": what a change of it breaks lists it
  Name region;
};
struct WebAclSpec {  // kind "wafv2:web-acl": the firewall of a load balancer or a distribution
  Name region;       // of its control plane: us-east-1 for one on a distribution
  Name ip_set;       // wafv2:ip-set of addresses that it blocks; empty for none
  std::int64_t rate_limit = 2000;  // requests in five minutes from one address
  /// Customers who come in through addresses that many share, and the mean of such an address.
  Share shared_address_share{0};
  std::int64_t requests_per_shared_address = 500;  // in five minutes
  Share customers_abroad{0};                       // that a rule for expected countries blocks
};
struct IpSetSpec {  // kind "wafv2:ip-set"
  Name region;
  /// Requests that the addresses on it would send, as a multiple of the usual ones of customers.
  double keeps_out = 0;
};
struct ScalingPolicySpec {  // kind "application-autoscaling:policy"
  Name service;             // ecs:service
  std::int64_t max_count = 1;
  Share target{0.7};  // of the load that its tasks carry, kept by adding tasks
};
struct ShieldSpec {  // kind "shield:subscription"
  bool active = true;
};
struct PrincipalSpec {  // kind "iam:principal"
  std::string type = "role";
  Name detector;  // guardduty:detector that sees what it does; empty for none
};
struct DetectorSpec {  // kind "guardduty:detector"
  Name region;
};
struct SecurityGroupSpec {  // kind "ec2:security-group"
  Name region;
};
struct LogGroupSpec {  // kind "logs:log-group"
  Name region;
};

struct CertificateSpec {  // kind "acm:certificate"
  Name region;
  bool imported = false;  // false: issued by ACM, which renews it while its record answers
  Duration expires_in = Duration::hours(24 * 300);  // from the start of the drill
  bool validation_record = true;                    // the CNAME that proves the domain is in DNS
};
/// What somebody accepts as proof of who asks. Whoever accepts it can change it; who stores it is a
/// secretsmanager:secret.
struct CredentialSpec {                // kind "auth:credential"
  std::string form = "database-user";  // or access-key, signing-key
  /// Rotation leaves the previous version accepted: two users in turn, or a verifier of both keys.
  bool overlap = false;
};
struct SecretSpec {  // kind "secretsmanager:secret"
  Name region;
  Name holds;                     // auth:credential
  Name replicates_from;           // secretsmanager:secret of another region; empty: the primary
  std::string read = "at-start";  // or "cached": read again from time to time
};
struct KmsKeySpec {  // kind "kms:key"
  Name region;
  bool automatic_rotation = true;
  Size data{1024.0 * 1024 * 1024 * 1024};  // stored under it by everything that needs it
};

using ComponentDetail =
    std::variant<EcsServiceSpec, EcsClusterSpec, EcrRegistrySpec, LoadBalancerSpec, DnsRecordSpec,
                 DistributionPointSpec, AuroraClusterSpec, DynamoTableSpec, S3BucketSpec,
                 BackupPlanSpec, CertificateSpec, CredentialSpec, SecretSpec, KmsKeySpec,
                 SchemaSpec, TerraformModuleSpec, WebAclSpec, IpSetSpec, ScalingPolicySpec,
                 ShieldSpec, PrincipalSpec, DetectorSpec, SecurityGroupSpec, LogGroupSpec>;

struct ComponentSpec {
  Name name;
  Name kind;
  ComponentDetail detail;
  /// Replaces a timing of the kind by another entry of the library: {"app_boot":
  /// "my.measured.boot"}.
  std::map<std::string, Name> timings;
  /// Components that it cannot work without, beyond those its own properties name: the secret its
  /// tasks log in with, the key that its data is encrypted with.
  std::vector<Name> needs;
};

struct TierSpec {
  Name name;
  Duration rto;
  Duration rpo;
  Share slo{0.99};
  Share required_share{0.95};
};

struct StoreSpec {
  Name name;
  std::vector<Name> members;  // components, the first is the primary
};

struct ServiceSpec {
  Name name;
  Name tier;
  Name entry;                        // route53:record or cloudfront:distribution that clients use
  std::vector<Name> sites;           // ecs:service components
  std::vector<Name> stores;          // data stores it cannot serve without
  std::vector<Name> needs;           // hard dependencies: other services
  std::vector<Name> uses;            // soft dependencies: degraded without, still serving
  std::int64_t full_load_tasks = 1;  // healthy tasks that carry all of its traffic
  Share threshold{0.9};
  Duration hold = Duration::minutes(5);
  bool judged = true;  // false: modelled, but no target is set on it
};

/// What an alarm watches. `of` is a component.
struct AlarmSpec {
  Name name;
  Name metric;  // a metric of the vocabulary, "alb:target_5xx_share"
  Name of;
  Name reported_in;  // region whose CloudWatch evaluates it; empty: the region of `of`
  double threshold = 0;
  bool below = false;                    // breaches below the threshold, not above it
  std::string missing_data = "missing";  // or breaching, notBreaching, ignore
  Duration period = Duration::minutes(1);
  std::int64_t datapoints = 1;  // consecutive breaching periods before it fires
  Name severity;
  bool pages = true;
};

/// The persons of a role are on duty a week each, in the order in which they are listed.
struct RotationSpec {
  Name day{"monday", {}};              // of the hand-over
  Duration time = Duration::hours(9);  // since midnight, local time of the rotation
};
struct RoleSpec {
  Name name;
  std::vector<Name> persons;              // names; one person can hold several roles
  std::optional<RotationSpec> rotation;   // absent: all of them are on duty at once
  bool office_hours_only = false;         // at other hours only an escalation reaches them
  std::string acknowledges = "directly";  // or "joins-bridge": paged to a call, not to a keyboard
  Name deputy;  // role that stands in once this one has not come for `deputy_after`
  Duration deputy_after = Duration::minutes(15);
};

struct EscalationStep {
  Name role;
  Duration acknowledge_within = Duration::minutes(5);
};

struct PeopleSpec {
  std::vector<RoleSpec> roles;
  std::vector<EscalationStep> escalation;  // first responder first
  Name status_updates_by;                  // role that posts them; whoever leads while it is away
  /// Minutes after midnight, local time of the rotation. Office hours hold on Monday to Friday.
  Duration office_from = Duration::hours(9);
  Duration office_to = Duration::minutes(17 * 60 + 30);
  Duration asleep_from = Duration::hours(23);
  Duration asleep_to = Duration::hours(7);
};

/// Impact that makes an incident one of a severity: a service of this tier serves no more than this
/// share of its requests.
struct ImpactSpec {
  Name tier;
  Share served_at_most{0};
};

/// Who is called when an incident is still open so long after its declaration.
struct UnresolvedSpec {
  Name role;
  Duration after;
};

struct SeveritySpec {
  Name name;
  std::vector<ImpactSpec> when;            // any of these
  std::vector<Name> pages;                 // roles called at the declaration
  std::vector<UnresolvedSpec> unresolved;  // and these later
  /// What the organisation promises: from the first alarm to an answer, to all services serving
  /// again, and to the end of the incident.
  std::optional<Duration> respond_within;
  std::optional<Duration> stabilise_within;
  std::optional<Duration> resolve_within;
  std::optional<Duration> status_update_every;
};

/// What the organisation does once so much of a service's error budget is used.
struct BudgetPolicySpec {
  Share over;
  std::string effect;
};

/// The error budget of a service is the share of failed requests that its tier's SLO allows, over
/// this window.
struct ErrorBudgetSpec {
  Duration window = Duration::days(30);
  Share used{0};  // of every budget when a drill begins
  std::vector<BudgetPolicySpec> policies;
};

/// How often a tier's recovery is to be drilled. Whole months, which durations do not have.
struct DrillIntervalSpec {
  Name tier;
  std::int64_t every_months = 12;
};

/// When planned changes are made, every week.
struct ChangeWindowSpec {
  std::vector<Name> days;
  Duration from;  // since midnight, local time of the rotation
  Duration to;
};

/// A category of changes: what must be there before one is made.
struct ChangeCategorySpec {
  Name name;
  Duration lead_time;      // from asking for it to the approval at the earliest
  Name approved_by;        // role; empty: nobody needs to approve
  Name approval;           // timing of the approver's time
  bool in_window = false;  // made in a change window only
};

struct ChangesSpec {
  std::vector<ChangeWindowSpec> windows;
  std::int64_t blackout_business_days = 0;  // the last so many of each month have no window
  std::vector<ChangeCategorySpec> categories;
};

struct SystemDocument {
  Metadata metadata;
  std::string title;
  std::vector<RegionSpec> regions;
  std::vector<LinkSpec> links;
  std::vector<ControlPlaneSpec> control_planes;
  std::vector<TierSpec> tiers;
  std::vector<ComponentSpec> components;
  std::vector<StoreSpec> stores;
  std::vector<ServiceSpec> services;
  std::vector<AlarmSpec> alarms;
  std::vector<SeveritySpec> severities;  // the worst first; empty: SEV-1 to SEV-4, bare
  PeopleSpec people;
  ErrorBudgetSpec error_budget;
  std::vector<DrillIntervalSpec> drill_calendar;
  ChangesSpec changes;
  /// Timings of this platform that replace or add to the library.
  std::vector<TimingEntry> timings;
  std::vector<Assumption> assumptions;
};

// ----------------------------------------------------------------------------------------- runbook

/// A value in a `with` object.
using ArgumentValue = std::variant<std::string, double, bool, Duration>;

struct Argument {
  Name key;
  ArgumentValue value;  // strings that parse as ISO-8601 durations stay strings here
  Origin at;            // of the value
};

/// A predicate over the world: `{"observe": "dns:answers", "with": {...}, "is": false}`.
struct ConditionSpec {
  Name observe;
  std::vector<Argument> with;
  bool is = true;
};

struct RetrySpec {
  std::int64_t attempts = 1;
  Duration delay;
};

struct StepSpec {
  Name id;
  std::string title;
  std::string document;  // where the source document says it: "6.4 step 5"
  Name role;             // empty where nobody's hands are needed
  Name uses;             // an action of the vocabulary
  std::vector<Argument> with;
  std::vector<Name> needs;  // steps that must have ended before
  std::optional<ConditionSpec> when;
  std::optional<ConditionSpec> verify;
  std::optional<Duration> timeout;
  RetrySpec retry;
  Name on_failure{"abort", {}};  // or "continue", "step:ID"
  Name rollback;                 // a step id, run when the runbook is aborted after this step
  Name time;                     // timing of the hands-on part; default is the action's own
  Name change;                   // category: what must be there before it begins
  bool irreversible = false;
  bool decides = false;  // its end is the `decided` mark
  bool gates = false;    // skipped by its condition, all that needs it is skipped with it
};

struct TriggerSpec {
  std::vector<Name> alarms;  // any of these
};

/// What makes an incident worse than it began: a state of the platform that lasts.
struct CriterionSpec {
  ConditionSpec when;
  Duration lasts;           // "for": how long it must hold without a break
  Name severity;            // raised to this; empty: as it is
  std::vector<Name> pages;  // roles called then
};

struct RunbookDocument {
  Metadata metadata;
  std::string title;
  std::string source;  // the document and section it models
  TriggerSpec trigger;
  Name severity;            // at least this one, whatever the impact
  std::vector<Name> pages;  // roles called at the declaration, besides those of the severity
  Name change;              // category of the whole: what must be there before the first step
  std::vector<CriterionSpec> escalation;
  std::vector<StepSpec> steps;
  std::vector<StepSpec> verification;
  std::vector<Assumption> assumptions;
};

// ---------------------------------------------------------------------------------------- scenario

struct FaultSpec {
  Name id;
  Name uses;  // "fault:region-loss"
  std::vector<Argument> with;
  Duration at;  // after the start of the drill
  /// Over which a share or factor of the fault grows to its full size, in equal parts.
  Duration ramp;
  std::optional<Duration> lasts;  // from the onset
  Share probability{1};
};

/// When the drill starts: a day ("monday" ... "sunday", "weekday", "weekend", "any") and a time of
/// day ("14:00", "office", "asleep", "any"). "any" is drawn anew for every drill.
struct StartSpec {
  Name day{"any", {}};
  Name time{"any", {}};
  Name date;  // "2026-03-31": gives the day of the week as well; else any day of the year
};

/// One thing that is judged. Its objective says which of service, runbook and severity it names.
struct TargetSpec {
  std::string objective;
  Name service;                // rto, rpo, interruption
  Name runbook;                // completion
  Name step;                   // completion: until this step of it is done; empty: until all are
  std::string from = "onset";  // completion: where the time begins
  Name severity;               // response, stabilise, resolve; empty: whatever was declared
  Duration limit;
  Share required_share{0.95};
  Origin at;
};

/// A behaviour of people or providers that can be switched off: {"people.wait-for-provider": 0.5}.
struct BehaviourSpec {
  Name name;
  Share probability;
};

struct ScenarioDocument {
  Metadata metadata;
  std::string title;
  std::string question;        // what this scenario answers
  std::string expected;        // how it is expected to come out, and why
  Name system;                 // path, relative to the scenario
  std::vector<Name> runbooks;  // paths, relative to the scenario
  std::vector<Name> timings;   // further timing documents, relative paths
  std::vector<FaultSpec> faults;
  std::vector<ComponentSpec> components;  // replace those of the system with the same names
  StartSpec start;
  std::vector<Name> absent;  // roles nobody fills in this drill
  std::vector<BehaviourSpec> behaviours;
  bool targets_from_tiers = true;          // `"targets": "tiers"`
  std::vector<TargetSpec> targets;         // else listed
  std::optional<Share> error_budget_used;  // when the drill begins; absent: as the system says
  std::int64_t runs = 10000;
  Duration horizon = Duration::hours(24);
  std::vector<Assumption> assumptions;
};

// ------------------------------------------------------------------------------------ drill record

/// That a drill was held on a day, and how it came out. Results carry no date, so that the same
/// drill gives the same bytes; this is where the date is.
struct DrillRecordDocument {
  Metadata metadata;
  Date date{};
  std::string system;    // metadata.name of the system
  std::string scenario;  // metadata.name of the scenario
  std::vector<Name> tiers;
  std::string verdict;
  std::string result_sha256;  // of the recorded result, in hexadecimal digits
};

}  // namespace firedrill
