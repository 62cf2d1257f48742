// Rows of the vocabulary: faults.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {

namespace {

std::vector<OperationRule> place_faults() {
  return {
      {Op::kFaultRegionLoss,
       OperationClass::kFault,
       "fault:region-loss",
       "A whole region stops: zones, links, control planes, and what runs there",
       {value("region", kRegion, "the region")},
       {},
       true,
       {},
       {}},
      {Op::kFaultZoneLoss,
       OperationClass::kFault,
       "fault:zone-loss",
       "One availability zone stops",
       {value("zone", kZone, "the zone")},
       {},
       true,
       {},
       {}},
      {Op::kFaultLinkCut,
       OperationClass::kFault,
       "fault:link-cut",
       "An inter-region link carries nothing",
       {value("link", kLink, "the link")},
       {},
       true,
       {},
       {}},
  };
}

std::vector<OperationRule> control_plane_faults() {
  return {
      {Op::kFaultControlPlane,
       OperationClass::kFault,
       "fault:control-plane",
       "Calls to one service's control plane in a region fail with a share, what runs goes on "
       "running",
       {value("service", kWord, "the AWS service, \"ecs\""), value("region", kRegion, "the region"),
        value("error_share", kShare, "share of calls that fail")},
       {},
       true,
       {},
       {}},
      {Op::kFaultControlPlaneThrottled,
       OperationClass::kFault,
       "fault:control-plane-throttled",
       "A share of the calls to one service's control plane in a region is throttled",
       {value("service", kWord, "the AWS service, \"ecs\""), value("region", kRegion, "the region"),
        value("share", kShare, "share of calls that are throttled")},
       {},
       true,
       {},
       {}},
      {Op::kFaultControlPlaneSlow,
       OperationClass::kFault,
       "fault:control-plane-slow",
       "Calls to one service's control plane in a region take a multiple of their usual time",
       {value("service", kWord, "the AWS service, \"ecs\""), value("region", kRegion, "the region"),
        value("factor", kFactor, "how many times as long")},
       {},
       true,
       {},
       {}},
  };
}

std::vector<OperationRule> component_faults() {
  return {
      {Op::kFaultComponentDown,
       OperationClass::kFault,
       "fault:component-down",
       "A component does nothing: requests through it fail, calls about it are not answered",
       {components("component", kAnyKind, "the component")},
       {},
       true,
       {},
       {}},
      {Op::kFaultComponentDegraded,
       OperationClass::kFault,
       "fault:component-degraded",
       "A share of the requests through a component fails; calls about it are answered",
       {components("component", kAnyKind, "the component"),
        value("share", kShare, "share of requests that fail")},
       {},
       true,
       {},
       {}},
  };
}

}  // namespace

std::vector<OperationRule> fault_rules() {
  std::vector<OperationRule> all = place_faults();
  for (auto* part : {control_plane_faults, component_faults}) {
    for (OperationRule& rule : part()) all.push_back(std::move(rule));
  }
  return all;
}

}  // namespace firedrill::vocabulary_rows
