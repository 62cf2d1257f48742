#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/plan/print_text.hpp"
#include "reports/html/chart.hpp"
#include "reports/html/charts.hpp"
#include "reports/html/sections.hpp"
#include "reports/text_cells.hpp"

namespace firedrill::html {
namespace {

constexpr double kWidth = 1100;
constexpr double kLeft = 400;
constexpr double kRight = 780;
constexpr double kTop = 30;
constexpr double kRow = 26;
constexpr std::size_t kBarsMax = 12;
constexpr std::size_t kTableMax = 30;

/// A time that is not within the horizon is longer than every other.
std::int64_t order_ms(const ReportTime& time) {
  return time.value_or(std::numeric_limits<std::int64_t>::max() / 2);
}

std::int64_t swing_ms(const ReportInfluence& t) {
  return std::abs(order_ms(t.when_high->p95) - order_ms(t.when_low->p95));
}

/// Those beyond luck before the others, of each the widest swing first: few drills make wide swings
/// by luck.
std::vector<const ReportInfluence*> widest(const ReportInfluences& influences) {
  std::vector<const ReportInfluence*> sorted;
  for (const ReportInfluence& timing : influences.timings) {
    if (timing.correlation && timing.when_low && timing.when_high) sorted.push_back(&timing);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    return std::pair(a->beyond_noise, swing_ms(*a)) > std::pair(b->beyond_noise, swing_ms(*b));
  });
  sorted.resize(std::min(sorted.size(), kBarsMax));
  return sorted;
}

double at_time(const TimeAxis& axis, const ReportTime& time) {
  return time ? axis.at(*time) : axis.right();
}

Element low_mark(Point at) {
  return circle(at, 5, kPaper).set("class", "paper").set("stroke", kSky).set("stroke-width", 2.5);
}

Element high_mark(Point at) { return diamond(at, 6.5, kVermillion); }

Element interval_line(const TimeAxis& axis, const ReportTail& tail, double y) {
  return line({at_time(axis, tail.p95_ci95.low), y}, {at_time(axis, tail.p95_ci95.high), y}, kFaint,
              1.5);
}

std::string influence_words(const ReportInfluence& t) {
  return fmt::format("{} to {}, rank {:+.2f}{}", human_ms(t.when_low->p95),
                     human_ms(t.when_high->p95), *t.correlation,
                     t.beyond_noise ? "" : " (as luck)");
}

Element influence_row(const ReportInfluence& t, double y, const TimeAxis& axis) {
  Element row("g");
  row.add(tooltip(fmt::format("{}, {} {}: {}", shortened(t.timing), shortened(t.value),
                              shortened(t.unit), influence_words(t))));
  const bool guess = t.confidence == Confidence::kEstimate;
  const std::string word(to_word(t.confidence));
  const double room = kLeft - 24 - text_width(word);
  row.add(words({0, y + 4}, fitted(t.timing, room)));
  Element confidence = words({kLeft - 12, y + 4}, word, "end");
  if (guess) confidence.set("font-weight", "bold");
  row.add(confidence);
  const double low = at_time(axis, t.when_low->p95);
  const double high = at_time(axis, t.when_high->p95);
  Element marks("g");
  // What luck brings about must not look like a result.
  if (!t.beyond_noise) marks.set("opacity", "0.35");
  marks.add(rect({std::min(low, high), y - 5}, std::abs(high - low), 10, kFaint)
                .set("fill-opacity", "0.35"));
  marks.add({interval_line(axis, *t.when_low, y - 9), interval_line(axis, *t.when_high, y + 9)});
  row.add(marks.add({low_mark({low, y}), high_mark({high, y})}));
  return row.add(words({kRight + 16, y + 4}, fitted(influence_words(t), kWidth - kRight - 20)));
}

std::string whose_target(const ReportTarget& target) {
  std::string what(to_word(target.objective));
  for (char& c : what) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return fmt::format("{} of {}", what, shortened(target.subject, 60));
}

std::string influence_finding(const ReportTarget& target,
                              const std::vector<const ReportInfluence*>& timings) {
  const std::string whose = whose_target(target);
  if (timings.empty() || !timings.front()->beyond_noise) {
    return fmt::format("{}: no single timing stands out from luck", whose);
  }
  const ReportInfluence& first = *timings.front();
  return fmt::format("p95 {} swings most with {} ({}): {} where it is lowest, {} where highest",
                     whose, shortened(first.timing, 80),
                     first.confidence == Confidence::kEstimate
                         ? "a guess"
                         : std::string(to_word(first.confidence)),
                     human_ms(first.when_low->p95), human_ms(first.when_high->p95));
}

std::string tail_words(const std::optional<ReportTail>& tail) {
  if (!tail) return "too few";
  return fmt::format("{} [{}, {}]", human_ms(tail->p95), human_ms(tail->p95_ci95.low),
                     human_ms(tail->p95_ci95.high));
}

Table influence_data(const ReportInfluences& influences) {
  Table table("",
              {"Timing", "Confidence", "Value", "Drills that drew it", "p95 in its lowest tenth",
               "p95 in its highest tenth", "Rank correlation", "Beyond luck"});
  std::size_t shown = 0;
  for (const ReportInfluence& t : influences.timings) {
    if (!t.correlation || shown++ >= kTableMax) continue;
    Table::Row row;
    row.cell(shortened(t.timing)).cell(to_word(t.confidence));
    row.cell(element("bdi", shortened(t.value + ' ' + t.unit)));
    row.number(thousands(t.drills)).number(tail_words(t.when_low)).number(tail_words(t.when_high));
    row.number(fmt::format("{:+.2f}", *t.correlation));
    table.add(row.cell(t.beyond_noise ? "yes" : "no"));
  }
  return table;
}

/// As far as the percentiles go: what never comes stands at the right end, and so do the ends of
/// intervals that go further.
TimeAxis influence_axis(const std::vector<const ReportInfluence*>& timings,
                        const ReportTarget& target) {
  std::int64_t most = std::max<std::int64_t>(1000, target.achieved.p95.value_or(0));
  for (const ReportInfluence* t : timings) {
    most = std::max({most, t->when_low->p95.value_or(0), t->when_high->p95.value_or(0)});
  }
  return {most + most / 10, kLeft, kRight};
}

std::string influence_description(const ReportInfluences& influences) {
  return fmt::format(
      "Each row is a timing: the 95th percentile of what the target achieved in those drills in "
      "which the timing was in its lowest tenth (ring) and in its highest (diamond), of the first "
      "{} drills; the thin lines are the 95 % intervals of both, cut off at the right edge, where "
      "also stands what is not within the horizon. The upright line is the 95th "
      "percentile of all drills. Beside it Spearman's rank correlation; where luck alone brings "
      "about as much it says so, and comes last. It tells what goes together, not what would "
      "change it: firedrill sensitivity tries that. A guess that matters is worth measuring first.",
      thousands(influences.drills));
}

Element influence_chart(const Report& report, const ReportInfluences& influences,
                        std::size_t number) {
  const std::vector<const ReportInfluence*> timings = widest(influences);
  const ReportTarget& target = report.targets.at(influences.target);
  const Chart chart{fmt::format("influence-{}", number + 1), influence_finding(target, timings),
                    influence_description(influences), influence_data(influences)};
  const double bottom = kTop + kRow * static_cast<double>(timings.size());
  Element svg = drawing(chart, kWidth, bottom + 44);
  const TimeAxis axis = influence_axis(timings, target);
  draw_axis(svg, axis, kTop - 6, bottom, "95th percentile of " + whose_target(target));
  if (target.achieved.p95) {
    const double x = axis.at(*target.achieved.p95);
    svg.add(line({x, kTop - 10}, {x, bottom}, kInk, 1.5));
    svg.add(words({x, kTop - 14}, "all drills " + human_ms(target.achieved.p95), "middle"));
  }
  for (std::size_t i = 0; i < timings.size(); ++i) {
    svg.add(influence_row(*timings[i], kTop + kRow * (static_cast<double>(i) + 0.5), axis));
  }
  return figure(chart, svg,
                legend({{low_mark({12, 6}), "the timing is in its lowest tenth"},
                        {high_mark({12, 6}), "in its highest tenth"},
                        {line({0, 6}, {24, 6}, kFaint, 1.5), "95 % interval"},
                        {line({12, 0}, {12, 12}, kInk, 1.5), "95th percentile of all drills"}}));
}

}  // namespace

std::vector<Element> influence_charts(const Report& report) {
  std::vector<Element> charts;
  for (const ReportInfluences& influences : report.influences) {
    if (influences.target >= report.targets.size() || widest(influences).empty()) continue;
    charts.push_back(influence_chart(report, influences, charts.size()));
  }
  return charts;
}

}  // namespace firedrill::html
