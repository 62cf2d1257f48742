// Regions, zones, links, control planes and tiers.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/plan/resolution.hpp"

namespace firedrill {
namespace {

void resolve_regions(Resolution& r) {
  for (const RegionSpec& region : r.system.regions) {
    r.names.define(Thing::kRegion, "region", region.name,
                   static_cast<std::uint32_t>(r.plan.regions.size()));
    PlannedRegion planned{region.name.text, {}};
    for (const Name& zone : region.zones) {
      r.names.define(Thing::kZone, "zone", zone, static_cast<std::uint32_t>(planned.zones.size()));
      planned.zones.push_back(zone.text);
    }
    r.plan.regions.push_back(std::move(planned));
  }
}

void resolve_links(Resolution& r) {
  for (const LinkSpec& link : r.system.links) {
    const std::string owner = "link " + quoted(link.name.text);
    r.names.define(Thing::kLink, "link", link.name,
                   static_cast<std::uint32_t>(r.plan.links.size()));
    const Need region{Thing::kRegion};
    PlannedLink planned{
        link.name.text,
        r.names.bind<RegionIndex>("\"from\" of " + owner + " names", link.from, region),
        r.names.bind<RegionIndex>("\"to\" of " + owner + " names", link.to, region),
        link.bandwidth.bytes_per_s,
        link.latency,
        link.connections};
    if (planned.from.valid() && planned.from == planned.to) {
      r.diagnostics.error(Rule::kImpossible, link.to.at,
                          fmt::format("{} leads from {} to itself", owner, quoted(link.to.text)),
                          "name two different regions");
    }
    r.plan.links.push_back(std::move(planned));
  }
}

void resolve_control_planes(Resolution& r) {
  std::set<std::string> seen;
  for (const ControlPlaneSpec& plane : r.system.control_planes) {
    check_control_plane(r, "\"control_planes\" names", plane.service);
    if (!seen.insert(plane.service.text).second) {
      r.diagnostics.error(
          Rule::kDuplicateName, plane.service.at,
          fmt::format("control plane {} is defined twice", quoted(plane.service.text)),
          "keep one of them");
    }
    const std::string referrer =
        fmt::format("\"hosted_in\" of control plane {} names", quoted(plane.service.text));
    r.plan.control_planes.push_back(
        {plane.service.text, r.names.bind<RegionIndex>(referrer, plane.hosted_in, {Thing::kRegion}),
         plane.error_share.value});
  }
}

void resolve_tiers(Resolution& r) {
  for (const TierSpec& tier : r.system.tiers) {
    r.names.define(Thing::kTier, "tier", tier.name,
                   static_cast<std::uint32_t>(r.plan.tiers.size()));
    r.plan.tiers.push_back({tier.name.text, tier.rto, tier.rpo, tier.slo.value});
  }
}

std::vector<std::string> control_plane_names() {
  std::vector<std::string> names;
  for (const OperationRule& rule : vocabulary()) {
    const std::string name(rule.control_plane);
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace

void check_control_plane(Resolution& r, const std::string& referrer, const Name& service) {
  static const std::vector<std::string> known = control_plane_names();
  if (service.empty() || std::find(known.begin(), known.end(), service.text) != known.end()) return;
  r.diagnostics.error(Rule::kUnknownName, service.at,
                      fmt::format("{} unknown control plane {}{}", referrer, quoted(service.text),
                                  did_you_mean(service.text, known)),
                      use_one_of(known));
}

void resolve_platform(Resolution& r) {
  resolve_regions(r);
  resolve_links(r);
  resolve_control_planes(r);
  resolve_tiers(r);
}

}  // namespace firedrill
