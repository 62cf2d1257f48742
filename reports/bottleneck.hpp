// What holds up a target most: of all that lies on the way to it.
#pragma once

#include "engine/study/study.hpp"
#include "reports/report.hpp"

namespace firedrill {

/// Where most drills reach the target, the part that adds most to the way there on average: the
/// clock marks before the first step, then for each step its hands and its waiting, and for each
/// role its deciding, its being at other steps and its not being there. Where most drills do not,
/// what they most often stand at when they end.
ReportBottleneck find_bottleneck(const Plan& plan, const Samples& samples, std::size_t target);

}  // namespace firedrill
