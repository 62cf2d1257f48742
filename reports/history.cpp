#include "reports/history.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "engine/plan/sha256.hpp"
#include "reports/json.hpp"
#include "reports/kept.hpp"
#include "reports/target_change.hpp"
#include "reports/target_name.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

Json of_time(const ReportTime& ms) { return ms ? Json(*ms) : Json(nullptr); }

Json digested_target(const ReportTarget& t) {
  const ReportQuantiles& q = t.achieved;
  return Json::array({t.subject, to_word(t.objective), to_word(t.from), t.limit_ms,
                      t.required_share, to_word(t.verdict), t.met, t.judged, t.met_share,
                      t.met_share_ci95.low, t.met_share_ci95.high, of_time(q.p50),
                      of_time(q.p50_ci95.low), of_time(q.p50_ci95.high), of_time(q.p95),
                      of_time(q.p95_ci95.low), of_time(q.p95_ci95.high)});
}

std::string digest_of(const HistoryEntry& e) {
  Json json =
      Json::array({e.scenario, e.documents_sha256, e.what_if, e.seed, e.asked, e.completed,
                   e.program.version, e.program.commit, e.result_format, to_word(e.verdict)});
  for (const ReportTarget& t : e.targets) json.push_back(digested_target(t));
  Sha256 hash;
  hash.add(json.dump(-1, ' ', false, Json::error_handler_t::replace));
  return hash.hex();
}

/// What makes a target the same one over time. Limits are no part of it: a changed limit belongs
/// into the trend of the target that it was changed of.
using TargetKey = std::tuple<std::string, Objective, TargetStart, std::size_t>;

/// The last part tells targets of one result apart that are alike but for their limit.
std::vector<TargetKey> keys_of(const HistoryEntry& entry) {
  std::vector<TargetKey> keys;
  std::map<TargetKey, std::size_t> seen;
  for (const ReportTarget& t : entry.targets) {
    TargetKey key{t.subject, t.objective, t.from, 0};
    std::get<3>(key) = seen[key]++;
    keys.push_back(std::move(key));
  }
  return keys;
}

bool chosen(const ReportTarget& target, const HistoryFilter& filter) {
  const std::string name = fmt::format("{} {}", target.subject, to_word(target.objective));
  return filter.target.empty() || name.find(filter.target) != std::string::npos;
}

bool same_target(const ReportTarget& a, const ReportTarget& b) {
  return a.limit_ms == b.limit_ms && a.required_share == b.required_share;
}

void judge_point(const TrendPoint* before, TrendPoint& now) {
  if (before == nullptr) return;
  if (!same_target(before->target, now.target)) {
    now.change = TrendChange::kOtherTarget;
    now.reason = "before it was " + target_name(before->target);
    return;
  }
  now.reason = worse_than(before->target, now.target);
  now.change = now.reason.empty() ? TrendChange::kAsBefore : TrendChange::kWorse;
  if (now.change == TrendChange::kWorse) return;
  now.reason = better_than(before->target, now.target);
  if (!now.reason.empty()) now.change = TrendChange::kBetter;
}

/// Holds the newest against the oldest from which on the target was asked for as it is now.
void judge_whole(TargetTrend& trend) {
  const std::vector<TrendPoint>& points = trend.points;
  std::size_t first = points.size() - 1;
  bool stepped = false;
  while (first > 0 && points[first].change != TrendChange::kOtherTarget) {
    stepped = stepped || points[first].change == TrendChange::kWorse;
    --first;
  }
  trend.worse_than_oldest = worse_than(points[first].target, points.back().target);
  trend.sliding = !stepped && !trend.worse_than_oldest.empty();
}

ScenarioTrend trend_of(std::string scenario, std::vector<HistoryEntry> entries,
                       const HistoryFilter& filter) {
  ScenarioTrend trend{std::move(scenario), std::move(entries), {}};
  std::map<TargetKey, std::vector<TrendPoint>> points;
  std::vector<TargetKey> order = keys_of(trend.entries.back());
  const std::size_t newest = order.size();
  for (std::size_t e = 0; e < trend.entries.size(); ++e) {
    const std::vector<TargetKey> keys = keys_of(trend.entries[e]);
    for (std::size_t t = 0; t < keys.size(); ++t) {
      const ReportTarget& target = trend.entries[e].targets[t];
      if (!chosen(target, filter)) continue;
      std::vector<TrendPoint>& line = points[keys[t]];
      TrendPoint point{e, target, TrendChange::kFirst, ""};
      judge_point(line.empty() ? nullptr : &line.back(), point);
      line.push_back(std::move(point));
      if (std::find(order.begin(), order.end(), keys[t]) == order.end()) order.push_back(keys[t]);
    }
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::vector<TrendPoint>& line = points[order[i]];
    if (line.empty()) continue;
    TargetTrend whole{std::move(line), i < newest, "", false};
    if (whole.in_newest) judge_whole(whole);
    trend.targets.push_back(std::move(whole));
  }
  return trend;
}

}  // namespace

