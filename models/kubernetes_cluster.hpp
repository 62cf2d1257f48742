// A Kubernetes cluster of one region: its nodes, the scheduler that puts pods on them, and what
// becomes of pods whose node is lost. The deployments: kubernetes_deployment.hpp.
//
// Scheduling. A pod goes to a node that is ready, not cordoned and has room, in the zone with the
// fewest pods of its deployment, there to the node with the fewest pods (the default topology
// spread). Without such a node it waits, and the autoscaler starts one node for every
// `pods_per_node` pods that wait, up to `most_nodes`, in the zone with the fewest.
//
// A lost zone. Its pods are dead at once, and still get requests until their node counts as not
// ready, D later. Nobody starts others in their place before the pods are evicted, which for the
// k-th node of the zone, from 1, is
//   D + E + (k - 1) r
// after the loss, where D is the grace period of the node controller, E the time for which pods
// tolerate an unreachable node, and r the pause between two nodes that the controller taints
// (kubernetes.io: Nodes, Taints and Tolerations). A zone that is back before that has its pods
// start again where they were.
//
// A drain cordons the nodes of a zone and evicts what is on them at once. A lost node never
// confirms that, but others are started without waiting for it. Disruption budgets are left out.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "models/component.hpp"
#include "models/traffic.hpp"

namespace firedrill {

/// A controller that has pods on the nodes of a cluster.
class PodOwner {
 public:
  /// Pods that no node could be found for.
  virtual std::int64_t waiting_pods() const = 0;
  virtual void node_died(std::size_t node) = 0;
  virtual void node_not_ready(std::size_t node) = 0;
  /// Its pods are to be replaced, whether they still run or not.
  virtual void node_evicted(std::size_t node, StepIndex by) = 0;
  virtual void node_returned(std::size_t node) = 0;
  /// Every node is gone, with all that was on them.
  virtual void cluster_lost() = 0;
  /// The controllers can work, after they could not.
  virtual void resume() = 0;

 protected:
  ~PodOwner() = default;
};

class KubernetesCluster final : public Component {
 public:
  KubernetesCluster(DrillContext& context, const Regions& regions, ComponentIndex self);

  bool carries_requests() const override { return false; }
  Outcome take(const PlannedCall& call, StepIndex by) override;
  void place_changed() override;

  void add(PodOwner& owner) { owners_.push_back(&owner); }
  /// A place for one more pod of an owner that has so many in each zone; nothing without room.
  std::optional<std::size_t> place(const std::vector<std::int64_t>& pods_by_zone);
  /// The pod on it is gone.
  void leave(std::size_t node);
  /// Ends when there may be room: a pod has gone, or a node has come. Asks for one.
  Task<void> room(StepIndex by);

  std::size_t zones() const { return zone_was_up_.size(); }
  std::size_t zone_of(std::size_t node) const { return nodes_[node].zone; }
  bool alive(std::size_t node) const { return nodes_[node].alive; }
  /// Whether the controllers of deployments can do anything: the API server answers.
  bool works() const;
  /// Whether this is the first pod on the node that needs the image. From now on it is there.
  bool must_pull(std::size_t node, ComponentIndex owner, std::uint64_t image);

 private:
  struct Node {
    std::size_t zone = 0;
    bool alive = true;
    bool ready = true;
    bool cordoned = false;
    std::int64_t pods = 0;
    std::set<std::pair<std::uint32_t, std::uint64_t>> images;
  };
  const KubernetesClusterSpec& spec() const { return spec_as<KubernetesClusterSpec>(); }
  bool out_of_capacity() const;
  void ask_for_nodes(StepIndex by);
  Task<void> provision();
  void drain(std::size_t zone, StepIndex by);
  void lose_region();
  void return_region();
  void lose_zone(std::size_t zone);
  void return_zone(std::size_t zone);
  Task<void> give_up(std::size_t zone);

  SlotDraws not_ready_;
  SlotDraws toleration_;
  SlotDraws between_evictions_;
  SlotDraws node_provision_;
  bool capacity_missing_;
  bool shortage_noted_ = false;
  bool region_was_up_ = true;
  bool worked_ = true;
  std::int64_t coming_ = 0;  // nodes that the autoscaler is starting
  std::vector<Node> nodes_;
  std::vector<bool> zone_was_up_;
  std::vector<Task<void>> given_up_;  // by zone
  std::vector<PodOwner*> owners_;
  Signal room_;
  TaskSet tasks_;
};

/// Where requests come into a cluster. It sends them to ready pods.
class KubernetesIngress final : public Entrance {
 public:
  using Entrance::Entrance;
  bool carries_requests() const override { return false; }
};

}  // namespace firedrill
