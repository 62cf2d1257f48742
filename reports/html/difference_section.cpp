#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "reports/html/chart.hpp"
#include "reports/html/charts.hpp"
#include "reports/html/sections.hpp"
#include "reports/text_cells.hpp"

namespace firedrill::html {
namespace {

constexpr std::size_t kStepsMax = 20;

std::string_view sign_of(StepChange change) {
  if (change == StepChange::kAdded) return "+ added";
  if (change == StepChange::kRemoved) return "− removed";
  return change == StepChange::kSlower   ? "~ slower"
         : change == StepChange::kFaster ? "~ faster"
                                         : "~ moved";
}

std::string before_and_now(const ComparedStep& s, const ReportTime& base, const ReportTime& now) {
  if (s.change == StepChange::kAdded) return human_ms(now);
  if (s.change == StepChange::kRemoved) return human_ms(base);
  return base == now ? human_ms(now) : fmt::format("{} → {}", human_ms(base), human_ms(now));
}

Element step_table(const Comparison& comparison) {
  Table table("", {"Step", "Change", "Runbook", "Role", "p50", "p95", "On critical paths, mean"});
  std::size_t shown = 0;
  for (const ComparedStep& s : comparison.steps) {
    if (shown++ == kStepsMax) break;
    const std::int64_t moved = s.path_mean_difference_ms;
    Table::Row row;
    row.cell(shortened(s.step, 80)).cell(sign_of(s.change)).cell(shortened(s.runbook, 80));
    row.cell(shortened(s.role, 80)).number(before_and_now(s, s.base_p50, s.now_p50));
    row.number(before_and_now(s, s.base_p95, s.now_p95));
    table.add(row.number(moved == 0 ? "±0" : (moved < 0 ? "−" : "+") + human_ms(std::abs(moved))));
  }
  return scrolling("Steps that changed", table.element());
}

}  // namespace

Element difference_section(const Comparison& comparison) {
  Element all = Element("section").set("id", "difference");
  all.add(element("h2", "What changed against the baseline"));
  all.add(Element("p")
              .add(element("bdi", shortened(comparison.base.name, 200)))
              .add(element("span", fmt::format(": {} drills, seed {}; {}",
                                               thousands(comparison.base.completed),
                                               comparison.base.seed, comparison.headline))));
  for (const Element& chart : difference_charts(comparison)) all.add(chart);
  all.add(element("h3", "Steps: + added, − removed, ~ changed"));
  if (!comparison.paired) {
    return all.add(element("p", "A baseline holds no steps; a result (--export-json) does."));
  }
  if (comparison.steps.empty()) return all.add(element("p", "Every step is as it was."));
  all.add(step_table(comparison));
  if (comparison.steps.size() > kStepsMax) {
    all.add(element("p", fmt::format("And {} more, which change the critical paths less.",
                                     comparison.steps.size() - kStepsMax)));
  }
  if (!comparison.same_luck) {
    all.add(element("p",
                    "The sides met different luck, so that only added and removed steps can "
                    "be told."));
  }
  return all;
}

}  // namespace firedrill::html
