// Which platforms would have kept their targets in which outages: one table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/report.hpp"
#include "reports/text.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {

/// One platform under one outage.
struct OutageTrial {
  std::string system;
  std::string outage;
  std::string title;  // of the outage
  /// Nothing where the platform has nothing that was hit.
  std::optional<Report> report;
};

/// A row for each outage, a column for each platform, both in the order of the trials; how many of
/// the targets were met.
std::string render_outage_table(const std::vector<OutageTrial>& trials, const TextOptions& options);

}  // namespace firedrill
