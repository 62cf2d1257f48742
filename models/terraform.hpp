// Infrastructure that is changed by code: what is applied, and what the code says.
//
// A bad change that was applied fails a share of the requests of all that lists the module among
// its needs. Reverting the code alone changes nothing; applying makes what is there what the code
// says.
#pragma once

#include "models/component.hpp"

namespace firedrill {

class TerraformModule : public Component {
 public:
  using Component::Component;

  Outcome take(const PlannedCall& call, StepIndex by) override {
    if (call.operation == Operation::kGitRevert) {
      code_fails_ = 0;
    } else if (call.operation == Operation::kTerraformApply) {
      applied_fails_ = code_fails_;
    } else {
      return Component::take(call, by);
    }
    context_.change(by);
    return Outcome{};
  }

  Outcome strike(const PlannedCall& fault, bool begins) override {
    code_fails_ = applied_fails_ = begins ? fault.share : 0.0;
    return Outcome{};
  }

  Observation look(const PlannedCall& probe) const override {
    if (probe.operation != Operation::kProbeModuleChanged) return {};
    return {true, applied_fails_ > 0};
  }

  double passes(const Path&) const override { return 1.0 - applied_fails_; }

 private:
  double code_fails_ = 0;  // share of requests that fail once it is applied
  double applied_fails_ = 0;
};

}  // namespace firedrill
