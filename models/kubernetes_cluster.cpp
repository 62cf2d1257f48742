#include "models/kubernetes_cluster.hpp"

#include <algorithm>

namespace firedrill {

KubernetesCluster::KubernetesCluster(DrillContext& context, const Regions& regions,
                                     ComponentIndex self)
    : Component(context, regions, self),
      not_ready_(context, self, "node_not_ready"),
      toleration_(context, self, "eviction_toleration"),
      between_evictions_(context, self, "eviction_interval"),
      node_provision_(context, self, "node_provision"),
      capacity_missing_(behaves(context, Behaviour::kCapacityMissing, planned().name)),
      zone_was_up_(std::max<std::size_t>(1, regions.zones(planned().region)), true),
      given_up_(zone_was_up_.size()),
      room_(context.agenda) {
  for (std::int64_t i = 0; i < spec().nodes; ++i) {
    nodes_.push_back({.zone = static_cast<std::size_t>(i) % zone_was_up_.size()});
  }
}

Outcome KubernetesCluster::take(const PlannedCall& call, StepIndex by) {
  if (call.operation != Operation::kKubectlDrain) return Component::take(call, by);
  if (call.region != planned().region) return Outcome::failed(Failure::kNotFound);
  drain(call.zone, by);
  return {};
}

bool KubernetesCluster::works() const {
  return region_up() && !regions_.control_plane_down(planned().region, "eks");
}

// ---------------------------------------------------------------------------------- scheduling --

std::optional<std::size_t> KubernetesCluster::place(const std::vector<std::int64_t>& pods_by_zone) {
  std::optional<std::size_t> best;
  const auto load = [&](std::size_t i) {
    return std::pair(pods_by_zone[nodes_[i].zone], nodes_[i].pods);
  };
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (!node.ready || node.cordoned || node.pods >= spec().pods_per_node) continue;
    if (!best || load(i) < load(*best)) best = i;
  }
  if (best) ++nodes_[*best].pods;
  return best;
}

void KubernetesCluster::leave(std::size_t node) {
  --nodes_[node].pods;
  room_.raise();
}

bool KubernetesCluster::must_pull(std::size_t node, ComponentIndex owner, std::uint64_t image) {
  return nodes_[node].images.emplace(owner.value, image).second;
}

Task<void> KubernetesCluster::room(StepIndex by) {
  ask_for_nodes(by);
  auto change = room_.wait();
  co_await change;
}

/// Capacity runs out when another region is lost and its customers come over.
bool KubernetesCluster::out_of_capacity() const {
  if (!capacity_missing_) return false;
  for (std::uint32_t i = 0; i < context_.plan.regions.size(); ++i) {
    if (!regions_.up(RegionIndex{i})) return true;
  }
  return false;
}

void KubernetesCluster::ask_for_nodes(StepIndex by) {
  std::int64_t waiting = 1;  // the pod that asks
  for (const PodOwner* owner : owners_) waiting += owner->waiting_pods();
  const std::int64_t wanted = (waiting + spec().pods_per_node - 1) / spec().pods_per_node;
  const std::int64_t there = std::count_if(nodes_.begin(), nodes_.end(),
                                           [](const Node& n) { return n.alive && !n.cordoned; });
  const bool may = !out_of_capacity() && there + coming_ < spec().most_nodes;
  if (!may && coming_ == 0 && !shortage_noted_) {
    shortage_noted_ = true;
    context_.note(Note::kNoCapacity, self_.value, by);
  }
  while (coming_ < wanted && !out_of_capacity() && there + coming_ < spec().most_nodes) {
    ++coming_;
    tasks_.spawn(provision());
  }
}

Task<void> KubernetesCluster::provision() {
  auto started = sleep_for(context_.agenda, node_provision_.duration());
  co_await started;
  --coming_;
  std::vector<std::int64_t> nodes(zones(), 0);
  for (const Node& node : nodes_) nodes[node.zone] += node.alive ? 1 : 0;
  std::optional<std::size_t> zone;
  for (std::size_t i = 0; i < zones(); ++i) {
    if (!regions_.zone_up(planned().region, i)) continue;
    if (!zone || nodes[i] < nodes[*zone]) zone = i;
  }
  if (!zone) co_return;
  nodes_.push_back({.zone = *zone});
  room_.raise();
}

// -------------------------------------------------------------------------------------- losses --

void KubernetesCluster::drain(std::size_t zone, StepIndex by) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].zone == zone) nodes_[i].cordoned = true;
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].zone != zone) continue;
    for (PodOwner* owner : owners_) owner->node_evicted(i, by);
  }
}

void KubernetesCluster::place_changed() {
  const bool up = region_up();
  if (region_was_up_ && !up) lose_region();
  if (!region_was_up_ && up) return_region();
  region_was_up_ = up;
  if (!up) return;
  for (std::size_t zone = 0; zone < regions_.zones(planned().region); ++zone) {
    const bool zone_up = regions_.zone_up(planned().region, zone);
    if (zone_was_up_[zone] && !zone_up) lose_zone(zone);
    if (!zone_was_up_[zone] && zone_up) return_zone(zone);
    zone_was_up_[zone] = zone_up;
  }
  const bool work = works();
  if (work && !worked_) {
    for (PodOwner* owner : owners_) owner->resume();
  }
  worked_ = work;
}

void KubernetesCluster::lose_region() {
  tasks_.clear();
  coming_ = 0;
  worked_ = false;
  for (Task<void>& watch : given_up_) watch.cancel();
  for (PodOwner* owner : owners_) owner->cluster_lost();
  for (Node& node : nodes_) node = {.zone = node.zone, .alive = false, .ready = false};
}

/// The nodes come back empty; what ran on them is started anew.
void KubernetesCluster::return_region() {
  for (Node& node : nodes_) node.alive = node.ready = true;
  std::fill(zone_was_up_.begin(), zone_was_up_.end(), true);
}

void KubernetesCluster::lose_zone(std::size_t zone) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].zone != zone) continue;
    nodes_[i].alive = false;
    for (PodOwner* owner : owners_) owner->node_died(i);
  }
  given_up_[zone].cancel();
  given_up_[zone] = give_up(zone);
  given_up_[zone].start(nullptr);
}

void KubernetesCluster::return_zone(std::size_t zone) {
  given_up_[zone].cancel();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].zone != zone) continue;
    nodes_[i].alive = nodes_[i].ready = true;
    for (PodOwner* owner : owners_) owner->node_returned(i);
  }
  room_.raise();
}

Task<void> KubernetesCluster::give_up(std::size_t zone) {
  auto unseen = sleep_for(context_.agenda, not_ready_.duration());
  co_await unseen;
  std::vector<std::size_t> lost;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].zone == zone) lost.push_back(i);
  }
  for (const std::size_t node : lost) {
    nodes_[node].ready = false;
    for (PodOwner* owner : owners_) owner->node_not_ready(node);
  }
  context_.change({});
  auto tolerated = sleep_for(context_.agenda, toleration_.duration());
  co_await tolerated;
  for (const std::size_t node : lost) {
    for (PodOwner* owner : owners_) owner->node_evicted(node, {});
    auto next = sleep_for(context_.agenda, between_evictions_.duration());
    co_await next;
  }
}

}  // namespace firedrill
