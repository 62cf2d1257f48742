#include "models/component.hpp"

namespace firedrill {

Outcome Component::take(const PlannedCall& call, StepIndex) {
  // Help is on its way; most parts have no use for it.
  if (call.operation == Operation::kSupportCreateCase) return Outcome{};
  // A read tells the reader something; it changes nothing here.
  return rule_of(call.operation).mutating ? Outcome::failed(Failure::kRefused) : Outcome{};
}

Outcome Component::strike(const PlannedCall&, bool) { return Outcome::failed(Failure::kRefused); }

Observation Component::look(const PlannedCall&) const { return {}; }

std::optional<double> Component::metric(Operation) const { return std::nullopt; }

void Component::impair(const PlannedCall& fault, bool begins) {
  const bool whole = fault.operation == Operation::kFaultComponentDown;
  if (whole) down_since_ = begins ? context_.now() : TimePoint::never();
  failing_share_ = !begins ? 0.0 : whole ? 1.0 : fault.share;
  context_.change({});
}

}  // namespace firedrill
