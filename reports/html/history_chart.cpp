#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "reports/html/chart.hpp"
#include "reports/html/charts.hpp"
#include "reports/html/sections.hpp"
#include "reports/text_cells.hpp"

namespace firedrill::html {
namespace {

constexpr double kWidth = 960;
constexpr double kLeft = 90;
constexpr double kRight = 900;
constexpr double kTop = 26;
constexpr double kBottom = 226;
// Together some 160 kB, which the page has room for.
constexpr std::size_t kResultsMax = 20;
constexpr std::size_t kTargetsMax = 8;
constexpr std::size_t kDatesMax = 8;
/// A limit further above all results than this would press them to the ground.
constexpr std::int64_t kLimitScale = 3;

using Points = std::vector<TrendPoint>;

std::int64_t highest(const Points& points) {
  std::int64_t top = 0;
  for (const TrendPoint& p : points) {
    const ReportQuantiles& q = p.target.achieved;
    top = std::max({top, q.p95.value_or(0), q.p95_ci95.high.value_or(0)});
  }
  return top;
}

bool shows_limit(const ReportTarget& target, std::int64_t top) {
  return top == 0 || target.limit_ms <= top * kLimitScale;
}

/// Where each result and each time is drawn.
struct Frame {
  TimeAxis time;
  double step;

  explicit Frame(const Points& points)
      : time(top_of(points), kBottom, kTop),
        step((kRight - kLeft) / static_cast<double>(points.size())) {}

  static std::int64_t top_of(const Points& points) {
    std::int64_t top = highest(points);
    for (const TrendPoint& p : points) {
      if (shows_limit(p.target, highest(points))) top = std::max(top, p.target.limit_ms);
    }
    return top;
  }
  double x(std::size_t i) const { return kLeft + step * (static_cast<double>(i) + 0.5); }
  double y(const ReportTime& ms) const { return ms ? time.at(*ms) : kTop; }
};

Element mark_of(TrendChange change, Point at) {
  if (change == TrendChange::kWorse) return diamond(at, 6.5, kVermillion);
  if (change == TrendChange::kBetter) {
    return polygon({{at.x, at.y + 7}, {at.x - 6.5, at.y - 5}, {at.x + 6.5, at.y - 5}}, kGreen, 1);
  }
  return circle(at, 4, kBlue);
}

void draw_frame(Element& svg, const Frame& frame, const Points& points,
                const ScenarioTrend& scenario) {
  for (const std::int64_t tick : frame.time.ticks()) {
    const double y = frame.time.at(tick);
    svg.add(line({kLeft, y}, {kRight, y}, kGrid));
    svg.add(words({kLeft - 8, y + 4}, frame.time.label(tick), "end"));
  }
  svg.add(words({0, kTop - 12}, fmt::format("p95 ({})", frame.time.unit())));
  const std::size_t every = (points.size() + kDatesMax - 1) / kDatesMax;
  for (std::size_t i = 0; i < points.size(); i += every) {
    const std::int64_t at_s = scenario.entries[points[i].entry].recorded_at_s;
    svg.add(words({frame.x(i), kBottom + 18}, minute_text(at_s).substr(0, 10), "middle"));
  }
  svg.add(words({(kLeft + kRight) / 2, kBottom + 38}, "results, by the day of recording (UTC)",
                "middle"));
}

void draw_limits(Element& svg, const Frame& frame, const Points& points) {
  const std::int64_t top = highest(points);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!shows_limit(points[i].target, top)) continue;
    const double y = frame.time.at(points[i].target.limit_ms);
    svg.add(dashed({frame.x(i) - frame.step / 2, y}, {frame.x(i) + frame.step / 2, y}, kInk, 2));
  }
}

void draw_results(Element& svg, const Frame& frame, const Points& points,
                  const ScenarioTrend& scenario) {
  for (std::size_t i = 1; i < points.size(); ++i) {
    const ReportTime& a = points[i - 1].target.achieved.p95;
    const ReportTime& b = points[i].target.achieved.p95;
    if (a && b) svg.add(line({frame.x(i - 1), frame.y(a)}, {frame.x(i), frame.y(b)}, kBlue, 2));
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    const ReportQuantiles& q = points[i].target.achieved;
    Element group("g");
    group.add(tooltip(fmt::format(
        "{}: p95 {}, {} met it; {}{}", minute_text(scenario.entries[points[i].entry].recorded_at_s),
        human_ms(q.p95), share_words(points[i].target), to_word(points[i].change),
        points[i].reason.empty() ? "" : ": " + shortened(points[i].reason))));
    if (q.p95 && q.p95_ci95.low) {
      group.add(line({frame.x(i), frame.y(q.p95_ci95.low)}, {frame.x(i), frame.y(q.p95_ci95.high)},
                     kBlue, 5)
                    .set("stroke-opacity", "0.4"));
    }
    if (!q.p95) group.add(words({frame.x(i), kTop - 10}, "never", "middle"));
    svg.add(group.add(mark_of(points[i].change, {frame.x(i), frame.y(q.p95)})));
  }
}

