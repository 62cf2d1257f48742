// Two results of one scenario side by side: what a change made better and worse.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/baseline.hpp"
#include "reports/report.hpp"
#include "reports/text.hpp"

namespace firedrill {

/// At most this share of comparisons of a thing with itself calls any target changed: each of the
/// four figures of each target (p50, p95, share met, drills that take longer) is judged at the
/// confidence 1 - 5 % / (4 x targets).
constexpr double kFalseAlarms = 0.05;
/// With fewer pairs a target is not compared: a p95 needs some values beyond it.
constexpr std::int64_t kPairsMin = 100;

enum class TargetChange : std::uint8_t { kWorse, kBetter, kSame, kNotComparable };
std::string_view to_word(TargetChange change);

/// New minus base, with its interval. The difference is empty where one of both is not within the
/// horizon, an end where it is without bound.
struct ComparedTime {
  ReportTime base;
  ReportTime now;
  std::optional<std::int64_t> difference_ms;
  std::optional<std::int64_t> low_ms;
  std::optional<std::int64_t> high_ms;
  int direction = 0;  // of the whole interval: 1 longer, -1 shorter, 0 it holds no change as well
};

/// Pairs of drills that take longer or shorter than before, whatever by: under the same luck the
/// sharpest figure of all, since a step that became slower makes nearly every drill longer.
struct ComparedPairs {
  std::int64_t longer = 0;
  std::int64_t shorter = 0;
  double p = 1;  // of the exact sign test
  int direction = 0;
};

struct ComparedShare {
  double base = 0;
  double now = 0;
  double difference = 0;
  double low = 0;
  double high = 0;
  double p = 1;  // of the exact sign test
  int direction = 0;
};

/// Figures are of the pairs of drills that both results have samples of; both sides are held
/// against the limit of the new result.
struct ComparedTarget {
  std::string subject;
  std::string tier;
  Objective objective = Objective::kRto;
  TargetStart from = TargetStart::kOnset;
  std::string limit;       // of the new result, of the base where that alone has the target
  std::string base_limit;  // where it is another one; else empty
  double required_share = 0.95;
  TargetChange change = TargetChange::kNotComparable;
  std::string reason;  // why it is not comparable; else empty
  std::int64_t pairs = 0;
  bool identical = false;  // no drill differs
  ComparedTime p50;
  ComparedTime p95;
  ComparedShare met_share;
  ComparedPairs drills;
  std::optional<Verdict> base_verdict;
  std::optional<Verdict> now_verdict;
  // Of each side for itself; where the drills are not paired, there is no other interval.
  ReportTimeInterval base_p95_ci95{};
  ReportTimeInterval now_p95_ci95{};
};

enum class StepChange : std::uint8_t { kAdded, kRemoved, kSlower, kFaster, kMoved };
std::string_view to_word(StepChange change);

/// A step that is not as it was. `kMoved`: it takes as long, but adds another time to the path.
struct ComparedStep {
  std::string runbook;
  std::string step;
  std::string title;
  std::string role;
  StepChange change = StepChange::kMoved;
  ReportTime base_p50;
  ReportTime now_p50;
  ReportTime base_p95;
  ReportTime now_p95;
  std::int64_t path_mean_difference_ms = 0;
};

struct ComparedSide {
  std::string name;  // as it was given
  std::string commit;
  std::string documents_sha256;
  std::uint64_t seed = 0;
  std::int64_t completed = 0;
};

struct Comparison {
  ReportScenario scenario;  // of the new result
  ComparedSide base;
  ComparedSide now;
  std::int64_t pairs = 0;
  bool same_luck = true;           // the same seed on both sides
  bool paired = true;              // drill by drill, and not figure by figure
  double interval_confidence = 0;  // of each interval, so that all hold together with 95 %
  TargetChange verdict = TargetChange::kSame;
  std::string headline;
  std::vector<ComparedTarget> targets;  // of the new result, then those that the base alone has
  std::vector<ComparedStep> steps;      // what changed the path most first
};

/// Why two results cannot be compared at all; empty when they can. `other_luck` allows two seeds.
std::string comparison_refused(const Report& base, const Report& now, bool other_luck);

/// Two results that comparison_refused() lets through. Resampling is seeded by the base's seed. Of
/// steps only added and removed ones are told when the seeds differ: the figures of the others
/// have no interval, and are as good as certain only under the same luck.
Comparison compare_reports(const Report& base, const Report& now, const std::string& base_name,
                           const std::string& now_name);

/// The same against a baseline, which holds figures and no drills: nothing is paired, a target is
/// worse or better by the rule of the gate (target_change.hpp), and of steps nothing is known.
Comparison compare_to_baseline(const Baseline& base, const Report& now,
                               const std::string& base_name);

/// 0: no target is worse; 1: one is; 2: none could be compared.
int comparison_exit_code(const Comparison& comparison);

constexpr std::string_view kComparisonFormat = "1.0";
std::string render_comparison(const Comparison& comparison, const TextOptions& options);
std::string render_comparison_json(const Comparison& comparison);
/// The published draft-07 schema of `render_comparison_json`.
std::string comparison_schema_text();

}  // namespace firedrill
