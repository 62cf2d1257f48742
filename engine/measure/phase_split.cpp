#include "engine/measure/phase_split.hpp"

#include <algorithm>

namespace firedrill {
namespace {

constexpr std::int64_t TimeSplit::*kOwnSort[kPhases] = {&TimeSplit::wait_us, &TimeSplit::idle_us,
                                                        &TimeSplit::work_us, &TimeSplit::wait_us,
                                                        &TimeSplit::wait_us};

}  // namespace

std::array<TimeSplit, kPhases> split_phases(const PhaseEnds& ends,
                                            const std::vector<PathPart>& parts) {
  std::array<TimeSplit, kPhases> splits;
  for (std::size_t phase = 0; phase < kPhases; ++phase) {
    const TimePoint begin = *std::max_element(ends.begin(), ends.begin() + phase + 1);
    const TimePoint end = ends[phase + 1];
    if (end <= begin) continue;
    // Between two neighbouring cuts nothing begins or ends.
    std::vector<TimePoint> cuts = {begin, end};
    for (const PathPart& part : parts) {
      for (const TimePoint cut : {part.from, part.to}) {
        if (cut > begin && cut < end) cuts.push_back(cut);
      }
    }
    std::sort(cuts.begin(), cuts.end());
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      const auto covers = [&](const PathPart& part) {
        return part.from <= cuts[i] && part.to >= cuts[i + 1];
      };
      const auto part = std::find_if(parts.begin(), parts.end(), covers);
      const auto sort = part == parts.end() ? kOwnSort[phase] : part->sort;
      splits[phase].*sort += (cuts[i + 1] - cuts[i]).us;
    }
  }
  return splits;
}

}  // namespace firedrill
