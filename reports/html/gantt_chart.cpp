#include <fmt/format.h>

#include <algorithm>

#include "reports/html/charts.hpp"
#include "reports/html/drill_axis.hpp"
#include "reports/text_cells.hpp"

namespace firedrill::html {
namespace {

constexpr double kRow = 19;
constexpr double kBar = 11;
constexpr std::size_t kRowsMax = 80;

std::int64_t length_ms(const TimelineStep& s) { return s.ended_ms - s.ready_ms; }

/// With more steps than a page shows: those on the critical path, then the longest.
std::vector<const TimelineStep*> shown_steps(const ReportTimeline& line) {
  std::vector<const TimelineStep*> steps;
  for (const TimelineStep& step : line.steps) steps.push_back(&step);
  if (steps.size() <= kRowsMax) return steps;
  std::vector<const TimelineStep*> ranked = steps;
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto* a, const auto* b) {
    return std::pair(a->critical, length_ms(*a)) > std::pair(b->critical, length_ms(*b));
  });
  ranked.resize(kRowsMax);
  std::erase_if(steps, [&](const auto* step) {
    return std::find(ranked.begin(), ranked.end(), step) == ranked.end();
  });
  return steps;
}

/// Slanted lines on sky blue, told from work by more than its colour.
Element hatch(std::string_view id) {
  return Element("pattern")
      .set("id", id)
      .set("width", 5)
      .set("height", 5)
      .set("patternUnits", "userSpaceOnUse")
      .set("patternTransform", "rotate(45)")
      .add(rect({0, 0}, 5, 5, kSky).set("fill-opacity", "0.35"))
      .add(line({0, 0}, {0, 5}, kSky, 3));
}

Element dots(std::string_view id) {
  return Element("pattern")
      .set("id", id)
      .set("width", 6)
      .set("height", 6)
      .set("patternUnits", "userSpaceOnUse")
      .add(rect({0, 0}, 6, 6, kPurple))
      .add(circle({3, 3}, 1.2, kPaper));
}

Element span_mark(SpanKind kind, Point corner, double width, std::string_view id) {
  switch (kind) {
    case SpanKind::kWork:
      return rect(corner, width, kBar, kBlue);
    case SpanKind::kDecision:
      return rect(corner, width, kBar, fmt::format("url(#{}-dots)", id));
    case SpanKind::kWait:
      return rect(corner, width, kBar, fmt::format("url(#{}-hatch)", id));
    case SpanKind::kIdle:
      break;
  }
  return rect({corner.x, corner.y + kBar / 2 - 1}, width, 2, kFaint);
}

std::string hint_of(const TimelineStep& s) {
  std::string hint = fmt::format("{} / {}", shortened(s.runbook, 60), shortened(s.step, 60));
  if (!s.person.empty()) hint += ", " + shortened(s.person, 60);
  hint += fmt::format(": {} to {}", human_ms(s.ready_ms), human_ms(s.ended_ms));
  for (const TimelineSpan& span : s.spans) {
    hint += fmt::format("; {} {}", to_word(span.kind), human_ms(span.to_ms - span.from_ms));
  }
  if (!s.retries_ms.empty()) hint += fmt::format("; tried again {} times", s.retries_ms.size());
  if (s.failed) hint += "; failed";
  if (s.open) hint += "; still open when the drill ended";
  return hint;
}

/// Head and shoulders.
Element person_mark(Point at) {
  return Element("g")
      .add(circle({at.x, at.y - 3}, 2.6, kBlue))
      .add(polygon({{at.x - 4.5, at.y + 5},
                    {at.x - 3, at.y + 0.5},
                    {at.x + 3, at.y + 0.5},
                    {at.x + 4.5, at.y + 5}},
                   kBlue, 1));
}

Element step_row(const TimelineStep& s, double y, const TimeAxis& axis, std::string_view id) {
  Element row("g");
  row.add(tooltip(hint_of(s)));
  if (!s.role.empty()) row.add(person_mark({6, y}));
  Element label = words({16, y + 4}, fitted(s.step, kDrillLeft - 30));
  if (s.critical) label.set("font-weight", "bold");
  row.add(label);
  const double top = y - kBar / 2;
  for (const TimelineSpan& span : s.spans) {
    const double x = axis.at(span.from_ms);
    // What takes no time to speak of is still to be seen.
    row.add(span_mark(span.kind, {x, top}, std::max(1.5, axis.at(span.to_ms) - x), id));
  }
  if (s.spans.empty()) row.add(rect({axis.at(s.ready_ms), top}, 1.5, kBar, kBlue));
  const double x = axis.at(s.ready_ms);
  const double end = axis.at(s.ended_ms);
  if (s.critical) {
    row.add(rect({x - 1, top - 1.5}, std::max(3.5, end - x + 2), kBar + 3, "none")
                .set("class", "ink-line")
                .set("stroke", kInk)
                .set("stroke-width", 1.6));
  }
  for (const std::int64_t ms : s.retries_ms) {
    const double at = axis.at(ms);
    row.add(polygon({{at - 3.5, top - 1}, {at + 3.5, top - 1}, {at, top + 5}}, kOrange, 1));
  }
  const std::string end_mark = s.failed ? "✗ failed" : s.open ? "… open" : "";
  if (!end_mark.empty()) row.add(words({end + 6, y + 4}, end_mark));
  return row;
}

