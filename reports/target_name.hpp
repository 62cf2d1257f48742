// How a target is called wherever one line stands for it: JUnit cases, baselines, annotations.
#pragma once

#include <string>

#include "reports/report.hpp"

namespace firedrill {

/// `payments rto <= PT15M in 95 % of drills`.
std::string target_name(const ReportTarget& target);

/// `72.5 % [71.2, 73.8] of drills met it, 95 % are required; p50 1h 14m, p95 3h 10m`.
std::string target_figures(const ReportTarget& target);

}  // namespace firedrill
