#include <fmt/format.h>

#include <algorithm>

#include "reports/gate.hpp"
#include "reports/target_name.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

/// GitHub shows no more annotations of a kind in a step.
constexpr std::size_t kAnnotationsMax = 10;

/// As actions/toolkit escapes the data of a workflow command, and its properties.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%') {
      out += "%25";
    } else if (c == '\r') {
      out += "%0D";
    } else if (c == '\n') {
      out += "%0A";
    } else if (property && c == ':') {
      out += "%3A";
    } else if (property && c == ',') {
      out += "%2C";
    } else {
      out += c;
    }
  }
  return out;
}

std::string annotation(const char* level, const std::string& file, std::uint32_t line,
                       const std::string& title, const std::string& message) {
  const std::string path = file.starts_with("./") ? file.substr(2) : file;
  std::string where = fmt::format("file={}", escaped(path, true));
  if (line > 0) where += fmt::format(",line={}", line);
  return fmt::format("::{} {},title={}::{}\n", level, where, escaped(printable(title, true), true),
                     escaped(printable(message, true), false));
}

struct Counted {
  std::size_t shown = 0;
  std::size_t more = 0;
  bool room() { return shown < kAnnotationsMax ? (++shown, true) : (++more, false); }
};

std::string outcome(const Report& report, const GateTarget& g, const ReportTarget& t) {
  std::string text = fmt::format("{}: {}", report.scenario.name, target_figures(t));
  if (g.change == GateChange::kWorse)
    text += fmt::format("; worse than the baseline: {}", g.reason);
  return text;
}

}  // namespace

std::string render_github(const std::vector<Report>& reports, const Gate& gate) {
  std::string text;
  Counted errors;
  Counted warnings;
  for (const std::string& stale : gate.stale) {
    if (errors.room()) {
      text += fmt::format("::error title=The baseline does not fit::{}\n",
                          escaped(printable(stale, true), false));
    }
  }
  for (const GateTarget& g : gate.targets) {
    const Report& report = reports[g.report];
    const ReportTarget& t = report.targets[g.target];
    const bool open = !g.fails && t.verdict != Verdict::kMet;
    if (!g.fails && !open) continue;
    if (!(g.fails ? errors : warnings).room()) continue;
    const std::string word =
        g.change == GateChange::kWorse ? "worse" : std::string(to_word(t.verdict));
    text +=
        annotation(g.fails ? "error" : "warning", t.file.empty() ? report.scenario.path : t.file,
                   t.line, fmt::format("{}: {}", word, target_name(t)), outcome(report, g, t));
  }
  for (const Report& report : reports) {
    text += fmt::format("{}: {}, {}\n", printable(report.scenario.name, true),
                        to_word(report.verdict), printable(report.headline, true));
  }
  const std::size_t more = errors.more + warnings.more;
  if (more > 0) text += fmt::format("{} more targets are not shown as annotations\n", more);
  return text;
}

}  // namespace firedrill
