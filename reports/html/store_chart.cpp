#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/html/chart.hpp"
#include "reports/html/charts.hpp"
#include "reports/text_cells.hpp"

namespace firedrill::html {
namespace {

constexpr double kWidth = 960;
constexpr double kLeft = 200;
constexpr double kRight = 690;
constexpr double kTop = 14;
constexpr double kRow = 30;
constexpr double kLabel = 16;

/// Losses span milliseconds to days, so that the axis counts in decades; zero stands left of it.
class LossAxis {
 public:
  explicit LossAxis(std::int64_t max_ms) {
    while (kDecades[last_] < max_ms && last_ + 1 < std::size(kDecades)) ++last_;
  }
  double at(std::int64_t ms) const {
    if (ms <= 0) return kLeft;
    const double first = kLeft + 40;
    const double low = std::log10(static_cast<double>(kDecades[0]));
    const double high = std::log10(static_cast<double>(kDecades[last_]));
    const double place = (std::log10(static_cast<double>(ms)) - low) / (high - low);
    return first + (kRight - first) * std::clamp(place, 0.0, 1.0);
  }
  void draw(Element& svg, double top, double bottom) const {
    mark(svg, kLeft, "0", top, bottom);
    for (std::size_t i = 0; i <= last_; ++i) {
      mark(svg, at(kDecades[i]), to_human(Duration::milliseconds(kDecades[i])), top, bottom);
    }
  }

 private:
  static void mark(Element& svg, double x, std::string_view label, double top, double bottom) {
    svg.add(line({x, top - 6}, {x, bottom}, kGrid));
    svg.add(words({x, bottom + 16}, label, "middle"));
  }

