#include "models/schema.hpp"

#include <algorithm>

namespace firedrill {

void Schema::connect(const Parts& parts) {
  const ComponentIndex cluster = planned().reference("cluster");
  holders_.push_back(parts.as<StoreReplica>(cluster));
  for (std::uint32_t i = 0; i < context_.plan.components.size(); ++i) {
    if (context_.plan.components[i].reference("stands_in_for") != cluster) continue;
    holders_.push_back(parts.as<StoreReplica>(ComponentIndex{i}));
  }
}

std::int64_t Schema::version() const {
  const auto serving = std::find_if(holders_.begin(), holders_.end(),
                                    [](const StoreReplica* store) { return store->has_clients(); });
  const TimePoint as_of = serving == holders_.end() ? TimePoint::never() : (*serving)->data_as_of();
  return std::count_if(migrations_.begin(), migrations_.end(),
                       [&](TimePoint migration) { return migration < as_of; });
}

void Schema::migrate_up() {
  migrations_.push_back(context_.now());
  context_.change({});
}

Outcome Schema::take(const PlannedCall& call, StepIndex by) {
  if (call.operation != Operation::kSchemaMigrateDown) return Component::take(call, by);
  if (version() == 0) return Outcome::failed(Failure::kRefused);
  migrations_.pop_back();
  context_.change(by);
  return Outcome{};
}

Observation Schema::look(const PlannedCall& probe) const {
  if (probe.operation != Operation::kProbeSchemaMigrated) return {};
  return {true, version() > 0};
}

}  // namespace firedrill
