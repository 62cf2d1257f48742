// A result file back to a report.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reports/report.hpp"

namespace firedrill {

/// What a comparison or a page needs of a report; severities, error budgets, roles and phases stay
/// empty. Or why there is none.
struct ResultRead {
  std::optional<Report> report;
  std::string problem;  // empty when there is a report
};

/// Refuses what is cut off, edited (its digest does not fit), foreign, of another major version, or
/// older than results with samples.
ResultRead read_result(std::string_view text);

}  // namespace firedrill
