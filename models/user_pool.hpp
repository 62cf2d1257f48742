// A Cognito user pool: tokens, and those who cannot get one.
//
// Whoever holds a token goes on until it ends: interfaces check its signature without asking the
// pool. Tokens have ages that are uniform over their life T, so that t after the pool has ceased to
// issue them to a share q of those who ask, the share of requests that is refused is
//   q min(1, t / T).
// Without a client that it accepts, neither signing in nor renewing works: q is the fault's share.
// When only the second factor fails, renewals go on, and q is that share of the tokens which people
// get by signing in. Once the cause is gone everybody can sign in again at once.
#pragma once

#include "models/component.hpp"

namespace firedrill {

class UserPool : public Component {
 public:
  using Component::Component;

  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  double passes(const Path& path) const override;

 private:
  const UserPoolSpec& spec() const { return spec_as<UserPoolSpec>(); }
  bool failing() const { return failing_since_ != TimePoint::never(); }
  double refused_tokens() const;
  void repair(StepIndex by);
  Task<void> run_out();

  std::string cause_;
  double share_ = 0;  // of those who ask and are refused
  TimePoint failing_since_ = TimePoint::never();
  Task<void> running_out_;
};

}  // namespace firedrill
