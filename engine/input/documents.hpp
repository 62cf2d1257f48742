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
#include <vector>

#include "engine/base/date.hpp"
#include "engine/base/diagnostics.hpp"
#include "engine/base/time.hpp"
#include "engine/input/component_documents.hpp"
#include "engine/input/document_parts.hpp"

namespace firedrill {

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

/// How often the recovery of a tier, or one scenario, is to be drilled. Whole months, which
/// durations do not have, or weeks.
struct DrillIntervalSpec {
  Name tier;                      // or
  std::int64_t every_months = 0;  // or
  Name scenario;
  std::int64_t every_weeks = 0;
  Origin at;
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
  std::vector<Name> outage_runbooks;  // for failures of the provider; paths, relative to the system
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
