// The traffic on the paths of services: what loads the tasks, what a firewall takes out, and what
// load balancers, firewalls and scaling policies get to see of it.
#include <algorithm>

#include "models/service_paths.hpp"

namespace firedrill {

/// What reaches the tasks of a path: every part of it has added to it, or taken from it.
Traffic ServicePaths::traffic_on(const Path& path) const {
  Traffic traffic;
  for (const ComponentIndex part : {path.entry, path.balancer, path.site}) {
    if (!part.valid()) continue;
    for (const Component* gate : gates_[part.value]) gate->shape(path, traffic);
  }
  return traffic;
}

/// Every way from an entry to a load balancer that clients go now, weighed by the usual requests a
/// second that go there.
template <class Visit>
void ServicePaths::each_way(Visit visit) const {
  for (const ComponentIndex entry : entries_) {
    const auto* entrance = dynamic_cast<const Entrance*>(gates_[entry.value].front());
    double straggler_share = 0;
    for (const Audience& part : audience(entry, straggler_share)) {
      const double rate = entrance->request_rate() * part.honouring;
      if (rate > 0) visit(Path{{}, entry, part.balancer, {}}, rate);
    }
  }
}

ServicePaths::Requests ServicePaths::requests_at(ComponentIndex front) const {
  Requests requests;
  each_way([&](const Path& path, double rate) {
    if (path.balancer != front) return;
    requests.usual_per_s += rate;
    requests.now_per_s += rate * traffic_on(path).total();
  });
  return requests;
}

std::optional<double> ServicePaths::request_ratio(ComponentIndex balancer) const {
  const Requests requests = requests_at(balancer);
  if (requests.usual_per_s <= 0) return std::nullopt;
  return requests.now_per_s / requests.usual_per_s;
}

double ServicePaths::blocked_per_s(ComponentIndex firewall) const {
  double blocked = 0;
  each_way([&](const Path& path, double rate) {
    Traffic traffic;
    for (const ComponentIndex part : {path.entry, path.balancer}) {
      for (const Component* gate : gates_[part.value]) {
        if (gate->index() == firewall) {
          blocked += rate * static_cast<const WebAcl*>(gate)->blocked(traffic);
        }
        gate->shape(path, traffic);
      }
    }
  });
  return blocked;
}

/// What arrives at a firewall, as a multiple of what customers usually send through it.
Traffic ServicePaths::arriving_at(const WebAcl& firewall) const {
  Traffic sum{.customers = 0, .attacks = {}};
  double usual = 0;
  each_way([&](const Path& path, double rate) {
    Traffic traffic;
    for (const ComponentIndex part : {path.entry, path.balancer}) {
      for (const Component* gate : gates_[part.value]) {
        if (gate == &firewall) {
          usual += rate;
          sum.customers += rate * traffic.customers;
          for (AttackStream stream : traffic.attacks) {
            stream.size *= rate;
            sum.attacks.push_back(stream);
          }
        }
        gate->shape(path, traffic);
      }
    }
  });
  if (usual <= 0) return {};
  sum.customers /= usual;
  for (AttackStream& stream : sum.attacks) stream.size /= usual;
  return sum;
}

/// The load of a service's tasks, in tasks that carry it.
double ServicePaths::load_on(const ServiceSite& compute) const {
  double load = 0;
  for (std::uint32_t i = 0; i < context_.plan.services.size(); ++i) {
    const PlannedService& service = context_.plan.services[i];
    if (site(service, compute.planned().region) != &compute) continue;
    double straggler_share = 0;
    for (const Audience& part : audience(service.entry, straggler_share)) {
      if (part.balancer != compute.front()) continue;
      const Path path{ServiceIndex{i}, service.entry, part.balancer, compute.index()};
      load +=
          part.honouring * static_cast<double>(service.full_load_tasks) * traffic_on(path).total();
    }
  }
  return load;
}

void ServicePaths::show_traffic() {
  for (ManagedApi* api : apis_) api->see(requests_at(api->index()).now_per_s);
  for (ServiceSite* follower : load_followers_) follower->see(load_on(*follower));
  if (!context_.unusual_traffic) return;
  for (WebAcl* firewall : firewalls_) firewall->see(arriving_at(*firewall));
  for (ScalingPolicy* policy : policies_) policy->see(load_on(policy->service()));
}

}  // namespace firedrill
