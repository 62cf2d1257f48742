// What the targets of a study show beyond their shares: limits that no drill can keep, and steps
// that alone eat up what a limit allows. Found in the numbers, whatever the steps are called.
#pragma once

#include <vector>

#include "engine/study/study.hpp"
#include "reports/report.hpp"

namespace firedrill {

/// A step eats a target's limit when it takes more than this share of it in the median of the
/// drills in which it was on the way to the target, and is so in more than half of the drills.
constexpr double kEatsLimit = 0.3;

std::vector<ReportFinding> findings_of_targets(const Plan& plan, const StudyResult& study);

}  // namespace firedrill
