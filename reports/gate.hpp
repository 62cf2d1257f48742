// What a pipeline makes of reports: whether they let a change through, and what it shows of them.
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

enum class GateChange : std::uint8_t { kNoBaseline, kAsBefore, kBetter, kWorse, kNew };

struct GateTarget {
  std::size_t report = 0;  // places in what was judged
  std::size_t target = 0;
  GateChange change = GateChange::kNoBaseline;
  std::string reason;  // of what is better or worse
  bool fails = false;
};

struct GateOptions {
  /// Lets the targets through that the drills leave open, but none that no drill was judged by.
  bool pass_inconclusive = false;
  /// Lets the targets through that are missed or open in the baseline as well.
  bool only_regressions = false;
  /// Every scenario of the baseline must have been run.
  bool whole = false;
};

struct Gate {
  std::vector<GateTarget> targets;  // those that fail first, worst first
  std::vector<std::string> stale;   // why the baseline does not fit what was run
  std::int64_t worse = 0;
  std::int64_t better = 0;
  bool judged = false;  // of every report at least one target, by at least one drill
};

/// A target is worse than its baseline when worse_than() says so.
Gate judge_gate(const std::vector<Report>& reports, const std::optional<Baseline>& baseline,
                const GateOptions& options);

/// Public API: 0 everything passes; 1 a target fails; 2 nothing was judged, which is never green,
/// or the baseline does not fit. Drills that broke, and signals, have codes of their own.
int gate_exit_code(const Gate& gate);

/// The same of one report that is held against no baseline.
int judged_exit_code(const Report& report, bool pass_inconclusive);

std::string_view to_word(GateChange change);

/// The section on the baseline in a text; nothing without one.
std::string render_gate_text(const std::vector<Report>& reports, const Gate& gate,
                             const TextOptions& options);

/// Workflow commands: an annotation on the line of each target that fails, and a line in the end.
/// At most ten errors and ten warnings, as many as are shown, the worst first.
std::string render_github(const std::vector<Report>& reports, const Gate& gate);

/// Tables for a job summary.
std::string render_markdown(const std::vector<Report>& reports, const Gate& gate);

/// A suite a scenario, a case a target. `failure` is what fails the gate, `error` drills that
/// broke, `skipped` a target that no drill was judged by.
std::string render_junit(const std::vector<Report>& reports, const Gate& gate);

}  // namespace firedrill
