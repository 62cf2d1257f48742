#include "models/dynamodb.hpp"

namespace firedrill {

DynamoTable::DynamoTable(DrillContext& context, const Regions& regions, ComponentIndex self)
    : context_(context),
      regions_(regions),
      self_(self),
      replication_(context, self, "replication") {}

void DynamoTable::replicate_with(const DynamoTable& other, LinkIndex link) {
  other_ = &other;
  outage_.watch(link);
}

bool DynamoTable::usable() const { return regions_.up(planned().region); }

void DynamoTable::place_changed() {
  if (other_ == nullptr || loss_ || other_->usable() || !usable()) return;
  // The other replica is lost in this instant: its last writes had been on their way for this long.
  const Duration missing = replication_.duration() + outage_.lasted(context_.now());
  loss_ = DataLoss{.span_s = to_seconds(missing)};
}

}  // namespace firedrill
