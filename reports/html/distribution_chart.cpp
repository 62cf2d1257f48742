#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "engine/study/ecdf.hpp"
#include "engine/study/study.hpp"
#include "reports/html/chart.hpp"
#include "reports/html/charts.hpp"
#include "reports/html/sections.hpp"
#include "reports/text_cells.hpp"

namespace firedrill::html {
namespace {

constexpr double kWidth = 960;
constexpr double kHeight = 340;
constexpr double kLeft = 56;
constexpr double kRight = 850;
constexpr double kTop = 30;
constexpr double kBottom = 290;

/// Curves differ in colour and in dash.
struct Look {
  std::string_view colour;
  std::string_view dash;
};
constexpr Look kLooks[] = {{kBlue, "none"},       {kVermillion, "8 3"}, {kGreen, "2 3"},
                           {kPurple, "10 3 2 3"}, {kOrange, "14 4"},    {kSky, "4 4"}};
constexpr std::size_t kPointsMax = 200;
constexpr std::size_t kCurvesMax = std::size(kLooks);

struct Curve {
  const ReportTarget* target = nullptr;
  std::vector<EcdfPoint> points;
  std::int64_t drills = 0;
};

struct Group {
  std::string tier;
  Objective objective = Objective::kRto;
  std::int64_t limit_ms = 0;
  std::vector<Curve> curves;
};

std::vector<Group> groups_of(const Report& report) {
  std::vector<Group> groups;
  const auto& columns = report.samples.achieved_ms;
  for (std::size_t i = 0; i < std::min(report.targets.size(), columns.size()); ++i) {
    const ReportTarget& t = report.targets[i];
    std::vector<std::int32_t> values = columns[i];
    std::erase(values, kNotJudgedMs);
    if (values.empty()) continue;
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& g) {
      return g.tier == t.tier && g.objective == t.objective && g.limit_ms == t.limit_ms &&
             g.curves.size() < kCurvesMax;
    });
    if (group == groups.end()) {
      group = groups.insert(groups.end(), {t.tier, t.objective, t.limit_ms, {}});
    }
    const auto drills = static_cast<std::int64_t>(values.size());
    group->curves.push_back({&t, ecdf_of(std::move(values), kPointsMax), drills});
  }
  return groups;
}

/// Far enough for the limit and for nearly all drills; the table has the slowest.
std::int64_t axis_end_ms(const Group& group) {
  std::int64_t end = group.limit_ms + group.limit_ms / 8;
  for (const Curve& curve : group.curves) {
    for (const EcdfPoint& point : curve.points) {
      if (point.share <= 0.975 || curve.points.size() < 20) {
        end = std::max<std::int64_t>(end, point.ms + point.ms / 20);
      }
    }
  }
  return end;
}

double at_share(double share) { return kBottom - (kBottom - kTop) * std::clamp(share, 0.0, 1.0); }

/// The step curve, moved up by `rise`, from the left edge of the axis to its right: whole steps,
/// each of which is to be seen.
std::vector<Point> steps_of(const Curve& curve, const TimeAxis& axis, double rise) {
  constexpr double kSeen = 0.4;
  std::vector<Point> steps = {{axis.left(), at_share(rise)}};
  for (const EcdfPoint& point : curve.points) {
    if (point.ms > axis.max_ms()) break;
    const Point step{axis.at(point.ms), at_share(point.share + rise)};
    const bool seen = step.x - steps.back().x > kSeen || steps.back().y - step.y > kSeen;
    if (seen) steps.push_back(step);
  }
  steps.push_back({axis.right(), steps.back().y});
  return steps;
}

/// Path data: along, then up, from each step to the next.
std::string rising(const std::vector<Point>& steps) {
  std::string text;
  for (const Point& step : steps) text += fmt::format("H{:.1f}V{:.1f}", step.x, step.y);
  return text;
}

std::string falling(const std::vector<Point>& steps) {
  std::string text;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    text += fmt::format("V{:.1f}H{:.1f}", step->y, step->x);
  }
  return text;
}

void draw_curve(Element& svg, const Curve& curve, const TimeAxis& axis, const Look& look) {
  const std::string start = fmt::format("M{:.1f} {:.1f}", axis.left(), at_share(0));
  const double band = dkw_half_height(curve.drills);
  svg.add(Element("path")
              .set("d", start + rising(steps_of(curve, axis, band)) +
                            falling(steps_of(curve, axis, -band)) + "Z")
              .set("fill", look.colour)
              .set("fill-opacity", 0.14));
  Element step("path");
  step.set("d", start + rising(steps_of(curve, axis, 0)))
      .set("fill", "none")
      .set("stroke", look.colour)
      .set("stroke-width", 2.2);
  if (look.dash != "none") step.set("stroke-dasharray", look.dash);
  svg.add(step.add(tooltip(shortened(curve.target->subject))));
  const ReportTime& p95 = curve.target->achieved.p95;
  if (p95 && *p95 <= axis.max_ms()) {
    svg.add(diamond({axis.at(*p95), at_share(0.95)}, 5, look.colour));
  }
}

