#include "models/scaling_policy.hpp"

#include <algorithm>
#include <cmath>

namespace firedrill {
namespace {

// Loads that differ by less ask for the same tasks: what is left of products of doubles.
constexpr double kSameLoad = 1e-9;

}  // namespace

void ScalingPolicy::see(double load) {
  load_ = load;
  if (reacting_ || wanted() <= service_->desired()) return;
  reacting_ = true;
  tasks_.spawn(react());
}

std::int64_t ScalingPolicy::wanted() const {
  const double tasks = std::ceil(load_ / spec().target.value - kSameLoad);
  return std::min(spec().max_count, static_cast<std::int64_t>(tasks));
}

Task<void> ScalingPolicy::react() {
  auto reacted = sleep_for(context_.agenda, reaction_.duration());
  co_await reacted;
  reacting_ = false;
  if (wanted() <= service_->desired()) co_return;
  PlannedCall call;
  call.operation = Operation::kEcsUpdateService;
  call.components = {service_->index()};
  call.count = wanted();
  service_->take(call, {});
  context_.change({});
}

}  // namespace firedrill
