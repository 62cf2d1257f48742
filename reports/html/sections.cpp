#include "reports/html/sections.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/plan/print_text.hpp"
#include "reports/html/chart.hpp"
#include "reports/text_cells.hpp"

namespace firedrill::html {
namespace {

Element section(Name id_attribute, std::string_view id, std::string_view heading) {
  return Element("section").set(id_attribute, id).add(element("h2", heading));
}

/// `−1h 2m` over the limit, `5m` to spare.
std::string margin_words(const ReportTarget& t) {
  if (!t.achieved.p95) return t.judged == 0 ? "" : "never";
  const std::int64_t left = t.limit_ms - *t.achieved.p95;
  return left < 0 ? "−" + human_ms(-left) : human_ms(left);
}

struct MatrixRow {
  std::string tier;
  std::string subject;
  std::map<Objective, const ReportTarget*> targets;
};

/// A row for each subject, in the order of the targets; those of one tier stand together.
std::vector<MatrixRow> matrix_rows(const Report& report) {
  std::vector<MatrixRow> rows;
  for (const ReportTarget& t : report.targets) {
    auto row = std::find_if(rows.begin(), rows.end(), [&](const MatrixRow& r) {
      return r.subject == t.subject && r.tier == t.tier && !r.targets.contains(t.objective);
    });
    if (row == rows.end()) {
      const auto same_tier = std::find_if(rows.rbegin(), rows.rend(),
                                          [&](const MatrixRow& r) { return r.tier == t.tier; });
      row = rows.insert(same_tier == rows.rend() ? rows.end() : same_tier.base(),
                        {t.tier, t.subject, {}});
    }
    row->targets[t.objective] = &t;
  }
  return rows;
}

Element matrix_cell(const ReportTarget& t) {
  Element cell("div");
  cell.set("class", fmt::format("cell {}", to_word(t.verdict)));
  cell.add(verdict_badge(t.verdict));
  const Duration limit = Duration::milliseconds(t.limit_ms);
  cell.add(Element("br"));
  cell.add(element("span", t.judged == 0 ? "asked in no drill"
                                         : fmt::format("p95 {} of {}", human_ms(t.achieved.p95),
                                                       to_human(limit))));
  return cell;
}

std::string objective_title(Objective objective) {
  if (objective == Objective::kRto) return "RTO";
  if (objective == Objective::kRpo) return "RPO";
  std::string word(to_word(objective));
  if (!word.empty() && word[0] >= 'a' && word[0] <= 'z') {
    word[0] = static_cast<char>(word[0] - 'a' + 'A');
  }
  return word;
}

Element severity_badge(Severity severity) {
  const std::string_view mark = severity == Severity::kCritical  ? "✗"
                                : severity == Severity::kWarning ? "!"
                                                                 : "i";
  return Element("span")
      .set("class", fmt::format("badge {}", to_word(severity)))
      .text(fmt::format("{} {}", mark, to_word(severity)));
}

}  // namespace

Element verdict_badge(Verdict verdict) {
  return Element("span")
      .set("class", fmt::format("badge {}", to_word(verdict)))
      .text(fmt::format("{} {}", symbol(verdict, true), to_word(verdict)));
}

std::string objective_words(const ReportTarget& t) {
  const std::string from =
      t.from == TargetStart::kOnset ? std::string() : fmt::format(" from {}", to_word(t.from));
  return fmt::format("{}{} within {} in {} of drills", objective_title(t.objective), from,
                     to_human(Duration::milliseconds(t.limit_ms)), percent(t.required_share));
}

std::string share_words(const ReportTarget& t) {
  if (t.judged == 0) return "asked in no drill";
  const Interval& ci = t.met_share_ci95;
  return fmt::format("{:.1f} % [{:.1f}, {:.1f}]", t.met_share * 100, ci.low * 100, ci.high * 100);
}

std::string anchor(std::string_view kind, std::size_t number, std::string_view name) {
  std::string id = fmt::format("{}-{}-", kind, number + 1);
  for (const char c : name.substr(0, 60)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain || (id.back() != '-')) id += plain ? c : '-';
  }
  while (id.back() == '-') id.pop_back();
  return id;
}

Element page_head(std::string_view title) {
  // Nothing is loaded from anywhere, and what runs is what this program wrote.
  const std::string policy = fmt::format("default-src 'none'; style-src '{}'; script-src '{}'",
                                         page_style().csp_source(), page_script().csp_source());
  return Element("head").add(
      {Element("meta").set("charset", "utf-8"),
       Element("meta").set("http-equiv", "Content-Security-Policy").set("content", policy),
       Element("meta").set("name", "viewport").set("content", "width=device-width"),
       Element("meta").set("name", "referrer").set("content", "no-referrer"),
       element("title", title), Element("style").asset(page_style())});
}

