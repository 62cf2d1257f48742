// A suite of scenarios for a terminal: a few lines for each, then one table of all.
#pragma once

#include <string>
#include <vector>

#include "reports/report.hpp"
#include "reports/text.hpp"

namespace firedrill {

/// One scenario of the suite in a few lines: its verdict, and the findings by their names.
std::string render_suite_entry(const Report& report, const TextOptions& options);

/// The table: of each scenario its worst target, how often that was met, what was achieved and what
/// held it up most. `asked` is the number of scenarios, of which the invalid ones have no report.
std::string render_suite_table(const std::vector<Report>& reports, std::size_t asked,
                               const TextOptions& options);

}  // namespace firedrill
