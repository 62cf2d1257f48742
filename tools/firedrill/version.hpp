// What this program is, and what it was built with.
#pragma once

#include <string>

#include "reports/report.hpp"

namespace firedrill {

ReportProgram program();

/// `firedrill 0.1.0 (commit)`, with a line end; or the JSON with compiler and library versions.
std::string version_text();
std::string version_json();

}  // namespace firedrill
