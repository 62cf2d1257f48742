// What the simulated data stores have in common: one region's copy of a store.
#pragma once

#include <optional>

#include "models/component.hpp"

namespace firedrill {

/// What is missing from the data a copy comes back with.
struct DataLoss {
  double span_s = 0;        // span of committed writes that are missing
  double writes = -1;       // how many, -1 when the store does not count them
  double age_of_99_s = -1;  // age that covers 99 % of them; only where writes arrive unordered
};

class StoreReplica : public Component {
 public:
  using Component::Component;

  /// Whether a service in the member's region can read and write through it now.
  virtual bool usable() const = 0;
  /// What was lost when this copy took over; empty for a copy that has always been the one written
  /// to.
  virtual std::optional<DataLoss> loss() const = 0;
};

}  // namespace firedrill
