#include "models/control_plane.hpp"

#include <algorithm>

namespace firedrill {

ControlPlanes::ControlPlanes(DrillContext& context, const Regions& regions)
    : context_(context),
      regions_(regions),
      read_call_(context.plan.people_timings.at("read_call")),
      change_call_(context.plan.people_timings.at("change_call")),
      read_stream_(context.draws, entity_key("control-plane/read")),
      change_stream_(context.draws, entity_key("control-plane/change")),
      error_stream_(context.draws, entity_key("control-plane/error")),
      throttle_stream_(context.draws, entity_key("control-plane/throttle")) {}

RegionIndex ControlPlanes::home_of(std::string_view service, RegionIndex region) const {
  for (const PlannedControlPlane& plane : context_.plan.control_planes) {
    if (plane.service == service && plane.hosted_in.valid()) return plane.hosted_in;
  }
  return region;
}

double ControlPlanes::error_share(std::string_view service, RegionIndex home) const {
  double share = 0;
  for (const PlannedControlPlane& plane : context_.plan.control_planes) {
    if (plane.service == service) share = std::max(share, plane.error_share);
  }
  each_impairment(service, home, Operation::kFaultControlPlane,
                  [&](const Impairment& known) { share = std::max(share, known.share); });
  return share;
}

double ControlPlanes::throttled_share(std::string_view service, RegionIndex home) const {
  double share = 0;
  each_impairment(service, home, Operation::kFaultControlPlaneThrottled,
                  [&](const Impairment& known) { share = std::max(share, known.share); });
  return share;
}

double ControlPlanes::slowness(std::string_view service, RegionIndex home) const {
  double factor = 1;
  each_impairment(service, home, Operation::kFaultControlPlaneSlow,
                  [&](const Impairment& known) { factor = std::max(factor, known.factor); });
  return factor;
}

bool ControlPlanes::reachable(std::string_view service, RegionIndex region) const {
  return regions_.up(home_of(service, region));
}

bool ControlPlanes::home_lost(std::string_view service) const {
  const RegionIndex home = home_of(service, {});
  return home.valid() && !regions_.up(home);
}

Task<Outcome> ControlPlanes::call(std::string_view service, RegionIndex region, bool mutating) {
  const RegionIndex home = home_of(service, region);
  const Duration usual = mutating ? context_.duration(change_call_, change_stream_)
                                  : context_.duration(read_call_, read_stream_);
  auto answer = sleep_for(context_.agenda,
                          duration_from_seconds(to_seconds(usual) * slowness(service, home)));
  co_await answer;
  if (!regions_.up(home)) co_return Outcome::failed(Failure::kUnreachable);
  const bool error = error_stream_.next() < error_share(service, home);
  const bool throttled = throttle_stream_.next() < throttled_share(service, home);
  if (error) co_return Outcome::failed(Failure::kServiceError);
  if (throttled) co_return Outcome::failed(Failure::kThrottled);
  co_return Outcome{};
}

void ControlPlanes::impair(const PlannedCall& fault, bool begins) {
  std::erase_if(impairments_, [&](const Impairment& known) {
    return known.service == fault.word && known.region == fault.region &&
           known.fault == fault.operation;
  });
  if (!begins) return;
  impairments_.push_back({fault.word, fault.region, fault.operation, fault.share, fault.factor});
}

}  // namespace firedrill
