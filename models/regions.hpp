// Regions and zones: what of them is up. A lost region takes its zones and its links with it.
//
// A link that is slow carries the rest of its bandwidth. One that loses packets with probability p
// carries no more than its n connections do, each of them (M / R) sqrt(3 / 2) / sqrt(p) with
// segments of M bytes and a round trip of R (Mathis, Semke, Mahdavi and Ott 1997), where M is 1460
// and R twice the link's latency.
#pragma once

#include <map>
#include <string>
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
  /// This share of its bandwidth is gone; 0 ends it.
  void slow_link(LinkIndex link, double share_gone);
  /// This share of its packets is lost; 0 ends it.
  void lose_packets(LinkIndex link, double share_lost);
  /// What the link can carry while it is up.
  double bytes_per_s(LinkIndex link) const;

  /// The control plane of one of the provider's services fails this share of calls there; 0 ends
  /// it.
  void set_impaired(RegionIndex region, const std::string& service, double error_share);
  /// It fails every call: what the service does by itself through it, it does not do either.
  bool control_plane_down(RegionIndex region, const std::string& service) const;
  /// More than a single zone is affected: the region is lost, two zones are, or a control plane.
  bool impaired(RegionIndex region) const;
  /// Anything is wrong with the region that the provider would tell of.
  bool troubled(RegionIndex region) const;
  /// Since when nothing is wrong with the region; never() while something is.
  TimePoint healthy_since(RegionIndex region) const;

 private:
  struct State {
    bool up = true;
    TimePoint lost_since = TimePoint::never();
    std::vector<bool> zones;
    std::map<std::string, double> impaired;  // share of failing calls by service
    TimePoint healthy_since;
  };
  struct Link {
    bool cut = false;
    double share_gone = 0;
    double share_lost = 0;
  };
  void settle_links();
  void look_at_health(RegionIndex region, bool was_troubled);

  DrillContext& context_;
  std::vector<State> state_;
  std::vector<Link> links_;
};

}  // namespace firedrill
