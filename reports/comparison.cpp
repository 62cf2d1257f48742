#include "reports/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "engine/study/paired.hpp"
#include "engine/study/target_share.hpp"
#include "reports/samples.hpp"
#include "reports/target_change.hpp"

namespace firedrill {
namespace {

using TargetKey = std::tuple<Objective, std::string, TargetStart>;
TargetKey key_of(const ReportTarget& t) { return {t.objective, t.subject, t.from}; }

/// Where the drills of a result stand in its samples; -1 for one that broke.
std::vector<std::int64_t> rows_of(const ReportSamples& samples) {
  std::vector<std::int64_t> rows(
      static_cast<std::size_t>(std::max<std::int64_t>(samples.drills, 0)));
  for (const std::int64_t drill : samples.missing) {
    if (drill >= 0 && drill < samples.drills) rows[static_cast<std::size_t>(drill)] = -1;
  }
  std::int64_t next = 0;
  for (std::int64_t& row : rows) row = row == -1 ? -1 : next++;
  return rows;
}

struct Pairs {
  std::vector<std::size_t> base;  // rows
  std::vector<std::size_t> now;
  std::vector<std::uint8_t> base_stalled;
  std::vector<std::uint8_t> now_stalled;
};

Pairs pairs_of(const ReportSamples& base, const ReportSamples& now) {
  const auto base_rows = rows_of(base);
  const auto now_rows = rows_of(now);
  const auto stalled = [](const ReportSamples& samples, std::size_t drill) {
    return static_cast<std::uint8_t>(std::binary_search(
        samples.stalled.begin(), samples.stalled.end(), static_cast<std::int64_t>(drill)));
  };
  Pairs pairs;
  for (std::size_t k = 0; k < std::min(base_rows.size(), now_rows.size()); ++k) {
    if (base_rows[k] < 0 || now_rows[k] < 0) continue;
    pairs.base.push_back(static_cast<std::size_t>(base_rows[k]));
    pairs.now.push_back(static_cast<std::size_t>(now_rows[k]));
    pairs.base_stalled.push_back(stalled(base, k));
    pairs.now_stalled.push_back(stalled(now, k));
  }
  return pairs;
}

PairedTarget paired(const Pairs& pairs, const std::vector<std::int32_t>& base,
                    const std::vector<std::int32_t>& now, std::int64_t limit_ms) {
  const auto met = [&](std::int32_t ms, std::uint8_t stalled) {
    return static_cast<std::uint8_t>(
        met_target(ms, stalled != 0 ? DrillEnd::kStalled : DrillEnd::kCompleted, limit_ms));
  };
  PairedTarget target;
  for (std::size_t i = 0; i < pairs.base.size(); ++i) {
    target.base_ms.push_back(base.at(pairs.base[i]));
    target.now_ms.push_back(now.at(pairs.now[i]));
    target.base_met.push_back(met(target.base_ms.back(), pairs.base_stalled[i]));
    target.now_met.push_back(met(target.now_ms.back(), pairs.now_stalled[i]));
  }
  return target;
}

std::optional<std::int64_t> finite(double value) {
  return std::isfinite(value) ? std::optional(static_cast<std::int64_t>(std::llround(value)))
                              : std::nullopt;
}

int direction_of(const Difference& d) { return d.low > 0 ? 1 : d.high < 0 ? -1 : 0; }

ComparedTime time_of(const Difference& d, const ReportTime& base, const ReportTime& now) {
  return {base, now, finite(d.value), finite(d.low), finite(d.high), direction_of(d)};
}

/// Only the pairs that both sides judge.
std::pair<ReportQuantiles, double> side_of(const PairedTarget& t, bool now) {
  std::vector<std::int32_t> values;
  std::int64_t met = 0;
  for (std::size_t i = 0; i < t.base_ms.size(); ++i) {
    if (t.base_ms[i] == kNotJudgedMs || t.now_ms[i] == kNotJudgedMs) continue;
    values.push_back(now ? t.now_ms[i] : t.base_ms[i]);
    met += now ? t.now_met[i] : t.base_met[i];
  }
  const double share =
      values.empty() ? 0 : static_cast<double>(met) / static_cast<double>(values.size());
  return {quantiles_of(std::move(values)), share};
}

/// A bootstrap is too sure of a handful of drills: a change of the share must pass the exact test
/// as well.
void fill(ComparedTarget& target, const PairedTarget& pairs, const PairedChange& change,
          double confidence) {
  const auto [base, base_share] = side_of(pairs, false);
  const auto [now, now_share] = side_of(pairs, true);
  target.pairs = change.pairs;
  target.identical = change.identical;
  target.p50 = time_of(change.p50_ms, base.p50, now.p50);
  target.p95 = time_of(change.p95_ms, base.p95, now.p95);
  const Difference& share = change.met_share;
  target.met_share = {base_share, now_share, share.value, share.low, share.high, change.share_p, 0};
  target.drills = {change.longer, change.shorter, change.longer_p, 0};
  if (change.longer_p <= 1.0 - confidence) {
    target.drills.direction = change.longer > change.shorter ? 1 : -1;
  }
  if (change.share_p <= 1.0 - confidence) target.met_share.direction = direction_of(share);
  if (change.pairs < kPairsMin) {
    target.reason =
        fmt::format("both judge only {} pairs of drills, {} are needed", change.pairs, kPairsMin);
    return;
  }
  // Figures may disagree, when the middle gains and the tail loses: a gate then sees the loss.
  const std::array<int, 4> directions{target.p50.direction, target.p95.direction,
                                      -target.met_share.direction, target.drills.direction};
  const bool worse = std::count(directions.begin(), directions.end(), 1) > 0;
  const bool better = std::count(directions.begin(), directions.end(), -1) > 0;
  target.change = worse    ? TargetChange::kWorse
                  : better ? TargetChange::kBetter
                           : TargetChange::kSame;
}

ComparedTarget described(const ReportTarget& t) {
  ComparedTarget target;
  target.subject = t.subject;
  target.tier = t.tier;
  target.objective = t.objective;
  target.from = t.from;
  target.limit = t.limit;
  target.required_share = t.required_share;
  return target;
}

void compare_targets(const Report& base, const Report& now, Comparison& comparison) {
  std::map<TargetKey, std::size_t> in_base;
  for (std::size_t i = 0; i < base.targets.size(); ++i) in_base.emplace(key_of(base.targets[i]), i);
  const Pairs pairs = pairs_of(base.samples, now.samples);
  comparison.pairs = static_cast<std::int64_t>(pairs.base.size());
  std::vector<PairedTarget> paired_targets;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < now.targets.size(); ++i) {
    const ReportTarget& t = now.targets[i];
    ComparedTarget target = described(t);
    target.now_verdict = t.verdict;
    const auto found = in_base.find(key_of(t));
    if (found == in_base.end()) {
      target.reason = "the base has no such target";
    } else {
      const ReportTarget& old = base.targets[found->second];
      target.base_verdict = old.verdict;
      if (old.limit_ms != t.limit_ms) target.base_limit = old.limit;
      paired_targets.push_back(paired(pairs, base.samples.achieved_ms.at(found->second),
                                      now.samples.achieved_ms.at(i), t.limit_ms));
      places.push_back(comparison.targets.size());
      in_base.erase(found);
    }
    comparison.targets.push_back(std::move(target));
  }
  for (const ReportTarget& t : base.targets) {
    if (in_base.find(key_of(t)) == in_base.end()) continue;
    comparison.targets.push_back(described(t));
    comparison.targets.back().base_verdict = t.verdict;
    comparison.targets.back().reason = "only the base has this target";
  }
  constexpr double kFigures = 4;  // p50, p95, share met, drills that take longer
  const double all = kFigures * static_cast<double>(std::max<std::size_t>(places.size(), 1));
  comparison.interval_confidence = 1.0 - kFalseAlarms / all;
  if (places.empty()) return;
  const std::vector<PairedChange> changes =
      compare_pairs(paired_targets, {base.seed, comparison.interval_confidence});
  for (std::size_t i = 0; i < places.size(); ++i) {
    fill(comparison.targets[places[i]], paired_targets[i], changes[i],
         comparison.interval_confidence);
  }
}

/// By what both say of themselves.
ComparedTarget unpaired(const ReportTarget& base, const ReportTarget& now) {
  ComparedTarget target = described(now);
  target.base_verdict = base.verdict;
  if (base.limit != now.limit) target.base_limit = base.limit;
  const auto times = [](const ReportTime& before, const ReportTime& after) {
    ComparedTime time;
    time.base = before;
    time.now = after;
    if (before && after) time.difference_ms = *after - *before;
    return time;
  };
  target.p50 = times(base.achieved.p50, now.achieved.p50);
  target.p95 = times(base.achieved.p95, now.achieved.p95);
  target.base_p95_ci95 = base.achieved.p95_ci95;
  target.now_p95_ci95 = now.achieved.p95_ci95;
  target.met_share.base = base.met_share;
  target.met_share.now = now.met_share;
  target.met_share.difference = now.met_share - base.met_share;
  const std::string worse = worse_than(base, now);
  const std::string better = worse.empty() ? better_than(base, now) : std::string();
  target.reason = worse.empty() ? better : worse;
  target.change = !worse.empty()    ? TargetChange::kWorse
                  : !better.empty() ? TargetChange::kBetter
                                    : TargetChange::kSame;
  return target;
}

ComparedStep described(const ReportStep& s, StepChange change) {
  ComparedStep step;
  step.runbook = s.runbook;
  step.step = s.step;
  step.title = s.title;
  step.role = s.role;
  step.change = change;
  return step;
}

StepChange change_of(const ReportStep& base, const ReportStep& now) {
  const auto longer = [](const ReportTime& a, const ReportTime& b) {
    if (!a || !b) return (b ? 0 : 1) - (a ? 0 : 1);
    return *b > *a ? 1 : *b < *a ? -1 : 0;
  };
  const int median = longer(base.p50, now.p50);
  const int tail = median != 0 ? median : longer(base.p95, now.p95);
  return tail > 0 ? StepChange::kSlower : tail < 0 ? StepChange::kFaster : StepChange::kMoved;
}

void compare_steps(const Report& base, const Report& now, Comparison& comparison) {
  using Key = std::pair<std::string, std::string>;
  std::map<Key, const ReportStep*> in_base;
  for (const ReportStep& s : base.steps) in_base.emplace(Key{s.runbook, s.step}, &s);
  for (const ReportStep& s : now.steps) {
    const auto found = in_base.find({s.runbook, s.step});
    if (found == in_base.end()) {
      comparison.steps.push_back(described(s, StepChange::kAdded));
      comparison.steps.back().now_p50 = s.p50;
      comparison.steps.back().now_p95 = s.p95;
      comparison.steps.back().path_mean_difference_ms = s.path_mean_ms;
      continue;
    }
    const ReportStep& old = *found->second;
    in_base.erase(found);
    const bool as_it_was =
        old.p50 == s.p50 && old.p95 == s.p95 && old.path_mean_ms == s.path_mean_ms;
    if (as_it_was || !comparison.same_luck) continue;
    ComparedStep step = described(s, change_of(old, s));
    step.base_p50 = old.p50;
    step.now_p50 = s.p50;
    step.base_p95 = old.p95;
    step.now_p95 = s.p95;
    step.path_mean_difference_ms = s.path_mean_ms - old.path_mean_ms;
    comparison.steps.push_back(std::move(step));
  }
  for (const ReportStep& s : base.steps) {
    if (in_base.find({s.runbook, s.step}) == in_base.end()) continue;
    comparison.steps.push_back(described(s, StepChange::kRemoved));
    comparison.steps.back().base_p50 = s.p50;
    comparison.steps.back().base_p95 = s.p95;
    comparison.steps.back().path_mean_difference_ms = -s.path_mean_ms;
  }
  std::stable_sort(comparison.steps.begin(), comparison.steps.end(),
                   [](const ComparedStep& a, const ComparedStep& b) {
                     return std::abs(a.path_mean_difference_ms) >
                            std::abs(b.path_mean_difference_ms);
                   });
}

void conclude(Comparison& comparison) {
  const auto count = [&](TargetChange change) {
    return std::count_if(comparison.targets.begin(), comparison.targets.end(),
                         [&](const ComparedTarget& t) { return t.change == change; });
  };
  const auto worse = count(TargetChange::kWorse);
  const auto better = count(TargetChange::kBetter);
  const auto same = count(TargetChange::kSame);
  const auto open = count(TargetChange::kNotComparable);
  comparison.verdict = worse > 0    ? TargetChange::kWorse
                       : better > 0 ? TargetChange::kBetter
                       : same > 0   ? TargetChange::kSame
                                    : TargetChange::kNotComparable;
  comparison.headline = fmt::format("of {} targets {} worse, {} better, {} the same",
                                    comparison.targets.size(), worse, better, same);
  if (open > 0) comparison.headline += fmt::format(", {} not comparable", open);
}

ComparedSide side_of(const Report& report, const std::string& name) {
  return {name, report.program.commit, report.scenario.sha256, report.seed, report.completed};
}

}  // namespace

