// From a study to its report: the only place where a report's numbers are worked out.
#pragma once

#include "engine/plan/plan.hpp"
#include "engine/study/study.hpp"
#include "reports/report.hpp"

namespace firedrill {

/// One target of the plan alone.
ReportTarget build_target(const Plan& plan, const StudyResult& study, std::size_t index);

Report build_report(const Plan& plan, const StudyResult& study, const ReportProgram& program);

}  // namespace firedrill
