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

/// All empty when there are no values, or when a quantile is not within the horizon. The intervals
/// of p50 and p95 are from `quantile_ranks` at the given confidence.
ReportQuantiles quantiles_of(std::vector<std::int32_t> values, double confidence = 0.95);

/// A result holds the times of so many drills: enough to see a change of seconds, and small enough
/// to be kept.
constexpr std::int64_t kSampledDrills = 40 * kBlockSize;

ReportSamples samples_of(const StudyResult& study);

}  // namespace firedrill
