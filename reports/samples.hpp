// Columns of samples to what a report shows of them.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/study/study.hpp"
#include "reports/report.hpp"

namespace firedrill {

/// Places in Samples::marks_ms, in the order of Marks.
constexpr std::size_t kDetectedMark = 0;
constexpr std::size_t kAcknowledgedMark = 1;
constexpr std::size_t kDeclaredMark = 2;
constexpr std::size_t kDecidedMark = 3;
constexpr std::size_t kRestoredMark = 4;
constexpr std::size_t kVerifiedMark = 5;
constexpr std::size_t kClosedMark = 6;
/// No mark, but where they all are counted from.
constexpr std::size_t kOnset = std::size_t{0} - 1;

/// All empty when there are no values, or when a quantile is not within the horizon.
ReportQuantiles quantiles_of(std::vector<std::int32_t> values);

}  // namespace firedrill
