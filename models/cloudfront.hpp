// A CloudFront distribution: where its requests go, and the certificate that its edges show. A
// changed configuration reaches the edges after the time of the library; the old one is in force
// until then. Its clients resolve the edge, not the origin, so none of them holds an answer of DNS.
// An origin that is a DNS record is asked for by the edges, which honour its TTL: there are no
// stragglers. Certificates must be of us-east-1, wherever the origin is.
//
// Edges hold answers for their cache life T, with ages that are uniform over it. When what they
// hold no longer fits what was released, and fails a share q of the requests, that is q (1 - t / T)
// after t, or nothing once an invalidation has reached them.
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
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  double passes(const Path&) const override { return 1.0 - stale_share(); }

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
  double stale_share() const;
  Task<void> expire();
  Task<void> forget(StepIndex by);

  SlotDraws update_;
  SlotDraws invalidation_;
  const Parts* parts_ = nullptr;
  ComponentIndex origin_;
  ComponentIndex wanted_;
  int newest_ = 0;
  int deployed_ = 0;
  int under_way_ = 0;
  double stale_share_at_first_ = 0;
  TimePoint stale_since_;
  Task<void> expiring_;
  TaskSet tasks_;
};

}  // namespace firedrill
