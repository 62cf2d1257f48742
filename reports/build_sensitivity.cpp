#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "engine/plan/print_text.hpp"
#include "engine/plan/what_if.hpp"
#include "reports/sensitivity_report.hpp"

namespace firedrill {
namespace {

std::int64_t median_ms(const Plan& plan, TimingIndex timing) {
  return std::llround(plan.timing(timing).distribution.quantile(0.5) * 1000);
}

/// The median of what a lever with a factor changes; nothing for what is no duration.
ReportTime median_of(const Plan& plan, const Lever& lever) {
  if (lever.kind == LeverKind::kTiming) {
    const auto found = plan.timing_by_id.find(lever.name);
    if (found == plan.timing_by_id.end() || plan.timing(found->second).unit != "s") return {};
    return median_ms(plan, found->second);
  }
  for (std::uint32_t i = 0; i < plan.steps.size(); ++i) {
    if (step_path(plan, {i}) != lever.name) continue;
    const PlannedStep& step = plan.steps[i];
    if (step.hands_on.valid()) return median_ms(plan, step.hands_on);
    if (step.wait_time.valid()) return median_ms(plan, step.wait_time);
    if (step.call.duration) return step.call.duration->us / 1000;
  }
  return {};
}

ReportChange change_of(const Plan& plan, const Lever& lever, double strength) {
  ReportChange change{lever.kind, lever.name, label_of(lever, strength), {}, {}};
  if (!lever.by_factor()) return change;
  change.median_was = median_of(plan, lever);
  if (change.median_was) {
    change.median_is = std::llround(static_cast<double>(*change.median_was) * (1 - strength));
  }
  return change;
}

}  // namespace

std::string_view to_word(LeverKind kind) {
  switch (kind) {
    case LeverKind::kStep:
      return "step";
    case LeverKind::kTiming:
      return "timing";
    case LeverKind::kRole:
      return "role";
    case LeverKind::kDesign:
      break;
  }
  return "design";
}

std::string target_line(const ReportTarget& target) {
  return fmt::format(
      "{} {} in {} of drills", target.subject,
      target_text(target.objective, target.from, Duration::milliseconds(target.limit_ms)),
      percent(target.required_share));
}

ReportFix fix_of(const Plan& plan, const std::vector<Lever>& levers, const Fix& fix) {
  ReportFix report;
  for (const LeverUse& use : fix.uses) {
    report.changes.push_back(change_of(plan, levers[use.lever], use.strength));
    for (std::string& setting : settings_of(levers[use.lever], use.strength)) {
      report.settings.push_back(std::move(setting));
    }
  }
  report.meets = fix.meets;
  report.strength = fix.strength();
  report.share = fix.fared.share;
  report.p50 = fix.fared.p50_ms;
  report.p95 = fix.fared.p95_ms;
  report.monotone = fix.monotone;
  return report;
}

void mark_frontier(std::vector<ReportSweepPoint>& points,
                   const std::vector<std::vector<std::size_t>>& places) {
  constexpr auto kNever = std::numeric_limits<std::int64_t>::max();
  const auto quality = [&](std::size_t i) {
    return std::pair(points[i].share, -points[i].p95.value_or(kNever));
  };
  const auto asks_no_more = [&](std::size_t a, std::size_t b) {
    for (std::size_t v = 0; v < places[a].size(); ++v) {
      if (places[a][v] > places[b][v]) return false;
    }
    return true;
  };
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].on_frontier = true;
    for (std::size_t other = 0; other < points.size(); ++other) {
      const bool matched = other != i && asks_no_more(other, i) && quality(other) >= quality(i);
      if (matched) points[i].on_frontier = false;
    }
  }
}

}  // namespace firedrill