void draw_frame(Element& svg, const Group& group, const TimeAxis& axis) {
  for (int tenth = 0; tenth <= 10; tenth += 2) {
    const double y = at_share(tenth / 10.0);
    svg.add(line({kLeft, y}, {kRight, y}, kGrid));
    svg.add(words({kLeft - 8, y + 4}, fmt::format("{} %", tenth * 10), "end"));
  }
  const std::string title(group.objective == Objective::kRpo ? "writes lost, as a span of time"
                                                             : "achieved time");
  draw_axis(svg, axis, kTop, kBottom, title);
}

/// Where the limit and the required share cross is where a curve has to pass left of or above.
void draw_target(Element& svg, const Group& group, const TimeAxis& axis) {
  const double required = at_share(group.curves.front().target->required_share);
  const double x = axis.at(group.limit_ms);
  svg.add(dashed({kLeft, required}, {kRight, required}, kInk));
  svg.add(words({kRight + 6, required + 4},
                percent(group.curves.front().target->required_share) + " required"));
  svg.add(line({x, kTop - 6}, {x, kBottom}, kInk, 2));
  const std::string limit =
      fmt::format("limit {}", to_human(Duration::milliseconds(group.limit_ms)));
  const bool left = x + text_width(limit) + 8 > kRight;
  svg.add(words({left ? x - 5 : x + 5, kTop - 10}, limit, left ? "end" : "start"));
}

std::string group_name(const Group& group) {
  std::string word(to_word(group.objective));
  if (group.objective == Objective::kRto) word = "RTO";
  if (group.objective == Objective::kRpo) word = "RPO";
  return group.tier.empty() ? word : fmt::format("{} {}", shortened(group.tier, 60), word);
}

std::string group_finding(const Group& group) {
  const auto worst = std::min_element(
      group.curves.begin(), group.curves.end(),
      [](const auto& a, const auto& b) { return a.target->met_share < b.target->met_share; });
  const ReportTarget& t = *worst->target;
  const std::string all = group.curves.size() > 1 ? "at least " : "";
  const std::string limit = to_human(Duration::milliseconds(t.limit_ms));
  if (t.verdict == Verdict::kMet) {
    return fmt::format("{}: {}{:.1f} % of drills keep {}", group_name(group), all,
                       t.met_share * 100, limit);
  }
  const std::string half = t.achieved.p50
                               ? fmt::format("half of them {} {} or more",
                                             group.objective == Objective::kRpo ? "lose" : "take",
                                             human_ms(t.achieved.p50))
                               : std::string("in half of them it never comes within the horizon");
  return fmt::format("{}: {} keeps {} in {:.1f} % of drills; {}", group_name(group),
                     shortened(t.subject, 60), limit, t.met_share * 100, half);
}

Table group_data(const Group& group) {
  Table table("", {"Judged", "Drills", "p5", "p50", "p95", "p99", "Slowest", "Kept the limit"});
  for (const Curve& curve : group.curves) {
    const ReportQuantiles& q = curve.target->achieved;
    Table::Row row;
    row.cell(shortened(curve.target->subject)).number(thousands(curve.target->judged));
    for (const ReportTime& time : {q.p5, q.p50, q.p95, q.p99, q.max}) row.number(human_ms(time));
    table.add(row.number(share_words(*curve.target)));
  }
  return table;
}

Element distribution_chart(const Group& group, std::size_t number) {
  std::int64_t fewest = group.curves.front().drills;
  for (const Curve& curve : group.curves) fewest = std::min(fewest, curve.drills);
  const Chart chart{fmt::format("distribution-{}", number + 1), group_finding(group),
                    fmt::format("A curve rises to the share of drills that achieved a time or a "
                                "shorter one; the target is met where it passes above the "
                                "crossing of the two black lines. With 95 % confidence the whole "
                                "true curve lies in the band around it (Dvoretzky, Kiefer, "
                                "Wolfowitz; ±{:.1f} points from {} drills). The diamond is the "
                                "95th percentile. What never came stays below the top.",
                                dkw_half_height(fewest) * 100, thousands(fewest)),
                    group_data(group)};
  Element svg = drawing(chart, kWidth, kHeight);
  const TimeAxis axis(axis_end_ms(group), kLeft, kRight);
  draw_frame(svg, group, axis);
  draw_target(svg, group, axis);
  std::vector<LegendEntry> key;
  for (std::size_t i = 0; i < group.curves.size(); ++i) {
    draw_curve(svg, group.curves[i], axis, kLooks[i]);
    Element mark = line({0, 6}, {24, 6}, kLooks[i].colour, 2.5);
    if (kLooks[i].dash != "none") mark.set("stroke-dasharray", kLooks[i].dash);
    key.push_back({mark, shortened(group.curves[i].target->subject, 60)});
  }
  return figure(chart, svg, legend(key));
}

}  // namespace

std::vector<Element> distribution_charts(const Report& report) {
  constexpr std::size_t kChartsMax = 16;
  std::vector<Element> charts;
  const std::vector<Group> groups = groups_of(report);
  for (std::size_t i = 0; i < std::min(groups.size(), kChartsMax); ++i) {
    charts.push_back(distribution_chart(groups[i], i));
  }
  return charts;
}

}  // namespace firedrill::html
