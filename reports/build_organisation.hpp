// What a report says of the organisation: promises of its severities, error budgets, roles.
#pragma once

#include <vector>

#include "engine/study/study.hpp"
#include "reports/report.hpp"

namespace firedrill {

/// By severity, the gravest first; those only that some drill had.
std::vector<ReportSeverity> severities_of(const Plan& plan, const Samples& samples);

/// Every judged service whose tier's SLO leaves a budget.
std::vector<ReportBudget> budgets_of(const Plan& plan, const Samples& samples);

/// Every role that some step needed, what recovery waited for most first.
std::vector<ReportRole> roles_of(const Plan& plan, const Samples& samples);

}  // namespace firedrill
