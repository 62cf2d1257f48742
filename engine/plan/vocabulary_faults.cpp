// Rows of the vocabulary: faults.
#include "engine/plan/vocabulary_rows.hpp"

namespace firedrill::vocabulary_rows {

std::vector<OperationRule> fault_rules() {
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
  };
}

}  // namespace firedrill::vocabulary_rows
