// From a study to its report: the only place where a report's numbers are worked out.
#pragma once

#include "engine/plan/plan.hpp"
#include "engine/study/study.hpp"
#include "reports/report.hpp"

namespace firedrill {

Report build_report(const Plan& plan, const StudyResult& study, const ReportProgram& program);

}  // namespace firedrill
