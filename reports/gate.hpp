// What a pipeline makes of reports: whether they let a change through.
#pragma once

#include "reports/report.hpp"

namespace firedrill {

/// Exit codes of a judged report, public API: 0 every target met, 1 a target missed or
/// inconclusive, 2 nothing was judged, which is never green. `pass_inconclusive` lets the targets
/// through that the drills leave open, but none that no drill was judged by.
int judged_exit_code(const Report& report, bool pass_inconclusive);

}  // namespace firedrill
