#include "models/component.hpp"

namespace firedrill {

Outcome Component::take(const PlannedCall& call, StepIndex) {
  // A read tells the reader something; it changes nothing here.
  return rule_of(call.operation).mutating ? Outcome::failed(Failure::kRefused) : Outcome{};
}

Outcome Component::strike(const PlannedCall&, bool) { return Outcome::failed(Failure::kRefused); }

Observation Component::look(const PlannedCall&) const { return {}; }

std::optional<double> Component::metric(Operation) const { return std::nullopt; }

}  // namespace firedrill
