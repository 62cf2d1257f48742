#include "models/managed_api.hpp"

#include <algorithm>

namespace firedrill {

ManagedApi::ManagedApi(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Entrance(context, regions, self),
      limit_per_s_(spec().rate_limit.per_s),
      longest_timeout_(fixed("integration_timeout_max")),
      integration_timeout_(spec().integration_timeout),
      defined_timeout_(spec().integration_timeout) {}

const ManagedApiSpec& ManagedApi::spec() const {
  if (const auto* rest = std::get_if<RestApiSpec>(&planned().detail)) return *rest;
  return spec_as<GraphqlApiSpec>();
}

void ManagedApi::connect(const Parts& parts) {
  Entrance::connect(parts);
  authorizer_ = parts.as<Component>(planned().reference("authorizer"));
}

Outcome ManagedApi::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kApiUpdateStage:
      return update_stage(call, by);
    case Operation::kApiUpdateIntegration:
      return update_integration(call, by);
    case Operation::kApiCreateDeployment:
      integration_timeout_ = defined_timeout_;
      context_.change(by);
      return {};
    default:
      return Entrance::take(call, by);
  }
}

Outcome ManagedApi::update_stage(const PlannedCall& call, StepIndex by) {
  if (call.count > 0) {
    const auto limit = static_cast<double>(call.count);
    if (limit < limit_per_s_) context_.note(Note::kLimitLowered, self_.value, by);
    limit_per_s_ = limit;
  }
  if (call.word == "previous") newest_in_use_ = false;
  context_.change(by);
  return {};
}

Outcome ManagedApi::update_integration(const PlannedCall& call, StepIndex by) {
  const Duration wanted = call.duration.value_or(defined_timeout_);
  if (wanted > longest_timeout_) return Outcome::failed(Failure::kRefused);
  defined_timeout_ = wanted;
  context_.note(Note::kChangeWithoutEffect, self_.value, by);
  return {};
}

Outcome ManagedApi::strike(const PlannedCall& fault, bool begins) {
  if (fault.operation != Operation::kFaultBadApiDeployment) return Entrance::strike(fault, begins);
  invalid_share_ = begins ? fault.share : 0.0;
  newest_in_use_ = true;
  context_.change({});
  return {};
}

Observation ManagedApi::look(const PlannedCall& probe) const {
  switch (probe.operation) {
    case Operation::kProbeApiThrottles:
      return {region_up(), taken_share() < 1};
    case Operation::kProbeApiRejects:
      return {region_up(), newest_in_use_ && invalid_share_ > 0};
    case Operation::kProbeApiTimeoutBelow:
      return {region_up(), integration_timeout_ < probe.duration.value_or(longest_timeout_)};
    default:
      return Entrance::look(probe);
  }
}

/// What gets no further than here: throttled, invalid, or without a token that is accepted.
std::optional<double> ManagedApi::metric(Operation metric) const {
  if (metric != Operation::kMetricApi4xx) return Entrance::metric(metric);
  if (!region_up()) return std::nullopt;
  const Path path{{}, {}, self_, {}};
  return 1.0 - passes(path) * (authorizer_ ? authorizer_->lets_through(path) : 1.0);
}

double ManagedApi::taken_share() const {
  return requests_per_s_ > limit_per_s_ ? limit_per_s_ / requests_per_s_ : 1.0;
}

double ManagedApi::passes(const Path&) const {
  return taken_share() * (newest_in_use_ ? 1.0 - invalid_share_ : 1.0);
}

/// What is throttled gets here, past the firewall, and never to the site behind.
void ManagedApi::shape(const Path& path, Traffic& traffic) const {
  Entrance::shape(path, traffic);
  if (!path.site.valid()) return;
  traffic.customers *= taken_share();
  for (AttackStream& stream : traffic.attacks) stream.size *= taken_share();
}

}  // namespace firedrill
