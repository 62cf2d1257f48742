#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "reports/html/charts.hpp"
#include "reports/html/drill_axis.hpp"
#include "reports/text_cells.hpp"

namespace firedrill::html {
namespace {

constexpr double kRow = 26;
/// The tolerance of a share that was rounded for a file.
constexpr double kRounding = 1e-6;

enum class State : std::uint8_t { kUp, kDegraded, kDown };
constexpr std::string_view kStateWords[] = {"up", "degraded", "down"};

struct StateSpan {
  State state = State::kUp;
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
};

State state_of(double share, double threshold) {
  if (share < threshold - kRounding) return State::kDown;
  return share < 1 - 0.0005 ? State::kDegraded : State::kUp;
}

/// From the onset to the end of the drill; neighbours differ.
std::vector<StateSpan> spans_of(const TimelineService& service, std::int64_t end_ms) {
  std::vector<StateSpan> spans = {{State::kUp, 0, 0}};
  for (const TimelineShare& at : service.served) {
    const State state = state_of(at.share, service.threshold);
    const std::int64_t from = std::clamp<std::int64_t>(at.at_ms, 0, end_ms);
    if (from == spans.back().from_ms) {
      spans.back().state = state;
    } else if (state != spans.back().state) {
      spans.back().to_ms = from;
      spans.push_back({state, from, from});
    }
  }
  spans.back().to_ms = end_ms;
  return spans;
}

std::int64_t time_in(const std::vector<StateSpan>& spans, State state) {
  std::int64_t sum = 0;
  for (const StateSpan& span : spans) {
    if (span.state == state) sum += span.to_ms - span.from_ms;
  }
  return sum;
}

/// The lower a service is, the higher its bar.
Element state_mark(State state, Point left, double width) {
  constexpr double kHeights[] = {4, 10, 16};
  constexpr std::string_view kColours[] = {kGreen, kOrange, kVermillion};
  const auto i = static_cast<std::size_t>(state);
  return rect({left.x, left.y - kHeights[i] / 2}, width, kHeights[i], kColours[i]);
}

std::optional<std::int64_t> rto_of(const Report& report, const std::string& service) {
  for (const ReportTarget& t : report.targets) {
    if (t.objective == Objective::kRto && t.subject == service) return t.limit_ms;
  }
  return {};
}

struct StateRow {
  const TimelineService* service = nullptr;
  std::vector<StateSpan> spans;
  std::optional<std::int64_t> rto_ms;
};

Element state_row(const StateRow& row, double y, const TimeAxis& axis) {
  Element group("g");
  std::string hint = shortened(row.service->service);
  for (const StateSpan& span : row.spans) {
    hint += fmt::format("; {} from {} to {}", kStateWords[static_cast<std::size_t>(span.state)],
                        human_ms(span.from_ms), human_ms(span.to_ms));
  }
  group.add(tooltip(shortened(hint, 600)));
  group.add(words({0, y + 4}, fitted(row.service->service, kDrillLeft - 14)));
  for (const StateSpan& span : row.spans) {
    const double x = axis.at(span.from_ms);
    group.add(state_mark(span.state, {x, y}, std::max(1.0, axis.at(span.to_ms) - x)));
  }
  if (row.rto_ms && *row.rto_ms <= axis.max_ms()) {
    const double x = axis.at(*row.rto_ms);
    group.add(html::line({x, y - 12}, {x, y + 12}, kInk, 3));
  }
  return group.add(
      words({kDrillRight + 12, y + 4}, "down " + human_ms(time_in(row.spans, State::kDown))));
}

std::string state_finding(const ReportTimeline& line, const std::vector<StateRow>& rows) {
  const auto worst = std::max_element(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return time_in(a.spans, State::kDown) < time_in(b.spans, State::kDown);
  });
  if (worst == rows.end() || time_in(worst->spans, State::kDown) == 0) {
    return fmt::format("{}: no service is down", drill_words(line));
  }
  return fmt::format("{}: {} is down longest, for {}", drill_words(line),
                     shortened(worst->service->service, 60),
                     human_ms(time_in(worst->spans, State::kDown)));
}

Table state_data(const std::vector<StateRow>& rows) {
  constexpr std::size_t kSpansMax = 60;
  Table table("", {"Service", "State", "From", "To", "For"});
  for (const StateRow& row : rows) {
    for (std::size_t i = 0; i < std::min(kSpansMax, row.spans.size()); ++i) {
      const StateSpan& span = row.spans[i];
      Table::Row cells;
      cells.cell(shortened(row.service->service));
      cells.cell(kStateWords[static_cast<std::size_t>(span.state)]);
      cells.number(human_ms(span.from_ms)).number(human_ms(span.to_ms));
      table.add(cells.number(human_ms(span.to_ms - span.from_ms)));
    }
  }
  return table;
}

}  // namespace

Element state_chart(const Report& report, const ReportTimeline& line) {
  constexpr std::size_t kServicesMax = 40;
  const TimeAxis axis = drill_axis(report);
  std::vector<StateRow> rows;
  for (const TimelineService& service : line.services) {
    if (rows.size() == kServicesMax) break;
    rows.push_back({&service, spans_of(service, std::min(line.end_ms, axis.max_ms())),
                    rto_of(report, service.service)});
  }
  const Chart chart{"states-" + std::string(line.name == "median" ? "median" : "p95"),
                    state_finding(line, rows),
                    "Each row is a service, in time since the fault: up while it serves every "
                    "request, degraded while it serves at least the share that counts as serving, "
                    "down below that. The thick upright tick is its RTO.",
                    state_data(rows)};
  const MarkLines marks(report, line, axis);
  const double top = marks.height();
  const double bottom = top + kRow * static_cast<double>(std::max<std::size_t>(rows.size(), 1));
  Element svg = drawing(chart, kDrillWidth, bottom + 44);
  draw_axis(svg, axis, top, bottom, "time since the fault");
  marks.draw(svg, bottom);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    svg.add(state_row(rows[i], top + kRow * (static_cast<double>(i) + 0.5), axis));
  }
  std::vector<LegendEntry> key = {{state_mark(State::kUp, {0, 6}, 24), "up"},
                                  {state_mark(State::kDegraded, {0, 6}, 24), "degraded"},
                                  {state_mark(State::kDown, {0, 6}, 24), "down"},
                                  {html::line({12, 0}, {12, 12}, kInk, 3), "RTO of the service"}};
  for (LegendEntry& entry : mark_legend()) key.push_back(std::move(entry));
  return figure(chart, svg, legend(key));
}

}  // namespace firedrill::html
