#include "reports/build_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "engine/study/target_share.hpp"
#include "reports/bottleneck.hpp"
#include "reports/build_organisation.hpp"
#include "reports/causes.hpp"
#include "reports/findings.hpp"
#include "reports/mark_names.hpp"
#include "reports/samples.hpp"

namespace firedrill {
namespace {

double share_of(std::int64_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

ReportTarget target_of(const Plan& plan, const StudyResult& study, std::size_t index) {
  const PlannedTarget& planned = plan.targets[index];
  const Samples& samples = study.samples;
  ReportTarget target;
  target.subject = planned.subject;
  if (planned.service.valid()) {
    const TierIndex tier = plan.service(planned.service).tier;
    if (tier.valid()) target.tier = plan.tiers[tier.value].name;
  }
  target.objective = planned.objective;
  target.from = planned.from;
  target.limit_ms = planned.limit.us / 1000;
  target.limit = to_iso8601(planned.limit);
  target.required_share = planned.required_share;
  target.line = planned.at.line;
  const TargetShare share = target_share(plan, study, index);
  target.judged = share.judged;
  target.met = share.met;
  target.met_share = share_of(share.met, static_cast<std::size_t>(share.of()));
  const double confidence = study.sequential ? study.sequential->look_confidence : 0.95;
  if (share.judged > 0) {
    target.met_share_ci95 = study.sequential ? study.sequential->met_share.at(index)
                                             : share_interval(share.met, share.of());
    target.verdict = judge(target.met_share_ci95, target.required_share);
  }
  if (share.judged > 0 && target.verdict == Verdict::kInconclusive) {
    target.drills_to_decide = drills_to_decide(target.met_share, target.required_share, confidence);
  }
  std::vector<std::int32_t> judged = samples.target_ms.at(index);
  std::erase(judged, kNotJudgedMs);
  target.achieved = quantiles_of(std::move(judged), confidence);
  target.bottleneck = find_bottleneck(plan, samples, index);
  return target;
}

std::vector<ReportTarget> targets_of(const Plan& plan, const StudyResult& study) {
  std::vector<ReportTarget> targets;
  for (std::size_t i = 0; i < plan.targets.size(); ++i) {
    targets.push_back(target_of(plan, study, i));
  }
  return targets;
}

std::optional<std::size_t> worst_target_of(const std::vector<ReportTarget>& targets) {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  const auto met = [](const ReportTarget& t) {
    // One that no drill was judged by is no worse than any.
    return t.judged == 0 ? kNever : t.met_share / std::max(t.required_share, 1e-9);
  };
  const auto overrun = [](const ReportTarget& t) {
    if (!t.achieved.p50) return kNever;
    return static_cast<double>(*t.achieved.p50) /
           static_cast<double>(std::max<std::int64_t>(t.limit_ms, 1));
  };
  std::optional<std::size_t> worst;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto rank = [&](std::size_t t) {
      return std::pair(met(targets[t]), -overrun(targets[t]));
    };
    if (!worst || rank(i) < rank(*worst)) worst = i;
  }
  return worst;
}

Verdict worst_of(const std::vector<ReportTarget>& targets) {
  const auto any = [&](Verdict verdict) {
    return std::any_of(targets.begin(), targets.end(),
                       [&](const ReportTarget& t) { return t.verdict == verdict; });
  };
  if (any(Verdict::kMissed)) return Verdict::kMissed;
  return targets.empty() || any(Verdict::kInconclusive) ? Verdict::kInconclusive : Verdict::kMet;
}

std::vector<ReportStore> stores_of(const Plan& plan, const Samples& samples) {
  std::vector<ReportStore> stores;
  for (std::size_t i = 0; i < plan.stores.size(); ++i) {
    const auto& values = samples.store_rpo_ms.at(i);
    stores.push_back({plan.stores[i].name, quantiles_of(values),
                      share_of(std::count(values.begin(), values.end(), 0), values.size())});
  }
  return stores;
}

struct PhaseRule {
  std::string_view name;
  std::string_view meaning;
  std::size_t from;  // a mark, or kOnset
  std::size_t to;
};
constexpr PhaseRule kPhaseRules[] = {
    {"detect", "fault to first alarm that pages", kOnset, kDetectedMark},
    {"acknowledge", "alarm to a person at work", kDetectedMark, kAcknowledgedMark},
    {"decide", "to the recovery path chosen", kAcknowledgedMark, kDecidedMark},
    {"act", "to the last service restored", kDecidedMark, kRestoredMark},
    {"verify", "to every check holding", kRestoredMark, kVerifiedMark},
};

std::vector<ReportPhase> phases_of(const Samples& samples) {
  std::vector<ReportPhase> phases;
  const auto drills = static_cast<std::int64_t>(samples.replication.size());
  for (const PhaseRule& rule : kPhaseRules) {
    const auto& to = samples.marks_ms.at(rule.to);
    std::vector<std::int32_t> spans;
    for (std::size_t i = 0; i < to.size(); ++i) {
      const std::int32_t from = rule.from == kOnset ? 0 : samples.marks_ms.at(rule.from)[i];
      // A service may be back before anybody decided: that phase then took no time.
      spans.push_back(from == kNotReachedMs || to[i] == kNotReachedMs ? kNotReachedMs
                                                                      : std::max(0, to[i] - from));
    }
    const ReportQuantiles q = quantiles_of(std::move(spans));
    phases.push_back({std::string(rule.name), std::string(rule.meaning), q.p50, q.p95,
                      split_of(samples.phase_sums[phases.size()], drills), q.p50_ci95, q.p95_ci95});
  }
  return phases;
}

std::vector<ReportMark> marks_of(const Samples& samples) {
  std::vector<ReportMark> marks;
  for (std::size_t i = 0; i < std::size(kNamedMarks); ++i) {
    const ReportQuantiles q = quantiles_of(samples.marks_ms.at(i));
    marks.push_back({kNamedMarks[i].name, q.p50, q.p95, q.p50_ci95, q.p95_ci95});
  }
  return marks;
}

void add_steps(const Plan& plan, const Samples& samples, Report& report) {
  const std::size_t drills = samples.replication.size();
  StepSums::Parts critical_sum;
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const PlannedStep& planned = plan.steps[s];
    std::vector<std::int32_t> times;
    std::int64_t failed = 0;
    std::int64_t critical = 0;
    for (std::size_t i = 0; i < drills; ++i) {
      const std::uint8_t flags = samples.step_flags.at(s)[i];
      if ((flags & kStepRan) == 0) continue;
      times.push_back(samples.step_ms.at(s)[i]);
      if ((flags & kStepFailed) != 0) ++failed;
      if ((flags & kStepCritical) != 0) ++critical;
    }
    if (times.empty()) continue;
    const StepSums& sums = samples.step_sums.at(s);
    critical_sum += sums.critical;
    ReportStep step;
    step.runbook = plan.runbooks.at(planned.runbook.value).name;
    step.step = planned.id;
    step.title = planned.title;
    step.role = planned.role.valid() ? plan.roles[planned.role.value].name : "";
    step.ran_share = share_of(static_cast<std::int64_t>(times.size()), drills);
    step.failed_share = share_of(failed, drills);
    step.criticality = share_of(critical, drills);
    step.split = split_of(sums.all, static_cast<std::int64_t>(times.size()));
    const ReportQuantiles q = quantiles_of(std::move(times));
    step.p50 = q.p50;
    step.p95 = q.p95;
    const StepSums::Parts& path = sums.critical;
    step.path_mean_ms = (path.idle_ms + path.work_ms + path.decision_ms + path.wait_ms) /
                        static_cast<std::int64_t>(drills);
    report.steps.push_back(std::move(step));
  }
  report.critical_split = split_of(critical_sum, static_cast<std::int64_t>(drills));
  // What adds most to the critical paths comes first.
  std::stable_sort(report.steps.begin(), report.steps.end(),
                   [](const auto& a, const auto& b) { return a.path_mean_ms > b.path_mean_ms; });
}

void add_assumptions(const Plan& plan, Report& report) {
  const auto add_timings = [&](Confidence confidence) {
    for (const PlannedTiming& t : plan.timings) {
      if (!t.used || t.confidence != confidence) continue;
      report.assumptions.push_back({AssumptionKind::kTiming, t.id, t.distribution.describe(),
                                    t.note, t.unit, t.confidence, t.source});
      ++report.timings;
    }
  };
  add_timings(Confidence::kEstimate);
  report.guesses = report.timings;
  for (const Assumption& a : plan.assumptions) {
    report.assumptions.push_back(
        {AssumptionKind::kStated, a.subject, a.value, a.reason, {}, {}, {}});
  }
  add_timings(Confidence::kReported);
  add_timings(Confidence::kDocumented);
  add_timings(Confidence::kMeasured);
}

/// A path as a shell reads it back.
std::string quoted(const std::string& path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+,:@%";
  if (!path.empty() && path.find_first_not_of(kPlain) == std::string::npos) return path;
  std::string text = "'";
  for (const char c : path) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

/// `firedrill run SCENARIO` with what changes it.
std::string run_command(const ReportScenario& scenario) {
  std::string command = "firedrill run " + quoted(scenario.path);
  for (const std::string& change : scenario.what_if) {
    const std::size_t blank = change.find(' ');
    command += ' ' + change.substr(0, blank);
    if (blank != std::string::npos) command += ' ' + quoted(change.substr(blank + 1));
  }
  return command;
}

void add_examples(const StudyResult& study, Report& report) {
  const auto& restored = study.samples.marks_ms.at(kRestoredMark);
  if (restored.empty()) return;
  std::vector<std::size_t> order(restored.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return restored[a] < restored[b]; });
  const auto add = [&](const char* name, double q) {
    const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(order.size())));
    const std::size_t drill = order[std::max<std::size_t>(rank, 1) - 1];
    ReportExample example;
    example.name = name;
    example.replication = study.samples.replication[drill];
    if (restored[drill] != kNotReachedMs) example.restored = restored[drill];
    example.command = example_command(report.scenario, study.seed, example.replication);
    report.examples.push_back(std::move(example));
  };
  add("median", 0.5);
  add("p95", 0.95);
}

}  // namespace

