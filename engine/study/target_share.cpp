#include "engine/study/target_share.hpp"

namespace firedrill {

bool met_target(std::int32_t achieved_ms, DrillEnd end, std::int64_t limit_ms) {
  return achieved_ms != kNotReachedMs && achieved_ms <= limit_ms && end != DrillEnd::kStalled;
}

TargetShare target_share(const Plan& plan, const StudyResult& study, std::size_t target) {
  const std::vector<std::int32_t>& achieved = study.samples.target_ms.at(target);
  const std::int64_t limit_ms = plan.targets.at(target).limit.us / 1000;
  TargetShare share;
  share.failed = study.failed;
  for (std::size_t i = 0; i < achieved.size(); ++i) {
    if (achieved[i] == kNotJudgedMs) continue;
    ++share.judged;
    if (met_target(achieved[i], study.samples.end[i], limit_ms)) ++share.met;
  }
  return share;
}

}  // namespace firedrill
