// From a result to the record that a drill was held: what the drill calendar counts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/date.hpp"

namespace firedrill {

/// The text of a DrillRecord document, or why there can be none.
struct DrillRecordText {
  std::string text;
  std::string problem;  // empty when there is a text
};

/// The record of a result as `firedrill run --export-json` wrote it: its scenario, its verdict, and
/// the tiers of the services that it judged, unless `tiers` names them. `sha256` is of `result`.
DrillRecordText drill_record_of(std::string_view result, std::string_view sha256, Date date,
                                const std::vector<std::string>& tiers);

}  // namespace firedrill
