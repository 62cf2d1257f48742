// Files that are part of the program: it works uninstalled.
#pragma once

#include <string_view>
#include <vector>

namespace firedrill {

/// models/timings/library.json
std::string_view embedded_library();

struct EmbeddedFile {
  std::string_view path;
  std::string_view text;
};

/// Every file below tools/templates, by its path from there.
const std::vector<EmbeddedFile>& embedded_templates();

}  // namespace firedrill
