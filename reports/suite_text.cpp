#include "reports/suite_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kSuiteWidthMin = 40;
constexpr std::size_t kSuiteTime = 7;  // `23h 59m`
constexpr std::size_t kShare = 22;     // `100.0 % [100.0, 100.0]`
constexpr std::size_t kNameMax = 34;

std::size_t width_of(const TextOptions& options) {
  return static_cast<std::size_t>(std::max<int>(options.width, kSuiteWidthMin));
}

/// What a bottleneck is, and of whom: `incident-commander: deciding, 15m 3s`.
std::string bottleneck_text(const ReportBottleneck& bottleneck) {
  const std::string name = bottleneck.name;
  const auto what = [&]() -> std::string {
    switch (bottleneck.kind) {
      case BottleneckKind::kDetection:
        return "no alarm yet";
      case BottleneckKind::kPage:
        return "page not answered";
      case BottleneckKind::kTriage:
        return "triage";
      case BottleneckKind::kRoleDecides:
        return name + " decides";
      case BottleneckKind::kRoleBusy:
        return name + " is busy";
      case BottleneckKind::kRoleAway:
        return name + " not there";
      case BottleneckKind::kStepWork:
        return name + " (work)";
      case BottleneckKind::kStepWait:
        return name + " (wait)";
      case BottleneckKind::kStore:
        return name + " is behind";
      case BottleneckKind::kNoStep:
        break;
    }
    return bottleneck.mean ? "nothing" : "no step restores it";
  };
  // Nothing held it up: there is nothing to name.
  if (bottleneck.kind == BottleneckKind::kNoStep) return bottleneck.mean ? "-" : what();
  return what() + (bottleneck.mean ? ", " + human_ms(bottleneck.mean) : std::string());
}

std::string share_met_text(const ReportTarget& target) {
  if (target.judged == 0) return "in no drill";
  const Interval& ci = target.met_share_ci95;
  return fmt::format("{:.1f} % [{:.1f}, {:.1f}]", target.met_share * 100, ci.low * 100,
                     ci.high * 100);
}

std::string counted(const std::vector<Report>& reports) {
  std::vector<std::string> parts;
  for (const Verdict verdict : {Verdict::kMet, Verdict::kMissed, Verdict::kInconclusive}) {
    const auto n = std::count_if(reports.begin(), reports.end(),
                                 [&](const Report& r) { return r.verdict == verdict; });
    if (n > 0) parts.push_back(fmt::format("{} {}", n, to_word(verdict)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string lead(Verdict verdict, const TextOptions& options) {
  return Paint(options.color)(ink_of(verdict), symbol(verdict, options.unicode));
}

class Table {
 public:
  Table(const std::vector<Report>& reports, const TextOptions& options)
      : reports_(reports), options_(options), width_(width_of(options)) {
    for (const Report& r : reports) name_ = std::max(name_, columns(clean(r.scenario.name)));
    name_ = std::min({name_, kNameMax, width_ / 2 - 3});
  }

  std::string run(std::size_t asked) {
    const Paint paint(options_.color);
    const std::string missing = asked == reports_.size()
                                    ? std::string()
                                    : fmt::format(", {} not run", asked - reports_.size());
    page_ = paint(Ink::kStrong, "SUITE") + fmt::format("  {} scenario{}: {}{}\n", asked,
                                                       asked == 1 ? "" : "s", counted(reports_),
                                                       missing);
    page_ += paint(Ink::kFaint, line("  " + cell("scenario", name_), "worst target"));
    page_ += paint(Ink::kFaint, figures("met in [95 % interval]", "p50", "p95", "held up by"));
    for (const Report& report : reports_) row(report);
    return std::move(page_);
  }

 private:
  std::string clean(std::string_view text) const { return printable(text, options_.unicode); }

  /// Cut to the width: a row must not break.
  std::string line(const std::string& first, const std::string& rest) const {
    std::string text = cell(first + "  " + rest, width_);
    text.erase(text.find_last_not_of(' ') + 1);
    return text + '\n';
  }

  std::string figures(const std::string& share, const std::string& p50, const std::string& p95,
                      const std::string& bottleneck) const {
    return line("    " + right_cell(share, kShare) + ' ' + right_cell(p50, kSuiteTime) + ' ' +
                    right_cell(p95, kSuiteTime),
                bottleneck);
  }

  void row(const Report& report) {
    const std::string name = cell(clean(report.scenario.name), name_);
    if (!report.worst_target) {
      page_ += lead(report.verdict, options_) + line(" " + name, clean(report.headline));
      return;
    }
    const ReportTarget& worst = report.targets[*report.worst_target];
    const Duration limit = Duration::milliseconds(worst.limit_ms);
    const std::string target =
        fmt::format("{} {}", clean(worst.subject), target_text(worst.objective, worst.from, limit));
    // The symbol is one column wide, whatever bytes and colours it has.
    std::string first = line("? " + name, target).substr(1);
    page_ += lead(report.verdict, options_) + first;
    page_ += figures(share_met_text(worst), human_ms(worst.achieved.p50),
                     human_ms(worst.achieved.p95), clean(bottleneck_text(worst.bottleneck)));
  }

  const std::vector<Report>& reports_;
  const TextOptions& options_;
  std::size_t width_;
  std::size_t name_ = 8;
  std::string page_;
};

}  // namespace

std::string render_suite_entry(const Report& report, const TextOptions& options) {
  const auto clean = [&](std::string_view text) { return printable(text, options.unicode); };
  const std::string head = fmt::format("? {}: {}, {} drills", clean(report.scenario.name),
                                       clean(report.headline), thousands(report.completed));
  std::string page =
      lead(report.verdict, options) + wrapped(head, 0, 2, width_of(options)).substr(1);
  for (const Severity severity : {Severity::kCritical, Severity::kWarning}) {
    std::vector<std::string> ids;
    for (const ReportFinding& f : report.findings) {
      const bool known = std::find(ids.begin(), ids.end(), f.id) != ids.end();
      if (f.severity == severity && !known) ids.push_back(f.id);
    }
    if (ids.empty()) continue;
    const std::string all = fmt::format("{}: {}", to_word(severity), fmt::join(ids, ", "));
    page += wrapped(all, 4, 6, width_of(options));
  }
  return page;
}

std::string render_suite_table(const std::vector<Report>& reports, std::size_t asked,
                               const TextOptions& options) {
  return Table(reports, options).run(asked);
}

}  // namespace firedrill
