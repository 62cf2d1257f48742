#include "engine/study/calibrate.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

namespace firedrill {
namespace {

constexpr double kP95Normal = 1.6448536269514722;
constexpr double kShortest_s = 1e-3;  // nothing is logged more finely that a person does

/// What the log says of one step.
struct StepTrace {
  TimePoint ready = TimePoint::never();
  TimePoint started = TimePoint::never();
  TimePoint acting = TimePoint::never();
  TimePoint ended = TimePoint::never();
  int attempts = 0;
  bool begins_session = false;  // the first work of its person
  bool disturbed = false;       // interrupted, or done wrongly
  bool approved = false;        // its time holds an approval or a change window
  bool skipped = false;
  bool ok = false;
};

std::vector<StepTrace> traces_of(const Plan& plan, const std::vector<Event>& events) {
  std::vector<StepTrace> traces(plan.steps.size());
  std::set<std::uint32_t> at_work;
  for (const Event& e : events) {
    const bool of_cause = e.kind == EventKind::kApproved || e.kind == EventKind::kChangeWindow ||
                          e.kind == EventKind::kNote;
    const std::uint32_t step = of_cause ? e.cause : e.subject;
    if (step >= traces.size()) continue;
    StepTrace& trace = traces[step];
    switch (e.kind) {
      case EventKind::kStepReady:
        trace.ready = e.at;
        break;
      case EventKind::kStepStarted:
        trace.started = e.at;
        trace.begins_session = at_work.insert(e.object).second;
        break;
      case EventKind::kStepActing:
        trace.acting = std::min(trace.acting, e.at);
        ++trace.attempts;
        break;
      case EventKind::kStepPreempted:
        trace.disturbed = true;
        break;
      case EventKind::kNote:
        trace.disturbed =
            trace.disturbed || e.object == static_cast<std::uint32_t>(Note::kHumanError);
        break;
      case EventKind::kApproved:
      case EventKind::kChangeWindow:
        trace.approved = true;
        break;
      case EventKind::kStepEnded:
        trace.ended = e.at;
        trace.skipped = e.skipped;
        trace.ok = e.outcome.ok();
        break;
      default:
        break;
    }
  }
  return traces;
}

/// The timing that the caller waits for once the hands are free, if it is one and no other.
TimingIndex waited_for(const Plan& plan, const PlannedStep& step) {
  if (step.wait_time.valid()) return step.wait_time;
  const auto takes = plan.timing_by_id.find(rule_of(step.call.operation).takes);
  return takes == plan.timing_by_id.end() ? TimingIndex{} : takes->second;
}

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

std::vector<TimingSample> timing_samples(const Plan& plan, const std::vector<Event>& events) {
  const std::vector<StepTrace> traces = traces_of(plan, events);
  std::vector<TimingSample> samples;
  for (std::uint32_t i = 0; i < traces.size(); ++i) {
    const StepTrace& trace = traces[i];
    const PlannedStep& step = plan.steps[i];
    if (trace.skipped || trace.disturbed) continue;
    const auto add = [&](TimingIndex timing, TimePoint from, TimePoint to) {
      if (!timing.valid() || from == TimePoint::never() || to == TimePoint::never()) return;
      samples.push_back({timing, std::max(to_seconds(to - from), kShortest_s), {i}});
    };
    if (!trace.begins_session) add(step.hands_on, trace.started, trace.acting);
    if (!trace.ok || trace.attempts > 1) continue;
    const bool hands = step.hands_on.valid();
    if (!hands && trace.approved) continue;
    add(waited_for(plan, step), hands ? trace.acting : trace.ready, trace.ended);
  }
  return samples;
}

double prior_weight(Confidence confidence) {
  switch (confidence) {
    case Confidence::kEstimate:
      return 2;
    case Confidence::kReported:
      return 5;
    case Confidence::kDocumented:
    case Confidence::kMeasured:
      break;
  }
  return 10;
}

TimingUpdate update_timing(const Distribution& prior, double weight,
                           std::span<const double> seconds) {
  const double m0 = std::log(prior.quantile(0.5));
  const double s0 = (std::log(prior.quantile(0.95)) - m0) / kP95Normal;
  std::vector<double> logs;
  for (const double s : seconds) logs.push_back(std::log(s));
  const auto n = static_cast<double>(logs.size());
  const double m = logs.empty() ? m0 : mean_of(logs);
  double q = 0;
  for (const double x : logs) q += (x - m) * (x - m);
  const double all = weight + n;
  const double mu = (weight * m0 + n * m) / all;
  const double variance = (weight * s0 * s0 + q + weight * n * (m - m0) * (m - m0) / all) / all;
  return {std::exp(mu), std::exp(mu + kP95Normal * std::sqrt(variance))};
}

std::vector<CalibratedTiming> calibrate(const Plan& plan, const std::vector<TimingSample>& samples,
                                        const CalibrationOptions& options) {
  std::map<std::string, std::vector<double>> by_id;
  std::map<std::string, TimingIndex> index;
  for (const TimingSample& sample : samples) {
    const PlannedTiming& timing = plan.timing(sample.timing);
    const Distribution& prior = timing.distribution;
    const bool varies = prior.quantile(0.95) > prior.quantile(0.5) && prior.quantile(0.5) > 0;
    if (timing.unit != "s" || !varies) continue;
    by_id[timing.id].push_back(sample.seconds);
    index.emplace(timing.id, sample.timing);
  }
  std::vector<CalibratedTiming> calibrated;
  for (auto& [id, seconds] : by_id) {
    const PlannedTiming& timing = plan.timing(index.at(id));
    const Distribution& prior = timing.distribution;
    std::sort(seconds.begin(), seconds.end());
    const double weight = options.weight < 0 ? prior_weight(timing.confidence) : options.weight;
    const TimingUpdate updated = update_timing(prior, weight, seconds);
    Distribution distribution = *Distribution::lognormal(updated.p50, updated.p95);
    if (prior.is_truncated()) {
      const bool above = prior.minimum() > 0 && prior.minimum() <= seconds.front();
      const bool below = std::isfinite(prior.maximum()) && prior.maximum() >= seconds.back();
      const auto bound =
          distribution.truncated(above ? std::optional(prior.minimum()) : std::nullopt,
                                 below ? std::optional(prior.maximum()) : std::nullopt);
      if (bound) distribution = *bound;
    }
    calibrated.push_back({index.at(id), seconds, weight, prior.quantile(0.5), prior.quantile(0.95),
                          updated, distribution});
  }
  return calibrated;
}

Plan with_timings(Plan plan, const std::vector<CalibratedTiming>& timings) {
  for (const CalibratedTiming& calibrated : timings) {
    plan.timings[calibrated.timing.value].distribution = calibrated.distribution;
    plan.timings[calibrated.timing.value].confidence = Confidence::kMeasured;
  }
  return plan;
}

}  // namespace firedrill
