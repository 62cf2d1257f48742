// A finished analysis of sensitivity: what one target depends on, and what would make it met.
// Renderers do no arithmetic.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/study/fixes.hpp"
#include "engine/study/influence.hpp"
#include "reports/report.hpp"

namespace firedrill {

/// What becomes of one lever.
struct ReportChange {
  LeverKind kind = LeverKind::kStep;
  std::string name;
  std::string to;         // "x0.25", "10s"
  ReportTime median_was;  // of a duration that is changed by a factor
  ReportTime median_is;
};

struct ReportFix {
  std::vector<ReportChange> changes;
  bool meets = false;
  double strength = 1;
  double share = 0;
  ReportTime p50;
  ReportTime p95;
  bool monotone = true;
  std::vector<std::string> settings;  // for --var
};

/// One combination of a sweep.
struct ReportSweepPoint {
  std::vector<std::string> values;  // in the order of the variables
  double share = 0;
  ReportTime p50;
  ReportTime p95;
  bool meets = false;
  /// No other combination asks for as little of every variable, or less, and does better.
  bool on_frontier = false;
};

struct SensitivityReport {
  ReportProgram program;
  ReportScenario scenario;
  std::vector<std::string> what_if;
  std::uint64_t seed = 0;
  std::int64_t runs = 0;       // of a try
  std::int64_t base_runs = 0;  // of the study that the correlations come from
  std::int64_t tries = 0;
  double tolerance = 0;
  bool aborted = false;
  ReportTarget target;
  ReportFix as_is;  // without changes
  std::vector<ReportFix> singles;
  std::vector<ReportFix> pairs;
  std::optional<ReportFix> all_times;  // every step and timing by the same factor
  std::vector<std::string> impossible;
  std::vector<ReportInfluence> influences;  // estimates first, then by strength
  double noise = 0;                         // of a correlation
  std::vector<std::string> swept;           // variables of a sweep
  std::vector<ReportSweepPoint> sweep;
};

std::string_view to_word(LeverKind kind);

/// `"met in 95 % of drills"` of the target in a few words.
std::string target_line(const ReportTarget& target);

/// The 95th percentile moves from p95_was: what `Fared` says of levers, in the words of a report.
ReportFix fix_of(const Plan& plan, const std::vector<Lever>& levers, const Fix& fix);

/// Marks the points of a sweep that nothing cheaper matches; `places` has for each point the place
/// of each value in its list, from the least change on.
void mark_frontier(std::vector<ReportSweepPoint>& points,
                   const std::vector<std::vector<std::size_t>>& places);

}  // namespace firedrill
