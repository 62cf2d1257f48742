#include <fmt/format.h>

#include <algorithm>

#include "engine/base/time.hpp"
#include "engine/input/document_fields.hpp"
#include "engine/plan/print_text.hpp"
#include "reports/html/chart.hpp"
#include "reports/html/charts.hpp"
#include "reports/text_cells.hpp"

namespace firedrill::html {
namespace {

constexpr double kWidth = 1100;
constexpr double kLeft = 330;
constexpr double kRight = 760;
constexpr double kTop = 14;
constexpr double kRow = 28;
constexpr std::size_t kRowsMax = 60;

using Rows = std::vector<const ComparedTarget*>;

std::string_view colour_of(TargetChange change) {
  if (change == TargetChange::kWorse) return kVermillion;
  return change == TargetChange::kBetter ? kGreen : kBlue;
}

std::string signed_time(std::int64_t ms) {
  return ms < 0 ? "−" + human_ms(-ms) : ms > 0 ? "+" + human_ms(ms) : std::string("±0");
}

std::string end_words(const std::optional<std::int64_t>& ms) {
  return ms ? signed_time(*ms) : std::string("no bound");
}

/// `worse: +12m [+8m, +15m]`
std::string change_words(const ComparedTarget& t, bool paired) {
  std::string text(to_word(t.change));
  if (t.change == TargetChange::kNotComparable) return text;
  if (!t.p95.difference_ms) {
    return fmt::format("{}: {} to {}", text, human_ms(t.p95.base), human_ms(t.p95.now));
  }
  text += ": " + signed_time(*t.p95.difference_ms);
  if (!paired) return text;
  return text + fmt::format(" [{}, {}]", end_words(t.p95.low_ms), end_words(t.p95.high_ms));
}

double at_time(const TimeAxis& axis, const ReportTime& time) {
  return time ? axis.at(*time) : axis.right();
}

/// Where the new p95 may be, by the interval of the difference.
ReportTimeInterval span_of(const ComparedTarget& t, bool paired) {
  if (!paired) return t.now_p95_ci95;
  if (!t.p95.base || !t.p95.low_ms) return {};
  ReportTimeInterval span;
  span.low = *t.p95.base + *t.p95.low_ms;
  if (t.p95.high_ms) span.high = *t.p95.base + *t.p95.high_ms;
  return span;
}

/// From old to new, with a head; a ring where nothing moves.
void draw_arrow(Element& row, double from, double to, double y, std::string_view colour) {
  if (std::abs(to - from) < 4) {
    row.add(circle({to, y}, 4.5, colour));
    return;
  }
  const double head = to > from ? -8 : 8;
  row.add(line({from, y}, {to + head, y}, colour, 2.5));
  row.add(polygon({{to, y}, {to + head, y - 5}, {to + head, y + 5}}, colour, 1));
  row.add(line({from, y - 5}, {from, y + 5}, colour, 2));
}

Element difference_row(const ComparedTarget& t, double y, const TimeAxis& axis, bool paired) {
  Element row("g");
  const std::string words_of = change_words(t, paired);
  row.add(tooltip(fmt::format("{}: p95 {} before, {} now; {}", shortened(t.subject),
                              human_ms(t.p95.base), human_ms(t.p95.now), words_of)));
  const std::string limit =
      fmt::format("{} ≤ {}", to_word(t.objective),
                  to_human(parse_iso8601_duration(t.limit).value_or(Duration::milliseconds(0))));
  const double limit_width = text_width(limit) + 10;
  row.add(words({0, y + 4}, fitted(t.subject, kLeft - 20 - limit_width)));
  row.add(words({kLeft - 14, y + 4}, limit, "end"));
  if (t.change != TargetChange::kNotComparable) {
    const ReportTimeInterval span = span_of(t, paired);
    if (span.low) {
      row.add(line({axis.at(*span.low), y + 8}, {at_time(axis, span.high), y + 8}, kFaint, 1.5));
    }
    if (!paired && t.base_p95_ci95.low) {
      row.add(line({axis.at(*t.base_p95_ci95.low), y - 8},
                   {at_time(axis, t.base_p95_ci95.high), y - 8}, kFaint, 1.5)
                  .set("stroke-dasharray", "3 2"));
    }
    draw_arrow(row, at_time(axis, t.p95.base), at_time(axis, t.p95.now), y, colour_of(t.change));
  }
  return row.add(words({kRight + 16, y + 4}, fitted(words_of, kWidth - kRight - 20)));
}

std::string difference_finding(const Rows& rows) {
  const auto count = [&](TargetChange change) {
    return std::count_if(rows.begin(), rows.end(),
                         [&](const auto* t) { return t->change == change; });
  };
  std::string name(to_word(rows.front()->objective));
  if (name == "rto" || name == "rpo") {
    for (char& c : name) c = static_cast<char>(c - 'a' + 'A');
  }
  return fmt::format("{}: {} worse, {} better, {} the same", name, count(TargetChange::kWorse),
                     count(TargetChange::kBetter), count(TargetChange::kSame));
}

Table difference_data(const Rows& rows, bool paired) {
  Table table("", {"Judged", "Change", "p50 before", "p50 now", "p95 before", "p95 now",
                   "Difference of p95", "Met before", "Met now", "Drills longer, shorter"});
  for (const ComparedTarget* t : rows) {
    const auto share = [](double value) { return fmt::format("{:.1f} %", value * 100); };
    Table::Row row;
    row.cell(shortened(t->subject)).cell(to_word(t->change));
    row.number(human_ms(t->p50.base)).number(human_ms(t->p50.now));
    row.number(human_ms(t->p95.base)).number(human_ms(t->p95.now));
    row.number(t->change == TargetChange::kNotComparable ? t->reason : change_words(*t, paired));
    row.number(share(t->met_share.base)).number(share(t->met_share.now));
    table.add(row.number(
        paired ? fmt::format("{}, {}", thousands(t->drills.longer), thousands(t->drills.shorter))
               : "not paired"));
  }
  return table;
}

std::string difference_description(const Comparison& comparison) {
  const std::string arrow =
      "Each row is a target: the arrow goes from the 95th percentile before to that of now, a dot "
      "where it stays. What is not within the horizon stands at the right end. ";
  if (!comparison.paired) {
    return arrow +
           "The baseline holds no drills, so that nothing is paired: the thin lines are the 95 % "
           "intervals of both percentiles, dashed that of before; a target is worse or better "
           "where a figure lies beyond the old one with both intervals apart.";
  }
  return arrow + fmt::format(
                     "The thin line is the interval of the difference, at the new place: drill by "
                     "drill of {} pairs, of {:.2f} % confidence so that all hold together with "
                     "95 %. A target is worse or better by any of p50, p95, share met and the "
                     "number of drills that take longer.{}",
                     thousands(comparison.pairs), comparison.interval_confidence * 100,
                     comparison.same_luck ? "" : " The two sides met different luck.");
}

Element difference_chart(const Comparison& comparison, const Rows& rows) {
  const Chart chart{fmt::format("difference-{}", to_word(rows.front()->objective)),
                    difference_finding(rows), difference_description(comparison),
                    difference_data(rows, comparison.paired)};
  std::int64_t most = 1000;
  for (const ComparedTarget* t : rows) {
    most = std::max({most, t->p95.base.value_or(0), t->p95.now.value_or(0)});
  }
  const TimeAxis axis(most, kLeft, kRight);
  const double bottom = kTop + kRow * static_cast<double>(rows.size());
  Element svg = drawing(chart, kWidth, bottom + 44);
  draw_axis(svg, axis, kTop - 6, bottom, "95th percentile");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double y = kTop + kRow * (static_cast<double>(i) + 0.5);
    svg.add(difference_row(*rows[i], y, axis, comparison.paired));
  }
  const auto arrow = [](TargetChange change) {
    Element mark("g");
    draw_arrow(mark, 1, 23, 6, colour_of(change));
    return mark;
  };
  return figure(chart, svg,
                legend({{arrow(TargetChange::kWorse), "worse"},
                        {arrow(TargetChange::kBetter), "better"},
                        {arrow(TargetChange::kSame), "the same, as far as can be told"},
                        {line({0, 6}, {24, 6}, kFaint, 1.5), "interval"}}));
}

}  // namespace

std::vector<Element> difference_charts(const Comparison& comparison) {
  std::vector<Element> charts;
  for (const Choice& objective : kObjectives) {
    Rows rows;
    for (const ComparedTarget& t : comparison.targets) {
      if (to_word(t.objective) == objective.word && rows.size() < kRowsMax) rows.push_back(&t);
    }
    if (!rows.empty()) charts.push_back(difference_chart(comparison, rows));
  }
  return charts;
}

}  // namespace firedrill::html
