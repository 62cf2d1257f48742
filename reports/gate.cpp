#include "reports/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "reports/target_change.hpp"
#include "reports/target_name.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

using GateKey = std::tuple<std::string, std::string, Objective, TargetStart>;

GateKey key_of(const std::string& scenario, const ReportTarget& t) {
  return {scenario, t.subject, t.objective, t.from};
}

/// The targets of the baseline that are still to be met by a target of what was run.
class Expected {
 public:
  explicit Expected(const Baseline& baseline) {
    for (const BaselineTarget& b : baseline.targets) {
      targets_.emplace(key_of(b.scenario, b.target), &b.target);
    }
  }

  const ReportTarget* take(const std::string& scenario, const ReportTarget& target) {
    const auto found = targets_.find(key_of(scenario, target));
    if (found == targets_.end()) return nullptr;
    const ReportTarget* base = found->second;
    targets_.erase(found);
    return base;
  }

  void report_missing(const std::vector<Report>& reports, bool whole, Gate& gate) const {
    for (const auto& [key, target] : targets_) {
      const std::string& scenario = std::get<0>(key);
      const bool run = std::any_of(reports.begin(), reports.end(),
                                   [&](const Report& r) { return r.scenario.name == scenario; });
      if (!run && !whole) continue;
      gate.stale.push_back(fmt::format("{}: {} {} is in the baseline and was not judged", scenario,
                                       target->subject, to_word(target->objective)));
    }
  }

 private:
  std::multimap<GateKey, const ReportTarget*> targets_;
};

void hold_against(const Report& report, const ReportTarget& now, const ReportTarget* base,
                  GateTarget& target, Gate& gate) {
  if (base == nullptr) {
    target.change = GateChange::kNew;
    return;
  }
  if (base->limit != now.limit || base->required_share != now.required_share) {
    gate.stale.push_back(fmt::format("{}: {} asked for {} in the baseline, now for {}",
                                     report.scenario.name, now.subject, base->limit,
                                     target_name(now)));
    return;
  }
  target.reason = worse_than(*base, now);
  target.change = target.reason.empty() ? GateChange::kAsBefore : GateChange::kWorse;
  if (target.change == GateChange::kWorse) return;
  target.reason = better_than(*base, now);
  if (!target.reason.empty()) target.change = GateChange::kBetter;
}

bool fails(const ReportTarget& target, GateChange change, const GateOptions& options) {
  if (change == GateChange::kWorse) return true;
  const bool known = change == GateChange::kAsBefore || change == GateChange::kBetter;
  if (options.only_regressions && known) return false;
  if (target.verdict == Verdict::kMet) return false;
  const bool open = target.verdict == Verdict::kInconclusive && target.judged > 0;
  return !(open && options.pass_inconclusive);
}

}  // namespace

Gate judge_gate(const std::vector<Report>& reports, const std::optional<Baseline>& baseline,
                const GateOptions& options) {
  Gate gate;
  std::optional<Expected> expected;
  if (baseline) expected.emplace(*baseline);
  gate.judged = !reports.empty();
  for (std::size_t r = 0; r < reports.size(); ++r) {
    const auto& targets = reports[r].targets;
    gate.judged = gate.judged && std::any_of(targets.begin(), targets.end(),
                                             [](const ReportTarget& t) { return t.judged > 0; });
    for (std::size_t t = 0; t < reports[r].targets.size(); ++t) {
      const ReportTarget& now = reports[r].targets[t];
      GateTarget target{r, t};
      if (expected) {
        const ReportTarget* base = expected->take(reports[r].scenario.name, now);
        hold_against(reports[r], now, base, target, gate);
      }
      target.fails = fails(now, target.change, options);
      if (target.change == GateChange::kWorse) ++gate.worse;
      if (target.change == GateChange::kBetter) ++gate.better;
      gate.targets.push_back(std::move(target));
    }
  }
  if (expected) expected->report_missing(reports, options.whole, gate);
  const auto rank = [&](const GateTarget& g) {
    const ReportTarget& t = reports[g.report].targets[g.target];
    return std::tuple(!g.fails, g.change != GateChange::kWorse, t.verdict != Verdict::kMissed,
                      t.met_share - t.required_share);
  };
  std::stable_sort(gate.targets.begin(), gate.targets.end(),
                   [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return gate;
}

int gate_exit_code(const Gate& gate) {
  if (!gate.judged || !gate.stale.empty()) return 2;
  const auto failing = [](const GateTarget& t) { return t.fails; };
  return std::any_of(gate.targets.begin(), gate.targets.end(), failing) ? 1 : 0;
}

int judged_exit_code(const Report& report, bool pass_inconclusive) {
  GateOptions options;
  options.pass_inconclusive = pass_inconclusive;
  return gate_exit_code(judge_gate({report}, std::nullopt, options));
}

std::string_view to_word(GateChange change) {
  switch (change) {
    case GateChange::kAsBefore:
      return "as before";
    case GateChange::kBetter:
      return "better";
    case GateChange::kWorse:
      return "worse";
    case GateChange::kNew:
      return "new";
    case GateChange::kNoBaseline:
      break;
  }
  return "";
}

std::string render_gate_text(const std::vector<Report>& reports, const Gate& gate,
                             const TextOptions& options) {
  const bool held = !gate.stale.empty() ||
                    std::any_of(gate.targets.begin(), gate.targets.end(), [](const GateTarget& t) {
                      return t.change != GateChange::kNoBaseline;
                    });
  if (!held) return "";
  const auto width = static_cast<std::size_t>(std::max(options.width, 40));
  std::string page = fmt::format("\nBASELINE  {} worse, {} better, of {} targets\n", gate.worse,
                                 gate.better, gate.targets.size());
  const auto line = [&](const std::string& text) {
    page += wrapped(printable(text, options.unicode), 2, 4, width);
  };
  for (const GateTarget& g : gate.targets) {
    if (g.reason.empty() && g.change != GateChange::kNew) continue;
    const Report& report = reports[g.report];
    line(fmt::format("{}: {}, {}{}{}", to_word(g.change), report.scenario.name,
                     target_name(report.targets[g.target]), g.reason.empty() ? "" : ": ",
                     g.reason));
  }
  for (const std::string& stale : gate.stale) line("does not fit: " + stale);
  if (!gate.stale.empty()) line("If that is meant, write the baseline again: --write-baseline.");
  return page;
}

}  // namespace firedrill
