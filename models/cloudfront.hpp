// A CloudFront distribution: where its requests go, and the certificate that its edges show. A
// changed configuration reaches the edges after the time of the library; the old one is in force
// until then. Its clients resolve the edge, not the origin, so none of them holds an answer of DNS.
// An origin that is a DNS record is asked for by the edges, which honour its TTL: there are no
// stragglers. Certificates must be of us-east-1, wherever the origin is.
#pragma once

#include "models/traffic.hpp"

namespace firedrill {

class Distributor : public Entrance {
 public:
  Distributor(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override {
    Entrance::connect(parts);
    parts_ = &parts;
  }
  bool carries_requests() const override { return false; }
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Observation look(const PlannedCall& probe) const override;

  void set_origin(ComponentIndex origin, StepIndex by);
  /// What the edges use.
  ComponentIndex origin() const { return origin_; }
  /// What the configuration says.
  ComponentIndex configured_origin() const { return wanted_; }

 private:
  Outcome set_certificate(ComponentIndex certificate, StepIndex by);
  Task<void> deploy_origin(ComponentIndex origin, int number, StepIndex by);
  Task<void> deploy_certificate(ComponentIndex certificate, TimePoint until, StepIndex by);
  /// Ends when a change made now is at every edge.
  Task<void> reach_edges();

  SlotDraws update_;
  const Parts* parts_ = nullptr;
  ComponentIndex origin_;
  ComponentIndex wanted_;
  int newest_ = 0;
  int deployed_ = 0;
  int under_way_ = 0;
  TaskSet tasks_;
};

}  // namespace firedrill
