// The schema of a service's tables: its version, which revisions of the service have to match.
//
// A pipeline migrates first and deploys then. From that moment the revision of before finds tables
// that it does not know, until somebody migrates down or gives the services another cluster, with
// the schema of before in it.
#pragma once

#include "models/component.hpp"
#include "models/store_replica.hpp"

namespace firedrill {

class Schema : public Component {
 public:
  using Component::Component;

  void connect(const Parts& parts) override { parts_ = &parts; }
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Observation look(const PlannedCall& probe) const override;

  void migrate_up();
  /// How many migrations of this drill are in force.
  std::int64_t version() const { return version_; }

 private:
  const Parts* parts_ = nullptr;
  std::int64_t version_ = 0;
};

}  // namespace firedrill
