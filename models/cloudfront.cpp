#include "models/cloudfront.hpp"

#include "models/certificate.hpp"

namespace firedrill {
namespace {

constexpr std::string_view kRegionOfCertificates = "us-east-1";

}  // namespace

Distributor::Distributor(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Entrance(context, regions, self),
      update_(context, self, "update"),
      origin_(planned().reference("origin")),
      wanted_(origin_) {}

Outcome Distributor::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kCloudFrontUpdate:
      set_origin(call.target, by);
      return {};
    case Operation::kCloudFrontSetViewerCertificate:
      return set_certificate(call.target, by);
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
    default:
      return {};
  }
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
