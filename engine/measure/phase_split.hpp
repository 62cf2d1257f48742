// What the time of each phase of an incident was spent on.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/base/time.hpp"

namespace firedrill {

enum class Phase : std::uint8_t { kDetect, kAcknowledge, kDecide, kAct, kVerify };
constexpr std::size_t kPhases = 5;

/// Time by what it was spent on.
struct TimeSplit {
  std::int64_t work_us = 0;
  std::int64_t wait_us = 0;
  std::int64_t decision_us = 0;
  std::int64_t idle_us = 0;

  std::int64_t sum_us() const { return work_us + wait_us + decision_us + idle_us; }
};

/// A part of a step on the way to recovery: from `from` to `to` its time was of one sort.
struct PathPart {
  TimePoint from;
  TimePoint to;
  std::int64_t TimeSplit::*sort = nullptr;
};

/// The instants between the phases: onset, detected, acknowledged, decided, restored, verified. A
/// mark that came before the one before it ends its phase at once.
using PhaseEnds = std::array<TimePoint, kPhases + 1>;

/// Each phase, split. Where several parts overlap the earlier one in the list counts. What no part
/// covers is of the sort that the phase has by itself: nobody has begun in detection (wait) and
/// before somebody answers (idle); until the path is chosen somebody finds out what it is (work);
/// later the platform takes its time (wait).
std::array<TimeSplit, kPhases> split_phases(const PhaseEnds& ends,
                                            const std::vector<PathPart>& parts);

}  // namespace firedrill
