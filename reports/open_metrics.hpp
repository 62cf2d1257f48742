// Results as metrics, for whoever watches trends in Prometheus.
#pragma once

#include <string>
#include <vector>

#include "reports/report.hpp"

namespace firedrill {

/// OpenMetrics 1.0 text: per target the share of drills that met it with its interval, the verdict
/// as 1 or 0, p50 and p95 achieved; per scenario the drills asked for, completed and failed. A time
/// that is not within the horizon has no sample.
std::string render_open_metrics(const std::vector<Report>& reports);

}  // namespace firedrill
