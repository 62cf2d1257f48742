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
      error_stream_(context.draws, entity_key("control-plane/error")) {}

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
  for (const Impairment& impairment : impairments_) {
    if (impairment.service == service && impairment.region == home) {
      share = std::max(share, impairment.error_share);
    }
  }
  return share;
}

bool ControlPlanes::reachable(std::string_view service, RegionIndex region) const {
  return regions_.up(home_of(service, region));
}

Task<Outcome> ControlPlanes::call(std::string_view service, RegionIndex region, bool mutating) {
  const RegionIndex home = home_of(service, region);
  const Duration takes = mutating ? context_.duration(change_call_, change_stream_)
                                  : context_.duration(read_call_, read_stream_);
  auto answer = sleep_for(context_.agenda, takes);
  co_await answer;
  if (!regions_.up(home)) co_return Outcome::failed(Failure::kUnreachable);
  if (error_stream_.next() < error_share(service, home)) {
    co_return Outcome::failed(Failure::kThrottled);
  }
  co_return Outcome{};
}

void ControlPlanes::impair(std::string_view service, RegionIndex region, double error_share) {
  std::erase_if(impairments_, [&](const Impairment& known) {
    return known.service == service && known.region == region;
  });
  if (error_share > 0) impairments_.push_back({std::string(service), region, error_share});
}

}  // namespace firedrill
