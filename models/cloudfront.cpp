#include "models/cloudfront.hpp"

#include <algorithm>

#include "models/certificate.hpp"

namespace firedrill {
namespace {

constexpr std::string_view kRegionOfCertificates = "us-east-1";
// What edges hold expires continuously; the log gets the share at these fractions of its life.
constexpr int kExpirySteps = 40;

}  // namespace

Distributor::Distributor(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Entrance(context, regions, self),
      update_(context, self, "update"),
      invalidation_(context, self, "invalidation"),
      origin_(planned().reference("origin")),
      wanted_(origin_) {}

Outcome Distributor::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kCloudFrontUpdate:
      set_origin(call.target, by);
      return {};
    case Operation::kCloudFrontSetViewerCertificate:
      return set_certificate(call.target, by);
    case Operation::kCloudFrontInvalidate:
      tasks_.spawn(forget(by));
      return {};
    default:
      return Component::take(call, by);
  }
}

Observation Distributor::look(const PlannedCall& probe) const {
  switch (probe.operation) {
    case Operation::kProbeOriginIs:
      return {true, configured_origin() == probe.target};
    case Operation::kProbeDistributionDeployed:
      return {true, under_way_ == 0};
    case Operation::kProbeCacheStale:
      return {true, stale_share() > 0};
    default:
      return {};
  }
}

Outcome Distributor::strike(const PlannedCall& fault, bool begins) {
  if (fault.operation != Operation::kFaultStaleCache) return Entrance::strike(fault, begins);
  if (!begins) return {};  // what the edges hold, they hold
  stale_share_at_first_ = fault.share;
  stale_since_ = context_.now();
  expiring_ = expire();
  expiring_.start(nullptr);
  context_.change({});
  return {};
}

double Distributor::stale_share() const {
  if (stale_share_at_first_ <= 0) return 0;
  const double life_s = to_seconds(spec_as<DistributionPointSpec>().cache_life);
  const double age = to_seconds(context_.now() - stale_since_) / life_s;
  return stale_share_at_first_ * std::max(0.0, 1.0 - age);
}

Task<void> Distributor::expire() {
  const Duration life = spec_as<DistributionPointSpec>().cache_life;
  for (int i = 1; i <= kExpirySteps; ++i) {
    auto step = sleep_until(context_.agenda, stale_since_ + Duration{life.us * i / kExpirySteps});
    co_await step;
    context_.change({});
  }
  stale_share_at_first_ = 0;
}

/// An invalidation of every path reaches the edges.
Task<void> Distributor::forget(StepIndex by) {
  auto reached = sleep_for(context_.agenda, invalidation_.duration());
  co_await reached;
  stale_share_at_first_ = 0;
  expiring_ = {};
  context_.change(by);
}

void Distributor::set_origin(ComponentIndex origin, StepIndex by) {
  wanted_ = origin;
  tasks_.spawn(deploy_origin(origin, ++newest_, by));
}

Outcome Distributor::set_certificate(ComponentIndex index, StepIndex by) {
  const auto* certificate = parts_->as<Certificate>(index);
  if (certificate == nullptr || !certificate->newest()) return Outcome::failed(Failure::kRefused);
  const RegionIndex region = certificate->planned().region;
  if (context_.plan.regions[region.value].name != kRegionOfCertificates) {
    context_.note(Note::kCertificateElsewhere, index.value, by);
    return Outcome::failed(Failure::kRefused);
  }
  tasks_.spawn(deploy_certificate(index, *certificate->newest(), by));
  return {};
}

Task<void> Distributor::reach_edges() {
  ++under_way_;
  auto deployed = sleep_for(context_.agenda, update_.duration());
  co_await deployed;
  --under_way_;
}

Task<void> Distributor::deploy_origin(ComponentIndex origin, int number, StepIndex by) {
  Task<void> deployed = reach_edges();
  co_await deployed;
  if (number < deployed_) co_return;  // a later one was faster
  deployed_ = number;
  origin_ = origin;
  context_.change(by);
}

Task<void> Distributor::deploy_certificate(ComponentIndex certificate, TimePoint until,
                                           StepIndex by) {
  Task<void> deployed = reach_edges();
  co_await deployed;
  parts_->as<Certificate>(certificate)->serve(until, by);
  context_.change(by);
}

}  // namespace firedrill
