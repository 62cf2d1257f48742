#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/plan/print_text.hpp"
#include "reports/html/chart.hpp"
#include "reports/html/charts.hpp"
#include "reports/html/sections.hpp"

namespace firedrill::html {
namespace {

constexpr double kWidth = 1100;
constexpr double kLeft = 420;
constexpr double kRight = 900;
constexpr double kTop = 14;
constexpr double kRow = 24;
constexpr std::size_t kBarsMax = 12;

double at_correlation(double r) { return kLeft + (kRight - kLeft) * (r + 1) / 2; }

/// Those beyond luck before the others, of each the strongest first, whatever their confidence: few
/// drills make strong correlations by luck.
std::vector<const ReportInfluence*> strongest(const ReportInfluences& influences) {
  std::vector<const ReportInfluence*> sorted;
  for (const ReportInfluence& timing : influences.timings) {
    if (timing.correlation) sorted.push_back(&timing);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    return std::pair(a->beyond_noise, std::abs(*a->correlation)) >
           std::pair(b->beyond_noise, std::abs(*b->correlation));
  });
  sorted.resize(std::min(sorted.size(), kBarsMax));
  return sorted;
}

Element influence_row(const ReportInfluence& t, double y) {
  const double r = *t.correlation;
  Element row("g");
  row.add(tooltip(fmt::format("{}: rank correlation {:.2f}, {} {}", shortened(t.timing), r,
                              shortened(t.value), shortened(t.unit))));
  const bool guess = t.confidence == Confidence::kEstimate;
  const std::string word(to_word(t.confidence));
  const double room = kLeft - 24 - text_width(word);
  row.add(words({0, y + 4}, fitted(t.timing, room)));
  Element confidence = words({kLeft - 12, y + 4}, word, "end");
  if (guess) confidence.set("font-weight", "bold");
  row.add(confidence);
  const double zero = at_correlation(0);
  const double end = at_correlation(r);
  row.add(
      rect({std::min(zero, end), y - 7}, std::abs(end - zero), 14, guess ? kVermillion : kBlue));
  return row.add(
      words({kRight + 16, y + 4}, fmt::format("{:+.2f}{}", r, t.beyond_noise ? "" : " (as luck)")));
}

std::string influence_finding(const ReportTarget& target,
                              const std::vector<const ReportInfluence*>& timings) {
  std::string what(to_word(target.objective));
  for (char& c : what) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  const std::string whose = fmt::format("{} of {}", what, shortened(target.subject, 60));
  if (timings.empty() || !timings.front()->beyond_noise) {
    return fmt::format("{}: no single timing stands out from luck", whose);
  }
  const ReportInfluence& first = *timings.front();
  return fmt::format(
      "{} goes most with {} ({}), rank correlation {:+.2f}", whose, shortened(first.timing, 80),
      first.confidence == Confidence::kEstimate ? "a guess"
                                                : std::string(to_word(first.confidence)),
      *first.correlation);
}

Table influence_data(const ReportInfluences& influences) {
  constexpr std::size_t kShown = 40;
  Table table("", {"Timing", "Confidence", "Value", "Drills that drew it", "Rank correlation",
                   "Beyond luck"});
  std::size_t shown = 0;
  for (const ReportInfluence& t : influences.timings) {
    if (!t.correlation || shown++ >= kShown) continue;
    Table::Row row;
    row.cell(shortened(t.timing)).cell(to_word(t.confidence));
    row.cell(element("bdi", shortened(t.value + ' ' + t.unit)));
    row.number(thousands(t.drills)).number(fmt::format("{:+.2f}", *t.correlation));
    table.add(row.cell(t.beyond_noise ? "yes" : "no"));
  }
  return table;
}

Element influence_chart(const Report& report, const ReportInfluences& influences,
                        std::size_t number) {
  const std::vector<const ReportInfluence*> timings = strongest(influences);
  const Chart chart{
      fmt::format("influence-{}", number + 1),
      influence_finding(report.targets.at(influences.target), timings),
      fmt::format("Each row is a timing: Spearman's rank correlation of what it took in a drill "
                  "with what the target achieved, from {} drills. To the right: the longer it "
                  "takes, the longer the target takes. Within the grey band lies what luck alone "
                  "brings about where every drill draws a timing; luck does more where few do. A "
                  "guess that matters is worth measuring first. It tells what goes "
                  "together, not what would change it: firedrill sensitivity tries that.",
                  thousands(influences.drills)),
      influence_data(influences)};
  const double bottom = kTop + kRow * static_cast<double>(timings.size());
  Element svg = drawing(chart, kWidth, bottom + 44);
  const double noise = std::clamp(influences.noise, 0.0, 1.0);
  svg.add(rect({at_correlation(-noise), kTop - 6}, at_correlation(noise) - at_correlation(-noise),
               bottom - kTop + 6, kFaint)
              .set("fill-opacity", "0.25"));
  for (int half = -2; half <= 2; ++half) {
    const double x = at_correlation(half / 2.0);
    svg.add(line({x, kTop - 6}, {x, bottom}, half == 0 ? kInk : kGrid));
    svg.add(words({x, bottom + 16}, fmt::format("{:+.1f}", half / 2.0), "middle"));
  }
  svg.add(words({at_correlation(0), bottom + 34}, "rank correlation (no unit)", "middle"));
  for (std::size_t i = 0; i < timings.size(); ++i) {
    svg.add(influence_row(*timings[i], kTop + kRow * (static_cast<double>(i) + 0.5)));
  }
  return figure(chart, svg,
                legend({{rect({0, 1}, 24, 10, kVermillion), "a guess (estimate)"},
                        {rect({0, 1}, 24, 10, kBlue), "reported, documented or measured"},
                        {rect({0, 1}, 24, 10, kFaint).set("fill-opacity", "0.25"), "luck"}}));
}

}  // namespace

std::vector<Element> influence_charts(const Report& report) {
  std::vector<Element> charts;
  for (const ReportInfluences& influences : report.influences) {
    if (influences.target >= report.targets.size() || strongest(influences).empty()) continue;
    charts.push_back(influence_chart(report, influences, charts.size()));
  }
  return charts;
}

}  // namespace firedrill::html
