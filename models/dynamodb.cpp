#include "models/dynamodb.hpp"

namespace firedrill {

DynamoTable::DynamoTable(DrillContext& context, const Regions& regions, ComponentIndex self)
    : context_(context),
      regions_(regions),
      self_(self),
      replication_(context, self, "replication") {}

void DynamoTable::replicate_with(const DynamoTable& other, LinkIndex link) {
  other_ = &other;
  link_ = link;
}

bool DynamoTable::usable() const { return regions_.up(planned().region); }

void DynamoTable::place_changed() {
  if (other_ == nullptr || loss_ || other_->usable() || !usable()) return;
  // The other replica is lost in this instant: its last writes had been on their way for this long.
  Duration missing = replication_.duration();
  if (link_lost_ < context_.now()) missing += context_.now() - link_lost_;
  loss_ = DataLoss{.span_s = to_seconds(missing)};
}

void DynamoTable::link_changed() {
  if (!link_.valid()) return;
  if (regions_.link_up(link_)) {
    link_lost_ = TimePoint::never();
  } else if (link_lost_ == TimePoint::never()) {
    link_lost_ = context_.now();
  }
}

}  // namespace firedrill
