// What a study took its time for, beyond the table of its steps: operations and roles, the timings
// that go with what was achieved, the way to recovery of single drills.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/measure/metrics.hpp"
#include "engine/study/study.hpp"
#include "reports/report.hpp"
#include "reports/text.hpp"

namespace firedrill {

/// Means over so many drills, and shares of their sum.
ReportSplit split_of(const StepSums::Parts& sums, std::int64_t drills);

/// Fills `operations`, `role_criticality` and `influences` of a report that has its targets.
void add_causes(const Plan& plan, const StudyResult& study, Report& report);

/// The way to recovery of a drill.
std::vector<ReportPathStep> path_of(const Plan& plan, const DrillMetrics& metrics);

/// Estimates first, since measuring them is worth most; of each, the strongest first. `variances`
/// is by id of the timing.
std::vector<ReportInfluence> influences_of(const Plan& plan,
                                           const std::vector<TimingInfluence>& influences,
                                           const std::map<std::string, VarianceShares>& variances);

/// As sections of the text: with `verbose` more of it.
std::string causes_sections(const Report& report, const TextOptions& options, std::size_t width);

}  // namespace firedrill