ReportTarget build_target(const Plan& plan, const StudyResult& study, std::size_t index) {
  return target_of(plan, study, index);
}

std::string headline_of(const std::vector<ReportTarget>& targets, std::int64_t completed) {
  if (completed == 0) return "no drill was completed, so nothing can be judged";
  const auto count = [&](Verdict verdict) {
    return std::count_if(targets.begin(), targets.end(),
                         [&](const ReportTarget& t) { return t.verdict == verdict; });
  };
  const auto missed = count(Verdict::kMissed);
  const auto open = count(Verdict::kInconclusive);
  const std::string noun = targets.size() == 1 ? "target" : "targets";
  if (missed == 0 && open == 0)
    return fmt::format("{} of {} {} met", targets.size(), targets.size(), noun);
  if (missed == 0) {
    return fmt::format("{} of {} {} cannot be told from {} drills", open, targets.size(), noun,
                       completed);
  }
  const std::string rest = open > 0 ? fmt::format(", {} inconclusive", open) : std::string();
  return fmt::format("{} of {} {} missed{}", missed, targets.size(), noun, rest);
}

std::string example_command(const ReportScenario& scenario, std::uint64_t seed,
                            std::int64_t replication) {
  return fmt::format("{} --seed {} --replication {} -v", run_command(scenario), seed, replication);
}

