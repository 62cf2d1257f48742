// GuardDuty: from the misuse of a principal to a finding, and from there to whoever is paged.
//
// A misuse is found after the generation time and reported after the export's. While it goes on, it
// is reported again only at the repeat interval, which is hours: a quiet detector says little about
// an intruder who is still there.
#pragma once

#include "models/component.hpp"

namespace firedrill {

class Detector : public Component {
 public:
  Detector(DrillContext& context, const Regions& regions, ComponentIndex self)
      : Component(context, regions, self),
        finding_(context, self, "finding"),
        export_(context, self, "export"),
        repeat_(context, self, "repeat") {}

  Observation look(const PlannedCall& probe) const override {
    if (probe.operation != Operation::kProbeNoNewFindings) return Component::look(probe);
    return {true, reported_at_ <= changed_at_};
  }
  std::optional<double> metric(Operation metric) const override {
    if (metric != Operation::kMetricGuardDutyFinding) return std::nullopt;
    return open_ ? 1.0 : 0.0;
  }
  TimePoint metric_crosses(Operation metric, double) const override {
    const bool asked = metric == Operation::kMetricGuardDutyFinding && !open_;
    return asked ? due_ : TimePoint::never();
  }

  /// Somebody begins to misuse a principal, or is kept from it.
  void misused(bool begins) {
    misused_ += begins ? 1 : -1;
    if (begins && misused_ == 1) {
      due_ = context_.now() + finding_.duration() + export_.duration();
      tasks_.spawn(report());
    }
    if (misused_ == 0 && due_ == TimePoint::never()) open_ = false;
  }
  /// Somebody has changed a principal because of what was found.
  void answered() { changed_at_ = context_.now(); }

 private:
  Task<void> report() {
    auto reported = sleep_until(context_.agenda, due_);
    co_await reported;
    due_ = TimePoint::never();
    open_ = true;
    for (;;) {
      reported_at_ = context_.now();
      context_.change({});
      auto again = sleep_for(context_.agenda, repeat_.duration() + export_.duration());
      co_await again;
      if (misused_ == 0) co_return;
    }
  }

  SlotDraws finding_;
  SlotDraws export_;
  SlotDraws repeat_;
  int misused_ = 0;
  bool open_ = false;
  TimePoint due_ = TimePoint::never();  // of the first report, while that is to come
  TimePoint reported_at_;
  TimePoint changed_at_;
  TaskSet tasks_;
};

}  // namespace firedrill
