// Results on disk.
#pragma once

#include <optional>
#include <string>

#include "reports/report.hpp"

namespace firedrill {

/// The report of a result file, or nothing after the reason was shown on stderr. `-` is stdin.
std::optional<Report> read_result_or_explain(const std::string& path);

struct ResultFile {
  Report report;
  std::string text;  // as it was read
};
/// The same, with the text of the file.
std::optional<ResultFile> read_result_file_or_explain(const std::string& path);

}  // namespace firedrill
