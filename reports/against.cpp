#include "reports/against.hpp"

#include <algorithm>

#include "engine/measure/metrics.hpp"
#include "engine/plan/what_if.hpp"
#include "engine/study/row.hpp"
#include "reports/mark_names.hpp"

namespace firedrill {
namespace {

constexpr double kTail = 0.025;  // on either side of the range

ReportTime time_of(std::int32_t ms) { return ms == kNotReachedMs ? ReportTime() : ReportTime(ms); }

/// The plan as the recorded drill was judged: with its hold time, which staging may shorten.
DrillMetrics measured(Plan plan, const RecordedDrill& log) {
  for (PlannedService& service : plan.services) service.hold = log.hold.value_or(service.hold);
  return measure(plan, log.events);
}

class Builder {
 public:
  Builder(const Plan& plan, const StudyResult& study, const RecordedDrill& log)
      : plan_(plan), samples_(study.samples), metrics_(measured(plan, log)) {
    against_.scenario = plan.scenario;
    against_.title = plan.title;
    against_.log = log;
    against_.log.events.clear();
    against_.end = metrics_.end;
    against_.same_documents = log.scenario_sha256 == plan.scenario_sha256;
    against_.seed = study.seed;
    against_.drills = study.completed;
  }

  Against build() {
    for (std::size_t m = 0; m < std::size(kNamedMarks); ++m) {
      const std::int64_t us = metrics_.marks.*kNamedMarks[m].us;
      add(against_.marks, kNamedMarks[m].name, to_ms(us), samples_.marks_ms[m]);
    }
    for (std::size_t i = 0; i < plan_.services.size(); ++i) {
      if (!plan_.services[i].judged) continue;
      add(against_.recovery, plan_.services[i].name, to_ms(metrics_.services[i].rto_us),
          samples_.rto_ms[i]);
    }
    for (std::size_t i = 0; i < plan_.stores.size(); ++i) {
      add(against_.data, plan_.stores[i].name, to_ms(metrics_.stores[i].rpo_us),
          samples_.store_rpo_ms[i]);
    }
    for (std::uint32_t i = 0; i < plan_.steps.size(); ++i) step(i);
    return std::move(against_);
  }

 private:
  void step(std::uint32_t i) {
    std::vector<std::int32_t> ran;
    for (const std::int32_t ms : samples_.step_ms[i]) {
      if (ms >= 0) ran.push_back(ms);
    }
    const StepMetrics& measured = metrics_.steps[i];
    const auto in = static_cast<std::int64_t>(ran.size());
    const double share =
        static_cast<double>(in) / static_cast<double>(std::max<std::int64_t>(1, against_.drills));
    const std::string name = step_path(plan_, {i});
    if (measured.ran ? share < kTail : share > 1 - kTail) {
      against_.paths.push_back({name, measured.ran, in});
    }
    if (measured.ran) add(against_.steps, name, to_ms(measured.total_us), std::move(ran));
  }

  void add(std::vector<AgainstTime>& list, std::string name, std::int32_t measured,
           std::vector<std::int32_t> predicted) {
    std::sort(predicted.begin(), predicted.end());
    AgainstTime time{std::move(name), time_of(measured), {}, place(measured, predicted)};
    if (!predicted.empty()) time.p50 = time_of(predicted[(predicted.size() - 1) / 2]);
    if (time.placed.range) ++against_.judged;
    if (time.placed.outside) ++against_.outside;
    list.push_back(std::move(time));
  }

  const Plan& plan_;
  const Samples& samples_;
  DrillMetrics metrics_;
  Against against_;
};

}  // namespace

Placed place(std::int32_t measured_ms, const std::vector<std::int32_t>& sorted) {
  Placed placed;
  placed.n = static_cast<std::int64_t>(sorted.size());
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), measured_ms);
  placed.below = first - sorted.begin();
  placed.equal = last - first;
  if (placed.n == 0) return placed;
  const auto n = static_cast<double>(placed.n);
  placed.percentile =
      (static_cast<double>(placed.below) + static_cast<double>(placed.equal) / 2) / n;
  placed.interval = {share_interval(placed.below, placed.n).low,
                     share_interval(placed.below + placed.equal, placed.n).high};
  const auto low = (placed.n + 1) / 40;  // 1 / 40 is kTail, without its rounding
  if (low < 1) return placed;
  const std::int32_t least = sorted[static_cast<std::size_t>(low - 1)];
  const std::int32_t most = sorted[static_cast<std::size_t>(placed.n - low)];
  placed.range = Placed::Range{time_of(least), time_of(most)};
  placed.outside = measured_ms < least || measured_ms > most;
  return placed;
}

Against build_against(const Plan& plan, const StudyResult& study, const RecordedDrill& log) {
  return Builder(plan, study, log).build();
}

}  // namespace firedrill