std::string comparison_refused(const Report& base, const Report& now, bool other_luck) {
  if (base.scenario.name != now.scenario.name || base.scenario.system != now.scenario.system) {
    return fmt::format(
        "they are of different scenarios, \"{}\" of system \"{}\" and \"{}\" of \"{}\"",
        base.scenario.name, base.scenario.system, now.scenario.name, now.scenario.system);
  }
  for (const Report* report : {&base, &now}) {
    if (report->aborted) return "one was aborted: run it to its end";
    if (report->completed == 0) return "one holds no drill";
  }
  if (base.seed != now.seed && !other_luck) {
    return fmt::format(
        "their seeds are {} and {}, so that their drills did not meet the same luck: run both with "
        "one seed, or compare them as independent by --unpaired",
        base.seed, now.seed);
  }
  return "";
}

Comparison compare_reports(const Report& base, const Report& now, const std::string& base_name,
                           const std::string& now_name) {
  Comparison comparison;
  comparison.scenario = now.scenario;
  comparison.base = side_of(base, base_name);
  comparison.now = side_of(now, now_name);
  comparison.same_luck = base.seed == now.seed;
  compare_targets(base, now, comparison);
  compare_steps(base, now, comparison);
  conclude(comparison);
  return comparison;
}

Comparison compare_to_baseline(const Baseline& base, const Report& now,
                               const std::string& base_name) {
  Comparison comparison;
  comparison.scenario = now.scenario;
  comparison.base.name = base_name;
  comparison.now = side_of(now, "");
  comparison.paired = false;
  for (const ReportTarget& t : now.targets) {
    const auto found =
        std::find_if(base.targets.begin(), base.targets.end(), [&](const BaselineTarget& b) {
          return b.scenario == now.scenario.name && key_of(b.target) == key_of(t);
        });
    const bool known = found != base.targets.end();
    comparison.targets.push_back(known ? unpaired(found->target, t) : described(t));
    ComparedTarget& target = comparison.targets.back();
    target.now_verdict = t.verdict;
    if (!known) {
      target.reason = "the baseline has no such target";
      continue;
    }
    comparison.base.seed = found->seed;
    comparison.base.completed = std::max(comparison.base.completed, found->target.judged);
  }
  comparison.same_luck = comparison.base.seed == now.seed;
  conclude(comparison);
  return comparison;
}

int comparison_exit_code(const Comparison& comparison) {
  if (comparison.verdict == TargetChange::kNotComparable) return 2;
  return comparison.verdict == TargetChange::kWorse ? 1 : 0;
}

std::string_view to_word(TargetChange change) {
  switch (change) {
    case TargetChange::kWorse:
      return "worse";
    case TargetChange::kBetter:
      return "better";
    case TargetChange::kSame:
      return "same";
    case TargetChange::kNotComparable:
      break;
  }
  return "not comparable";
}

std::string_view to_word(StepChange change) {
  switch (change) {
    case StepChange::kAdded:
      return "added";
    case StepChange::kRemoved:
      return "removed";
    case StepChange::kSlower:
      return "slower";
    case StepChange::kFaster:
      return "faster";
    case StepChange::kMoved:
      break;
  }
  return "moved";
}

}  // namespace firedrill
