// The reports of a suite, told apart by the systems that they are about.
#pragma once

#include <cstddef>
#include <vector>

#include "reports/report.hpp"

namespace firedrill {

/// For each system, in the order in which they come, which of the reports are about it.
std::vector<std::vector<std::size_t>> by_systems(const std::vector<Report>& reports);

}  // namespace firedrill
