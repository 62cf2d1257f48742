#include "reports/gate.hpp"

#include <algorithm>

namespace firedrill {

int judged_exit_code(const Report& report, bool pass_inconclusive) {
  const auto& targets = report.targets;
  const auto judged = [](const ReportTarget& t) { return t.judged > 0; };
  // Drills that broke have an exit code of their own; a target is judged by none of them.
  if (std::none_of(targets.begin(), targets.end(), judged)) return 2;
  const auto passes = [&](const ReportTarget& t) {
    return t.verdict == Verdict::kMet ||
           (pass_inconclusive && judged(t) && t.verdict == Verdict::kInconclusive);
  };
  return std::all_of(targets.begin(), targets.end(), passes) ? 0 : 1;
}

}  // namespace firedrill
