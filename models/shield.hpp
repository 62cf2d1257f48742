// Shield Advanced: a subscription, without which nothing can be protected and its response team is
// not to be had. What the team does are rules of a firewall; see web_acl.
#pragma once

#include "models/component.hpp"

namespace firedrill {

class ShieldSubscription : public Component {
 public:
  using Component::Component;

  Outcome take(const PlannedCall& call, StepIndex by) override {
    if (call.operation != Operation::kShieldCreateProtection) return Component::take(call, by);
    return active() ? Outcome{} : Outcome::failed(Failure::kNotFound);
  }
  Observation look(const PlannedCall& probe) const override {
    if (probe.operation != Operation::kProbeShieldSubscribed) return Component::look(probe);
    return {true, active()};
  }

 private:
  bool active() const { return spec_as<ShieldSpec>().active; }
};

}  // namespace firedrill
