#include "engine/measure/served_curve.hpp"

#include <algorithm>
#include <cmath>

namespace firedrill {

template <class Weight>
std::int64_t ServedCurve::integral_us(TimePoint onset, TimePoint end, Weight weight) const {
  double sum = 0;
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    const TimePoint from = std::max(changes_[i]->at, onset);
    const TimePoint to = i + 1 < changes_.size() ? std::max(changes_[i + 1]->at, onset) : end;
    sum += weight(*changes_[i]) * static_cast<double>((to - from).us);
  }
  return std::llround(sum);
}

std::int64_t ServedCurve::lost_us(TimePoint onset, TimePoint end) const {
  return integral_us(onset, end, [](const Event& change) { return 1.0 - change.value2; });
}

std::int64_t ServedCurve::interrupted_us(TimePoint onset, TimePoint end, double threshold) const {
  return integral_us(onset, end, [threshold](const Event& change) {
    return change.value >= threshold - kSameShare ? 0.0 : 1.0;
  });
}

}  // namespace firedrill
