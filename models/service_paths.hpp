// Which share of a service's requests would succeed now, through its whole path: the answer each
// client holds or the origin of the CDN, the load balancer, the tasks behind it, the data stores,
// and the other services it cannot do without.
//
//   share(service) = sum over load balancers b of
//                      clients(b) * gates(b) * min(capacity(b) * stores(b), needs(b))
//
// clients(b): share of clients that go there; gates(b): product of what every part of the path lets
// pass, where the parts are the entry, the load balancer, the tasks, and whatever these refer to or
// cannot work without (a certificate, a firewall, a secret); capacity(b): healthy tasks over the
// tasks that carry the load, at most 1, where the load is the full load times what the parts add to
// it, or over all targets while dead ones still get their share of requests, whichever is less:
// what a dead target is sent fails, and spares the healthy ones that load; stores(b): what the
// usable copies of each store in that region let pass and answer rightly, at most 1; needs(b): the
// least share, in that region, of the services it needs.
#pragma once

#include <vector>

#include "models/cloudfront.hpp"
#include "models/dns.hpp"
#include "models/managed_api.hpp"
#include "models/platform_parts.hpp"
#include "models/scaling_policy.hpp"
#include "models/service_site.hpp"
#include "models/store_replica.hpp"
#include "models/web_acl.hpp"

namespace firedrill {

struct ServedShare {
  double honouring = 0;  // of the clients that honour the TTL
  double all = 0;
};

class ServicePaths final : public DnsRecord::Endpoints {
 public:
  ServicePaths(DrillContext& context, const Regions& regions, const PlatformParts& parts);

  /// Lets the DNS records check the endpoints from now on.
  void watch_endpoints();
  /// Works out every share anew, and logs those that changed, and data losses that became known.
  void update();
  /// Logs the shares as they are at the start.
  void begin();

  const ServedShare& share(ServiceIndex service) const { return shares_[service.value]; }
  bool serves(ServiceIndex service) const;
  /// Ends once every judged service has served for its hold time.
  Task<void> until_steady();

  bool endpoint_healthy(ComponentIndex balancer) const override;
  /// Share of requests that reach a healthy target of the load balancer and fail behind it; nothing
  /// when no target is left to answer.
  std::optional<double> target_error_share(ComponentIndex balancer) const;
  /// Share of requests from outside that fail, over the services behind a record or distribution.
  double failed_share(ComponentIndex entry) const;
  /// Requests that get to a load balancer's targets, as a multiple of what customers usually send
  /// there; nothing while no client goes there.
  std::optional<double> request_ratio(ComponentIndex balancer) const;
  double blocked_per_s(ComponentIndex firewall) const;

 private:
  /// Customers want right answers; a check from outside takes any answer that is not an error.
  enum class Asker : std::uint8_t { kCustomer, kCheck };
  ServedShare share_of(ServiceIndex service, Asker asker) const;
  double served_at(ServiceIndex service, ComponentIndex balancer, Asker asker) const;
  double served_in(ServiceIndex service, RegionIndex region, ComponentIndex entry,
                   Asker asker) const;
  double served_by(const ServiceSite& compute, const Path& path) const;
  Traffic traffic_on(const Path& path) const;
  template <class Visit>
  void each_way(Visit visit) const;
  Traffic arriving_at(const WebAcl& firewall) const;
  /// Requests that get to a front past its firewall.
  struct Requests {
    double usual_per_s = 0;
    double now_per_s = 0;
  };
  Requests requests_at(ComponentIndex front) const;
  double load_on(const ServiceSite& compute) const;
  void show_traffic();
  double store_passes(const StoreReplica& replica, const Path& path) const;
  double stores_pass(const Path& path, RegionIndex region, Asker asker) const;
  const ServiceSite* site(const PlannedService& service, RegionIndex region) const;
  std::vector<Audience> audience(ComponentIndex entry, double& straggler_share) const;
  void log_losses();
  void note_destinations(ServiceIndex service);

  DrillContext& context_;
  const Regions& regions_;
  // By index of the plan's components; null where it is of another kind.
  std::vector<const ServiceSite*> sites_;
  std::vector<DnsRecord*> records_;
  std::vector<const Distributor*> distributors_;
  std::vector<const StoreReplica*> stores_;
  std::vector<std::vector<const Component*>>
      gates_;  // what lies on a path through it, itself first
  std::vector<WebAcl*> firewalls_;
  std::vector<ScalingPolicy*> policies_;
  std::vector<ManagedApi*> apis_;
  std::vector<ServiceSite*> load_followers_;
  std::vector<ComponentIndex> entries_;                    // that services name, each once
  std::vector<std::vector<ComponentIndex>> destinations_;  // by service: where clients have gone
  std::vector<ServedShare> shares_;
  std::vector<double> answered_;  // the same as a check from outside sees it
  std::vector<TimePoint> serves_since_;
  std::vector<bool> loss_logged_;
};

}  // namespace firedrill
