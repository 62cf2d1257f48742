// The baseline that a pipeline holds results against: a small document, a line a target, kept with
// the sources and reviewed with them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/report.hpp"

namespace firedrill {

constexpr std::string_view kBaselineFormat = "1.0";

struct BaselineTarget {
  std::string scenario;
  std::uint64_t seed = 0;
  ReportTarget target;  // what a result says of it: verdict, share, quantiles with intervals
};

struct Baseline {
  std::vector<BaselineTarget> targets;
};

/// Sorted by scenario and target, whatever order they come in.
Baseline baseline_of(const std::vector<Report>& reports);
std::string render_baseline(const std::vector<Report>& reports);

struct BaselineRead {
  std::optional<Baseline> baseline;
  std::string problem;  // empty when there is one
};
BaselineRead read_baseline(std::string_view text);

}  // namespace firedrill
