#include "models/dynamodb.hpp"

namespace firedrill {

DynamoTable::DynamoTable(DrillContext& context, const Regions& regions, ComponentIndex self)
    : StoreReplica(context, regions, self), replication_(context, self, "replication") {}

void DynamoTable::connect(const Parts& parts) {
  const std::string& global_table = spec_as<DynamoTableSpec>().global_table.text;
  for (std::uint32_t i = 0; i < context_.plan.components.size(); ++i) {
    const auto* twin = std::get_if<DynamoTableSpec>(&context_.plan.components[i].detail);
    if (i == self_.value || twin == nullptr || twin->global_table.text != global_table) continue;
    other_ = parts.as<DynamoTable>({i});
    outage_.watch(link_between(context_.plan, planned().region, other_->planned().region));
  }
}

Observation DynamoTable::look(const PlannedCall&) const { return {true, usable()}; }

bool DynamoTable::usable() const { return regions_.up(planned().region); }

void DynamoTable::place_changed() {
  if (other_ == nullptr || loss_ || other_->usable() || !usable()) return;
  // The other replica is lost in this instant: its last writes had been on their way for this long.
  const Duration missing = replication_.duration() + outage_.lasted(context_.now());
  loss_ = DataLoss{.span_s = to_seconds(missing)};
}

}  // namespace firedrill
