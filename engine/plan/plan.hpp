// The plan: everything a run will use, every name bound to an index, every default explicit.
// Immutable. Both worlds and the executor read it; nothing after it looks at a document again.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/distribution.hpp"
#include "engine/base/random.hpp"
#include "engine/base/time.hpp"
#include "engine/input/documents.hpp"
#include "engine/plan/vocabulary.hpp"

namespace firedrill {

/// An index into one of the plan's lists. A type a list, so that a region is never taken for a
/// role.
template <class Tag>
struct Index {
  std::uint32_t value = std::numeric_limits<std::uint32_t>::max();
  bool valid() const { return value != std::numeric_limits<std::uint32_t>::max(); }
  auto operator<=>(const Index&) const = default;
};
using RegionIndex = Index<struct RegionTag>;
using ComponentIndex = Index<struct ComponentTag>;
using StoreIndex = Index<struct StoreTag>;
using ServiceIndex = Index<struct ServiceTag>;
using AlarmIndex = Index<struct AlarmTag>;
using RoleIndex = Index<struct RoleTag>;
using PersonIndex = Index<struct PersonTag>;
using StepIndex = Index<struct StepTag>;
using RunbookIndex = Index<struct RunbookTag>;
using TimingIndex = Index<struct TimingTag>;
using TierIndex = Index<struct TierTag>;
using FaultIndex = Index<struct FaultTag>;
using LinkIndex = Index<struct LinkTag>;
using ChangeIndex = Index<struct ChangeTag>;
using SeverityIndex = Index<struct SeverityTag>;  // the worst is 0

/// A timing as it will be drawn: durations in seconds, probabilities and ratios as they are.
struct PlannedTiming {
  std::string id;
  std::string unit;  // "s" for every duration, else the unit of the entry
  Distribution distribution;
  std::string source;
  Confidence confidence = Confidence::kEstimate;
  std::string note;
  bool from_system = false;  // overrides the library
  bool used = false;         // bound by something in this plan
  /// Draws of it come from this seed, not from the drill's: what an analysis of variance redraws.
  std::optional<std::uint64_t> seed{};
};

/// Counts of a call that are not numbers.
constexpr std::int64_t kProductionCount = -1;  // what the component says is its production count
constexpr std::int64_t kCountUnchanged = -2;   // the call gives none

/// A call with its arguments bound.
struct PlannedCall {
  Operation operation = Operation::kWaitFor;
  std::vector<ComponentIndex> components;  // what it acts on
  ComponentIndex target;                   // what it points to (the new origin, the new DNS answer)
  ServiceIndex service;
  RegionIndex region;
  std::uint32_t zone = 0;
  LinkIndex link;
  AlarmIndex alarm;
  RoleIndex role;
  StepIndex step;    // of any runbook
  FaultIndex fault;  // which fault of the scenario it is, if it is one
  std::int64_t count = kCountUnchanged;
  std::optional<Duration> duration;
  double share = 1.0;
  double factor = 1.0;  // a multiple of what is usual
  std::string word;
  std::optional<bool> flag;  // nothing: the component's own setting
  /// What the fault is like, by name of the parameter; what is left out is 0.
  std::map<std::string, double, std::less<>> traits;
  double trait(std::string_view name) const {
    const auto found = traits.find(name);
    return found == traits.end() ? 0.0 : found->second;
  }
};

/// The fault at a part of its size, 0 to 1: its share, and what its factor is beyond the usual.
PlannedCall at_intensity(PlannedCall fault, double intensity);

struct PlannedCondition {
  PlannedCall probe;
  bool is = true;
};

enum class OnFailure : std::uint8_t { kAbort, kContinue, kGoTo };

struct PlannedStep {
  RunbookIndex runbook;
  std::string id;
  std::string title;
  std::string document;
  RoleIndex role;
  PlannedCall call;
  TimingIndex hands_on;   // invalid: nobody's hands are needed
  TimingIndex wait_time;  // of a `wait:for` that names a timing
  std::vector<StepIndex> needs;
  std::optional<PlannedCondition> when;
  std::optional<PlannedCondition> verify;
  std::optional<Duration> timeout;
  std::int64_t attempts = 1;
  Duration retry_delay;
  OnFailure on_failure = OnFailure::kAbort;
  StepIndex fallback;  // kGoTo
  /// Runs only when another step fails: a fallback, a rollback, or what only those need.
  bool is_fallback = false;
  StepIndex rollback;
  bool irreversible = false;
  bool decides = false;
  bool gates = false;
  bool verifies = false;  // from the runbook's verification list
  ChangeIndex change;     // invalid: it needs no leave
  EntityKey hands_on_key;
  EntityKey error_key;
};

/// Seen while an incident is open: then it is at least of this severity.
struct PlannedImpact {
  SeverityIndex severity;
  PlannedCall probe;
};

struct PlannedCriterion {
  PlannedCondition when;
  Duration lasts;
  SeverityIndex severity;  // invalid: stays as it is
  std::vector<RoleIndex> pages;
};

struct PlannedRunbook {
  std::string name;
  std::string title;
  std::string source;
  std::vector<AlarmIndex> trigger;
  SeverityIndex severity;  // at least this one
  std::vector<RoleIndex> pages;
  /// For every severity that has rules, and every service behind an alarm of the trigger; the worst
  /// severity first.
  std::vector<PlannedImpact> impacts;
  std::vector<PlannedCriterion> escalation;
  ChangeIndex change;  // invalid: it needs no leave
  StepIndex first_step;
  StepIndex end_step;  // steps [first, end); verification included, last
};

struct PlannedComponent {
  std::string name;
  std::string kind;
  RegionIndex region;  // invalid: global
  ComponentDetail detail;
  /// By slot name of the kind.
  std::map<std::string, TimingIndex, std::less<>> timings;
  /// What it refers to, by key of its document: "cluster", "replicates_from". Keys left out are
  /// absent.
  std::map<std::string, ComponentIndex, std::less<>> references;
  /// Others that it cannot work without.
  std::vector<ComponentIndex> needs;

