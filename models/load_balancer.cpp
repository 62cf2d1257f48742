#include "models/load_balancer.hpp"

#include "models/certificate.hpp"

namespace firedrill {
namespace {

constexpr double kLibraryIntervalS = 30.0;

double scale_of(const Plan& plan, ComponentIndex balancer) {
  const auto& spec = std::get<LoadBalancerSpec>(plan.component(balancer).detail);
  return to_seconds(spec.health_check_interval) / kLibraryIntervalS;
}

}  // namespace

Outcome LoadBalancer::take(const PlannedCall& call, StepIndex by) {
  if (call.operation != Operation::kElbModifyListener) return Component::take(call, by);
  auto* certificate = parts_->as<Certificate>(call.target);
  if (certificate == nullptr || !certificate->newest()) return Outcome::failed(Failure::kRefused);
  certificate->serve(*certificate->newest(), by);
  return {};
}

TargetGroup::TargetGroup(DrillContext& context, ComponentIndex balancer, ComponentIndex service)
    : context_(context),
      scale_(scale_of(context.plan, balancer)),
      first_check_(context, balancer, "first_health_check", service),
      mark_unhealthy_(context, balancer, "mark_unhealthy", service),
      deregister_(context, balancer, "deregister", service),
      deregistration_delay_(context, balancer, "deregistration_delay", service) {}

Duration TargetGroup::scaled(Duration at_30_s) const {
  return duration_from_seconds(to_seconds(at_30_s) * scale_);
}

Task<void> TargetGroup::register_target() {
  auto checked = sleep_for(context_.agenda, scaled(first_check_.duration()));
  co_await checked;
}

void TargetGroup::lose(std::int64_t targets) {
  dead_ += targets;
  tasks_.spawn(notice(targets, scaled(mark_unhealthy_.duration())));
}

void TargetGroup::stop(std::int64_t targets) {
  dead_ += targets;
  tasks_.spawn(notice(targets, deregister_.duration()));
}

void TargetGroup::clear() {
  tasks_.clear();
  dead_ = 0;
}

Task<void> TargetGroup::notice(std::int64_t targets, Duration after) {
  auto noticed = sleep_for(context_.agenda, after);
  co_await noticed;
  dead_ -= targets;
  context_.change({});
}

}  // namespace firedrill
