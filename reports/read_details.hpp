// The parts of a result that are for people: what a page shows beyond what a comparison needs.
#pragma once

#include <nlohmann/json.hpp>

#include "reports/report.hpp"

namespace firedrill {

/// Fills in what `report` does not have yet, from a result whose digest fits. Throws an exception
/// of nlohmann, or std::invalid_argument, for what no result holds. Members that came with a later
/// minor version may be missing; what they say is then empty.
void read_details(const nlohmann::ordered_json& json, Report& report);

}  // namespace firedrill
