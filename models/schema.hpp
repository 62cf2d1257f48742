// The schema of a service's tables: its version, which revisions of the service have to match.
//
// A pipeline migrates first and deploys then. From that moment the revision of before finds tables
// that it does not know, until somebody migrates down, or a cluster takes over that was restored to
// what the tables were before.
#pragma once

#include <vector>

#include "models/component.hpp"
#include "models/store_replica.hpp"

namespace firedrill {

class Schema : public Component {
 public:
  using Component::Component;

  void connect(const Parts& parts) override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Observation look(const PlannedCall& probe) const override;

  void migrate_up();
  /// How many migrations of this drill are in the data of whichever cluster serves.
  std::int64_t version() const;
  /// When the newest of them was run; never() without any.
  TimePoint migrated_at() const {
    return migrations_.empty() ? TimePoint::never() : migrations_.back();
  }

 private:
  std::vector<const StoreReplica*> holders_;  // its cluster, and what can stand in for that
  std::vector<TimePoint> migrations_;
};

}  // namespace firedrill
