// Mistakes in documents as SARIF 2.1.0, which code review shows on their lines.
#pragma once

#include <string>
#include <vector>

#include "engine/base/diagnostics.hpp"
#include "reports/report.hpp"

namespace firedrill {

struct SarifResult {
  std::string path;  // as it was given; relative ones stay so
  Diagnostic diagnostic;
};

/// With the fingerprint of each result over its rule, file and message, so that it stays the same
/// one when lines move. At most 25,000 results, as many as code review takes.
std::string render_sarif(const std::vector<SarifResult>& results, const ReportProgram& program);

}  // namespace firedrill
