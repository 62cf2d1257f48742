// Route 53: a record, its health check, and the clients that hold its answers.
//
// Clients are a population, not single ones. A client that honours the TTL asks again at a uniform
// phase, so after a change at t0 the share that has moved is (t - t0) / TTL, and all have moved
// after one TTL. The rest, the stragglers, move with the library's straggler delay. A second change
// within one TTL is taken to begin a new round for everybody, from wherever they are by then.
// Weighted records give a share of the answers to one end and leave the rest where it was: whoever
// asks again goes to either by that share.
//
// Answers follow the health check of the primary, to an end that is healthy itself (`evaluate
// target health`): with both ends down they stay what they are, until one of them is healthy again.
#pragma once

#include <vector>

#include "models/traffic.hpp"

namespace firedrill {

/// Shares of clients by where they go. Both add up to 1.
struct Audience {
  ComponentIndex balancer;
  double honouring = 0;   // of the clients that honour the TTL
  double stragglers = 0;  // of those that do not
};

/// The arithmetic of a change of answer, without a clock.
class AnswerHolders {
 public:
  AnswerHolders(ComponentIndex first, Duration ttl)
      : ttl_(ttl), audience_{{first, 1.0, 1.0}}, answers_(audience_) {}

  /// From `when` on, this share of the answers names `to`, and the others what they named.
  void change(TimePoint when, ComponentIndex to, double straggled = 0, double share = 1);
  /// What most of the answers name.
  ComponentIndex answer() const;
  /// Shares at `now`; `straggled` is the share of stragglers whose delay has passed since the
  /// change.
  std::vector<Audience> at(TimePoint now, double straggled) const;
  TimePoint changed_at() const { return changed_at_; }
  Duration ttl() const { return ttl_; }

 private:
  Duration ttl_;
  std::vector<Audience> audience_;  // as of the last change
  std::vector<Audience> answers_;   // shares of the answers, in both members
  TimePoint changed_at_ = TimePoint::never();
};

class DnsRecord : public Entrance {
 public:
  DnsRecord(DrillContext& context, const Regions& regions, ComponentIndex self);

  bool carries_requests() const override { return false; }
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;

  /// The endpoints that the health checks and `evaluate target health` look at.
  struct Endpoints {
    virtual bool endpoint_healthy(ComponentIndex balancer) const = 0;

   protected:
    ~Endpoints() = default;
  };
  void watch(const Endpoints& endpoints);

  /// Somebody points the record elsewhere; answers change once that has propagated.
  void point_to(ComponentIndex balancer, double share, StepIndex by);

  ComponentIndex answer() const { return answer_; }
  /// The health checkers agree that the primary is down.
  bool primary_unhealthy() const { return unhealthy_; }
  std::vector<Audience> audience() const;
  /// Share of the traffic that does not honour the TTL.
  double straggler_share() const { return straggler_share_; }

 private:
  const DnsRecordSpec& spec() const { return spec_as<DnsRecordSpec>(); }
  Task<void> check_health();
  Task<void> follow_health();
  ComponentIndex wanted() const;
  double straggled() const;
  Task<void> propagate(ComponentIndex to, double share, Duration after, StepIndex by);
  Task<void> hand_over(ComponentIndex to, double share, StepIndex by);
  Duration detection();

  SlotDraws health_check_;
  SlotDraws answers_change_;
  SlotDraws change_propagation_;
  double straggler_share_;
  TimingIndex straggler_delay_;
  ComponentIndex primary_;
  ComponentIndex secondary_;
  ComponentIndex answer_;
  AnswerHolders holders_;
  const Endpoints* endpoints_ = nullptr;
  bool unhealthy_ = false;
  bool pointed_by_hand_ = false;
  TaskSet tasks_;
  Task<void> handing_over_;
};

}  // namespace firedrill
