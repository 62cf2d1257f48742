#include "reports/findings_of_targets.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "engine/base/time.hpp"
#include "engine/plan/objectives.hpp"
#include "engine/plan/print_text.hpp"
#include "reports/samples.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kEatersShown = 3;

std::string span_text(std::int64_t ms) { return to_human(Duration::milliseconds(ms)); }

std::string name_of(const PlannedTarget& target) {
  return fmt::format("{} {}", target.subject,
                     target_text(target.objective, target.from, target.limit));
}

class TargetFinder {
 public:
  TargetFinder(const Plan& plan, const StudyResult& study)
      : plan_(plan), samples_(study.samples), drills_(samples_.replication.size()) {}

  std::vector<ReportFinding> run() {
    if (drills_ == 0) return {};
    unreachable();
    eaters();
    return std::move(found_);
  }

 private:
  std::int64_t limit_ms(std::size_t target) const { return plan_.targets[target].limit.us / 1000; }

  bool misses(std::size_t target, std::size_t drill) const {
    const std::int32_t ms = samples_.target_ms[target][drill];
    return ms != kNotJudgedMs && ms > limit_ms(target);
  }

  /// The drill that came closest; nothing when one met the target, or none reached it at all, which
  /// is another finding.
  std::optional<std::size_t> closest_miss(std::size_t target) const {
    std::optional<std::size_t> best;
    const auto& times = samples_.target_ms[target];
    for (std::size_t i = 0; i < drills_; ++i) {
      if (times[i] == kNotJudgedMs) continue;
      if (!best || times[i] < times[*best]) best = i;
    }
    if (!best || times[*best] == kNotReachedMs || !misses(target, *best)) return std::nullopt;
    return best;
  }

  /// Where the time of a drill went before its services were back.
  std::string parts_of(std::size_t drill) const {
    struct Part {
      const char* name;
      std::size_t from;
      std::size_t to;
    };
    constexpr Part kParts[] = {{"detect", kOnset, kDetectedMark},
                               {"acknowledge", kDetectedMark, kAcknowledgedMark},
                               {"triage", kAcknowledgedMark, kDeclaredMark},
                               {"decide", kDeclaredMark, kDecidedMark}};
    std::vector<std::string> parts;
    for (const Part& part : kParts) {
      const std::int32_t from = part.from == kOnset ? 0 : samples_.marks_ms[part.from][drill];
      const std::int32_t to = samples_.marks_ms[part.to][drill];
      if (from == kNotReachedMs || to == kNotReachedMs) continue;
      parts.push_back(fmt::format("{} {}", part.name, span_text(std::max(0, to - from))));
    }
    if (parts.empty()) return {};
    return fmt::format(" Of the closest drill: {}; the rest is acting.", fmt::join(parts, ", "));
  }

  /// Targets with the same limit that the same drill comes closest to share a finding.
  void unreachable() {
    using Key = std::tuple<Objective, TargetStart, std::int64_t, std::size_t, std::int32_t>;
    std::vector<std::pair<Key, std::vector<std::size_t>>> groups;
    for (std::size_t t = 0; t < plan_.targets.size(); ++t) {
      const auto drill = closest_miss(t);
      if (!drill) continue;
      const PlannedTarget& target = plan_.targets[t];
      const Key key{target.objective, target.from, limit_ms(t), *drill,
                    samples_.target_ms[t][*drill]};
      const auto known = std::find_if(groups.begin(), groups.end(),
                                      [&](const auto& group) { return group.first == key; });
      if (known == groups.end()) {
        groups.push_back({key, {t}});
      } else {
        known->second.push_back(t);
      }
    }
    for (const auto& [key, targets] : groups) add_unreachable(targets, std::get<3>(key));
  }

  void add_unreachable(const std::vector<std::size_t>& targets, std::size_t drill) {
    const PlannedTarget& first = plan_.targets[targets[0]];
    const std::int64_t floor_ms = samples_.target_ms[targets[0]][drill];
    std::vector<std::string> subjects;
    for (const std::size_t t : targets) subjects.push_back(plan_.targets[t].subject);
    const std::string limit = target_text(first.objective, first.from, first.limit);
    std::int64_t judged = 0;
    for (std::size_t i = 0; i < drills_; ++i) judged += misses(targets[0], i) ? 1 : 0;
    const bool steps = first.objective != Objective::kRpo;
    add("unreachable-target", Severity::kCritical,
        fmt::format("No drill keeps {}: the best of them takes {}", limit, span_text(floor_ms)),
        fmt::format("{}.{}", fmt::join(subjects, ", "), steps ? parts_of(drill) : std::string()),
        judged);
  }

  struct Eater {
    std::size_t target;
    std::size_t step;
    std::int64_t median_ms;
    double share;  // of the limit
  };

  /// The median over the drills in which the step ran; those in which it was on the way are most.
  std::optional<Eater> eater(std::size_t target, std::size_t step) const {
    const std::int64_t on_path = samples_.target_sums[target].drills[step];
    if (2 * on_path <= static_cast<std::int64_t>(drills_) || limit_ms(target) <= 0) {
      return std::nullopt;
    }
    std::vector<std::int32_t> times;
    for (const std::int32_t ms : samples_.step_ms[step]) {
      if (ms >= 0) times.push_back(ms);
    }
    const ReportTime median = quantiles_of(std::move(times)).p50;
    if (!median) return std::nullopt;
    const double share = static_cast<double>(*median) / static_cast<double>(limit_ms(target));
    if (share <= kEatsLimit) return std::nullopt;
    return Eater{target, step, *median, share};
  }

  /// Each step once, with the target that it leaves least of, when that is missed in most drills.
  void eaters() {
    std::vector<Eater> worst;
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      std::optional<Eater> most;
      for (std::size_t t = 0; t < plan_.targets.size(); ++t) {
        const auto found = eater(t, s);
        if (found && missed_mostly(t) && (!most || found->share > most->share)) most = found;
      }
      if (most) worst.push_back(*most);
    }
    std::stable_sort(worst.begin(), worst.end(),
                     [](const Eater& a, const Eater& b) { return a.share > b.share; });
    if (worst.size() > kEatersShown) worst.resize(kEatersShown);
    for (const Eater& one : worst) add_eater(one);
  }

  bool missed_mostly(std::size_t target) const {
    std::size_t n = 0;
    for (std::size_t i = 0; i < drills_; ++i) n += misses(target, i) ? 1 : 0;
    return 2 * n > drills_;
  }

  void add_eater(const Eater& eater) {
    const PlannedStep& step = plan_.steps[eater.step];
    add("budget-eater", Severity::kWarning,
        fmt::format("Step {} takes {} in half of the drills, {} of what {} allows", step.id,
                    span_text(eater.median_ms), percent(std::round(eater.share * 100) / 100),
                    name_of(plan_.targets[eater.target])),
        step.role.valid() ? "Shorten it, or do it beside the others or after the recovery."
                          : "Nobody's hands are in it: wait for less, or beside other steps.",
        samples_.target_sums[eater.target].drills[eater.step]);
  }

  void add(std::string_view id, Severity severity, std::string title, std::string detail,
           std::int64_t drills) {
    found_.push_back({std::string(id), severity, std::move(title), std::move(detail), drills,
                      static_cast<double>(drills) / static_cast<double>(drills_)});
  }

  const Plan& plan_;
  const Samples& samples_;
  std::size_t drills_;
  std::vector<ReportFinding> found_;
};

}  // namespace

std::vector<ReportFinding> findings_of_targets(const Plan& plan, const StudyResult& study) {
  return TargetFinder(plan, study).run();
}

}  // namespace firedrill
