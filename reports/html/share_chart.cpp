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
constexpr double kLeft = 330;
constexpr double kRight = 760;
constexpr double kTop = 16;
constexpr double kRow = 26;

double at_share(double share) { return kLeft + (kRight - kLeft) * std::clamp(share, 0.0, 1.0); }

std::string_view colour_of(Verdict verdict) {
  if (verdict == Verdict::kMet) return kGreen;
  return verdict == Verdict::kMissed ? kVermillion : kOrange;
}

/// Shape tells the verdict as well: a dot that is met, a diamond that is missed, a ring that is
/// open.
Element mark_of(Verdict verdict, Point at) {
  if (verdict == Verdict::kMet) return circle(at, 5.5, kGreen);
  if (verdict == Verdict::kMissed) return diamond(at, 6.5, kVermillion);
  return circle(at, 5, kPaper)
      .set("class", "paper")
      .set("stroke", kOrange)
      .set("stroke-width", 2.5);
}

Element share_row(const ReportTarget& t, double y) {
  Element row("g");
  const std::string what = fmt::format("{}: {}", t.subject, objective_words(t));
  row.add(tooltip(fmt::format("{}: {}", shortened(what), share_words(t))));
  const std::string limit =
      fmt::format("{} ≤ {}", to_word(t.objective), to_human(Duration::milliseconds(t.limit_ms)));
  const double limit_width = text_width(limit) + 10;
  row.add(words({0, y + 4}, fitted(t.subject, kLeft - 20 - limit_width)));
  row.add(words({kLeft - 14, y + 4}, limit, "end"));
  const double required = at_share(t.required_share);
  row.add(line({required, y - 10}, {required, y + 10}, kInk, 2));
  if (t.judged > 0) {
    const Interval& ci = t.met_share_ci95;
    row.add(line({at_share(ci.low), y}, {at_share(ci.high), y}, colour_of(t.verdict), 5)
                .set("stroke-opacity", "0.55"));
    row.add(mark_of(t.verdict, {at_share(t.met_share), y}));
  }
  const std::string verdict = fmt::format("{} {}", symbol(t.verdict, true), share_words(t));
  return row.add(words({kRight + 18, y + 4}, verdict));
}

std::string share_finding(const Report& report) {
  std::int64_t counts[3] = {0, 0, 0};
  for (const ReportTarget& t : report.targets) ++counts[static_cast<std::size_t>(t.verdict)];
  const std::int64_t open = counts[static_cast<std::size_t>(Verdict::kInconclusive)];
  const std::int64_t missed = counts[static_cast<std::size_t>(Verdict::kMissed)];
  const std::string drills = thousands(report.completed);
  if (open == 0) {
    return fmt::format("{} drills decide every target: {} met, {} missed", drills,
                       counts[static_cast<std::size_t>(Verdict::kMet)], missed);
  }
  return fmt::format("{} drills leave {} of {} targets open", drills, open, report.targets.size());
}

Table share_data(const Report& report) {
  Table table("", {"Judged", "Target", "Drills judged", "Drills that met it", "Share met [95 %]",
                   "Required", "Verdict"});
  for (const ReportTarget& t : report.targets) {
    Table::Row row;
    row.cell(shortened(t.subject)).cell(objective_words(t)).number(thousands(t.judged));
    row.number(thousands(t.met)).number(share_words(t)).number(percent(t.required_share));
    table.add(row.cell(verdict_badge(t.verdict)));
  }
  return table;
}

}  // namespace

Element share_chart(const Report& report) {
  const std::string interval = report.sequential ? "what all looks of the study leave over"
                                                 : "its exact 95 % interval (Clopper-Pearson)";
  const Chart chart{"share-met", share_finding(report),
                    fmt::format("Each row is a target: the mark is the share of drills that met "
                                "it, the bar {}, the upright line the share that is required. A "
                                "target is met when the whole bar is at or right of the line, "
                                "missed when all of it is left of it, else open.",
                                interval),
                    share_data(report)};
  const double bottom = kTop + kRow * static_cast<double>(report.targets.size());
  Element svg = drawing(chart, kWidth, bottom + 44);
  for (int tenth = 0; tenth <= 10; tenth += 2) {
    const double x = at_share(tenth / 10.0);
    svg.add(line({x, kTop - 8}, {x, bottom}, kGrid));
    svg.add(words({x, bottom + 16}, fmt::format("{}", tenth * 10), "middle"));
  }
  svg.add(words({(kLeft + kRight) / 2, bottom + 34}, "share of drills that met the target (%)",
                "middle"));
  for (std::size_t i = 0; i < report.targets.size(); ++i) {
    svg.add(share_row(report.targets[i], kTop + kRow * (static_cast<double>(i) + 0.5)));
  }
  const Element key = legend({{mark_of(Verdict::kMet, {12, 6}), "met"},
                              {mark_of(Verdict::kMissed, {12, 6}), "missed"},
                              {mark_of(Verdict::kInconclusive, {12, 6}), "inconclusive"},
                              {line({12, 0}, {12, 12}, kInk, 2), "required share"}});
  return figure(chart, svg, key);
}

}  // namespace firedrill::html
