// A finished report: every number worked out, every name bound. Renderers turn it into text and do
// no arithmetic, so that all formats say the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/input/documents.hpp"
#include "engine/plan/objectives.hpp"
#include "engine/plan/plan.hpp"
#include "engine/study/influence.hpp"
#include "engine/study/statistics.hpp"
#include "reports/timeline.hpp"

namespace firedrill {

/// A time in whole milliseconds. Empty: not within the horizon.
using ReportTime = std::optional<std::int64_t>;

struct ReportProgram {
  std::string version;
  std::string commit;
};

struct ReportScenario {
  std::string name;
  std::string path;
  std::string sha256;
  std::string title;
  std::string question;
  std::string expected;  // may be empty
  std::string system;
  std::vector<std::string> what_if;  // changes on top of it: "--var PATH=VALUE", "--with FILE"
};

/// From order statistics, without any assumption about the distribution: 95 % of such intervals
/// hold the true quantile. An empty low: it is not within the horizon; an empty high: it may not
/// be, or the drills are too few to bound it.
struct ReportTimeInterval {
  ReportTime low;
  ReportTime high;
};

struct ReportQuantiles {
  ReportTime p5;
  ReportTime p50;
  ReportTime p95;
  ReportTime p99;
  ReportTime max;
  ReportTimeInterval p50_ci95{};
  ReportTimeInterval p95_ci95{};
};

/// What holds up recovery most.
enum class BottleneckKind : std::uint8_t {
  kDetection,    // no alarm yet
  kPage,         // an alarm, and nobody at work
  kTriage,       // somebody at work, and no runbook chosen
  kRoleDecides,  // a role takes long to decide
  kRoleBusy,     // a step is ready, and its role is at another one
  kRoleAway,     // a step is ready, and nobody of its role is there
  kStepWork,     // the hands of a step
  kStepWait,     // a step waits for the platform
  kStore,        // a store is behind, which no step can change
  kNoStep,       // nothing in the procedure brings it about
};

struct ReportBottleneck {
  BottleneckKind kind = BottleneckKind::kNoStep;
  std::string name;  // of the role, step or store; empty for the others
  /// What it adds to the way to the target, as a mean over the drills; empty: in most drills it
  /// never ends.
  ReportTime mean;
};

struct ReportTarget {
  std::string subject;  // the service, runbook, step or severity
  std::string tier;     // of the service
  Objective objective = Objective::kRto;
  std::int64_t limit_ms = 0;
  std::string limit;  // `PT2H`
  double required_share = 0.95;
  std::int64_t met = 0;  // drills
  double met_share = 0;
  Interval met_share_ci95;
  Verdict verdict = Verdict::kInconclusive;
  ReportQuantiles achieved;  // in the drills that it asks something of
  TargetStart from = TargetStart::kOnset;
  std::int64_t judged = 0;  // those drills
  ReportBottleneck bottleneck;
  /// How many drills would decide an inconclusive target if the share stayed as it is; empty: more
  /// than any number that can be run.
  std::optional<std::int64_t> drills_to_decide{};
  std::uint32_t line = 0;  // in the document `file`; 0 when unknown
  std::string file{};
};

/// What the verdicts of a study went by that stopped by itself: looks that were planned beforehand,
/// each with an interval of this confidence, so that all of them hold together with 95 %.
struct ReportSequential {
  std::int64_t min_runs = 0;
  std::int64_t max_runs = 0;
  std::int64_t looks_planned = 0;
  std::int64_t looks_made = 0;
  double look_confidence = 0.95;
};

/// What the first drills achieved, so that another result can be paired with this one.
struct ReportSamples {
  std::int64_t drills = 0;                             // the drills 0 to drills - 1
  std::vector<std::int64_t> missing;                   // of them, those without a result
  std::vector<std::int64_t> stalled;                   // of them, those that meet no target
  std::vector<std::vector<std::int32_t>> achieved_ms;  // by target; kNotReachedMs, kNotJudgedMs
};

/// What a severity promises, from the first alarm.
struct ReportPromise {
  std::string name;                      // "response", "stabilise", "resolve"
  std::optional<std::int64_t> limit_ms;  // empty: the system promises nothing
  double met_share = 0;
  Interval met_share_ci95;
  ReportTime p50;
  ReportTime p95;
};

struct ReportSeverity {
  std::string name;
  std::int64_t drills = 0;  // whose gravest incident it was
  double share = 0;
  std::vector<ReportPromise> promises;
};

struct ReportBudgetPolicy {
  double over = 0;
  std::string effect;
  double share = 0;  // of drills after which it holds
};

/// The error budget of a service, and what the drills burn of it.
struct ReportBudget {
  std::string service;
  double slo = 0;
  std::int64_t budget_ms = 0;  // of full outage
  double used_before = 0;      // when a drill begins
  // By the drill alone, in budgets; empty: not within the horizon.
  std::optional<double> burnt_p50;
  std::optional<double> burnt_p95;
  std::vector<ReportBudgetPolicy> policies;
};

/// Means over the drills. The last three are what steps on the critical path waited for.
struct ReportRole {
  std::string role;
  std::int64_t hands_mean_ms = 0;  // at work or deciding, on any step
  ReportTime hands_p50;            // the same in each drill, and posting status updates
  ReportTime hands_p95;
  double hands_share = 0;             // of the time from the first alarm to the close
  std::int64_t busy_mean_ms = 0;      // it was at another step
  std::int64_t away_mean_ms = 0;      // nobody of it was there
  std::int64_t decision_mean_ms = 0;  // it decided
};

struct ReportStore {
  std::string name;
  ReportQuantiles rpo;
  double lossless_share = 0;  // of drills that lost nothing of it
};

/// Time by what it was spent on: means over the drills, so that the parts add up.
struct ReportSplit {
  std::int64_t work_ms = 0;
  std::int64_t wait_ms = 0;
  std::int64_t decision_ms = 0;
  std::int64_t idle_ms = 0;
  // The same as shares of their sum; all zero when there is nothing to share.
  double work = 0;
  double wait = 0;
  double decision = 0;
  double idle = 0;
};

/// An interval between two clock marks of the incident.
struct ReportPhase {
  std::string name;
  std::string meaning;
  ReportTime p50;
  ReportTime p95;
  ReportSplit split;  // mean over all drills; a phase that never ended lasts as long as the drill
  ReportTimeInterval p50_ci95{};
  ReportTimeInterval p95_ci95{};
};

/// When a clock mark of the incident comes, from the first fault on.
struct ReportMark {
  std::string name;  // "detected", ..., "closed"
  ReportTime p50;
  ReportTime p95;
  ReportTimeInterval p50_ci95{};
  ReportTimeInterval p95_ci95{};
};

struct ReportStep {
  std::string runbook;
  std::string step;
  std::string title;
  std::string role;
  double ran_share = 0;
  double failed_share = 0;
  double criticality = 0;  // share of drills with this step on the critical path
  ReportTime p50;          // ready to ended, in the drills that ran it
  ReportTime p95;
  ReportSplit split;  // in the drills that ran it
  /// Time it added to critical paths, as a mean over all drills: what the steps are ordered by.
  std::int64_t path_mean_ms = 0;
};

enum class AssumptionKind : std::uint8_t { kStated, kTiming };

struct ReportAssumption {
  AssumptionKind kind = AssumptionKind::kStated;
  std::string subject;  // of a timing: its id
  std::string value;
  std::string reason;  // of a timing: its note
  std::string unit;    // timings only, like the rest
  Confidence confidence = Confidence::kEstimate;
  std::string source;
};

enum class Severity : std::uint8_t { kInfo, kWarning, kCritical };

struct ReportFinding {
  std::string id;  // stable, kebab-case
  Severity severity = Severity::kInfo;
  std::string title;
  std::string detail;
  std::int64_t drills = 0;
  double share = 0;
};

/// All steps of one operation, or of one role, on critical paths.
struct ReportCriticality {
  std::string name;
  double criticality = 0;         // share of drills with such a step on the critical path
  std::int64_t path_mean_ms = 0;  // what they added to critical paths, as a mean over all drills
};

/// A step on the way to recovery in one drill, from the first onset.
struct ReportPathStep {
  std::string runbook;
  std::string step;
  std::string role;
  std::int64_t ready_ms = 0;
  ReportTime ended;  // empty: still open when the drill ended
  ReportSplit split;
};

/// What a target achieved in the drills where a timing was in its lowest, or its highest, tenth.
struct ReportTail {
  std::int64_t drills = 0;
  ReportTime p95;
  ReportTimeInterval p95_ci95{};
};

/// How a timing and what a target achieved go together.
struct ReportInfluence {
  std::string timing;
  std::string value;
  std::string unit;
  Confidence confidence = Confidence::kEstimate;
  std::int64_t drills = 0;                 // that drew it
  std::optional<double> correlation;       // Spearman, of its mean draw in a drill
  bool beyond_noise = false;               // of luck
  std::optional<VarianceShares> variance;  // of the leading timings of a sensitivity analysis
  bool matters = false;                    // by its correlation, or by its share of the variance
  // Both or neither: too few drills drew it for a tenth of them to tell a 95th percentile.
  std::optional<ReportTail> when_low{};
  std::optional<ReportTail> when_high{};
};

/// The timings that a target goes with, from the first drills of the study.
struct ReportInfluences {
  std::size_t target = 0;
  std::int64_t drills = 0;
  double noise = 0;                      // of a correlation
  std::vector<ReportInfluence> timings;  // estimates first, then by strength
};

struct ReportFailure {
  std::string kind;  // "crashed" or "hung"
  std::int64_t replication = 0;
  std::int64_t first_lost = 0;
  std::int64_t last_lost = -1;
  int signal = 0;
  int exit_code = 0;
};

struct ReportEnds {
  std::int64_t completed = 0;
  std::int64_t past_horizon = 0;
  std::int64_t stalled = 0;
};

/// A drill worth looking at, with the command that runs it again.
struct ReportExample {
  std::string name;  // "median" or "p95"
  std::int64_t replication = 0;
  ReportTime restored;  // onset to the last judged service restored
  std::string command;
  /// What its last judged service waited for, the first first. Empty unless it was run again.
  std::vector<ReportPathStep> path;
};

struct Report {
  ReportProgram program;
  ReportScenario scenario;
  std::uint64_t seed = 0;
  std::int64_t asked = 0;
  std::int64_t completed = 0;
  std::int64_t failed = 0;
  bool aborted = false;
  Verdict verdict = Verdict::kInconclusive;
  std::string headline;  // "1 of 4 targets missed"
  /// Of `targets`: met least often for what it requires; of those, the one whose median is furthest
  /// over its limit.
  std::optional<std::size_t> worst_target;
  std::vector<ReportTarget> targets;
  std::vector<ReportSeverity> severities;  // the gravest first
  std::vector<ReportBudget> budgets;
  std::vector<ReportRole> roles;  // what recovery waited for most first
  std::vector<ReportStore> stores;
  std::vector<ReportMark> marks;  // in their order
  std::vector<ReportPhase> phases;
  std::vector<ReportStep> steps;                    // most critical first
  std::vector<ReportCriticality> operations;        // most critical first
  std::vector<ReportCriticality> role_criticality;  // the same of roles
  std::vector<ReportInfluences> influences;         // of the worst RTO and of the worst RPO
  ReportSplit critical_split;                 // of the steps on the critical path, mean a drill
  std::vector<ReportAssumption> assumptions;  // timings first, guesses before all others
  std::int64_t guesses = 0;                   // timings that are estimates
  std::int64_t timings = 0;
  std::vector<ReportFinding> findings;  // gravest first
  std::vector<ReportFailure> failures;
  ReportEnds ends;
  std::vector<ReportExample> examples;
  std::optional<ReportSequential> sequential;
  ReportSamples samples;
  std::vector<ReportTimeline> timelines;  // of the examples; empty unless those were run again
};

/// The words that every format uses: "met", "rto", "estimate", "critical".
std::string_view to_word(Verdict verdict);
std::string_view to_word(BottleneckKind kind);
std::string_view to_word(Confidence confidence);
std::string_view to_word(Severity severity);

}  // namespace firedrill