std::string gantt_finding(const ReportTimeline& line) {
  const TimelineStep* longest = nullptr;
  for (const TimelineStep& s : line.steps) {
    if (!s.critical) continue;
    if (longest == nullptr || length_ms(s) > length_ms(*longest)) longest = &s;
  }
  const auto restored = std::find_if(line.marks.begin(), line.marks.end(),
                                     [](const auto& m) { return m.name == "restored"; });
  const std::string end = restored == line.marks.end()
                              ? "not every service comes back"
                              : "the last service is back after " + human_ms(restored->at_ms);
  if (longest == nullptr) return fmt::format("{}: {}", drill_words(line), end);
  return fmt::format("{}: {}; the longest step on the way is {} with {}", drill_words(line), end,
                     shortened(longest->step, 60), human_ms(length_ms(*longest)));
}

Table gantt_data(const ReportTimeline& line) {
  Table table("", {"Step", "Runbook", "Role", "Person", "Critical", "From", "To", "Idle", "Work",
                   "Decision", "Wait", "Outcome"});
  for (const TimelineStep* s : shown_steps(line)) {
    Table::Row row;
    row.cell(shortened(s->step, 80)).cell(element("bdi", shortened(s->runbook, 80)));
    row.cell(element("bdi", shortened(s->role, 80)));
    row.cell(element("bdi", shortened(s->person, 80))).cell(s->critical ? "yes" : "");
    row.number(human_ms(s->ready_ms)).number(human_ms(s->ended_ms));
    for (const SpanKind kind : kSpanKinds) {
      std::int64_t sum = 0;
      for (const TimelineSpan& span : s->spans) {
        if (span.kind == kind) sum += span.to_ms - span.from_ms;
      }
      row.number(sum == 0 ? "" : human_ms(sum));
    }
    table.add(row.cell(s->failed ? "failed" : s->open ? "open" : "done"));
  }
  return table;
}

std::vector<LegendEntry> gantt_legend(std::string_view id) {
  const auto bar = [&](SpanKind kind) { return span_mark(kind, {0, 0.5}, 24, id); };
  Element outlined = rect({1, 1}, 22, 10, "none");
  outlined.set("class", "ink-line").set("stroke", kInk).set("stroke-width", 1.6);
  std::vector<LegendEntry> key = {
      {bar(SpanKind::kWork), "work"},
      {bar(SpanKind::kDecision), "decision or approval"},
      {bar(SpanKind::kWait), "waiting for the platform"},
      {bar(SpanKind::kIdle), "nobody free"},
      {outlined, "on the critical path (bold)"},
      {person_mark({12, 6}), "done by people"},
      {polygon({{8, 2}, {16, 2}, {12, 10}}, kOrange, 1), "tried again"}};
  for (LegendEntry& entry : mark_legend()) key.push_back(std::move(entry));
  return key;
}

}  // namespace

Element gantt_chart(const Report& report, const ReportTimeline& line) {
  const std::vector<const TimelineStep*> steps = shown_steps(line);
  const std::string rest =
      steps.size() < line.steps.size()
          ? fmt::format(" {} shorter steps are left out.", line.steps.size() - steps.size())
          : std::string();
  const Chart chart{"gantt-" + std::string(line.name == "median" ? "median" : "p95"),
                    gantt_finding(line),
                    "Each row is a step, from when it was ready to when it ended, in time since "
                    "the fault; all drills of this page are on one scale. The outlined steps are "
                    "those that the last service waited for." +
                        rest,
                    gantt_data(line)};
  const TimeAxis axis = drill_axis(report);
  const MarkLines marks(report, line, axis);
  const double top = marks.height();
  const double bottom = top + kRow * static_cast<double>(std::max<std::size_t>(steps.size(), 1));
  Element svg = drawing(chart, kDrillWidth, bottom + 44);
  svg.add(Element("defs").add({hatch(chart.id + "-hatch"), dots(chart.id + "-dots")}));
  draw_axis(svg, axis, top, bottom, "time since the fault");
  marks.draw(svg, bottom);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    svg.add(step_row(*steps[i], top + kRow * (static_cast<double>(i) + 0.5), axis, chart.id));
  }
  return figure(chart, svg, legend(gantt_legend(chart.id)));
}

}  // namespace firedrill::html
