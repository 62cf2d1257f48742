#include "engine/study/row.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace firedrill {
namespace {

constexpr std::size_t kMarks = 7;

class Writer {
 public:
  explicit Writer(std::vector<std::byte>& out) : out_(out) {}
  template <class T>
  void put(T value) {
    const std::size_t at = out_.size();
    out_.resize(at + sizeof value);
    std::memcpy(out_.data() + at, &value, sizeof value);
  }

 private:
  std::vector<std::byte>& out_;
};

std::uint8_t bit_of(std::size_t i) { return static_cast<std::uint8_t>(1U << (i % 8)); }

}  // namespace

/// What `encode` wrote, in the same order.
class RowReader {
 public:
  explicit RowReader(const std::byte* row) : row_(row) {}
  template <class T>
  T get() {
    T value;
    std::memcpy(&value, row_, sizeof value);
    row_ += sizeof value;
    return value;
  }

 private:
  const std::byte* row_;
};

std::int32_t to_ms(std::int64_t us) {
  if (us == kNotReachedUs) return kNotReachedMs;
  const std::int64_t rest = us % 1000;
  const std::int64_t ms = us / 1000 + (rest >= 500 ? 1 : rest <= -500 ? -1 : 0);
  constexpr std::int64_t kLeast = std::numeric_limits<std::int32_t>::min();
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(ms, kLeast, kNotReachedMs));
}

RowLayout::RowLayout(const Plan& plan)
    : services_(plan.services.size()),
      stores_(plan.stores.size()),
      steps_(plan.steps.size()),
      targets_(plan.targets.size()),
      roles_(plan.roles.size()),
      timings_(plan.timings.size()) {
  for (std::uint32_t i = 0; i < timings_; ++i) {
    if (plan.timings[i].used) used_timings_.push_back(i);
  }
  std::vector<std::byte> row;
  DrillMetrics metrics;
  metrics.services.resize(services_);
  metrics.stores.resize(stores_);
  metrics.steps.resize(steps_);
  metrics.targets.resize(targets_);
  metrics.roles.resize(roles_);
  encode(0, metrics, {}, row);
  bytes_ = row.size();
}

void RowLayout::encode(std::int64_t replication, const DrillMetrics& metrics,
                       const std::vector<DrawnTiming>& drawn, std::vector<std::byte>& out) const {
  Writer row(out);
  row.put(replication);
  row.put(metrics.notes);
  row.put(metrics.end);
  for (const ServiceMetrics& service : metrics.services) {
    for (const std::int64_t us :
         {service.rto_us, service.rpo_us, service.clients99_us, service.lost_us}) {
      row.put(to_ms(us));
    }
  }
  for (const StoreMetrics& store : metrics.stores) {
    row.put(to_ms(store.rpo_us));
    row.put(store.age_of_99_us < 0 ? -1 : to_ms(store.age_of_99_us));
    row.put(static_cast<float>(store.missing_writes));
  }
  const IncidentMetrics& incident = metrics.incident;
  row.put(incident.severity.value);
  for (const std::int64_t us : {incident.response_us, incident.stabilise_us, incident.resolve_us}) {
    row.put(us == kNotJudgedUs ? kNotJudgedMs : to_ms(us));
  }
  for (const RoleMetrics& role : metrics.roles) row.put(to_ms(role.busy_us));
  const Marks& marks = metrics.marks;
  for (const std::int64_t us :
       {marks.detected_us, marks.acknowledged_us, marks.declared_us, marks.decided_us,
        marks.restored_us, marks.verified_us, marks.closed_us}) {
    row.put(to_ms(us));
  }
  for (const StepMetrics& step : metrics.steps) {
    row.put(step.ran ? to_ms(step.total_us) : -1);
    for (const std::int64_t us :
         {step.idle_us, step.busy_us, step.work_us, step.decision_us, step.wait_us}) {
      row.put(to_ms(us));
    }
    row.put(static_cast<std::uint8_t>((step.ran ? kStepRan : 0) | (step.failed ? kStepFailed : 0) |
                                      (step.critical ? kStepCritical : 0) |
                                      (step.open ? kStepOpen : 0)));
  }
  for (const TargetMetrics& target : metrics.targets) {
    row.put(target.achieved_us == kNotJudgedUs ? kNotJudgedMs : to_ms(target.achieved_us));
    std::vector<std::uint8_t> on_path((steps_ + 7) / 8);
    for (const StepIndex step : target.path) on_path[step.value / 8] |= bit_of(step.value);
    for (const std::uint8_t bits : on_path) row.put(bits);
  }
  for (const TimeSplit& phase : metrics.phases) {
    for (const std::int64_t us : {phase.work_us, phase.wait_us, phase.decision_us, phase.idle_us}) {
      row.put(to_ms(us));
    }
  }
  for (const std::uint32_t timing : used_timings_) {
    const DrawnTiming of = timing < drawn.size() ? drawn[timing] : DrawnTiming{};
    row.put(of.count == 0 ? std::numeric_limits<float>::quiet_NaN()
                          : static_cast<float>(of.sum / of.count));
  }
}

