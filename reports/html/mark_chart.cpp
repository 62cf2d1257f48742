#include <fmt/format.h>

#include <algorithm>

#include "reports/html/chart.hpp"
#include "reports/html/charts.hpp"
#include "reports/text_cells.hpp"

namespace firedrill::html {
namespace {

constexpr double kWidth = 960;
constexpr double kLeft = 120;
constexpr double kRight = 700;
constexpr double kTop = 14;
constexpr double kRow = 26;

std::string mark_words(const ReportMark& m) {
  return fmt::format("p50 {}, p95 {}", human_ms(m.p50), human_ms(m.p95));
}

Element mark_row(const ReportMark& m, double y, const TimeAxis& axis) {
  Element row("g");
  row.add(tooltip(fmt::format("{}: {}", m.name, mark_words(m))));
  row.add(words({0, y + 4}, fitted(m.name, kLeft - 16)));
  const double p50 = m.p50 ? axis.at(*m.p50) : kRight;
  const double p95 = m.p95 ? axis.at(*m.p95) : kRight;
  row.add(line({p50, y}, {p95, y}, kBlue, 6).set("stroke-opacity", "0.55"));
  if (m.p95) row.add(line({p95, y - 7}, {p95, y + 7}, kBlue, 2.5));
  if (m.p50) row.add(circle({p50, y}, 5.5, kBlue));
  return row.add(words({kRight + 18, y + 4}, mark_words(m)));
}

std::string mark_finding(const Report& report) {
  std::string longest;
  std::int64_t most = -1;
  std::string from = "the fault";
  std::int64_t before = 0;
  for (const ReportMark& m : report.marks) {
    if (!m.p50) break;
    if (*m.p50 - before > most) {
      most = *m.p50 - before;
      longest = fmt::format("from {} to {}", from, m.name);
    }
    from = m.name;
    before = std::max(before, *m.p50);
  }
  if (longest.empty()) return "Most drills are never detected";
  return fmt::format("The longest stretch is {}: {} between their medians", longest,
                     human_ms(most));
}

Table mark_data(const Report& report) {
  const auto ends = [](const ReportTimeInterval& ci) {
    if (!ci.low && !ci.high) return std::string("–");
    return fmt::format("{} to {}", human_ms(ci.low), ci.high ? human_ms(ci.high) : "no bound");
  };
  Table table("", {"Mark", "p50", "95 % interval", "p95", "95 % interval"});
  for (const ReportMark& m : report.marks) {
    Table::Row row;
    row.cell(m.name).number(human_ms(m.p50)).number(ends(m.p50_ci95));
    table.add(row.number(human_ms(m.p95)).number(ends(m.p95_ci95)));
  }
  return table;
}

}  // namespace

Element mark_chart(const Report& report) {
  const Chart chart{"marks", mark_finding(report),
                    "Each row is a clock mark of the incident, in time since the first fault: the "
                    "dot is the median, the bar goes on to the 95th percentile; without its end "
                    "line it is not within the horizon. The order is that of the marks, not of "
                    "the times: a service may be restored before anybody decided.",
                    mark_data(report)};
  std::int64_t most = 60'000;
  for (const ReportMark& m : report.marks) {
    most = std::max({most, m.p50.value_or(0), m.p95.value_or(0)});
  }
  const TimeAxis axis(most, kLeft, kRight);
  const double bottom = kTop + kRow * static_cast<double>(report.marks.size());
  Element svg = drawing(chart, kWidth, bottom + 44);
  draw_axis(svg, axis, kTop - 6, bottom, "time since the fault");
  for (std::size_t i = 0; i < report.marks.size(); ++i) {
    svg.add(mark_row(report.marks[i], kTop + kRow * (static_cast<double>(i) + 0.5), axis));
  }
  return figure(chart, svg,
                legend({{circle({12, 6}, 5, kBlue), "median"},
                        {line({0, 6}, {24, 6}, kBlue, 6).set("stroke-opacity", "0.55"),
                         "to the 95th percentile"}}));
}

}  // namespace firedrill::html
