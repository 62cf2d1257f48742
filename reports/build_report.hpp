// From a study to its report: the only place where a report's numbers are worked out.
#pragma once

#include "engine/plan/plan.hpp"
#include "engine/study/study.hpp"
#include "reports/report.hpp"

namespace firedrill {

/// One target of the plan alone.
ReportTarget build_target(const Plan& plan, const StudyResult& study, std::size_t index);

/// `1 of 4 targets missed`
std::string headline_of(const std::vector<ReportTarget>& targets, std::int64_t completed);

/// The command that runs one drill again.
std::string example_command(const ReportScenario& scenario, std::uint64_t seed,
                            std::int64_t replication);

/// The command that makes the whole result again.
std::string study_command(const Report& report);

Report build_report(const Plan& plan, const StudyResult& study, const ReportProgram& program);

}  // namespace firedrill
