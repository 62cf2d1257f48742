// A study that adds drills until every target is decided, with an error rate that the looking does
// not inflate.
//
// The number of drills at which it looks is fixed beforehand: K looks, from `min_runs` on, each
// half as many again, up to `max_runs`. Each look takes the Clopper-Pearson interval at the
// confidence 1 - error / K. By the union bound all K intervals hold the true share together with a
// probability of at least 1 - error, so that a verdict is wrong in at most that share of studies,
// whenever the study stops, and however many other targets it goes on for. See
// engine/decisions/0005-looks-share-the-error.md.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/study/study.hpp"

namespace firedrill {

struct SequentialRule {
  std::int64_t min_runs = 1024;
  std::int64_t max_runs = 100'000;
  double error = 0.05;
};

/// The numbers of drills to look at, in whole blocks: `min_runs` rounded up, `max_runs` rounded
/// down, but at least the first. Never empty.
std::vector<std::int64_t> looks_of(const SequentialRule& rule);

/// 1 - error / K.
double look_confidence(const SequentialRule& rule);

/// What the looks at one target leave over of the share that meets it.
class SequentialShare {
 public:
  /// The intersection of the intervals so far, which a verdict, once reached, never leaves. A look
  /// that contradicts the others, as at most one study in 1 / error has, changes nothing.
  void look(std::int64_t met, std::int64_t of, double confidence);
  Interval interval() const { return interval_; }

 private:
  Interval interval_{0, 1};
};

/// Told before each look how many drills it waits for.
using LookStarts = std::function<void(std::int64_t look, std::int64_t runs)>;

/// `options.runs` is not used. The drills are those of `run_study` with as many runs.
StudyResult run_until_decided(const Plan& plan, const StudyOptions& options,
                              const SequentialRule& rule, const DrillRunnerFactory& factory,
                              const LookStarts& starts = {});

}  // namespace firedrill