HistoryEntry history_entry(const Report& whole, std::int64_t recorded_at_s) {
  const Report report = as_kept(whole);
  HistoryEntry entry;
  entry.recorded_at_s = entry.last_seen_at_s = recorded_at_s;
  entry.scenario = report.scenario.name;
  entry.documents_sha256 = report.scenario.sha256;
  entry.what_if = report.scenario.what_if;
  entry.seed = report.seed;
  entry.asked = report.asked;
  entry.completed = report.completed;
  entry.program = report.program;
  entry.result_format = kResultFormat;
  entry.verdict = report.verdict;
  entry.targets = report.targets;
  entry.content_sha256 = digest_of(entry);
  return entry;
}

std::string not_to_be_kept(const Report& report) {
  if (report.aborted) return "it was stopped before all drills were run";
  if (report.failed > 0) return fmt::format("{} of its drills broke", report.failed);
  return "";
}

std::string_view to_word(TrendChange change) {
  switch (change) {
    case TrendChange::kAsBefore:
      return "as before";
    case TrendChange::kBetter:
      return "better";
    case TrendChange::kWorse:
      return "worse";
    case TrendChange::kOtherTarget:
      return "other target";
    case TrendChange::kFirst:
      break;
  }
  return "first";
}

History trends_of(const std::vector<HistoryEntry>& entries, const HistoryFilter& filter) {
  std::map<std::string, std::vector<HistoryEntry>> by_scenario;
  for (const HistoryEntry& entry : entries) {
    if (!filter.scenario.empty() && entry.scenario != filter.scenario) continue;
    by_scenario[entry.scenario].push_back(entry);
  }
  History history;
  for (auto& [name, all] : by_scenario) {
    if (filter.last > 0 && all.size() > filter.last) {
      all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(filter.last));
    }
    ScenarioTrend trend = trend_of(name, std::move(all), filter);
    if (trend.targets.empty()) continue;
    for (const TargetTrend& target : trend.targets) {
      if (!target.in_newest) continue;
      if (target.points.back().change == TrendChange::kWorse) ++history.worse;
      if (target.points.back().change == TrendChange::kBetter) ++history.better;
      if (target.sliding) ++history.sliding;
    }
    history.scenarios.push_back(std::move(trend));
  }
  return history;
}

int history_exit_code(const History& history) {
  if (history.scenarios.empty()) return 2;
  return history.worse + history.sliding > 0 ? 1 : 0;
}

std::string changed_since(const HistoryEntry& before, const HistoryEntry& now) {
  std::vector<std::string> parts;
  if (before.documents_sha256 != now.documents_sha256) parts.emplace_back("changed documents");
  if (before.what_if != now.what_if) {
    parts.push_back(now.what_if.empty() ? std::string("without what-if")
                                        : fmt::format("what if {}", fmt::join(now.what_if, " ")));
  }
  if (before.program.version != now.program.version ||
      before.program.commit != now.program.commit) {
    parts.push_back(fmt::format("program {} ({})", now.program.version, now.program.commit));
  }
  if (before.seed != now.seed) parts.push_back(fmt::format("seed {}", now.seed));
  if (before.completed != now.completed) parts.push_back(fmt::format("{} drills", now.completed));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string history_headline(const History& history) {
  std::size_t targets = 0;
  for (const ScenarioTrend& s : history.scenarios) {
    targets += static_cast<std::size_t>(std::count_if(
        s.targets.begin(), s.targets.end(), [](const TargetTrend& t) { return t.in_newest; }));
  }
  std::string text = fmt::format("{} of {} target{} worse than before", history.worse, targets,
                                 targets == 1 ? "" : "s");
  if (history.sliding > 0) text += fmt::format(", {} worse bit by bit", history.sliding);
  if (history.better > 0) text += fmt::format(", {} better", history.better);
  return text;
}

std::string minute_text(std::int64_t seconds_since_1970) {
  return fmt::format("{:%Y-%m-%d %H:%M}",
                     fmt::gmtime(static_cast<std::time_t>(seconds_since_1970)));
}

}  // namespace firedrill
