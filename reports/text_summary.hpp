// One scenario on one screen: the verdicts, what the time goes into, the gravest findings.
#pragma once

#include <string>

#include "reports/report.hpp"
#include "reports/text.hpp"

namespace firedrill {

/// Some 50 lines of 80 columns for 16 targets, 30 for a few. Where more is known it says how to see
/// it.
std::string render_summary(const Report& report, const TextOptions& options);

}  // namespace firedrill
