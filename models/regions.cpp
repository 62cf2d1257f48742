#include "models/regions.hpp"

#include <algorithm>
#include <cmath>

namespace firedrill {
namespace {

constexpr double kSegmentBytes = 1460;  // of an Ethernet frame of 1500 bytes, without its headers

}  // namespace

LinkIndex link_between(const Plan& plan, RegionIndex a, RegionIndex b) {
  for (std::uint32_t i = 0; i < plan.links.size(); ++i) {
    const PlannedLink& link = plan.links[i];
    if ((link.from == a && link.to == b) || (link.from == b && link.to == a)) return LinkIndex{i};
  }
  return {};
}

Regions::Regions(DrillContext& context) : context_(context), links_(context.plan.links.size()) {
  for (const PlannedRegion& region : context.plan.regions) {
    State state;
    state.zones.assign(region.zones.size(), true);
    state_.push_back(std::move(state));
  }
}

std::size_t Regions::zones_up(RegionIndex region) const {
  if (!up(region)) return 0;
  const auto& zones = state_[region.value].zones;
  return static_cast<std::size_t>(std::count(zones.begin(), zones.end(), true));
}

bool Regions::link_up(LinkIndex link) const {
  const PlannedLink& planned = context_.plan.links[link.value];
  return !links_[link.value].cut && up(planned.from) && up(planned.to);
}

void Regions::set_region(RegionIndex region, bool up) {
  State& state = state_[region.value];
  if (state.up == up) return;
  const bool was_troubled = troubled(region);
  state.up = up;
  look_at_health(region, was_troubled);
  state.lost_since = up ? TimePoint::never() : context_.now();
  settle_links();
}

void Regions::set_zone(RegionIndex region, std::size_t zone, bool up) {
  const bool was_troubled = troubled(region);
  state_[region.value].zones[zone] = up;
  look_at_health(region, was_troubled);
}

void Regions::set_impaired(RegionIndex region, const std::string& service, double error_share) {
  const bool was_troubled = troubled(region);
  auto& services = state_[region.value].impaired;
  if (error_share > 0) {
    services[service] = error_share;
  } else {
    services.erase(service);
  }
  look_at_health(region, was_troubled);
}

bool Regions::control_plane_down(RegionIndex region, const std::string& service) const {
  const auto& services = state_[region.value].impaired;
  const auto known = services.find(service);
  return known != services.end() && known->second >= 1.0;
}

bool Regions::troubled(RegionIndex region) const {
  const State& state = state_[region.value];
  return !state.up || !state.impaired.empty() || zones_up(region) < state.zones.size();
}

bool Regions::impaired(RegionIndex region) const {
  const State& state = state_[region.value];
  return !state.up || !state.impaired.empty() || zones_up(region) + 1 < state.zones.size();
}

TimePoint Regions::healthy_since(RegionIndex region) const {
  return troubled(region) ? TimePoint::never() : state_[region.value].healthy_since;
}

void Regions::look_at_health(RegionIndex region, bool was_troubled) {
  if (was_troubled && !troubled(region)) state_[region.value].healthy_since = context_.now();
}

void Regions::cut_link(LinkIndex link, bool cut) {
  links_[link.value].cut = cut;
  settle_links();
}

void Regions::slow_link(LinkIndex link, double share_gone) {
  links_[link.value].share_gone = share_gone;
  settle_links();
}

void Regions::lose_packets(LinkIndex link, double share_lost) {
  links_[link.value].share_lost = share_lost;
  settle_links();
}

double Regions::bytes_per_s(LinkIndex index) const {
  const PlannedLink& planned = context_.plan.links[index.value];
  const Link& link = links_[index.value];
  const double carries = planned.bytes_per_s * (1.0 - link.share_gone);
  const double round_trip_s = 2.0 * to_seconds(planned.latency);
  if (link.share_lost <= 0 || round_trip_s <= 0) return carries;
  const double of_one = kSegmentBytes / round_trip_s * std::sqrt(1.5 / link.share_lost);
  return std::min(carries, of_one * static_cast<double>(planned.connections));
}

void Regions::settle_links() {
  for (std::uint32_t i = 0; i < links_.size(); ++i) {
    context_.engine.set_link_up(SharedLinkIndex{i}, link_up(LinkIndex{i}));
    context_.engine.set_link_bytes_per_s(SharedLinkIndex{i}, bytes_per_s(LinkIndex{i}));
  }
}

}  // namespace firedrill
