#include "models/regions.hpp"

#include <algorithm>

namespace firedrill {

LinkIndex link_between(const Plan& plan, RegionIndex a, RegionIndex b) {
  for (std::uint32_t i = 0; i < plan.links.size(); ++i) {
    const PlannedLink& link = plan.links[i];
    if ((link.from == a && link.to == b) || (link.from == b && link.to == a)) return LinkIndex{i};
  }
  return {};
}

Regions::Regions(DrillContext& context)
    : context_(context), cut_(context.plan.links.size(), false) {
  for (const PlannedRegion& region : context.plan.regions) {
    state_.push_back({true, TimePoint::never(), std::vector<bool>(region.zones.size(), true)});
  }
}

std::size_t Regions::zones_up(RegionIndex region) const {
  if (!up(region)) return 0;
  const auto& zones = state_[region.value].zones;
  return static_cast<std::size_t>(std::count(zones.begin(), zones.end(), true));
}

bool Regions::link_up(LinkIndex link) const {
  const PlannedLink& planned = context_.plan.links[link.value];
  return !cut_[link.value] && up(planned.from) && up(planned.to);
}

void Regions::set_region(RegionIndex region, bool up) {
  State& state = state_[region.value];
  if (state.up == up) return;
  state.up = up;
  state.lost_since = up ? TimePoint::never() : context_.now();
  settle_links();
}

void Regions::set_zone(RegionIndex region, std::size_t zone, bool up) {
  state_[region.value].zones[zone] = up;
}

void Regions::cut_link(LinkIndex link, bool cut) {
  cut_[link.value] = cut;
  settle_links();
}

void Regions::settle_links() {
  for (std::uint32_t i = 0; i < cut_.size(); ++i) {
    context_.engine.set_link_up(SharedLinkIndex{i}, link_up(LinkIndex{i}));
  }
}

}  // namespace firedrill
