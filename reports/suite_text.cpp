#include "reports/suite_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "reports/suite_systems.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kSuiteWidthMin = 40;
constexpr std::size_t kSuiteTime = 7;   // `23h 59m`
constexpr std::size_t kSuiteShare = 8;  // `100.0 %`
constexpr std::size_t kObjective = 12;  // `interruption`
constexpr std::size_t kNameMin = 12;
constexpr std::size_t kBottleneckMin = 18;
constexpr std::size_t kWidthOfMedian = 100;

std::size_t width_of(const TextOptions& options) {
  return static_cast<std::size_t>(std::max<int>(options.width, kSuiteWidthMin));
}

/// What a bottleneck is, and of whom: `incident-commander: deciding, 15m 3s`.
std::string bottleneck_text(const ReportBottleneck& bottleneck, bool with_mean) {
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
  return what() + (with_mean && bottleneck.mean ? ", " + human_ms(bottleneck.mean) : std::string());
}

using ReportRefs = std::vector<const Report*>;

/// `14 met, 106 missed, 3 inconclusive`
std::string counted(const ReportRefs& reports) {
  std::vector<std::string> parts;
  for (const Verdict verdict : {Verdict::kMet, Verdict::kMissed, Verdict::kInconclusive}) {
    const auto n = std::count_if(reports.begin(), reports.end(),
                                 [&](const Report* r) { return r->verdict == verdict; });
    if (n > 0) parts.push_back(fmt::format("{} {}", n, to_word(verdict)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string lead(Verdict verdict, const TextOptions& options) {
  return Paint(options.color)(ink_of(verdict), symbol(verdict, options.unicode));
}

std::string scenarios_text(std::size_t n) {
  return fmt::format("{} scenario{}", n, n == 1 ? "" : "s");
}

/// One line a scenario, by systems where there are several, the missed ones first; then which grave
/// findings occur where.
class Table {
 public:
  Table(const std::vector<Report>& reports, const TextOptions& options)
      : options_(options), paint_(options.color), width_(width_of(options)) {
    for (const Report& report : reports) reports_.push_back(&report);
    for (const std::vector<std::size_t>& own : by_systems(reports)) {
      ReportRefs& system = systems_.emplace_back();
      for (const std::size_t i : own) system.push_back(reports_[i]);
    }
    // What is asked takes the rest. The median gives way first, since the verdict goes by the tail.
    median_ = width_ >= kWidthOfMedian;
    const std::size_t fixed = 2 + 2 + kObjective + kSuiteShare + (kSuiteTime + 1) * (median_ + 1);
    std::size_t longest = 8;
    for (const Report& r : reports) longest = std::max(longest, columns(clean(r.scenario.name)));
    const std::size_t room = width_ > fixed + kBottleneckMin ? width_ - fixed - kBottleneckMin : 0;
    name_ = std::min(longest, std::max(room, kNameMin));
  }

  std::string run(std::size_t asked) {
    const std::string missing = asked == reports_.size()
                                    ? std::string()
                                    : fmt::format(", {} not run", asked - reports_.size());
    page_ = paint_(Ink::kStrong, "SUITE") +
            fmt::format("  {}: {}{}\n", scenarios_text(asked), counted(reports_), missing);
    page_ +=
        paint_(Ink::kFaint, row("scenario", "worst target", "met", "p50", "p95", "held up by"));
    for (const ReportRefs& system : systems_) {
      if (systems_.size() > 1) {
        page_ += '\n' + paint_(Ink::kStrong, clean(system.front()->scenario.system)) +
                 fmt::format("  {}: {}\n", scenarios_text(system.size()), counted(system));
      }
      for (const Verdict verdict : {Verdict::kMissed, Verdict::kInconclusive, Verdict::kMet}) {
        group(system, verdict);
      }
    }
    findings();
    return std::move(page_);
  }

 private:
  std::string clean(std::string_view text) const { return printable(text, options_.unicode); }

  /// Cut to the width: a row must not break.
  std::string row(const std::string& name, const std::string& objective, const std::string& share,
                  const std::string& p50, const std::string& p95,
                  const std::string& bottleneck) const {
    std::string text =
        cell(name, name_) + ' ' + cell(objective, kObjective) + right_cell(share, kSuiteShare);
    if (median_) text += right_cell(p50, kSuiteTime + 1);
    text += right_cell(p95, kSuiteTime + 1) + "  " + bottleneck;
    text = cell(text, width_ - 2);
    text.erase(text.find_last_not_of(' ') + 1);
    return "  " + text + '\n';
  }

  void group(const ReportRefs& system, Verdict verdict) {
    bool first = true;
    for (const Report* report : system) {
      if (report->verdict != verdict) continue;
      const std::string sign = lead(verdict, options_);
      if (first) page_ += sign + ' ' + paint_(ink_of(verdict), to_word(verdict)) + '\n';
      first = false;
      page_ += scenario(*report);
    }
  }

  std::string scenario(const Report& report) const {
    const std::string name = clean(report.scenario.name);
    if (!report.worst_target) return row(name, "", "", "", "", clean(report.headline));
    const ReportTarget& worst = report.targets[*report.worst_target];
    const std::string share =
        worst.judged == 0 ? std::string("-") : fmt::format("{:.1f} %", worst.met_share * 100);
    return row(name, std::string(to_word(worst.objective)), share, human_ms(worst.achieved.p50),
               human_ms(worst.achieved.p95), clean(bottleneck_text(worst.bottleneck, median_)));
  }

  /// The grave ones, and the scenarios in which they occur.
  void findings() {
    std::vector<std::pair<std::string, std::vector<std::string>>> found;
    for (const Report* report : reports_) {
      for (const ReportFinding& f : report->findings) {
        if (f.severity != Severity::kCritical) continue;
        auto at = std::find_if(found.begin(), found.end(),
                               [&](const auto& one) { return one.first == f.id; });
        if (at == found.end()) at = found.insert(found.end(), {f.id, {}});
        const ReportScenario& scenario = report->scenario;
        const std::string name =
            clean(systems_.size() > 1 ? scenario.system + '/' + scenario.name : scenario.name);
        if (at->second.empty() || at->second.back() != name) at->second.push_back(name);
      }
    }
    if (found.empty()) return;
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return a.second.size() > b.second.size();
    });
    page_ += '\n' + paint_(Ink::kStrong, "CRITICAL FINDINGS") + "  where they occur\n";
    for (const auto& [id, names] : found) {
      std::string text = fmt::format("{} {}: {}", right_cell(std::to_string(names.size()), 3), id,
                                     fmt::join(names, ", "));
      text = cell(text, width_ - 2);
      text.erase(text.find_last_not_of(' ') + 1);
      page_ += "  " + text + '\n';
    }
  }

  ReportRefs reports_;
  std::vector<ReportRefs> systems_;
  const TextOptions& options_;
  Paint paint_;
  std::size_t width_;
  std::size_t name_ = 8;
  bool median_ = true;
  std::string page_;
};

}  // namespace

std::string render_suite_table(const std::vector<Report>& reports, std::size_t asked,
                               const TextOptions& options) {
  return Table(reports, options).run(asked);
}

}  // namespace firedrill
