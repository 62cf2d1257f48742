// How often the drills of a study met a target.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/study/study.hpp"

namespace firedrill {

/// A drill that broke vouches for nothing: it counts, and not as met. One that the target asks
/// nothing of does not count.
struct TargetShare {
  std::int64_t met = 0;
  std::int64_t judged = 0;  // drills with a result that the target asks something of
  std::int64_t failed = 0;  // drills without a result
  std::int64_t of() const { return judged + failed; }
};

/// Whether a drill met a target: it was in time, and did not end with nothing left that could ever
/// happen.
bool met_target(std::int32_t achieved_ms, DrillEnd end, std::int64_t limit_ms);

TargetShare target_share(const Plan& plan, const StudyResult& study, std::size_t target);

}  // namespace firedrill
