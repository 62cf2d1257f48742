#include "reports/causes.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <tuple>

namespace firedrill {
namespace {

bool matters(const ReportInfluence& influence) {
  constexpr double kLeast = 0.02;  // of the variance: less is not worth a measurement
  return influence.beyond_noise || (influence.variance && influence.variance->total >= kLeast);
}

double strength_of(const ReportInfluence& influence) {
  const double total = influence.variance ? influence.variance->total : 0;
  return std::max(total, std::abs(influence.correlation.value_or(0)));
}

using GroupOf = std::function<std::string(const PlannedStep&)>;

/// A drill counts once, however many of its critical steps are of one group.
std::vector<ReportCriticality> criticality_by(const Plan& plan, const Samples& samples,
                                              const GroupOf& group_of) {
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const std::string group = group_of(plan.steps[s]);
    if (!group.empty()) groups[group].push_back(s);
  }
  const std::size_t drills = samples.replication.size();
  std::vector<ReportCriticality> all;
  for (const auto& [name, steps] : groups) {
    std::int64_t critical = 0;
    for (std::size_t i = 0; i < drills; ++i) {
      const auto is_critical = [&](std::size_t s) {
        return (samples.step_flags[s][i] & kStepCritical) != 0;
      };
      if (std::any_of(steps.begin(), steps.end(), is_critical)) ++critical;
    }
    if (critical == 0) continue;
    StepSums::Parts sum;
    for (const std::size_t s : steps) sum += samples.step_sums[s].critical;
    all.push_back({name, static_cast<double>(critical) / static_cast<double>(drills),
                   (sum.idle_ms + sum.work_ms + sum.decision_ms + sum.wait_ms) /
                       static_cast<std::int64_t>(drills)});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.path_mean_ms > b.path_mean_ms; });
  return all;
}

/// The target of this objective that is met least often for what it requires.
std::optional<std::size_t> worst_of(const std::vector<ReportTarget>& targets, Objective objective) {
  std::optional<std::size_t> worst;
  const auto met = [&](std::size_t i) {
    return targets[i].met_share / std::max(targets[i].required_share, 1e-9);
  };
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (targets[i].objective != objective || targets[i].judged == 0) continue;
    if (!worst || met(i) < met(*worst)) worst = i;
  }
  return worst;
}

ReportTail tail_of(const TailQuantile& tail) {
  const auto time = [](double ms) { return std::isinf(ms) ? ReportTime() : std::llround(ms); };
  return {tail.pairs, time(tail.p95), {time(tail.low), time(tail.high)}};
}

std::int64_t to_whole_ms(std::int64_t us) { return (us + 500) / 1000; }

}  // namespace

ReportSplit split_of(const StepSums::Parts& sums, std::int64_t drills) {
  ReportSplit split;
  if (drills > 0) {
    split.work_ms = sums.work_ms / drills;
    split.wait_ms = sums.wait_ms / drills;
    split.decision_ms = sums.decision_ms / drills;
    split.idle_ms = sums.idle_ms / drills;
  }
  const auto all =
      static_cast<double>(sums.idle_ms + sums.work_ms + sums.decision_ms + sums.wait_ms);
  if (all > 0) {
    split.work = static_cast<double>(sums.work_ms) / all;
    split.wait = static_cast<double>(sums.wait_ms) / all;
    split.decision = static_cast<double>(sums.decision_ms) / all;
    split.idle = static_cast<double>(sums.idle_ms) / all;
  }
  return split;
}

void add_causes(const Plan& plan, const StudyResult& study, Report& report) {
  const Samples& samples = study.samples;
  report.operations = criticality_by(plan, samples, [](const PlannedStep& step) {
    return std::string(rule_of(step.call.operation).name);
  });
  report.role_criticality = criticality_by(plan, samples, [&](const PlannedStep& step) {
    return step.role.valid() ? plan.roles[step.role.value].name : std::string();
  });
  if (samples.drawn_rows == 0) return;
  for (const Objective objective : {Objective::kRto, Objective::kRpo, Objective::kCompletion}) {
    const auto target = worst_of(report.targets, objective);
    if (!target) continue;
    ReportInfluences influences;
    influences.target = *target;
    influences.drills = static_cast<std::int64_t>(samples.drawn_rows);
    influences.noise = noise_of_rank_correlation(samples.drawn_rows);
    influences.timings = influences_of(plan, timing_influences(plan, samples, *target), {});
    report.influences.push_back(std::move(influences));
  }
}

std::vector<ReportPathStep> path_of(const Plan& plan, const DrillMetrics& metrics) {
  std::vector<ReportPathStep> path;
  for (const PathStep& one : metrics.path) {
    const PlannedStep& planned = plan.step(one.step);
    const StepMetrics& spent = metrics.steps[one.step.value];
    ReportPathStep step;
    step.runbook = plan.runbooks[planned.runbook.value].name;
    step.step = planned.id;
    if (planned.role.valid()) step.role = plan.roles[planned.role.value].name;
    step.ready_ms = to_whole_ms(one.ready_us);
    if (one.ended_us != kNotReachedUs) step.ended = to_whole_ms(one.ended_us);
    step.split = split_of({.idle_ms = to_whole_ms(spent.idle_us),
                           .busy_ms = 0,
                           .work_ms = to_whole_ms(spent.work_us),
                           .decision_ms = to_whole_ms(spent.decision_us),
                           .wait_ms = to_whole_ms(spent.wait_us)},
                          1);
    path.push_back(std::move(step));
  }
  return path;
}

std::vector<ReportInfluence> influences_of(const Plan& plan,
                                           const std::vector<TimingInfluence>& influences,
                                           const std::map<std::string, VarianceShares>& variances) {
  std::vector<ReportInfluence> all;
  for (const TimingInfluence& one : influences) {
    const PlannedTiming& timing = plan.timing(one.timing);
    // What does not vary has nothing to explain.
    if (!one.correlation) continue;
    ReportInfluence report;
    report.timing = timing.id;
    report.value = timing.distribution.describe();
    report.unit = timing.unit;
    report.confidence = timing.confidence;
    report.drills = one.drills;
    report.correlation = one.correlation;
    report.beyond_noise = std::abs(*one.correlation) >
                          noise_of_rank_correlation(static_cast<std::size_t>(one.drills));
    const auto variance = variances.find(timing.id);
    if (variance != variances.end()) report.variance = variance->second;
    report.matters = matters(report);
    if (one.tails) {
      report.when_low = tail_of(one.tails->low_x);
      report.when_high = tail_of(one.tails->high_x);
    }
    all.push_back(std::move(report));
  }
  const auto rank = [](const ReportInfluence& one) {
    const bool guess = one.confidence == Confidence::kEstimate;
    return std::tuple(!one.matters, !guess, -strength_of(one));
  };
  std::stable_sort(all.begin(), all.end(),
                   [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return all;
}

}  // namespace firedrill
