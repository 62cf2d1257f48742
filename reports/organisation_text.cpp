#include "reports/organisation_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/plan/print_text.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kSpan = 8;      // ` 23h 59m`
constexpr std::size_t kPromise = 24;  // ` 100.0 % [100.0, 100.0]`

std::string budgets_text(const std::optional<double>& budgets) {
  return budgets ? fmt::format("{:.1f} %", *budgets * 100) : std::string("never");
}

std::string promise_met(const ReportPromise& promise) {
  if (!promise.limit_ms) return "-";
  return fmt::format("{:.1f} % [{:.1f}, {:.1f}]", promise.met_share * 100,
                     promise.met_share_ci95.low * 100, promise.met_share_ci95.high * 100);
}

}  // namespace

std::string severity_section(const Report& report, const TextOptions& options, std::size_t width) {
  if (report.severities.empty()) return {};
  const Paint paint(options.color);
  const std::size_t fixed = 3 * kSpan + kPromise;
  const std::size_t name = width > fixed + 12 ? std::min<std::size_t>(width - fixed, 28) : 12;
  const bool wide = name + fixed <= width;
  std::string page = '\n' + paint(Ink::kStrong, cell("SEVERITY", name)) +
                     right_cell("limit", kSpan) +
                     (wide ? right_cell("met in [95 % interval]", kPromise) : std::string()) +
                     right_cell("p50", kSpan) + right_cell("p95", kSpan) + '\n';
  for (const ReportSeverity& severity : report.severities) {
    const std::string head = fmt::format("{}, {} of drills, from the first alarm",
                                         printable(severity.name, options.unicode),
                                         percent(std::round(severity.share * 1000) / 1000));
    page += wrapped(head, 2, 4, width);
    for (const ReportPromise& promise : severity.promises) {
      page += cell("    " + promise.name, name) +
              right_cell(promise.limit_ms ? human_ms(promise.limit_ms) : "-", kSpan) +
              (wide ? right_cell(promise_met(promise), kPromise) : std::string()) +
              right_cell(human_ms(promise.p50), kSpan) + right_cell(human_ms(promise.p95), kSpan) +
              '\n';
    }
  }
  return page;
}

std::string error_budget_section(const Report& report, const TextOptions& options,
                                 std::size_t width) {
  const bool burnt = std::any_of(
      report.budgets.begin(), report.budgets.end(),
      [](const ReportBudget& b) { return !b.burnt_p95 || *b.burnt_p95 > 0 || b.used_before > 0; });
  if (!burnt) return {};
  constexpr std::size_t kShare = 11;  // ` 12345.6 %`
  const Paint paint(options.color);
  const auto& policies = report.budgets.front().policies;
  const std::size_t room = width - std::min(width, 20 + kSpan + 2 * kShare);
  const std::size_t shown = std::min(policies.size(), room / kShare);
  const std::size_t name = std::min<std::size_t>(width - kSpan - (2 + shown) * kShare, 30);
  std::string page = '\n' + paint(Ink::kStrong, cell("ERROR BUDGET", name)) +
                     right_cell("budget", kSpan) + right_cell("used p50", kShare) +
                     right_cell("used p95", kShare);
  for (std::size_t i = 0; i < shown; ++i) {
    page += right_cell("over " + percent(policies[i].over), kShare);
  }
  page += '\n';
  for (const ReportBudget& budget : report.budgets) {
    const auto used = [&](const std::optional<double>& burnt_share) {
      return burnt_share ? std::optional(budget.used_before + *burnt_share) : burnt_share;
    };
    page += cell("  " + printable(budget.service, options.unicode), name) +
            right_cell(human_ms(budget.budget_ms), kSpan) +
            right_cell(budgets_text(used(budget.burnt_p50)), kShare) +
            right_cell(budgets_text(used(budget.burnt_p95)), kShare);
    for (std::size_t i = 0; i < shown; ++i) {
      page += right_cell(fmt::format("{:.1f} %", budget.policies[i].share * 100), kShare);
    }
    page += '\n';
  }
  for (const ReportBudgetPolicy& policy : policies) {
    const std::string text =
        fmt::format("over {}: {}", percent(policy.over), printable(policy.effect, options.unicode));
    page += wrapped(text, 2, 4, width);
  }
  return page;
}

std::string people_section(const Report& report, const TextOptions& options, std::size_t width) {
  if (report.roles.empty()) return {};
  const Paint paint(options.color);
  constexpr std::size_t kColumn = 9;
  // All of them where there is room, else what recovery waited for first.
  const bool wide = width >= 16 + 7 * kColumn;
  const std::size_t name = std::min<std::size_t>(width - (wide ? 7 : 4) * kColumn, 32);
  const auto column = [](std::string_view text) { return right_cell(std::string(text), kColumn); };
  std::string page = '\n' + paint(Ink::kStrong, cell("PEOPLE", name)) + column("hands");
  if (wide) page += column("p95") + column("share") + column("deciding");
  page += column("busy") + column("away") + (wide ? "" : column("deciding")) + '\n';
  const auto time = [&](std::int64_t ms) { return column(ms == 0 ? "." : human_ms(ms)); };
  for (const ReportRole& role : report.roles) {
    page +=
        cell("  " + printable(role.role, options.unicode), name) + column(human_ms(role.hands_p50));
    if (wide) {
      page += column(human_ms(role.hands_p95)) +
              column(fmt::format("{:.0f} %", role.hands_share * 100)) + time(role.decision_mean_ms);
    }
    page += time(role.busy_mean_ms) + time(role.away_mean_ms) +
            (wide ? "" : time(role.decision_mean_ms)) + '\n';
  }
  page += wrapped(
      "Hands: busy with steps and status updates in a drill; share: of the time from the first "
      "alarm to the close. Deciding, busy (at another step) and away are means over the drills of "
      "what the critical path waited for.",
      2, 2, width);
  return page;
}

}  // namespace firedrill
