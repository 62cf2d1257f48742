#include "engine/study/until_decided.hpp"

#include <algorithm>

#include "engine/study/target_share.hpp"

namespace firedrill {
namespace {

std::int64_t blocks_up(std::int64_t runs) {
  return (runs + kBlockSize - 1) / kBlockSize * kBlockSize;
}
std::int64_t blocks_down(std::int64_t runs) { return runs / kBlockSize * kBlockSize; }

}  // namespace

std::vector<std::int64_t> looks_of(const SequentialRule& rule) {
  std::vector<std::int64_t> looks{std::max(blocks_up(rule.min_runs), kBlockSize)};
  const std::int64_t last = std::max(blocks_down(rule.max_runs), looks.front());
  while (looks.back() < last) {
    looks.push_back(std::min(blocks_up(looks.back() * 3 / 2), last));
  }
  return looks;
}

double look_confidence(const SequentialRule& rule) {
  return 1.0 - rule.error / static_cast<double>(looks_of(rule).size());
}

void SequentialShare::look(std::int64_t met, std::int64_t of, double confidence) {
  const Interval now = share_interval(met, of, confidence);
  const Interval both{std::max(interval_.low, now.low), std::min(interval_.high, now.high)};
  if (both.low <= both.high) interval_ = both;
}

StudyResult run_until_decided(const Plan& plan, const StudyOptions& options,
                              const SequentialRule& rule, const DrillRunnerFactory& factory,
                              const LookStarts& starts) {
  const std::vector<std::int64_t> looks = looks_of(rule);
  std::vector<SequentialShare> shares(plan.targets.size());
  StudyResult result;
  SequentialOutcome outcome;
  outcome.min_runs = looks.front();
  outcome.max_runs = looks.back();
  outcome.looks_planned = static_cast<std::int64_t>(looks.size());
  outcome.look_confidence = look_confidence(rule);
  StudyOptions until = options;
  for (const std::int64_t runs : looks) {
    until.runs = runs;
    if (starts) starts(outcome.looks_made + 1, runs);
    extend_study(plan, until, factory, result);
    // What was stopped in the middle is no look that was planned.
    if (result.aborted) break;
    ++outcome.looks_made;
    bool open = false;
    for (std::size_t t = 0; t < shares.size(); ++t) {
      const TargetShare share = target_share(plan, result, t);
      if (share.judged > 0) shares[t].look(share.met, share.of(), outcome.look_confidence);
      open = open ||
             judge(shares[t].interval(), plan.targets[t].required_share) == Verdict::kInconclusive;
    }
    if (!open) break;
  }
  for (const SequentialShare& share : shares) outcome.met_share.push_back(share.interval());
  result.sequential = std::move(outcome);
  return result;
}

}  // namespace firedrill
