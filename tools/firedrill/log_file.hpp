// The log of a recorded drill from a file.
#pragma once

#include <optional>
#include <string>

#include "reports/read_event_log.hpp"

namespace firedrill {

/// Nothing after every mistake was shown on stderr as `FILE:LINE: what`.
std::optional<RecordedDrill> read_log_or_explain(const Plan& plan, const std::string& path,
                                                 const EventLogRules& rules);

}  // namespace firedrill
