#include "reports/samples.hpp"

#include <algorithm>
#include <cmath>

namespace firedrill {
namespace {

constexpr double kShown[] = {0.05, 0.5, 0.95, 0.99, 1.0};

/// Only the values that a quantile or an interval touches have to be in their sorted places.
void sort_places(std::vector<std::int32_t>& values, std::vector<std::int64_t> places) {
  std::sort(places.begin(), places.end());
  auto from = values.begin();
  for (const std::int64_t place : places) {
    if (place < from - values.begin() || place >= static_cast<std::int64_t>(values.size())) {
      continue;
    }
    const auto nth = values.begin() + place;
    std::nth_element(from, nth, values.end());
    from = nth + 1;
  }
}

/// Times are never negative: where the drills are too few to bound one from below, zero does.
ReportTimeInterval interval_of(const std::vector<std::int32_t>& values, const RankInterval& ranks) {
  const auto at = [&](std::int64_t rank) -> ReportTime {
    if (rank == 0) return 0;
    if (rank > static_cast<std::int64_t>(values.size())) return {};
    const std::int32_t ms = values[static_cast<std::size_t>(rank - 1)];
    return ms == kNotReachedMs ? ReportTime() : ReportTime(ms);
  };
  return {at(ranks.low), at(ranks.high)};
}

}  // namespace

ReportQuantiles quantiles_of(std::vector<std::int32_t> values, double confidence) {
  ReportQuantiles q;
  if (values.empty()) return q;
  const auto n = static_cast<std::int64_t>(values.size());
  const RankInterval middle = quantile_ranks(n, 0.5, confidence);
  const RankInterval upper = quantile_ranks(n, 0.95, confidence);
  std::vector<std::int64_t> places{middle.low - 1, middle.high - 1, upper.low - 1, upper.high - 1};
  for (const double u : kShown) {
    const auto place = static_cast<std::int64_t>(std::floor(u * static_cast<double>(n - 1)));
    places.insert(places.end(), {place, place + 1});
  }
  sort_places(values, std::move(places));
  const auto at = [&](double u) -> ReportTime {
    const std::optional<double> ms = quantile_ms(values, u);
    return ms ? ReportTime(std::llround(*ms)) : ReportTime();
  };
  q.p5 = at(0.05);
  q.p50 = at(0.5);
  q.p95 = at(0.95);
  q.p99 = at(0.99);
  q.max = at(1);
  q.p50_ci95 = interval_of(values, middle);
  q.p95_ci95 = interval_of(values, upper);
  return q;
}

ReportSamples samples_of(const StudyResult& study) {
  ReportSamples samples;
  samples.drills = std::min(study.asked, kSampledDrills);
  samples.achieved_ms.resize(study.samples.target_ms.size());
  std::int64_t next = 0;
  for (std::size_t i = 0; i < study.samples.replication.size(); ++i) {
    const std::int64_t replication = study.samples.replication[i];
    if (replication >= samples.drills) break;
    while (next < replication) samples.missing.push_back(next++);
    ++next;
    if (study.samples.end[i] == DrillEnd::kStalled) samples.stalled.push_back(replication);
    for (std::size_t t = 0; t < samples.achieved_ms.size(); ++t) {
      samples.achieved_ms[t].push_back(study.samples.target_ms[t][i]);
    }
  }
  while (next < samples.drills) samples.missing.push_back(next++);
  return samples;
}

}  // namespace firedrill
