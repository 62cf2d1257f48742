// When a target has become worse, by two results that met different luck: the one rule of the gate
// and of the history.
#pragma once

#include <string>

#include "reports/report.hpp"

namespace firedrill {

/// Why `now` is worse than `base`, empty when it is not: the base met the target and it is missed
/// now, or a figure (share met, p50, p95) lies beyond the old one with both intervals apart. Two
/// independent 95 % intervals of one width that do not touch are 2.77 standard errors apart: by
/// chance in 0.3 % of figures on the worse side, and never for unchanged documents under one seed,
/// which give the same bytes. For finer differences there is compare_reports().
std::string worse_than(const ReportTarget& base, const ReportTarget& now);

/// The same the other way round, in words that put what was before first.
std::string better_than(const ReportTarget& base, const ReportTarget& now);

}  // namespace firedrill
