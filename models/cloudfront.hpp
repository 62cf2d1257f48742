// A CloudFront distribution: where its requests go. A changed origin reaches the edges after the
// time of the library; the old origin is asked until then. Its clients resolve the edge, not the
// origin, so none of them holds an answer of DNS. An origin that is a DNS record is asked for by
// the edges, which honour its TTL: there are no stragglers.
#pragma once

#include "models/component.hpp"

namespace firedrill {

class Distributor : public Component {
 public:
  Distributor(DrillContext& context, const Regions& regions, ComponentIndex self)
      : Component(context, regions, self),
        update_(context, self, "update"),
        origin_(planned().reference("origin")),
        wanted_(origin_) {}

  Outcome take(const PlannedCall& call, StepIndex by) override {
    if (call.operation != Operation::kCloudFrontUpdate) return Component::take(call, by);
    set_origin(call.target, by);
    return {};
  }
  Observation look(const PlannedCall& probe) const override {
    if (probe.operation != Operation::kProbeOriginIs) return {};
    return {true, configured_origin() == probe.target};
  }

  void set_origin(ComponentIndex origin, StepIndex by) {
    wanted_ = origin;
    tasks_.spawn(deploy(origin, ++newest_, update_.duration(), by));
  }
  /// What the edges use.
  ComponentIndex origin() const { return origin_; }
  /// What the configuration says.
  ComponentIndex configured_origin() const { return wanted_; }

 private:
  Task<void> deploy(ComponentIndex origin, int number, Duration after, StepIndex by) {
    auto deployed = sleep_for(context_.agenda, after);
    co_await deployed;
    if (number < deployed_) co_return;  // a later one was faster
    deployed_ = number;
    origin_ = origin;
    context_.change(by);
  }

  SlotDraws update_;
  ComponentIndex origin_;
  ComponentIndex wanted_;
  int newest_ = 0;
  int deployed_ = 0;
  TaskSet tasks_;
};

}  // namespace firedrill