  /// Invalid when the kind has no such slot, or the document no such key.
  TimingIndex timing(std::string_view slot) const;
  ComponentIndex reference(std::string_view key) const;
};

struct PlannedRegion {
  std::string name;
  std::vector<std::string> zones;
};

struct PlannedLink {
  std::string name;
  RegionIndex from;
  RegionIndex to;
  double bytes_per_s = 0;
  Duration latency;
  std::int64_t connections = 1;
};

struct PlannedStore {
  std::string name;
  std::vector<ComponentIndex> members;  // the first is the primary
};

struct PlannedService {
  std::string name;
  TierIndex tier;
  ComponentIndex entry;
  std::vector<ComponentIndex> sites;
  std::vector<StoreIndex> stores;
  std::vector<ServiceIndex> needs;
  std::vector<ServiceIndex> uses;  // degraded without them, still serving
  std::int64_t full_load_tasks = 1;
  double threshold = 0.9;
  Duration hold;
  bool judged = true;
};

/// What an alarm makes of a period without a datapoint.
enum class MissingData : std::uint8_t { kKeepsState, kBreaches, kPasses };

struct PlannedAlarm {
  std::string name;
  Operation metric = Operation::kMetricTarget5xx;
  ComponentIndex of;
  RegionIndex of_region;    // for metrics of a region
  RegionIndex reported_in;  // whose CloudWatch evaluates it
  double threshold = 0;
  bool below = false;  // breaches below the threshold, not above it
  MissingData missing = MissingData::kKeepsState;
  Duration period;
  std::int64_t datapoints = 1;
  SeverityIndex severity;
  bool pages = true;
};

struct PlannedUnresolved {
  RoleIndex role;
  Duration after;  // since the declaration
};

struct PlannedSeverity {
  std::string name;
  std::vector<RoleIndex> pages;
  std::vector<PlannedUnresolved> unresolved;  // the soonest first
  std::optional<Duration> respond_within;
  std::optional<Duration> stabilise_within;
  std::optional<Duration> resolve_within;
  std::optional<Duration> status_update_every;
};

struct PlannedRole {
  std::string name;
  std::vector<PersonIndex> persons;
  /// Each is on duty for a week, from this time of the week on, counted from Monday 0:00; absent:
  /// all are at once.
  std::optional<Duration> hand_over;
  bool office_hours_only = false;
  bool joins_bridge = false;
  bool absent = false;
  RoleIndex deputy;  // invalid: nobody stands in
  Duration deputy_after;
};

struct PlannedEscalation {
  RoleIndex role;
  Duration acknowledge_within;
};

struct PlannedChangeWindow {
  std::array<bool, 7> on{};  // by day of the week, 0 is Monday
  Duration from;
  Duration to;
};

/// A category of changes.
struct PlannedChange {
  std::string name;
  Duration lead_time;
  RoleIndex approved_by;  // invalid: nobody
  TimingIndex approval;
  bool in_window = false;
};

struct PlannedTier {
  std::string name;
  Duration rto;
  Duration rpo;
  double slo = 0;
};

struct PlannedFault {
  std::string id;
  PlannedCall call;
  Duration at;
  Duration ramp;
  std::optional<Duration> lasts;
  double probability = 1;
};

/// In the order of kObjectives of document_fields.hpp.
enum class Objective : std::uint8_t {
  kRto,
  kRpo,
  kInterruption,
  kCompletion,
  kResponse,
  kStabilise,
  kResolve
};
/// Where the time of a completion begins, in the order of kTargetStarts.
enum class TargetStart : std::uint8_t {
  kOnset,
  kDetected,
  kAcknowledged,
  kDeclared,
  kDecided,
  kStart
};

/// What is judged. Members that its objective does not use are invalid or empty.
struct PlannedTarget {
  Objective objective = Objective::kRto;
  ServiceIndex service;  // rto, rpo, interruption
  RunbookIndex runbook;  // completion
  StepIndex step;        // completion; invalid: the whole runbook
  TargetStart from = TargetStart::kOnset;
  SeverityIndex severity;  // response, stabilise, resolve; invalid: any
  std::string subject;     // what a report calls it: "payments", "rollback: verify", "SEV-1"
  Duration limit;
  double required_share = 0.95;
  Origin at;
};

/// Fixed, or drawn anew for each drill.
struct PlannedStart {
  std::vector<int> days;  // 0 is Monday; one is drawn
  Duration from;          // of the day; drawn uniformly from [from, from + span)
  Duration span;          // zero: exactly `from`
  int day_of_year = -1;   // 0 is 1 January of a year of 365 days; -1: drawn
  std::string text;       // "any day, any time"
};

struct PlannedControlPlane {
  std::string service;
  RegionIndex hosted_in;  // invalid: one in every region
  double error_share = 0;
};

struct Plan {
  std::string scenario;
  std::string scenario_path;
  std::string scenario_sha256;       // over every document that the plan was made of
  std::vector<std::string> what_if;  // what was changed on top of them, as on a command line
  std::string title;
  std::string question;
  std::string expected;
  std::string system;

