// A log group and its exports to a bucket, as evidence.
//
// The newest logs can be exported only some time after they are written. What is wanted is
// everything up to the moment at which the first export is asked for: that first export misses the
// last of it, and the evidence is complete with the first export that is asked for a whole
// `available` later and has run. One export runs at a time in a region; another is refused.
#pragma once

#include "models/component.hpp"

namespace firedrill {

class LogGroup : public Component {
 public:
  LogGroup(DrillContext& context, const Regions& regions, ComponentIndex self)
      : Component(context, regions, self),
        available_(context, self, "available"),
        export_(context, self, "export") {}

  void connect(const Parts& parts) override {
    for (std::uint32_t i = 0; i < context_.plan.components.size(); ++i) {
      auto* other = parts.as<LogGroup>(ComponentIndex{i});
      if (other != nullptr && other->planned().region == planned().region) {
        of_region_.push_back(other);
      }
    }
  }

  Outcome take(const PlannedCall& call, StepIndex by) override {
    if (call.operation != Operation::kLogsCreateExportTask) return Component::take(call, by);
    for (const LogGroup* other : of_region_) {
      if (other->exporting_) return Outcome::failed(Failure::kThrottled);
    }
    if (!asked_) all_available_at_ = context_.now() + available_.duration();
    asked_ = exporting_ = true;
    tasks_.spawn(run(context_.now(), by));
    return {};
  }
  Observation look(const PlannedCall& probe) const override {
    if (probe.operation != Operation::kProbeExportComplete) return Component::look(probe);
    return {true, complete_};
  }

 private:
  Task<void> run(TimePoint asked_at, StepIndex by) {
    auto done = sleep_for(context_.agenda, export_.duration());
    co_await done;
    exporting_ = false;
    complete_ = complete_ || asked_at >= all_available_at_;
    if (!complete_) context_.note(Note::kExportIncomplete, self_.value, by);
    context_.change(by);
  }

  SlotDraws available_;
  SlotDraws export_;
  std::vector<const LogGroup*> of_region_;
  bool asked_ = false;
  bool exporting_ = false;
  bool complete_ = false;
  TimePoint all_available_at_;
  TaskSet tasks_;
};

}  // namespace firedrill