  static constexpr std::int64_t kDecades[] = {
      10, 100, 1000, 10'000, 60'000, 600'000, 3'600'000, 21'600'000, 86'400'000, 604'800'000};
  std::size_t last_ = 3;
};

std::int64_t largest_ms(const Report& report) {
  std::int64_t most = 1000;
  for (const ReportStore& s : report.stores) {
    most = std::max({most, s.rpo.p95.value_or(0), s.rpo.p50.value_or(0)});
  }
  for (const ReportTarget& t : report.targets) {
    if (t.objective == Objective::kRpo) most = std::max(most, t.limit_ms);
  }
  return most;
}

std::vector<std::int64_t> limits_of(const Report& report) {
  std::vector<std::int64_t> limits;
  for (const ReportTarget& t : report.targets) {
    if (t.objective == Objective::kRpo) limits.push_back(t.limit_ms);
  }
  std::sort(limits.begin(), limits.end());
  limits.erase(std::unique(limits.begin(), limits.end()), limits.end());
  return limits;
}

struct LimitMark {
  double x = 0;
  std::string label;
  std::size_t row = 0;  // of labels above the chart, so that none lies over another
};

std::vector<LimitMark> limit_marks(const Report& report, const LossAxis& axis) {
  std::vector<LimitMark> marks;
  std::vector<double> free_from;  // by row
  for (const std::int64_t limit : limits_of(report)) {
    LimitMark mark{axis.at(limit), "RPO " + to_human(Duration::milliseconds(limit)), 0};
    while (mark.row < free_from.size() && free_from[mark.row] > mark.x) ++mark.row;
    if (mark.row == free_from.size()) free_from.push_back(0);
    free_from[mark.row] = mark.x + text_width(mark.label) + 12;
    marks.push_back(std::move(mark));
  }
  return marks;
}

double limits_height(const std::vector<LimitMark>& marks) {
  std::size_t rows = 0;
  for (const LimitMark& mark : marks) rows = std::max(rows, mark.row + 1);
  return kLabel * static_cast<double>(rows);
}

std::string store_words(const ReportStore& s) {
  if (s.lossless_share == 1) return "loses nothing";
  return fmt::format("p50 {}, p95 {}", human_ms(s.rpo.p50), human_ms(s.rpo.p95));
}

Element store_row(const ReportStore& s, double y, const LossAxis& axis) {
  Element row("g");
  row.add(tooltip(fmt::format("{}: {}", shortened(s.name), store_words(s))));
  row.add(words({0, y + 4}, fitted(s.name, kLeft - 20)));
  const double p50 = s.rpo.p50 ? axis.at(*s.rpo.p50) : kRight;
  const double p95 = s.rpo.p95 ? axis.at(*s.rpo.p95) : kRight;
  row.add(line({p50, y}, {p95, y}, kBlue, 6).set("stroke-opacity", "0.55"));
  row.add(line({p95, y - 7}, {p95, y + 7}, kBlue, 2.5));
  row.add(circle({p50, y}, 5.5, kBlue));
  return row.add(words({kRight + 18, y + 4}, store_words(s)));
}

std::string store_finding(const Report& report) {
  const auto never = [](const ReportStore& s) { return !s.rpo.p95; };
  const auto worst = std::max_element(report.stores.begin(), report.stores.end(),
                                      [&](const auto& a, const auto& b) {
                                        return std::pair(never(a), a.rpo.p95.value_or(0)) <
                                               std::pair(never(b), b.rpo.p95.value_or(0));
                                      });
  const auto lossless = std::count_if(report.stores.begin(), report.stores.end(),
                                      [](const auto& s) { return s.lossless_share == 1; });
  if (static_cast<std::size_t>(lossless) == report.stores.size()) return "No store loses a write";
  const std::string name = shortened(worst->name, 60);
  if (never(*worst)) {
    return fmt::format("{} does not come back within the horizon in at least 5 % of drills", name);
  }
  return fmt::format("{} loses most: up to {} of writes in 95 % of drills", name,
                     human_ms(worst->rpo.p95));
}

Table store_data(const Report& report) {
  Table table("", {"Store", "p50", "p95", "Worst drill", "Drills without loss"});
  for (const ReportStore& s : report.stores) {
    Table::Row row;
    row.cell(shortened(s.name)).number(human_ms(s.rpo.p50)).number(human_ms(s.rpo.p95));
    row.number(human_ms(s.rpo.max));
    table.add(row.number(fmt::format("{:.1f} %", s.lossless_share * 100)));
  }
  return table;
}

}  // namespace

Element store_chart(const Report& report) {
  const Chart chart{"stores", store_finding(report),
                    "Each row is a data store: the dot is the median span of writes lost, the bar "
                    "goes on to the 95th percentile. The scale is logarithmic, with zero on its "
                    "left edge; the dashed lines are the RPO limits of the targets.",
                    store_data(report)};
  const LossAxis axis(largest_ms(report));
  const std::vector<LimitMark> limits = limit_marks(report, axis);
  const double top = kTop + limits_height(limits);
  const double bottom = top + kRow * static_cast<double>(report.stores.size());
  Element svg = drawing(chart, kWidth, bottom + 44);
  axis.draw(svg, top, bottom);
  for (const LimitMark& limit : limits) {
    const double y = kLabel * static_cast<double>(limit.row + 1);
    svg.add(dashed({limit.x, y - 11}, {limit.x, bottom}, kVermillion, 2));
    svg.add(words({limit.x + 5, y}, limit.label));
  }
  svg.add(words({(kLeft + kRight) / 2, bottom + 34},
                "span of writes lost (time, logarithmic scale)", "middle"));
  for (std::size_t i = 0; i < report.stores.size(); ++i) {
    const double y = top + kRow * (static_cast<double>(i) + 0.5);
    svg.add(store_row(report.stores[i], y, axis));
  }
  return figure(chart, svg,
                legend({{circle({12, 6}, 5, kBlue), "median"},
                        {line({0, 6}, {24, 6}, kBlue, 6).set("stroke-opacity", "0.55"),
                         "to the 95th percentile"},
                        {dashed({12, 0}, {12, 12}, kVermillion, 2), "RPO limit of a target"}}));
}

}  // namespace firedrill::html
