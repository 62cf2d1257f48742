// An analysis of sensitivity as JSON, and its published schema. The conventions are those of
// json.hpp.
#pragma once

#include <string>

#include "reports/sensitivity_report.hpp"

namespace firedrill {

constexpr std::string_view kSensitivityFormat = "1.0";

std::string render_sensitivity_json(const SensitivityReport& report);
std::string sensitivity_schema_text();

}  // namespace firedrill
