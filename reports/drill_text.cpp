#include "reports/drill_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/event_lines.hpp"
#include "reports/mark_names.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

std::string span(std::int64_t us) {
  if (us == kNotReachedUs) return "never";
  if (us == kNotJudgedUs) return "-";
  const std::int64_t ms = (us + 500) / 1000;
  return fmt::format("{}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                     ms % 1000);
}

std::string verdict_of(const PlannedTarget& target, std::int64_t achieved,
                       const TextOptions& options) {
  if (achieved == kNotJudgedUs) return "- not asked";
  const bool met = achieved != kNotReachedUs && achieved <= target.limit.us;
  const std::string_view symbol = options.unicode ? (met ? "✓" : "✗") : (met ? "+" : "x");
  return Paint(options.color)(met ? Ink::kGood : Ink::kBad,
                              fmt::format("{} {}", symbol, met ? "met   " : "missed"));
}

}  // namespace

std::string render_drill(const Plan& plan, std::uint64_t seed, std::uint64_t replication,
                         const DrillMetrics& metrics, const TextOptions& options) {
  return fmt::format("drill {} of {}, seed {}: {}\n", replication,
                     printable(plan.scenario, options.unicode), seed, to_word(metrics.end)) +
         render_drill_body(plan, metrics, options);
}

std::string render_drill_body(const Plan& plan, const DrillMetrics& metrics,
                              const TextOptions& options) {
  const Paint paint(options.color);
  const auto clean = [&](std::string_view text) { return printable(text, options.unicode); };
  std::string page;
  const auto heading = [&](std::string_view text) {
    page += '\n' + paint(Ink::kStrong, text) + '\n';
  };
  const auto row = [&](std::string_view name, std::int64_t us) {
    page += fmt::format("  {}{:>14}\n", cell(clean(name), 24), span(us));
  };

  std::size_t name = 20;
  for (const PlannedTarget& target : plan.targets) {
    name = std::max(name, columns(clean(target.subject)));
  }
  heading("TARGETS");
  for (std::size_t i = 0; i < plan.targets.size(); ++i) {
    const PlannedTarget& target = plan.targets[i];
    const std::int64_t achieved = metrics.targets.at(i).achieved_us;
    page += "  " + verdict_of(target, achieved, options);
    page += fmt::format("  {}  {}{:>14}\n", cell(clean(target.subject), name),
                        cell(target_text(target.objective, target.from, target.limit), 15),
                        span(achieved));
  }
  heading("SINCE THE FAULT");
  const Marks& marks = metrics.marks;
  for (const NamedMark& mark : kNamedMarks) row(mark.name, marks.*mark.us);
  if (!metrics.stores.empty()) heading("DATA LOST");
  for (std::size_t i = 0; i < metrics.stores.size(); ++i) {
    const std::int64_t lost = metrics.stores[i].rpo_us;
    if (lost != kNotJudgedUs) row(plan.stores.at(i).name, lost);
    if (lost == kNotJudgedUs) {
      page += fmt::format("  {}{:>14}\n", cell(clean(plan.stores.at(i).name), 24), "not measured");
    }
  }
  return page;
}

}  // namespace firedrill
