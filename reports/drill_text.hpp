// One drill for a terminal: what each service achieved, and when the incident got how far.
#pragma once

#include <string>

#include "engine/measure/metrics.hpp"
#include "engine/plan/plan.hpp"
#include "reports/text.hpp"

namespace firedrill {

/// Times are `h:mm:ss.mmm`, rounded like those of every export, so that they can be compared.
/// The same without its first line: of a drill that has no number and no seed.
std::string render_drill_body(const Plan& plan, const DrillMetrics& metrics,
                              const TextOptions& options);

std::string render_drill(const Plan& plan, std::uint64_t seed, std::uint64_t replication,
                         const DrillMetrics& metrics, const TextOptions& options);

}  // namespace firedrill
