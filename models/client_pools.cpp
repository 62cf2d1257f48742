#include "models/client_pools.hpp"

#include <algorithm>

#include "models/component.hpp"

namespace firedrill {
namespace {

bool uses(const Plan& plan, const PlannedService& service, ComponentIndex store) {
  return std::any_of(service.stores.begin(), service.stores.end(), [&](StoreIndex index) {
    const auto& members = plan.stores[index.value].members;
    return std::find(members.begin(), members.end(), store) != members.end();
  });
}

double started_since(const std::vector<TimePoint>& starts, TimePoint when) {
  if (starts.empty()) return 0;
  const auto since =
      std::count_if(starts.begin(), starts.end(), [&](TimePoint start) { return start >= when; });
  return static_cast<double>(since) / static_cast<double>(starts.size());
}

}  // namespace

ClientPools::ClientPools(DrillContext& context, ComponentIndex store)
    : context_(context),
      store_(store),
      reconnect_(context.plan.component(store).timing("pool_reconnect")),
      stuck_(context.plan.component(store).timing("pool_stuck")) {}

void ClientPools::connect(const Parts& parts) {
  const Plan& plan = context_.plan;
  const std::string& store = plan.component(store_).name;
  for (const PlannedService& service : plan.services) {
    if (!uses(plan, service, store_)) continue;
    for (const ComponentIndex site : service.sites) {
      if (plan.component(site).region != plan.component(store_).region) continue;
      const std::string key = store + "/pool/" + plan.component(site).name;
      pools_.push_back({site, parts.find(site),
                        Stream(context_.draws, entity_key(key + "/reconnect")),
                        Stream(context_.draws, entity_key(key + "/stuck"))});
    }
  }
}

void ClientPools::broken(bool old_address_lives, StepIndex by) {
  if (!reconnect_.valid()) return;
  tasks_.clear();
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    Pool& pool = pools_[i];
    pool.since = context_.now();
    const bool missed =
        pool.stuck.next() < context_.plan.timing(stuck_).distribution.mean() && old_address_lives;
    pool.state = missed ? State::kNewTasksOnly : State::kReconnecting;
    if (!missed) tasks_.spawn(reconnect(i, by));
  }
  context_.change(by);
}

Task<void> ClientPools::reconnect(std::size_t index, StepIndex by) {
  auto found = sleep_for(context_.agenda, context_.duration(reconnect_, pools_[index].reconnect));
  co_await found;
  pools_[index].state = State::kConnected;
  context_.change(by);
}

void ClientPools::all_become(State state) {
  tasks_.clear();
  for (Pool& pool : pools_) {
    pool.state = state;
    pool.since = context_.now();
  }
}

void ClientPools::join_with_new_tasks() { all_become(State::kNewTasksOnly); }

void ClientPools::leave_with_new_tasks() { all_become(State::kOldTasksOnly); }

double ClientPools::share(ComponentIndex site) const {
  const auto at = std::find_if(pools_.begin(), pools_.end(),
                               [&](const Pool& pool) { return pool.site == site; });
  if (at == pools_.end()) return 1.0;
  switch (at->state) {
    case State::kConnected:
      return 1.0;
    case State::kReconnecting:
      return 0.0;
    case State::kNewTasksOnly:
      return started_since(at->service->task_starts(), at->since);
    case State::kOldTasksOnly:
      return 1.0 - started_since(at->service->task_starts(), at->since);
  }
  return 1.0;
}

}  // namespace firedrill