  std::vector<PlannedRegion> regions;
  std::vector<PlannedLink> links;
  std::vector<PlannedControlPlane> control_planes;
  std::vector<PlannedTier> tiers;
  std::vector<PlannedComponent> components;
  std::vector<PlannedStore> stores;
  std::vector<PlannedService> services;
  std::vector<PlannedAlarm> alarms;
  std::vector<std::string> persons;
  std::vector<PlannedRole> roles;
  std::vector<PlannedEscalation> escalation;
  std::vector<PlannedSeverity> severities;
  std::vector<PlannedChangeWindow> change_windows;
  std::int64_t blackout_business_days = 0;
  std::vector<PlannedChange> changes;
  RoleIndex status_updates_by;  // invalid: whoever leads
  PeopleSpec people;            // hours of office and sleep

  std::vector<PlannedRunbook> runbooks;
  std::vector<PlannedStep> steps;
  std::vector<PlannedFault> faults;
  std::vector<PlannedTarget> targets;
  PlannedStart start;
  Duration horizon;
  std::int64_t runs = 10000;
  ErrorBudgetSpec error_budget;  // `used` as the scenario has it

  std::vector<PlannedTiming> timings;
  std::map<std::string, TimingIndex, std::less<>> timing_by_id;
  std::map<std::string, TimingIndex, std::less<>> people_timings;  // by slot of people_slots()
  std::array<double, 9> behaviour_probability{};                   // by Behaviour
  std::array<TimingIndex, 9> behaviour_timing{};
  std::vector<Assumption> assumptions;

  const PlannedStep& step(StepIndex i) const { return steps[i.value]; }
  const PlannedComponent& component(ComponentIndex i) const { return components[i.value]; }
  const PlannedService& service(ServiceIndex i) const { return services[i.value]; }
  const PlannedSeverity& severity(SeverityIndex i) const { return severities[i.value]; }
  const PlannedTiming& timing(TimingIndex i) const { return timings[i.value]; }
  double probability(Behaviour b) const {
    return behaviour_probability[static_cast<std::size_t>(b)];
  }
};

}  // namespace firedrill
