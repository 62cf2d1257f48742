// An analysis of sensitivity for a terminal.
#pragma once

#include <string>

#include "reports/sensitivity_report.hpp"
#include "reports/text.hpp"

namespace firedrill {

std::string render_sensitivity(const SensitivityReport& report, const TextOptions& options);

}  // namespace firedrill
