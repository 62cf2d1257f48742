// The lock token of a resource that is changed as a whole: whoever changes it must have read it
// since its last change. The reply of a change carries the next token.
#pragma once

#include <map>

#include "engine/plan/plan.hpp"
#include "engine/run/event_log.hpp"

namespace firedrill {

class EditToken {
 public:
  explicit EditToken(const Plan& plan) : plan_(plan) {}

  void read(StepIndex by) { seen_[role(by)] = version_; }
  Outcome change(StepIndex by) {
    const auto seen = seen_.find(role(by));
    if (seen == seen_.end() || seen->second != version_) return Outcome::failed(Failure::kConflict);
    seen->second = ++version_;
    return {};
  }

 private:
  RoleIndex role(StepIndex by) const { return by.valid() ? plan_.step(by).role : RoleIndex{}; }

  const Plan& plan_;
  int version_ = 0;
  std::map<RoleIndex, int> seen_;
};

}  // namespace firedrill