std::string utc_text(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

Element banner(const Report& report, const HtmlOptions& options,
               const std::vector<std::string>& left_out) {
  Element head("header");
  head.set("class", fmt::format("banner {}", to_word(report.verdict)));
  if (!options.suite_page.empty()) {
    head.add(Element("p").add(
        Element("a").set("href", options.suite_page).text("All scenarios of the suite")));
  }
  head.add(Element("h1").add({verdict_badge(report.verdict), element("span", " "),
                              element("bdi", shortened(report.scenario.title))}));
  head.add(Element("p").set("class", "headline").text(shortened(report.headline, 300)));
  head.add(Element("p").add(element("bdi", shortened(report.scenario.question, 600))));
  std::string facts = fmt::format("{} drills, seed {}", thousands(report.completed), report.seed);
  if (report.failed > 0) facts += fmt::format("; {} drills failed", thousands(report.failed));
  if (report.aborted) {
    facts += fmt::format("; aborted: {} of {} drills done", thousands(report.completed),
                         thousands(report.asked));
  }
  if (!left_out.empty()) {
    head.add(element("p", fmt::format("Left out, so that the page stays small: {}. The JSON result "
                                      "holds all.",
                                      fmt::join(left_out, "; "))));
  }
  return head.add(
      Element("p")
          .set("class", "facts")
          .add({element("bdi", shortened(report.scenario.name)), element("span", ": " + facts)}));
}

Element compliance_matrix(const Report& report) {
  const std::vector<MatrixRow> rows = matrix_rows(report);
  std::vector<Objective> objectives;
  for (const ReportTarget& t : report.targets) {
    if (std::find(objectives.begin(), objectives.end(), t.objective) == objectives.end()) {
      objectives.push_back(t.objective);
    }
  }
  std::vector<std::string> columns = {"Tier", "Judged"};
  for (const Objective objective : objectives) columns.push_back(objective_title(objective));
  Table table("", columns);
  std::string_view tier = "\n";  // no tier is called that
  for (const MatrixRow& row : rows) {
    Table::Row cells;
    cells.cell(row.tier == tier ? "" : shortened(row.tier, 60));
    cells.cell(element("bdi", shortened(row.subject, 60)));
    for (const Objective objective : objectives) {
      const auto found = row.targets.find(objective);
      cells.cell(found == row.targets.end() ? element("span", "–") : matrix_cell(*found->second));
    }
    table.add(cells);
    tier = row.tier;
  }
  return section("id", "compliance", "Compliance by tier")
      .add(scrolling("Compliance by tier", table.element().set("class", "matrix")));
}

Element target_table(const Report& report) {
  Table table("", {"Judged", "Verdict", "Tier", "Target", "p50", "p95", "Margin of p95",
                   "Share met [95 %]"});
  for (std::size_t i = 0; i < report.targets.size(); ++i) {
    const ReportTarget& t = report.targets[i];
    Table::Row row;
    row.set("data-status", to_word(t.verdict));
    row.set("id", anchor("svc", i, t.subject));
    row.cell(element("bdi", shortened(t.subject)));
    row.cell(verdict_badge(t.verdict));
    row.cell(shortened(t.tier, 60));
    row.cell(objective_words(t));
    row.number(t.judged == 0 ? "–" : human_ms(t.achieved.p50));
    row.number(t.judged == 0 ? "–" : human_ms(t.achieved.p95));
    row.number(margin_words(t));
    row.number(share_words(t));
    table.add(row);
  }
  return section("id", "targets", "Targets")
      .add(Element("p").set("class", "filters").set("data-filter", "targets").flag("hidden"))
      .add(scrolling("Targets", table.element()));
}

Element findings_section(const Report& report) {
  Element all = section("id", "findings", "Findings");
  if (report.findings.empty()) return all.add(element("p", "None."));
  all.add(Element("p").set("class", "filters").set("data-filter", "findings").flag("hidden"));
  Element list("ul");
  list.set("class", "findings");
  for (const ReportFinding& f : report.findings) {
    Element item("li");
    item.set("data-status", to_word(f.severity));
    Element line("p");
    line.add({severity_badge(f.severity), element("span", " "),
              Element("strong").add(element("bdi", shortened(f.title, 400)))});
    if (f.drills > 0) line.text(fmt::format(" ({:.1f} % of drills)", f.share * 100));
    list.add(item.add({line, element("p", shortened(f.detail, 600))}));
  }
  return all.add(list);
}

Element failures_section(const Report& report) {
  Table table("", {"Drill", "What", "Signal", "Exit code", "Not run"});
  for (const ReportFailure& f : report.failures) {
    Table::Row row;
    row.cell(std::to_string(f.replication)).cell(f.kind).number(std::to_string(f.signal));
    row.number(std::to_string(f.exit_code));
    row.cell(fmt::format("drills {} to {}", f.first_lost, f.last_lost));
    table.add(row);
  }
  return section("id", "failures", "Drills that broke")
      .add(scrolling("Drills that broke", table.element()));
}

Element steps_section(const Report& report) {
  constexpr std::size_t kShown = 80;
  const auto whole = [](double share) { return fmt::format("{:.0f} %", share * 100); };
  Table table("", {"Step", "Runbook", "Role", "On the critical path", "p50", "p95", "Work", "Wait",
                   "Decision", "Idle"});
  std::size_t shown = 0;
  for (const ReportStep& s : report.steps) {
    if (shown++ == kShown) break;
    Table::Row row;
    row.cell(shortened(s.step, 80)).cell(element("bdi", shortened(s.runbook, 80)));
    row.cell(element("bdi", shortened(s.role, 80))).number(whole(s.criticality));
    row.number(human_ms(s.p50)).number(human_ms(s.p95)).number(whole(s.split.work));
    row.number(whole(s.split.wait)).number(whole(s.split.decision)).number(whole(s.split.idle));
    table.add(row);
  }
  const ReportSplit& split = report.critical_split;
  Element all = section("id", "steps", "Where the time went");
  all.add(element("p", fmt::format("Steps on the critical path: {} work, {} waiting for the "
                                   "platform, {} decision, {} with nobody free. The longest part "
                                   "first.",
                                   whole(split.work), whole(split.wait), whole(split.decision),
                                   whole(split.idle))));
  all.add(scrolling("Where the time went", table.element()));
  if (report.steps.size() > kShown) {
    all.add(element("p", fmt::format("And {} more.", report.steps.size() - kShown)));
  }
  return all;
}

Element assumptions_section(const Report& report) {
  constexpr std::size_t kShown = 400;
  Table table("", {"Subject", "Confidence", "Value", "Source", "Why"});
  for (std::size_t i = 0; i < std::min(kShown, report.assumptions.size()); ++i) {
    const ReportAssumption& a = report.assumptions[i];
    const bool timing = a.kind == AssumptionKind::kTiming;
    const std::string confidence(timing ? to_word(a.confidence) : "stated");
    Table::Row row;
    row.set("data-status", confidence);
    row.cell(shortened(a.subject));
    row.cell(Element("span").set("class", "badge " + confidence).text(confidence));
    row.cell(element("bdi", shortened(a.unit.empty() ? a.value : a.value + ' ' + a.unit, 200)));
    row.cell(element("bdi", shortened(a.source, 200)));
    row.cell(element("bdi", shortened(a.reason, 300)));
    table.add(row);
  }
  Element all = section("id", "assumptions", "Assumptions");
  all.add(element("p", fmt::format("{} of {} timings are guesses; those come first.",
                                   report.guesses, report.timings)));
  all.add(Element("p").set("class", "filters").set("data-filter", "assumptions").flag("hidden"));
  all.add(scrolling("Assumptions", table.element()));
  if (report.assumptions.size() > kShown) {
    all.add(element("p", fmt::format("And {} more.", report.assumptions.size() - kShown)));
  }
  return all;
}

Element provenance_section(const Report& report, const HtmlOptions& options) {
  Table table("");
  const auto fact = [&](std::string_view name, const Element& value) {
    Table::Row row;
    table.add(row.cell(name).cell(value));
  };
  const auto code = [](std::string_view text) { return element("code", shortened(text, 400)); };
  fact("Scenario", element("bdi", shortened(report.scenario.name)));
  fact("Document", code(report.scenario.path));
  for (const std::string& change : report.scenario.what_if) fact("What if", code(change));
  fact("SHA-256 over all documents", code(report.scenario.sha256));
  fact("System", element("bdi", shortened(report.scenario.system)));
  fact("Seed", code(std::to_string(report.seed)));
  fact("Drills",
       element("span", fmt::format("{} asked for, {} completed, {} failed", thousands(report.asked),
                                   thousands(report.completed), thousands(report.failed))));
  if (report.sequential) {
    const ReportSequential& s = *report.sequential;
    fact("Stopped by itself",
         element("span", fmt::format("look {} of {}; intervals of shares hold for all looks "
                                     "together",
                                     s.looks_made, s.looks_planned)));
  }
  fact("How drills ended",
       element("span",
               fmt::format("{} completed, {} past the horizon, {} stalled",
                           thousands(report.ends.completed), thousands(report.ends.past_horizon),
                           thousands(report.ends.stalled))));
  fact("Program",
       code(fmt::format("firedrill {} ({})", report.program.version, report.program.commit)));
  for (const ReportExample& e : report.examples) {
    if (!e.command.empty()) fact(fmt::format("The {} drill again", e.name), code(e.command));
  }
  if (options.generated_at_s) {
    fact("Page made", element("span", utc_text(*options.generated_at_s)));
  }
  return section("id", "provenance", "Provenance").add(scrolling("Provenance", table.element()));
}

}  // namespace firedrill::html
