// An audit log in storage that can be added to and never changed: nothing corrupts it, so that its
// only loss is what had not been stored yet.
//
// With a copy in another region, the loss of the log's region loses
//   what the copy was behind by (asynchronous), or nothing (synchronous)
//   + what was still waiting with whoever writes it, uniform up to `buffer`.
// Synchronous copies have their price: no entry counts, so no request that needs one is answered,
// while the link between the two is cut. When the other's region is gone, one goes on alone.
#pragma once

#include "models/store_replica.hpp"

namespace firedrill {

class AuditLog final : public StoreReplica {
 public:
  AuditLog(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  bool usable() const override;
  void place_changed() override;

 private:
  const AuditLogSpec& spec() const { return spec_as<AuditLogSpec>(); }

  SlotDraws replication_;
  Stream waiting_;
  AuditLog* source_ = nullptr;
  AuditLog* copy_ = nullptr;
};

}  // namespace firedrill
