// Results on disk.
#pragma once

#include <optional>
#include <string>

#include "reports/report.hpp"

namespace firedrill {

/// The report of a result file, or nothing after the reason was shown on stderr. `-` is stdin.
std::optional<Report> read_result_or_explain(const std::string& path);

}  // namespace firedrill