std::string trend_finding(const TargetTrend& trend, const Points& points) {
  const ReportTarget& newest = points.back().target;
  std::string how = "as before";
  if (points.back().change == TrendChange::kWorse) {
    how = "worse than before: " + points.back().reason;
  } else if (points.back().change == TrendChange::kBetter) {
    how = "better than before";
  } else if (!trend.worse_than_oldest.empty()) {
    how = (trend.sliding ? "worse bit by bit: " : "still worse than the oldest: ") +
          trend.worse_than_oldest;
  } else if (points.back().change == TrendChange::kOtherTarget) {
    how = "now another limit or share";
  }
  return fmt::format("{}, {}: p95 {}, {}", shortened(newest.subject), objective_words(newest),
                     human_ms(newest.achieved.p95), how);
}

Table trend_data(const Points& points, const ScenarioTrend& scenario) {
  Table table("", {"When (UTC)", "Program", "Documents", "Share met [95 %]", "p50", "p95",
                   "Verdict", "Change"});
  for (const TrendPoint& p : points) {
    const HistoryEntry& e = scenario.entries[p.entry];
    Table::Row row;
    row.cell(minute_text(e.recorded_at_s));
    row.cell(
        shortened(fmt::format("{} ({})", e.program.version, e.program.commit.substr(0, 7)), 40));
    row.cell(e.documents_sha256.substr(0, 7)).number(share_words(p.target));
    row.number(human_ms(p.target.achieved.p50)).number(human_ms(p.target.achieved.p95));
    row.cell(verdict_badge(p.target.verdict));
    const std::string changed =
        p.entry == 0 ? std::string() : changed_since(scenario.entries[p.entry - 1], e);
    std::string change(to_word(p.change));
    if (!p.reason.empty()) change += ": " + p.reason;
    if (!changed.empty()) change += "; " + changed;
    table.add(row.cell(element("bdi", shortened(change, 200))));
  }
  return table;
}

Element trend_chart(const TargetTrend& trend, const ScenarioTrend& scenario, std::size_t number) {
  const std::size_t shown = std::min(kResultsMax, trend.points.size());
  const Points points(trend.points.end() - static_cast<std::ptrdiff_t>(shown), trend.points.end());
  const Frame frame(points);
  const ReportTarget& newest = points.back().target;
  const bool limit = shows_limit(newest, highest(points));
  const Chart chart{
      fmt::format("trend-{}", number), trend_finding(trend, points),
      fmt::format("Each mark is the 95th percentile of one result, the bar behind it its 95 % "
                  "interval; a mark under the word never is not within the horizon. {}",
                  limit ? std::string("The dashed line is what the target allows.")
                        : fmt::format("The {} that the target allows is far above the scale.",
                                      to_human(Duration::milliseconds(newest.limit_ms)))),
      trend_data(points, scenario)};
  Element svg = drawing(chart, kWidth, kBottom + 48);
  draw_frame(svg, frame, points, scenario);
  draw_limits(svg, frame, points);
  draw_results(svg, frame, points, scenario);
  std::vector<LegendEntry> key = {
      {mark_of(TrendChange::kAsBefore, {12, 6}), "as before, or the first"},
      {mark_of(TrendChange::kWorse, {12, 6}), "worse"},
      {mark_of(TrendChange::kBetter, {12, 6}), "better"}};
  if (limit) key.push_back({dashed({0, 6}, {24, 6}, kInk, 2), "what the target allows"});
  return figure(chart, svg, legend(key));
}

/// Worse ones first; else as the result has them.
std::vector<const TargetTrend*> by_urgency(const ScenarioTrend& scenario) {
  std::vector<const TargetTrend*> order;
  for (const TargetTrend& trend : scenario.targets) {
    if (trend.in_newest) order.push_back(&trend);
  }
  const auto rank = [](const TargetTrend* t) {
    return t->points.back().change == TrendChange::kWorse || t->sliding ? 0
           : !t->worse_than_oldest.empty()                              ? 1
                                                                        : 2;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
  return order;
}

}  // namespace

std::vector<Element> history_charts(const ScenarioTrend& scenario) {
  std::vector<Element> charts;
  for (const TargetTrend* trend : by_urgency(scenario)) {
    if (charts.size() == kTargetsMax) break;
    charts.push_back(trend_chart(*trend, scenario, charts.size() + 1));
  }
  return charts;
}

Element history_section(const ScenarioTrend& scenario) {
  Element all("section");
  all.set("id", "history").add(element("h2", "Over time"));
  if (scenario.entries.size() < 2) {
    return all.add(element("p", "One result is recorded: there is no trend yet."));
  }
  const std::vector<Element> charts = history_charts(scenario);
  all.add(element(
      "p", fmt::format("{} results are recorded, from {} to {}. One is worse where it misses what "
                       "the one before met, or where share met, p50 or p95 lie beyond those of the "
                       "one before with both intervals apart. What became worse stands first.",
                       scenario.entries.size(),
                       minute_text(scenario.entries.front().recorded_at_s).substr(0, 10),
                       minute_text(scenario.entries.back().last_seen_at_s).substr(0, 10))));
  for (const Element& chart : charts) all.add(chart);
  const std::vector<const TargetTrend*> judged = by_urgency(scenario);
  if (judged.size() > charts.size()) {
    all.add(element("p", fmt::format("And {} more targets, which the command history shows.",
                                     judged.size() - charts.size())));
  }
  return all;
}

}  // namespace firedrill::html
