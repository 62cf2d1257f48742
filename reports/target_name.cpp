#include "reports/target_name.hpp"

#include <fmt/format.h>

#include "engine/plan/print_text.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {

std::string target_name(const ReportTarget& target) {
  return fmt::format(
      "{} {} in {} of drills", target.subject,
      target_text(target.objective, target.from, Duration::milliseconds(target.limit_ms)),
      firedrill::percent(target.required_share));
}

std::string target_figures(const ReportTarget& target) {
  return fmt::format("{:.1f} % [{:.1f}, {:.1f}] of drills met it, {} are required; p50 {}, p95 {}",
                     target.met_share * 100, target.met_share_ci95.low * 100,
                     target.met_share_ci95.high * 100, firedrill::percent(target.required_share),
                     human_ms(target.achieved.p50), human_ms(target.achieved.p95));
}

}  // namespace firedrill
