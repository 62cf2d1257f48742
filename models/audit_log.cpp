#include "models/audit_log.hpp"

namespace firedrill {

AuditLog::AuditLog(DrillContext& context, const Regions& regions, ComponentIndex self)
    : StoreReplica(context, regions, self),
      replication_(context, self, "replication"),
      waiting_(context.draws, entity_key(planned().name + "/waiting")) {}

void AuditLog::connect(const Parts& parts) {
  StoreReplica::connect(parts);
  source_ = parts.as<AuditLog>(replication_source(context_.plan, self_));
  if (source_ != nullptr) source_->copy_ = this;
}

/// Entries are never changed, whatever software does.
Outcome AuditLog::strike(const PlannedCall& fault, bool begins) {
  if (fault.operation == Operation::kFaultDataCorruption) {
    return Outcome::failed(Failure::kRefused);
  }
  return StoreReplica::strike(fault, begins);
}

bool AuditLog::usable() const {
  if (!region_up() || !open_to_clients()) return false;
  const AuditLog* other = source_ != nullptr ? source_ : copy_;
  const AuditLog* copy = source_ != nullptr ? this : copy_;
  if (copy == nullptr || copy->spec().copies != "synchronous" || !other->region_up()) return true;
  const LinkIndex link = link_between(context_.plan, planned().region, other->planned().region);
  return !link.valid() || regions_.link_up(link);
}

void AuditLog::place_changed() {
  if (source_ == nullptr || loss_ || source_->region_up() || !region_up()) return;
  const Duration behind = spec().copies == "synchronous" ? Duration{} : replication_.duration();
  const double waiting_s = waiting_.next() * to_seconds(source_->spec().buffer);
  loss_ = DataLoss{.span_s = to_seconds(behind) + waiting_s};
}

}  // namespace firedrill
