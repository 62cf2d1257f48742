// Results of many nights: how each target went from one to the next, and where it became worse.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reports/report.hpp"
#include "reports/text.hpp"

namespace firedrill {

/// What is kept of one result: figures as in a result file, and nothing of single drills.
struct HistoryEntry {
  std::string content_sha256;       // over all of the below but when and how often
  std::int64_t recorded_at_s = 0;   // seconds since 1970, UTC: provenance, no result
  std::int64_t last_seen_at_s = 0;  // when the same content was recorded again last
  std::int64_t times_seen = 1;      // in a row
  std::string scenario;
  std::string documents_sha256;      // over every document of the scenario
  std::vector<std::string> what_if;  // changes on top of those
  std::uint64_t seed = 0;
  std::int64_t asked = 0;
  std::int64_t completed = 0;
  ReportProgram program;
  std::string result_format;
  Verdict verdict = Verdict::kInconclusive;
  std::vector<ReportTarget> targets;  // limits, verdicts, shares and quantiles with intervals
};

/// What is kept of `report`, with its digest. The same from a run and from its result file.
HistoryEntry history_entry(const Report& report, std::int64_t recorded_at_s);

/// Why `report` is not to be kept: drills that broke or were stopped; empty when it is.
std::string not_to_be_kept(const Report& report);

enum class TrendChange : std::uint8_t { kFirst, kAsBefore, kBetter, kWorse, kOtherTarget };
std::string_view to_word(TrendChange change);

/// A target in one result, against the result before it that judged the same target.
struct TrendPoint {
  std::size_t entry = 0;  // place in ScenarioTrend::entries
  ReportTarget target;
  TrendChange change = TrendChange::kFirst;
  std::string reason;  // of what is better, worse, or another target
};

/// One target over time, the oldest first.
struct TargetTrend {
  std::vector<TrendPoint> points;
  bool in_newest = true;  // the newest result of the scenario judges it
  /// Why the newest is worse than the oldest shown of the same target; empty when it is not.
  std::string worse_than_oldest;
  /// It is, and no single step from one to the next was: a slow slide.
  bool sliding = false;
};

struct ScenarioTrend {
  std::string scenario;
  std::vector<HistoryEntry> entries;  // the oldest first
  std::vector<TargetTrend> targets;   // in the order of the newest result, then those it lacks
};

struct HistoryFilter {
  std::string scenario;  // empty: every one
  std::string target;    // a part of "SUBJECT OBJECTIVE"; empty: every one
  std::size_t last = 0;  // results of a scenario; 0: all
};

struct History {
  std::vector<ScenarioTrend> scenarios;  // by name
  std::int64_t worse = 0;                // targets that the newest result has worse
  std::int64_t better = 0;
  std::int64_t sliding = 0;
};

/// Trends of `entries`, which are in the order in which they were recorded. Each result of a target
/// is held against the one before it by worse_than(), the rule of the gate. Another limit or
/// required share is another target: nothing is said of better or worse across it. Changed
/// documents are no reason not to compare, since they are what a trend is there to show; renderers
/// say so. The filter's `last` cuts first, so that what it shows is judged by what it shows.
History trends_of(const std::vector<HistoryEntry>& entries, const HistoryFilter& filter);

/// 0: nothing is worse in the newest result of any scenario; 1: a target is, at once or by sliding;
/// 2: no result to judge.
int history_exit_code(const History& history);

/// `changed documents, program 0.2.0 (abc)`: what else is not as it was; empty when all is.
std::string changed_since(const HistoryEntry& before, const HistoryEntry& now);

/// `1 of 4 targets worse than before`.
std::string history_headline(const History& history);

/// The time of day to the minute, UTC: `2026-11-02 03:00`.
std::string minute_text(std::int64_t seconds_since_1970);

std::string render_history(const History& history, const TextOptions& options);
std::string render_history_markdown(const History& history);

constexpr std::string_view kHistoryFormat = "1.0";
std::string render_history_json(const History& history);
/// The published draft-07 schema of `render_history_json`.
std::string history_schema_text();

}  // namespace firedrill
