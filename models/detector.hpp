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
    return open_ > 0 ? 1.0 : 0.0;
  }

  /// Somebody begins to misuse a principal, or is kept from it.
  void misused(bool begins) {
    misused_ += begins ? 1 : -1;
    if (begins && misused_ == 1) tasks_.spawn(report());
    if (misused_ == 0) open_ = 0;
  }
  /// Somebody has changed a principal because of what was found.
  void answered() { changed_at_ = context_.now(); }

 private:
  Task<void> report() {
    auto found = sleep_for(context_.agenda, finding_.duration());
    co_await found;
    while (misused_ > 0) {
      auto exported = sleep_for(context_.agenda, export_.duration());
      co_await exported;
      ++open_;
      reported_at_ = context_.now();
      context_.change({});
      auto pause = sleep_for(context_.agenda, repeat_.duration());
      co_await pause;
    }
  }

  SlotDraws finding_;
  SlotDraws export_;
  SlotDraws repeat_;
  int misused_ = 0;
  int open_ = 0;
  TimePoint reported_at_;
  TimePoint changed_at_;
  TaskSet tasks_;
};

}  // namespace firedrill
