// A target group of an application load balancer: one service's tasks as targets.
//
// A registered target is healthy after its first passed check. A dead one keeps getting its share
// of the requests, and fails them, until its failed checks add up. The library's timings of both
// stand for a check every 30 s; another interval scales them, since both are made of whole
// intervals and a phase.
#pragma once

#include "models/traffic.hpp"

namespace firedrill {

/// The balancer itself: where requests come in. The certificate that its listener shows lies on
/// their path.
class LoadBalancer : public Entrance {
 public:
  using Entrance::Entrance;

  void connect(const Parts& parts) override {
    Entrance::connect(parts);
    parts_ = &parts;
  }
  bool carries_requests() const override { return false; }
  Outcome take(const PlannedCall& call, StepIndex by) override;

 private:
  const Parts* parts_ = nullptr;
};

class TargetGroup {
 public:
  /// Draws are keyed by the service, so that services behind one balancer do not share their luck.
  TargetGroup(DrillContext& context, ComponentIndex balancer, ComponentIndex service);

  /// Ends when a target that was registered now has passed its first check.
  Task<void> register_target();
  /// So many targets died now: they fail requests until that is noticed.
  void lose(std::int64_t targets);
  /// So many targets were stopped now, and are taken out of the group a moment later.
  void stop(std::int64_t targets);
  /// From registered to marked unhealthy, of a target that never answers well.
  Duration time_to_mark_unhealthy() { return scaled(mark_unhealthy_.duration()); }
  /// For how long a target that is taken out is drained.
  Duration deregistration_delay() { return deregistration_delay_.duration(); }
  /// The region is gone, and the targets with it.
  void clear();

  /// Targets that are dead and still get requests.
  std::int64_t dead() const { return dead_; }

 private:
  Task<void> notice(std::int64_t targets, Duration after);
  Duration scaled(Duration at_30_s) const;

  DrillContext& context_;
  double scale_;
  SlotDraws first_check_;
  SlotDraws mark_unhealthy_;
  SlotDraws deregister_;
  SlotDraws deregistration_delay_;
  std::int64_t dead_ = 0;
  TaskSet tasks_;
};

}  // namespace firedrill
