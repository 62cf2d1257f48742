#include "engine/study/ecdf.hpp"

#include <algorithm>
#include <cmath>

#include "engine/study/study.hpp"

namespace firedrill {

double dkw_half_height(std::int64_t n, double confidence) {
  if (n <= 0) return 1;
  return std::min(1.0, std::sqrt(std::log(2 / (1 - confidence)) / (2 * static_cast<double>(n))));
}

std::vector<EcdfPoint> ecdf_of(std::vector<std::int32_t> values, std::size_t points) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  const auto reached = static_cast<std::size_t>(
      std::lower_bound(values.begin(), values.end(), kNotReachedMs) - values.begin());
  std::vector<EcdfPoint> curve;
  const auto add = [&](std::size_t place) {
    // All equal values are one step, at whose end the share of them all is kept.
    const std::int32_t ms = values[place];
    if (!curve.empty() && curve.back().ms == ms) return;
    const auto kept = std::upper_bound(values.begin(), values.end(), ms) - values.begin();
    curve.push_back({ms, static_cast<double>(kept) / static_cast<double>(n)});
  };
  if (reached == 0) return curve;
  const std::size_t steps = std::min(reached, std::max<std::size_t>(points, 2));
  for (std::size_t i = 0; i + 1 < steps; ++i) add(i * (reached - 1) / (steps - 1));
  add(reached - 1);
  return curve;
}

}  // namespace firedrill
