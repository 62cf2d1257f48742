// The sections of a text report about the organisation: severities, error budgets, people.
#pragma once

#include <cstddef>
#include <string>

#include "reports/report.hpp"
#include "reports/text.hpp"

namespace firedrill {

/// Each section begins with a blank line and its heading; empty when there is nothing to say.
std::string severity_section(const Report& report, const TextOptions& options, std::size_t width);
std::string error_budget_section(const Report& report, const TextOptions& options,
                                 std::size_t width);
std::string people_section(const Report& report, const TextOptions& options, std::size_t width);

}  // namespace firedrill
