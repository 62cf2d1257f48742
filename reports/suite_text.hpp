// A suite of scenarios for a terminal: one table of all.
#pragma once

#include <string>
#include <vector>

#include "reports/report.hpp"
#include "reports/text.hpp"

namespace firedrill {

/// One line a scenario, the missed ones first: its worst target, how often that was met, what was
/// achieved and what held it up most; then the critical findings and where they occur. `asked` is
/// the number of scenarios, of which the invalid ones have no report.
std::string render_suite_table(const std::vector<Report>& reports, std::size_t asked,
                               const TextOptions& options);

}  // namespace firedrill
