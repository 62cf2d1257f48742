// The fields of Kubernetes clusters, ingresses and deployments.
#pragma once

#include "engine/input/component_documents.hpp"
#include "engine/input/field_rules.hpp"

namespace firedrill {

template <class V>
void describe(V& v, KubernetesClusterSpec& c) {
  v.field("region", c.region, {.doc = "Region of the cluster", .required = true});
  v.field("nodes", c.nodes,
          {.doc = "Nodes at the start, spread over the zones", .minimum = 0, .maximum = 10'000});
  v.field("most_nodes", c.most_nodes,
          {.doc = "Nodes that the autoscaler may have running", .minimum = 0, .maximum = 10'000});
  v.field("pods_per_node", c.pods_per_node,
          {.doc = "Pods that fit on a node", .minimum = 1, .maximum = 1'000});
}

template <class V>
void describe(V& v, KubernetesIngressSpec& i) {
  v.field("region", i.region, {.doc = "Region of the ingress", .required = true});
  v.field("certificate", i.certificate, {.doc = "The acm:certificate that it shows"});
  v.field("web_acl", i.web_acl, {.doc = "A wafv2:web-acl of the region; absent: none"});
}

template <class V>
void describe(V& v, KubernetesDeploymentSpec& d) {
  v.field("region", d.region, {.doc = "Region it runs in", .required = true});
  v.field("cluster", d.cluster, {.doc = "A kubernetes:cluster of the region", .required = true});
  v.field("ingress", d.ingress, {.doc = "A kubernetes:ingress of the region", .required = true});
  v.field("replicas", d.replicas,
          {.doc = "Pods that run at the start", .minimum = 0, .maximum = 10'000});
  v.field("production_replicas", d.production_replicas,
          {.doc = "What runbooks mean by production count", .minimum = 1, .maximum = 10'000});
  v.field("max_surge_percent", d.max_surge_percent,
          {.doc = "Pods beyond the replicas during a rolling update, in percent, rounded up",
           .minimum = 0,
           .maximum = 100});
  v.field("max_unavailable_percent", d.max_unavailable_percent,
          {.doc = "Pods that may be missing during a rolling update, in percent, rounded down",
           .minimum = 0,
           .maximum = 100});
}

}  // namespace firedrill