std::string study_command(const Report& report) {
  const std::string command =
      fmt::format("{} --seed {}", run_command(report.scenario), report.seed);
  if (!report.sequential) return fmt::format("{} --runs {}", command, report.asked);
  return fmt::format("{} --until-decided --min-runs {} --max-runs {}", command,
                     report.sequential->min_runs, report.sequential->max_runs);
}

Report build_report(const Plan& plan, const StudyResult& study, const ReportProgram& program) {
  Report report;
  report.program = program;
  report.scenario = {plan.scenario, plan.scenario_path, plan.scenario_sha256, plan.title,
                     plan.question, plan.expected,      plan.system,          plan.what_if};
  report.seed = study.seed;
  report.asked = study.asked;
  report.completed = study.completed;
  report.failed = study.failed;
  report.aborted = study.aborted;
  report.targets = targets_of(plan, study);
  report.worst_target = worst_target_of(report.targets);
  report.verdict = worst_of(report.targets);
  report.headline = headline_of(report.targets, study.completed);
  report.severities = severities_of(plan, study.samples);
  report.budgets = budgets_of(plan, study.samples);
  report.roles = roles_of(plan, study.samples);
  report.stores = stores_of(plan, study.samples);
  report.marks = marks_of(study.samples);
  report.phases = phases_of(study.samples);
  add_steps(plan, study.samples, report);
  add_assumptions(plan, report);
  report.findings = find_findings(plan, study);
  for (const BlockFailure& f : study.failures) {
    report.failures.push_back({f.kind == BlockFailureKind::kCrashed ? "crashed" : "hung",
                               f.replication, f.first_lost, f.last_lost, f.signal, f.exit_code});
  }
  for (const DrillEnd end : study.samples.end) {
    if (end == DrillEnd::kCompleted) ++report.ends.completed;
    if (end == DrillEnd::kPastHorizon) ++report.ends.past_horizon;
    if (end == DrillEnd::kStalled) ++report.ends.stalled;
  }
  add_causes(plan, study, report);
  add_examples(study, report);
  if (study.sequential) {
    const SequentialOutcome& s = *study.sequential;
    report.sequential = {s.min_runs, s.max_runs, s.looks_planned, s.looks_made, s.look_confidence};
  }
  report.samples = samples_of(study);
  return report;
}

}  // namespace firedrill
