// What a study found besides numbers: facts that worlds noted, drills that went nowhere, people who
// were short. One table of what can be found.
#pragma once

#include <vector>

#include "engine/study/study.hpp"
#include "reports/report.hpp"

namespace firedrill {

/// Gravest first, then the most frequent.
std::vector<ReportFinding> find_findings(const Plan& plan, const StudyResult& study);

}  // namespace firedrill