void RowLayout::decode(const std::byte* bytes, Samples& samples) const {
  RowReader row(bytes);
  samples.replication.push_back(row.get<std::int64_t>());
  samples.notes.push_back(row.get<NoteSet>());
  samples.end.push_back(row.get<DrillEnd>());
  for (std::size_t i = 0; i < services_; ++i) {
    for (auto* column :
         {&samples.rto_ms, &samples.rpo_ms, &samples.clients99_ms, &samples.lost_ms}) {
      (*column)[i].push_back(row.get<std::int32_t>());
    }
  }
  for (std::size_t i = 0; i < stores_; ++i) {
    samples.store_rpo_ms[i].push_back(row.get<std::int32_t>());
    samples.store_age99_ms[i].push_back(row.get<std::int32_t>());
    samples.store_missing[i].push_back(row.get<float>());
  }
  samples.severity.push_back(row.get<std::uint32_t>());
  for (auto& column : samples.incident_ms) column.push_back(row.get<std::int32_t>());
  for (auto& column : samples.role_busy_ms) column.push_back(row.get<std::int32_t>());
  for (std::size_t i = 0; i < kMarks; ++i) {
    samples.marks_ms[i].push_back(row.get<std::int32_t>());
  }
  decode_steps(row, samples);
}

void RowLayout::decode_steps(RowReader& row, Samples& samples) const {
  std::vector<StepSums::Parts> parts(steps_);
  std::vector<bool> unstaffed(steps_);
  for (std::size_t i = 0; i < steps_; ++i) {
    samples.step_ms[i].push_back(row.get<std::int32_t>());
    for (auto* part : {&parts[i].idle_ms, &parts[i].busy_ms, &parts[i].work_ms,
                       &parts[i].decision_ms, &parts[i].wait_ms}) {
      *part = row.get<std::int32_t>();
    }
    const auto flags = row.get<std::uint8_t>();
    samples.step_flags[i].push_back(flags);
    StepSums& sums = samples.step_sums[i];
    unstaffed[i] = (flags & kStepOpen) != 0 && parts[i].idle_ms > 0;
    if ((flags & kStepRan) == 0) parts[i] = {};
    sums.all += parts[i];
    if ((flags & kStepCritical) == 0) continue;
    sums.critical += parts[i];
    const std::int64_t busy_ms = parts[i].busy_ms;
    const std::int64_t away_ms = parts[i].idle_ms - busy_ms;
    if (busy_ms > 0) samples.critical_busy_ms[i].push_back(static_cast<std::int32_t>(busy_ms));
    if (away_ms > 0) samples.critical_away_ms[i].push_back(static_cast<std::int32_t>(away_ms));
  }
  for (std::size_t t = 0; t < targets_; ++t) {
    samples.target_ms[t].push_back(row.get<std::int32_t>());
    TargetSums& sums = samples.target_sums[t];
    for (std::size_t first = 0; first < steps_; first += 8) {
      const auto bits = row.get<std::uint8_t>();
      for (std::size_t i = first; i < std::min(first + 8, steps_); ++i) {
        if ((bits & bit_of(i)) == 0) continue;
        sums.path[i] += parts[i];
        ++sums.drills[i];
        if ((samples.step_flags[i].back() & kStepOpen) != 0) ++sums.open[i];
        if (unstaffed[i]) ++sums.unstaffed[i];
      }
    }
  }
  for (StepSums::Parts& sums : samples.phase_sums) {
    for (auto* part : {&sums.work_ms, &sums.wait_ms, &sums.decision_ms, &sums.idle_ms}) {
      *part += row.get<std::int32_t>();
    }
  }
  if (samples.replication.back() >= kDrillsWithDraws) return;
  for (const std::uint32_t timing : used_timings_) {
    samples.drawn[timing].push_back(row.get<float>());
  }
  ++samples.drawn_rows;
}

Samples RowLayout::empty(std::size_t rows) const {
  Samples samples;
  for (auto* column : {&samples.rto_ms, &samples.rpo_ms, &samples.clients99_ms, &samples.lost_ms}) {
    column->resize(services_);
  }
  samples.store_rpo_ms.resize(stores_);
  samples.store_age99_ms.resize(stores_);
  samples.store_missing.resize(stores_);
  samples.marks_ms.resize(kMarks);
  samples.incident_ms.resize(3);
  samples.role_busy_ms.resize(roles_);
  samples.step_ms.resize(steps_);
  samples.step_sums.resize(steps_);
  samples.critical_busy_ms.resize(steps_);
  samples.critical_away_ms.resize(steps_);
  samples.target_ms.resize(targets_);
  samples.target_sums.resize(targets_);
  for (TargetSums& sums : samples.target_sums) {
    sums.path.resize(steps_);
    sums.drills.resize(steps_);
    sums.open.resize(steps_);
    sums.unstaffed.resize(steps_);
  }
  samples.drawn.resize(timings_);
  samples.replication.reserve(rows);
  for (auto* columns : {&samples.rto_ms, &samples.rpo_ms, &samples.clients99_ms, &samples.lost_ms,
                        &samples.store_rpo_ms, &samples.store_age99_ms, &samples.marks_ms,
                        &samples.step_ms, &samples.target_ms}) {
    for (auto& column : *columns) column.reserve(rows);
  }
  samples.step_flags.resize(steps_);
  for (auto& column : samples.step_flags) column.reserve(rows);
  return samples;
}

}  // namespace firedrill
