// Pages on disk.
#pragma once

#include <string>
#include <vector>

#include "reports/html/page.hpp"
#include "tools/firedrill/held_against.hpp"

namespace firedrill {

/// "Generated at": SOURCE_DATE_EPOCH where it is set, else now.
HtmlOptions html_options();

/// Each gives back what it wrote; OutputError when it cannot.
std::string write_html(const std::string& file, const Report& report, const HeldAgainst& held);
/// `index.html`, and a page for each scenario, in a folder that is made if need be.
std::string write_html_suite(const std::string& folder, const std::vector<Report>& reports,
                             const HeldAgainst& held);

/// Whether `write_html_suite` would be allowed to, as far as can be told beforehand; OutputError if
/// not.
void check_html_folder(const std::string& folder);

}  // namespace firedrill
