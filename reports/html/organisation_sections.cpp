// What a drill asks of the organisation: its marks and phases, promises, budgets and people.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "reports/html/chart.hpp"
#include "reports/html/charts.hpp"
#include "reports/html/sections.hpp"
#include "reports/text_cells.hpp"

namespace firedrill::html {
namespace {

constexpr std::size_t kRowsMax = 80;

std::string share_text(double share) { return fmt::format("{:.1f} %", share * 100); }

std::string time_or_dot(std::int64_t ms) { return ms == 0 ? "·" : human_ms(ms); }

/// `1h 14m [1h 12m, 1h 16m]`
std::string with_interval(const ReportTime& time, const ReportTimeInterval& ci) {
  if (!ci.low && !ci.high) return human_ms(time);
  return fmt::format("{} [{}, {}]", human_ms(time), human_ms(ci.low),
                     ci.high ? human_ms(ci.high) : "no bound");
}

Element phase_table(const Report& report) {
  Table table(
      "", {"Phase", "From, to", "p50 [95 %]", "p95 [95 %]", "Work", "Wait", "Decision", "Idle"});
  for (const ReportPhase& p : report.phases) {
    Table::Row row;
    row.cell(p.name).cell(p.meaning).number(with_interval(p.p50, p.p50_ci95));
    row.number(with_interval(p.p95, p.p95_ci95)).number(time_or_dot(p.split.work_ms));
    row.number(time_or_dot(p.split.wait_ms)).number(time_or_dot(p.split.decision_ms));
    table.add(row.number(time_or_dot(p.split.idle_ms)));
  }
  return scrolling("Phases of the incident", table.element());
}

Element severity_table(const Report& report) {
  Table table("", {"Severity", "Drills", "Promise", "Within", "Kept in [95 %]", "p50", "p95"});
  for (const ReportSeverity& severity : report.severities) {
    for (const ReportPromise& p : severity.promises) {
      Table::Row row;
      row.cell(shortened(severity.name, 60)).number(share_text(severity.share)).cell(p.name);
      row.number(p.limit_ms ? human_ms(p.limit_ms) : "–");
      row.number(p.limit_ms ? fmt::format("{} [{:.1f}, {:.1f}]", share_text(p.met_share),
                                          p.met_share_ci95.low * 100, p.met_share_ci95.high * 100)
                            : "–");
      table.add(row.number(human_ms(p.p50)).number(human_ms(p.p95)));
    }
  }
  return scrolling("Severities", table.element());
}

Element budget_table(const Report& report) {
  const auto& policies = report.budgets.front().policies;
  std::vector<std::string> columns = {"Service",     "SLO",      "Budget",
                                      "Used before", "Used p50", "Used p95"};
  for (const ReportBudgetPolicy& policy : policies) {
    columns.push_back("Over " + percent(policy.over));
  }
  Table table("", columns);
  std::size_t shown = 0;
  for (const ReportBudget& b : report.budgets) {
    if (shown++ == kRowsMax) break;
    const auto used = [&](const std::optional<double>& burnt) {
      return burnt ? share_text(b.used_before + *burnt) : std::string("never back");
    };
    Table::Row row;
    row.cell(shortened(b.service)).number(percent(b.slo)).number(human_ms(b.budget_ms));
    row.number(share_text(b.used_before)).number(used(b.burnt_p50)).number(used(b.burnt_p95));
    for (const ReportBudgetPolicy& p : b.policies) {
      row.number(fmt::format("{} of drills", share_text(p.share)));
    }
    table.add(row);
  }
  return scrolling("Error budgets", table.element());
}

/// What holds once so much of a budget is used; the table has the share of drills that lead there.
Element policy_list(const std::vector<ReportBudgetPolicy>& policies) {
  Element list("ul");
  for (const ReportBudgetPolicy& policy : policies) {
    list.add(Element("li")
                 .add(element("span", fmt::format("Over {}: ", percent(policy.over))))
                 .add(element("bdi", shortened(policy.effect, 300))));
  }
  return list;
}

Element role_table(const Report& report) {
  Table table("", {"Role", "Hands busy, p50", "Hands busy, p95", "Of the incident", "Decides",
                   "At another step", "Not there"});
  std::size_t shown = 0;
  for (const ReportRole& role : report.roles) {
    if (shown++ == kRowsMax) break;
    Table::Row row;
    row.cell(shortened(role.role)).number(human_ms(role.hands_p50));
    row.number(human_ms(role.hands_p95)).number(share_text(role.hands_share));
    row.number(time_or_dot(role.decision_mean_ms)).number(time_or_dot(role.busy_mean_ms));
    table.add(row.number(time_or_dot(role.away_mean_ms)));
  }
  return scrolling("People", table.element());
}

void left_out(Element& section, std::size_t all) {
  if (all > kRowsMax) section.add(element("p", fmt::format("And {} more.", all - kRowsMax)));
}

}  // namespace

Element phases_section(const Report& report) {
  Element all = Element("section").set("id", "phases");
  all.add(element("h2", "Phases of the incident"));
  if (!report.marks.empty()) all.add(mark_chart(report));
  all.add(phase_table(report));
  return all.add(element("p",
                         "The last four columns are means over the drills, on the way of the "
                         "service that came back last; their sum is longer than the median where a "
                         "few drills take very long.")
                     .set("class", "note"));
}

Element organisation_section(const Report& report) {
  Element all = Element("section").set("id", "people");
  all.add(element("h2", "People, promises and error budgets"));
  if (!report.roles.empty()) {
    all.add(
        {element("h3", "People: who is busy, and whom recovery waits for"), role_table(report)});
    left_out(all, report.roles.size());
    all.add(element("p",
                    "Hands are busy with steps and status updates; the share is of the time from "
                    "the first alarm to the close. The last three are means over the drills of "
                    "what the critical path waited for.")
                .set("class", "note"));
  }
  if (!report.severities.empty()) {
    all.add(
        {element("h3", "Severities: promises kept, from the first alarm"), severity_table(report)});
  }
  if (!report.budgets.empty()) {
    all.add({element("h3", "Error budgets: what such a day leaves of them"), budget_table(report)});
    left_out(all, report.budgets.size());
    all.add(policy_list(report.budgets.front().policies));
  }
  return all;
}

}  // namespace firedrill::html
