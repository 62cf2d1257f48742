#include "reports/bottleneck.hpp"

#include <algorithm>

#include "reports/samples.hpp"

namespace firedrill {
namespace {

/// The largest mean wins; of equal ones the first.
class Largest {
 public:
  explicit Largest(std::int64_t drills) : drills_(std::max<std::int64_t>(drills, 1)) {}

  void add(BottleneckKind kind, const std::string& name, std::int64_t sum_ms) {
    const std::int64_t mean_ms = sum_ms / drills_;
    if (mean_ms <= most_ms_) return;
    most_ms_ = mean_ms;
    found_ = {kind, name, mean_ms};
  }

  const ReportBottleneck& found() const { return found_; }

 private:
  std::int64_t drills_;
  std::int64_t most_ms_ = 0;
  ReportBottleneck found_{BottleneckKind::kNoStep, "", 0};
};

class Search {
 public:
  Search(const Plan& plan, const Samples& samples, std::size_t target)
      : plan_(plan),
        samples_(samples),
        target_(plan.targets[target]),
        values_(samples.target_ms.at(target)),
        sums_(samples.target_sums.at(target)) {}

  ReportBottleneck run() const {
    if (target_.objective == Objective::kRpo) return store();
    const auto never = std::count(values_.begin(), values_.end(), kNotReachedMs);
    if (2 * never > static_cast<std::ptrdiff_t>(values_.size())) return where_it_ends();
    Largest largest(static_cast<std::int64_t>(values_.size()));
    add_marks(largest);
    if (target_.objective != Objective::kResponse) {
      add_roles(largest);
      add_steps(largest);
    }
    return largest.found();
  }

 private:
  /// A target of a severity has no path of its own: it stands for the services, or for everything.
  StepSums::Parts parts(std::size_t step) const {
    if (target_.objective == Objective::kStabilise) return samples_.step_sums[step].critical;
    if (target_.objective == Objective::kResolve) return samples_.step_sums[step].all;
    return sums_.path[step];
  }

  /// Between two marks, as far as the target's own time goes: what comes later holds nothing up.
  std::int64_t between_ms(std::size_t from, std::size_t to) const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const std::int32_t begin = from == kOnset ? 0 : samples_.marks_ms[from][i];
      const std::int32_t end = samples_.marks_ms[to][i];
      if (begin == kNotReachedMs || end == kNotReachedMs) continue;
      sum += std::clamp(end - begin, 0, std::max(0, values_[i]));
    }
    return sum;
  }

  /// The marks before the first step, as far as the target's time includes them.
  void add_marks(Largest& largest) const {
    const bool service = subject_of(target_.objective) == TargetSubject::kService;
    const bool completion = target_.objective == Objective::kCompletion;
    const TargetStart from = completion ? target_.from
                             : service  ? TargetStart::kOnset
                                        : TargetStart::kDetected;
    if (from == TargetStart::kOnset) {
      largest.add(BottleneckKind::kDetection, "", between_ms(kOnset, kDetectedMark));
    }
    if (from <= TargetStart::kDetected) {
      largest.add(BottleneckKind::kPage, "", between_ms(kDetectedMark, kAcknowledgedMark));
    }
    if (from <= TargetStart::kAcknowledged && target_.objective != Objective::kResponse) {
      largest.add(BottleneckKind::kTriage, "", between_ms(kAcknowledgedMark, kDeclaredMark));
    }
  }

  void add_roles(Largest& largest) const {
    for (std::uint32_t role = 0; role < plan_.roles.size(); ++role) {
      StepSums::Parts sum;
      for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
        if (plan_.steps[s].role == RoleIndex{role}) sum += parts(s);
      }
      const std::string& name = plan_.roles[role].name;
      largest.add(BottleneckKind::kRoleDecides, name, sum.decision_ms);
      largest.add(BottleneckKind::kRoleBusy, name, sum.busy_ms);
      largest.add(BottleneckKind::kRoleAway, name, sum.idle_ms - sum.busy_ms);
    }
  }

  void add_steps(Largest& largest) const {
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      const StepSums::Parts sum = parts(s);
      largest.add(BottleneckKind::kStepWork, plan_.steps[s].id, sum.work_ms);
      largest.add(BottleneckKind::kStepWait, plan_.steps[s].id, sum.wait_ms);
    }
  }

  /// No step makes a store lose less: it is the worst store of the service.
  ReportBottleneck store() const {
    Largest largest(static_cast<std::int64_t>(values_.size()));
    for (const StoreIndex store : plan_.service(target_.service).stores) {
      const auto& lost = samples_.store_rpo_ms[store.value];
      std::int64_t sum = 0;
      for (const std::int32_t ms : lost) sum += ms;
      largest.add(BottleneckKind::kStore, plan_.stores[store.value].name, sum);
    }
    ReportBottleneck found = largest.found();
    found.kind = BottleneckKind::kStore;
    const auto never = std::count(values_.begin(), values_.end(), kNotReachedMs);
    if (2 * never > static_cast<std::ptrdiff_t>(values_.size())) found.mean.reset();
    return found;
  }

  ReportBottleneck where_it_ends() const {
    const auto missing = [&](std::size_t mark) {
      const auto& when = samples_.marks_ms[mark];
      const auto n = std::count(when.begin(), when.end(), kNotReachedMs);
      return 2 * n > static_cast<std::ptrdiff_t>(when.size());
    };
    const auto open = std::max_element(sums_.open.begin(), sums_.open.end());
    if (open != sums_.open.end() && *open > 0) {
      const auto index = static_cast<std::size_t>(open - sums_.open.begin());
      const PlannedStep& step = plan_.steps[index];
      if (2 * sums_.unstaffed[index] <= *open) return {BottleneckKind::kStepWait, step.id, {}};
      return {BottleneckKind::kRoleAway, plan_.roles[step.role.value].name, {}};
    }
    if (plan_.faults.empty()) return {BottleneckKind::kNoStep, "", {}};
    if (missing(kDetectedMark)) return {BottleneckKind::kDetection, "", {}};
    if (missing(kAcknowledgedMark)) return {BottleneckKind::kPage, "", {}};
    return {BottleneckKind::kNoStep, "", {}};
  }

  const Plan& plan_;
  const Samples& samples_;
  const PlannedTarget& target_;
  const std::vector<std::int32_t>& values_;
  const TargetSums& sums_;
};

}  // namespace

ReportBottleneck find_bottleneck(const Plan& plan, const Samples& samples, std::size_t target) {
  return Search(plan, samples, target).run();
}

}  // namespace firedrill
