// Target tracking of an ECS service by the requests that each of its tasks gets
// (ALBRequestCountPerTarget), a measure that grows with the load without end, unlike the use of a
// processor. Once the load has asked for more tasks than are wanted for the reaction time, the
// service wants
//   min(max_count, ceil(load / target)) tasks,
// where the load is counted in tasks that carry it and is that of customers and attackers alike.
// Tasks that are no longer needed stay: scaling in is slow, and costs nobody an answer.
#pragma once

#include "models/component.hpp"
#include "models/ecs_service.hpp"

namespace firedrill {

class ScalingPolicy : public Component {
 public:
  ScalingPolicy(DrillContext& context, const Regions& regions, ComponentIndex self)
      : Component(context, regions, self), reaction_(context, self, "reaction") {}

  void connect(const Parts& parts) override {
    service_ = parts.as<EcsService>(planned().reference("service"));
  }
  RegionIndex call_region() const override { return service_->planned().region; }

  const EcsService& service() const { return *service_; }
  /// The load on the service is that of so many tasks now.
  void see(double load);

 private:
  const ScalingPolicySpec& spec() const { return spec_as<ScalingPolicySpec>(); }
  std::int64_t wanted() const;
  Task<void> react();

  SlotDraws reaction_;
  EcsService* service_ = nullptr;
  double load_ = 0;
  bool reacting_ = false;
  TaskSet tasks_;
};

}  // namespace firedrill
