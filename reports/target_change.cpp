#include "reports/target_change.hpp"

#include <fmt/format.h>

#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

/// Whether `now` lies above `base` with both intervals apart; no bound is above every time.
bool apart_above(const ReportTimeInterval& now, const ReportTimeInterval& base) {
  return base.high && (!now.low || *now.low > *base.high);
}

}  // namespace

std::string worse_than(const ReportTarget& base, const ReportTarget& now) {
  if (base.verdict == Verdict::kMet && now.verdict == Verdict::kMissed) {
    return "it was met before";
  }
  if (now.met_share_ci95.high < base.met_share_ci95.low) {
    return fmt::format("share met {:.1f} % to {:.1f} %", base.met_share * 100, now.met_share * 100);
  }
  const auto times = [](const char* name, const ReportTime& a, const ReportTime& b) {
    return fmt::format("{} {} to {}", name, human_ms(a), human_ms(b));
  };
  const ReportQuantiles& a = base.achieved;
  const ReportQuantiles& b = now.achieved;
  if (apart_above(b.p50_ci95, a.p50_ci95)) return times("p50", a.p50, b.p50);
  if (apart_above(b.p95_ci95, a.p95_ci95)) return times("p95", a.p95, b.p95);
  return "";
}

std::string better_than(const ReportTarget& base, const ReportTarget& now) {
  if (worse_than(now, base).empty()) return "";
  return fmt::format("p50 {} to {}, share met {:.1f} % to {:.1f} %", human_ms(base.achieved.p50),
                     human_ms(now.achieved.p50), base.met_share * 100, now.met_share * 100);
}

}  // namespace firedrill
