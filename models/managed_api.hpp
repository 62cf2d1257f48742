// Interfaces that the provider runs in front of functions: API Gateway, AppSync.
//
// Of r requests a second, one with the limit l takes min(1, l / r); the others get 429. The bucket
// that smooths a burst is full again within seconds, and left out. Tokens are checked by the pool
// that it names. An answer from behind is awaited for the integration timeout, which for REST is 29
// seconds at most (API Gateway quotas), however long the function may run.
//
// A change of an integration is part of the API's definition: requests see it once a deployment has
// been made. Limits of a stage are in force without one. A deployment can be bad, so that a share
// of the requests is turned away as invalid; the stage can be pointed at the one before.
#pragma once

#include "models/traffic.hpp"

namespace firedrill {

class ManagedApi : public Entrance {
 public:
  ManagedApi(DrillContext& context, const Regions& regions, ComponentIndex self);

  bool carries_requests() const override { return false; }
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  double passes(const Path& path) const override;
  void shape(const Path& path, Traffic& traffic) const override;
  void connect(const Parts& parts) override;

  /// Requests a second that arrive now, past the firewall.
  void see(double requests_per_s) { requests_per_s_ = requests_per_s; }
  Duration integration_timeout() const { return integration_timeout_; }

 private:
  const ManagedApiSpec& spec() const;
  double taken_share() const;
  Outcome update_stage(const PlannedCall& call, StepIndex by);
  Outcome update_integration(const PlannedCall& call, StepIndex by);

  const Component* authorizer_ = nullptr;
  double limit_per_s_;
  double requests_per_s_ = 0;
  double invalid_share_ = 0;   // what the newest deployment turns away
  bool newest_in_use_ = true;  // and whether the stage points to it
  Duration longest_timeout_;
  Duration integration_timeout_;
  Duration defined_timeout_;  // in the definition, deployed or not
};

}  // namespace firedrill
