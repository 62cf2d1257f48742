#include "reports/html/drill_axis.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/text_cells.hpp"

namespace firedrill::html {
namespace {

constexpr double kLabelRow = 16;

std::vector<std::int64_t> rto_limits(const Report& report) {
  std::vector<std::int64_t> limits;
  for (const ReportTarget& t : report.targets) {
    if (t.objective == Objective::kRto) limits.push_back(t.limit_ms);
  }
  std::sort(limits.begin(), limits.end());
  limits.erase(std::unique(limits.begin(), limits.end()), limits.end());
  return limits;
}

std::string_view colour_of_mark(const std::string& name) {
  if (name == "fault" || name == "fault over") return kVermillion;
  return name == "restored" || name == "verified" || name == "closed" ? kGreen : kFaint;
}

}  // namespace

TimeAxis drill_axis(const Report& report) {
  std::int64_t end = 60'000;
  for (const ReportTimeline& line : report.timelines) {
    for (const TimelineMark& mark : line.marks) end = std::max(end, mark.at_ms);
    for (const TimelineStep& step : line.steps) end = std::max(end, step.ended_ms);
    for (const TimelineService& service : line.services) {
      if (!service.served.empty()) end = std::max(end, service.served.back().at_ms);
    }
  }
  return {end, kDrillLeft, kDrillRight};
}

MarkLines::MarkLines(const Report& report, const ReportTimeline& line, const TimeAxis& axis) {
  std::vector<Mark> all;
  for (const TimelineMark& mark : line.marks) {
    if (mark.at_ms > axis.max_ms()) continue;
    const std::string hint = mark.what.empty() ? mark.name : mark.name + ": " + mark.what;
    all.push_back({axis.at(mark.at_ms), mark.name,
                   fmt::format("{} at {}", shortened(hint), human_ms(mark.at_ms)),
                   colour_of_mark(mark.name)});
  }
  for (const std::int64_t limit : rto_limits(report)) {
    if (limit > axis.max_ms()) continue;
    const std::string label = "RTO " + human_ms(limit);
    all.push_back({axis.at(limit), label, label, kVermillion, true});
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.x < b.x; });
  for (Mark& mark : all) add(std::move(mark));
}

void MarkLines::add(Mark mark) {
  // Several faults at one instant are one line.
  if (!marks_.empty() && marks_.back().label == mark.label && mark.x - marks_.back().x < 1) {
    marks_.back().hint += "; " + mark.hint;
    return;
  }
  const double width = text_width(mark.label) + 10;
  mark.to_left = mark.x + width > kDrillWidth;
  const double from = mark.to_left ? mark.x - width : mark.x;
  // Its line goes through every row below, so that no label may be in the way there.
  for (std::size_t row = 0; row < free_from_.size(); ++row) {
    if (free_from_[row] > from) mark.row = row + 1;
  }
  if (mark.row == free_from_.size()) free_from_.push_back(0);
  free_from_[mark.row] = from + width + 4;
  marks_.push_back(std::move(mark));
}

double MarkLines::height() const { return kLabelRow * static_cast<double>(free_from_.size()) + 6; }

void MarkLines::draw(Element& svg, double bottom) const {
  for (const Mark& mark : marks_) {
    const double top = kLabelRow * static_cast<double>(mark.row) + 2;
    Element group("g");
    group.add(tooltip(mark.hint));
    group.add(mark.limit ? dashed({mark.x, top}, {mark.x, bottom}, mark.colour, 2)
                         : line({mark.x, top}, {mark.x, bottom}, mark.colour, 1.2));
    svg.add(group.add(words({mark.to_left ? mark.x - 4 : mark.x + 4, top + 11}, mark.label,
                            mark.to_left ? "end" : "start")));
  }
}

std::vector<LegendEntry> mark_legend() {
  return {{line({12, 0}, {12, 12}, kVermillion, 1.5), "fault"},
          {line({12, 0}, {12, 12}, kFaint, 1.5), "detected, acknowledged, declared, decided"},
          {line({12, 0}, {12, 12}, kGreen, 1.5), "restored, verified, closed"},
          {dashed({12, 0}, {12, 12}, kVermillion, 2), "RTO limit"}};
}

std::string drill_words(const ReportTimeline& line) {
  const std::string name = line.name == "median" ? "Median" : line.name;
  return fmt::format("{} drill ({})", shortened(name, 40), line.replication);
}

}  // namespace firedrill::html
