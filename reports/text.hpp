// The report for a terminal: the verdict first, then what it rests on.
#pragma once

#include <string>
#include <vector>

#include "reports/report.hpp"

namespace firedrill {

struct TextOptions {
  int width = 80;  // at least 40
  bool color = false;
  bool unicode = false;
  bool verbose = false;            // everything, where a summary of one screen is the rule
  std::vector<std::string> files;  // written beside this text
};

std::string render_text(const Report& report, const TextOptions& options);

}  // namespace firedrill
