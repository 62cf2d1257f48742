// Components of a Kubernetes cluster as an author writes them. Defaults are the member
// initialisers.
#pragma once

#include "engine/input/document_parts.hpp"

namespace firedrill {

struct KubernetesClusterSpec {  // kind "kubernetes:cluster"
  Name region;
  std::int64_t nodes = 3;  // at the start, spread over the zones
  /// How many the autoscaler may have running; it starts what pods wait for.
  std::int64_t most_nodes = 6;
  std::int64_t pods_per_node = 8;
};
struct KubernetesIngressSpec {  // kind "kubernetes:ingress": what takes the requests to a cluster
  Name region;
  Name certificate;  // acm:certificate of the same region; empty: none
  Name web_acl;      // wafv2:web-acl in front of it; empty for none
};
struct KubernetesDeploymentSpec {  // kind "kubernetes:deployment"
  Name region;
  Name cluster;  // kubernetes:cluster of the same region
  Name ingress;  // kubernetes:ingress of the same region
  std::int64_t replicas = 0;
  std::int64_t production_replicas = 1;  // what runbooks mean by "production count"
  /// Of a rolling update, in percent of the replicas: pods beyond them, and pods that may be
  /// missing.
  std::int64_t max_surge_percent = 25;
  std::int64_t max_unavailable_percent = 25;
};

}  // namespace firedrill
