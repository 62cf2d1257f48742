// Timelines of drills in a result: written, read back, and what they look like.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "reports/timeline.hpp"

namespace firedrill {

/// Compact, since they are for renderers: `spans` are [kind, from, to], `served` [at, share], all
/// times in seconds.
nlohmann::ordered_json timelines_json(const std::vector<ReportTimeline>& timelines);

/// Throws an exception of nlohmann, or std::invalid_argument, for what no result holds.
std::vector<ReportTimeline> timelines_from_json(const nlohmann::ordered_json& json);

}  // namespace firedrill
