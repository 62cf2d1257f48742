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

class Reader {
 public:
  explicit Reader(const std::byte* row) : row_(row) {}
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

}  // namespace

std::int32_t to_ms(std::int64_t us) {
  if (us == kNotReachedUs) return kNotReachedMs;
  const std::int64_t rest = us % 1000;
  const std::int64_t ms = us / 1000 + (rest >= 500 ? 1 : rest <= -500 ? -1 : 0);
  constexpr std::int64_t kLeast = std::numeric_limits<std::int32_t>::min();
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(ms, kLeast, kNotReachedMs));
}

RowLayout::RowLayout(const Plan& plan)
    : services_(plan.services.size()), stores_(plan.stores.size()), steps_(plan.steps.size()) {
  std::vector<std::byte> row;
  DrillMetrics metrics;
  metrics.services.resize(services_);
  metrics.stores.resize(stores_);
  metrics.steps.resize(steps_);
  encode(0, metrics, row);
  bytes_ = row.size();
}

void RowLayout::encode(std::int64_t replication, const DrillMetrics& metrics,
                       std::vector<std::byte>& out) const {
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
  const Marks& marks = metrics.marks;
  for (const std::int64_t us :
       {marks.detected_us, marks.acknowledged_us, marks.declared_us, marks.decided_us,
        marks.restored_us, marks.verified_us, marks.closed_us}) {
    row.put(to_ms(us));
  }
  for (const StepMetrics& step : metrics.steps) {
    row.put(step.ran ? to_ms(step.total_us) : -1);
    for (const std::int64_t us : {step.idle_us, step.work_us, step.decision_us, step.wait_us}) {
      row.put(to_ms(us));
    }
    row.put(static_cast<std::uint8_t>((step.ran ? kStepRan : 0) | (step.failed ? kStepFailed : 0) |
                                      (step.critical ? kStepCritical : 0)));
  }
}

void RowLayout::decode(const std::byte* bytes, Samples& samples) const {
  Reader row(bytes);
  samples.replication.push_back(row.get<std::int64_t>());
  samples.notes.push_back(row.get<std::uint32_t>());
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
  for (std::size_t i = 0; i < kMarks; ++i) {
    samples.marks_ms[i].push_back(row.get<std::int32_t>());
  }
  for (std::size_t i = 0; i < steps_; ++i) {
    samples.step_ms[i].push_back(row.get<std::int32_t>());
    const auto idle = row.get<std::int32_t>();
    const auto work = row.get<std::int32_t>();
    const auto decision = row.get<std::int32_t>();
    const auto wait = row.get<std::int32_t>();
    const auto flags = row.get<std::uint8_t>();
    samples.step_flags[i].push_back(flags);
    const auto add = [&](StepSums::Parts& sums) {
      sums.idle_ms += idle;
      sums.work_ms += work;
      sums.decision_ms += decision;
      sums.wait_ms += wait;
    };
    if ((flags & kStepRan) != 0) add(samples.step_sums[i].all);
    if ((flags & kStepCritical) == 0) continue;
    add(samples.step_sums[i].critical);
    if (idle > 0) ++samples.step_sums[i].critical_idle_drills;
  }
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
  samples.step_ms.resize(steps_);
  samples.step_sums.resize(steps_);
  samples.replication.reserve(rows);
  for (auto* columns :
       {&samples.rto_ms, &samples.rpo_ms, &samples.clients99_ms, &samples.lost_ms,
        &samples.store_rpo_ms, &samples.store_age99_ms, &samples.marks_ms, &samples.step_ms}) {
    for (auto& column : *columns) column.reserve(rows);
  }
  for (auto& column : samples.step_flags) column.reserve(rows);
  samples.step_flags.resize(steps_);
  return samples;
}

}  // namespace firedrill
