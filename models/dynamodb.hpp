// One region's replica of a DynamoDB global table. Every replica takes writes; what a lost region
// had written last and not yet sent is missing elsewhere. Replication has the base lag of the
// library, plus the time the link between the regions was cut.
#pragma once

#include "models/link_outage.hpp"
#include "models/regions.hpp"
#include "models/store_replica.hpp"

namespace firedrill {

class DynamoTable : public StoreReplica {
 public:
  DynamoTable(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;

  bool usable() const override;
  std::optional<DataLoss> loss() const override { return loss_; }
  void place_changed() override;
  void link_changed() override { outage_.look(regions_, context_.now()); }
  Observation look(const PlannedCall& probe) const override;

 private:
  SlotDraws replication_;
  const DynamoTable* other_ = nullptr;  // the replica whose writes this one would miss
  LinkOutage outage_;
  std::optional<DataLoss> loss_;
};

}  // namespace firedrill
