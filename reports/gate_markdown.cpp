#include <fmt/format.h>

#include "engine/plan/print_text.hpp"
#include "reports/gate.hpp"
#include "reports/markdown.hpp"
#include "reports/target_name.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

/// A text in a table cell: nothing in it is markup.
std::string plain(std::string_view text) { return plain_markdown(text, "\\`*_{}[]|#~>@!"); }

std::string mark(const ReportTarget& t) {
  const char* sign = t.verdict == Verdict::kMet ? "✅" : t.verdict == Verdict::kMissed ? "❌" : "❔";
  return fmt::format("{} {}", sign, to_word(t.verdict));
}

std::string row(const Report& report, const GateTarget& g, bool held) {
  const ReportTarget& t = report.targets[g.target];
  std::string text =
      fmt::format("| {} | {} | {} | {:.1f} % [{:.1f}, {:.1f}] | {} | {} |", mark(t),
                  plain(report.scenario.name), plain(target_name(t)), t.met_share * 100,
                  t.met_share_ci95.low * 100, t.met_share_ci95.high * 100, human_ms(t.achieved.p50),
                  human_ms(t.achieved.p95));
  if (held) {
    text +=
        fmt::format(" {}{} |", to_word(g.change), g.reason.empty() ? "" : ": " + plain(g.reason));
  }
  return text + '\n';
}

}  // namespace

std::string render_markdown(const std::vector<Report>& reports, const Gate& gate) {
  std::string text = "## Recovery drills\n\n";
  for (const Report& report : reports) {
    text += fmt::format("- **{}**: {}; {} drills, seed {}\n", plain(report.scenario.name),
                        plain(report.headline), thousands(report.completed), report.seed);
  }
  bool held = false;
  for (const GateTarget& g : gate.targets) held = held || g.change != GateChange::kNoBaseline;
  text += "\n| verdict | scenario | target | met by | p50 | p95 |";
  text += held ? " against the baseline |\n" : "\n";
  text += "|---|---|---|---|---|---|";
  text += held ? "---|\n" : "\n";
  for (const GateTarget& g : gate.targets) text += row(reports[g.report], g, held);
  for (const std::string& stale : gate.stale) {
    text += fmt::format("\nThe baseline does not fit: {}\n", plain(stale));
  }
  return text;
}

}  // namespace firedrill
