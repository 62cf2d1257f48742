// Files that are part of the program: it works uninstalled.
#pragma once

#include <string_view>

namespace firedrill {

/// models/timings/library.json
std::string_view embedded_library();

}  // namespace firedrill
