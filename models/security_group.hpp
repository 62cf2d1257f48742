// A security group of some tasks. Isolation is another group, without any rules, that their network
// interfaces are moved into: to make that group and to empty it changes nothing for them.
#pragma once

#include "models/component.hpp"

namespace firedrill {

class SecurityGroup : public Component {
 public:
  SecurityGroup(DrillContext& context, const Regions& regions, ComponentIndex self)
      : Component(context, regions, self), change_(context, self, "change") {}

  Outcome take(const PlannedCall& call, StepIndex by) override {
    switch (call.operation) {
      case Operation::kEc2CreateSecurityGroup:
        isolation_exists_ = true;
        return {};
      case Operation::kEc2AuthorizeIngress:
        if (call.word == "everywhere") context_.note(Note::kOpenedToAll, self_.value, by);
        return {};
      case Operation::kEc2RevokeEgress:
        if (!isolation_exists_) return Outcome::failed(Failure::kNotFound);
        if (!moved_by_some_step()) context_.note(Note::kIsolationIdle, self_.value, by);
        return {};
      case Operation::kEc2ModifyInterface:
        if (!isolation_exists_) return Outcome::failed(Failure::kNotFound);
        tasks_.spawn(isolate(by));
        return {};
      default:
        return Component::take(call, by);
    }
  }
  double passes(const Path&) const override { return isolated_ ? 0.0 : 1.0; }

 private:
  bool moved_by_some_step() const {
    for (const PlannedStep& step : context_.plan.steps) {
      const auto& call = step.call;
      if (call.operation != Operation::kEc2ModifyInterface) continue;
      if (call.components.front() == self_) return true;
    }
    return false;
  }
  Task<void> isolate(StepIndex by) {
    auto changed = sleep_for(context_.agenda, change_.duration());
    co_await changed;
    isolated_ = true;
    context_.change(by);
  }

  SlotDraws change_;
  bool isolation_exists_ = false;
  bool isolated_ = false;
  TaskSet tasks_;
};

}  // namespace firedrill
