#include "models/schema.hpp"

namespace firedrill {

void Schema::migrate_up() {
  ++version_;
  context_.change({});
}

Outcome Schema::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kSchemaMigrateDown:
      if (version_ == 0) return Outcome::failed(Failure::kRefused);
      --version_;
      break;
    case Operation::kSchemaPointAt: {
      const auto* cluster = parts_->as<StoreReplica>(call.target);
      if (cluster == nullptr || !cluster->usable()) return Outcome::failed(Failure::kNotFound);
      version_ = 0;  // what the snapshot of before the migrations holds
      break;
    }
    default:
      return Component::take(call, by);
  }
  context_.change(by);
  return Outcome{};
}

Observation Schema::look(const PlannedCall& probe) const {
  if (probe.operation != Operation::kProbeSchemaMigrated) return {};
  return {true, version_ > 0};
}

}  // namespace firedrill
