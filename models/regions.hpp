// Regions and zones: what of them is up. A lost region takes its zones and its links with it.
#pragma once

#include <vector>

#include "models/drill_context.hpp"

namespace firedrill {

/// The link between two regions; invalid if there is none.
LinkIndex link_between(const Plan& plan, RegionIndex a, RegionIndex b);

class Regions {
 public:
  explicit Regions(DrillContext& context);

  bool up(RegionIndex region) const { return !region.valid() || state_[region.value].up; }
  bool zone_up(RegionIndex region, std::size_t zone) const {
    return up(region) && state_[region.value].zones[zone];
  }
  std::size_t zones(RegionIndex region) const { return state_[region.value].zones.size(); }
  std::size_t zones_up(RegionIndex region) const;
  bool link_up(LinkIndex link) const;
  /// Since when the region has been lost; never() while it is up.
  TimePoint lost_since(RegionIndex region) const { return state_[region.value].lost_since; }

  void set_region(RegionIndex region, bool up);
  void set_zone(RegionIndex region, std::size_t zone, bool up);
  void cut_link(LinkIndex link, bool cut);

 private:
  struct State {
    bool up = true;
    TimePoint lost_since = TimePoint::never();
    std::vector<bool> zones;
  };
  void settle_links();

  DrillContext& context_;
  std::vector<State> state_;
  std::vector<bool> cut_;
};

}  // namespace firedrill
