#include "reports/html/trim.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "engine/plan/print_text.hpp"

namespace firedrill::html {
namespace {

class Trimmer {
 public:
  Trimmer(Report report, std::size_t rows, std::vector<std::string>& left_out)
      : report_(std::move(report)), rows_(rows), left_out_(left_out) {}

  Report run() {
    targets();
    head(report_.stores, "data stores");
    head(report_.steps, "steps");
    head(report_.findings, "findings");
    head(report_.failures, "drills that broke");
    head(report_.assumptions, "assumptions", 2 * rows_);
    head(report_.budgets, "error budgets");
    head(report_.roles, "roles");
    head(report_.severities, "severities");
    for (ReportTimeline& line : report_.timelines) {
      head(line.services, fmt::format("services of the {} drill", line.name));
    }
    return std::move(report_);
  }

 private:
  /// The lists of a report begin with what matters most.
  template <class T>
  void head(std::vector<T>& list, const std::string& what, std::size_t most) {
    if (list.size() <= most) return;
    left_out_.push_back(fmt::format("{} of {} {}", thousands(count(list.size() - most)),
                                    thousands(count(list.size())), what));
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(most), list.end());
  }
  template <class T>
  void head(std::vector<T>& list, const std::string& what) {
    head(list, what, rows_);
  }
  static std::int64_t count(std::size_t n) { return static_cast<std::int64_t>(n); }

  bool is_named(std::size_t target) const {
    return report_.worst_target == target ||
           std::any_of(report_.influences.begin(), report_.influences.end(),
                       [&](const ReportInfluences& i) { return i.target == target; });
  }

  int rank(std::size_t target) const {
    if (is_named(target)) return 0;
    const Verdict verdict = report_.targets[target].verdict;
    return verdict == Verdict::kMissed ? 1 : verdict == Verdict::kInconclusive ? 2 : 3;
  }

  /// In their old order; samples and references move along.
  void targets() {
    if (report_.targets.size() <= rows_) return;
    std::vector<std::size_t> kept(report_.targets.size());
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    std::stable_sort(kept.begin(), kept.end(),
                     [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
    left_out_.push_back(fmt::format("{} of {} targets, the met ones first",
                                    thousands(count(kept.size() - rows_)),
                                    thousands(count(kept.size()))));
    kept.resize(rows_);
    std::sort(kept.begin(), kept.end());
    std::map<std::size_t, std::size_t> place;
    std::vector<ReportTarget> targets;
    std::vector<std::vector<std::int32_t>> achieved;
    for (const std::size_t i : kept) {
      place.emplace(i, targets.size());
      targets.push_back(std::move(report_.targets[i]));
      if (i < report_.samples.achieved_ms.size()) {
        achieved.push_back(std::move(report_.samples.achieved_ms[i]));
      }
    }
    report_.targets = std::move(targets);
    report_.samples.achieved_ms = std::move(achieved);
    if (report_.worst_target) report_.worst_target = place.at(*report_.worst_target);
    for (ReportInfluences& i : report_.influences) i.target = place.at(i.target);
  }

  Report report_;
  std::size_t rows_;
  std::vector<std::string>& left_out_;
};

}  // namespace

Report trimmed(const Report& report, std::size_t rows, std::vector<std::string>& left_out) {
  return Trimmer(report, rows, left_out).run();
}

Comparison trimmed(const Comparison& comparison, std::size_t rows) {
  Comparison kept = comparison;
  std::stable_sort(
      kept.targets.begin(), kept.targets.end(),
      [](const ComparedTarget& a, const ComparedTarget& b) { return a.change < b.change; });
  if (kept.targets.size() > rows) kept.targets.resize(rows);
  if (kept.steps.size() > rows) kept.steps.resize(rows);
  return kept;
}

}  // namespace firedrill::html
