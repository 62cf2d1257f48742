#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "reports/html/chart.hpp"
#include "reports/html/page.hpp"
#include "reports/html/sections.hpp"
#include "reports/suite_systems.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

using namespace html;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

Verdict worst_of_suite(const std::vector<Report>& reports) {
  Verdict worst = Verdict::kMet;
  for (const Report& report : reports) {
    if (report.verdict == Verdict::kMissed) return Verdict::kMissed;
    if (report.verdict == Verdict::kInconclusive) worst = Verdict::kInconclusive;
  }
  return reports.empty() ? Verdict::kInconclusive : worst;
}

/// A report and where its page is.
struct Entry {
  const Report* report;
  std::string file;
};

std::vector<std::vector<Entry>> entries_by_systems(const std::vector<Report>& reports,
                                                   const std::vector<std::string>& files) {
  std::vector<std::vector<Entry>> systems;
  for (const std::vector<std::size_t>& own : by_systems(reports)) {
    std::vector<Entry>& system = systems.emplace_back();
    for (const std::size_t i : own) system.push_back({&reports[i], files.at(i)});
  }
  return systems;
}

/// Every tier that a target names, in their order; targets on runbooks and severities have none.
std::vector<std::string> tiers_of(const std::vector<Entry>& entries) {
  std::vector<std::string> tiers;
  for (const Entry& entry : entries) {
    for (const ReportTarget& t : entry.report->targets) {
      if (std::find(tiers.begin(), tiers.end(), t.tier) == tiers.end()) tiers.push_back(t.tier);
    }
  }
  std::sort(tiers.begin(), tiers.end(), [](const std::string& a, const std::string& b) {
    return std::pair(a.empty(), a) < std::pair(b.empty(), b);
  });
  return tiers;
}

Element tier_cell(const Report& report, const std::string& tier) {
  std::int64_t all = 0;
  std::int64_t counts[3] = {0, 0, 0};
  for (const ReportTarget& t : report.targets) {
    if (t.tier != tier) continue;
    ++all;
    ++counts[static_cast<std::size_t>(t.verdict)];
  }
  if (all == 0) return element("span", "–");
  const std::int64_t missed = counts[static_cast<std::size_t>(Verdict::kMissed)];
  const std::int64_t open = counts[static_cast<std::size_t>(Verdict::kInconclusive)];
  const Verdict verdict = missed > 0 ? Verdict::kMissed
                          : open > 0 ? Verdict::kInconclusive
                                     : Verdict::kMet;
  const std::int64_t shown = missed > 0 ? missed : open > 0 ? open : all;
  Element cell("div");
  cell.set("class", "cell").add(verdict_badge(verdict));
  return cell.add(element("span", fmt::format(" {} of {}", shown, all)));
}

/// `payments: rto ≤ 15m, met 0.0 % [0.0, 3.6]`
std::string worst_words(const ReportTarget& t) {
  return fmt::format("{}: {} ≤ {}, met {}", shortened(t.subject, 60), to_word(t.objective),
                     to_human(Duration::milliseconds(t.limit_ms)), share_words(t));
}

Element scenario_table(const std::vector<Entry>& entries) {
  const std::vector<std::string> tiers = tiers_of(entries);
  std::vector<std::string> columns = {"Scenario", "Verdict"};
  for (const std::string& tier : tiers) {
    columns.push_back(tier.empty() ? "Organisation" : shortened(tier, 60));
  }
  columns.insert(columns.end(), {"Drills", "Worst target"});
  Table table("", columns);
  for (const Entry& entry : entries) {
    const Report& report = *entry.report;
    Table::Row row;
    row.set("data-status", to_word(report.verdict));
    row.cell(
        Element("a").set("href", entry.file).add(element("bdi", shortened(report.scenario.title))));
    row.cell(verdict_badge(report.verdict));
    for (const std::string& tier : tiers) row.cell(tier_cell(report, tier));
    row.number(thousands(report.completed));
    const ReportTarget* worst =
        report.worst_target ? &report.targets[*report.worst_target] : nullptr;
    row.cell(element("bdi", worst == nullptr ? "–" : worst_words(*worst)));
    table.add(row);
  }
  return table.element();
}

std::int64_t met_in(const std::vector<Entry>& entries) {
  return std::count_if(entries.begin(), entries.end(),
                       [](const Entry& e) { return e.report->verdict == Verdict::kMet; });
}

Element scenario_list(const std::vector<std::vector<Entry>>& systems) {
  Element list("section");
  list.add(element("h2", "Scenarios by tiers"));
  list.add(Element("p").set("class", "filters").set("data-filter", "scenarios").flag("hidden"));
  for (const std::vector<Entry>& entries : systems) {
    const std::string name = shortened(entries.front().report->scenario.system);
    if (systems.size() > 1) {
      const std::string met =
          fmt::format(": {} of {} meet every target", met_in(entries), entries.size());
      list.add(Element("h3").add({element("bdi", name), element("span", met)}));
    }
    list.add(scrolling(systems.size() > 1 ? name : "Scenarios by tiers", scenario_table(entries)));
  }
  return list;
}

}  // namespace

std::string render_html_suite(const std::vector<Report>& reports,
                              const std::vector<std::string>& files, const HtmlOptions& options) {
  const auto met = std::count_if(reports.begin(), reports.end(),
                                 [](const Report& r) { return r.verdict == Verdict::kMet; });
  const std::string headline =
      fmt::format("{} of {} scenarios meet every target", met, reports.size());
  const Verdict verdict = worst_of_suite(reports);
  Element head("header");
  head.set("class", fmt::format("banner {}", to_word(verdict)));
  head.add(Element("h1").add({verdict_badge(verdict), element("span", " " + headline)}));
  if (options.generated_at_s) {
    const std::string made = "Page made " + utc_text(*options.generated_at_s);
    head.add(element("p", made).set("class", "facts"));
  }
  Element body("body");
  const Element list = scenario_list(entries_by_systems(reports, files));
  body.add({head, Element("main").add(list), Element("script").asset(page_script())});
  Element root("html");
  root.set("lang", "en");
  return document(root.add({page_head(headline), body}));
}

}  // namespace firedrill
