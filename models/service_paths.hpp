// Which share of a service's requests would succeed now, through its whole path: the answer each
// client holds or the origin of the CDN, the load balancer, the tasks behind it, the data stores,
// and the other services it cannot do without.
//
//   share(service) = sum over load balancers b of  clients(b) * capacity(b) * stores(b) * needs(b)
//
// clients(b): share of clients that go there; capacity(b): healthy tasks over the tasks that carry
// the full load, at most 1, or over all targets while dead ones still get their share of requests,
// whichever is less: what a dead target is sent fails, and spares the healthy ones that load;
// stores(b): 1 if a usable copy of every store is in that region, else 0; needs(b): the least
// share, in that region, of the services it needs.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "models/aurora.hpp"
#include "models/cloudfront.hpp"
#include "models/dns.hpp"
#include "models/dynamodb.hpp"
#include "models/ecs.hpp"
#include "models/regions.hpp"
#include "models/s3.hpp"

namespace firedrill {

/// Everything that the paths run through, by index of the plan's components; null where it is of
/// another kind.
struct Components {
  std::vector<std::unique_ptr<EcsCluster>> clusters;
  std::vector<std::unique_ptr<EcsService>> services;
  std::vector<std::unique_ptr<DnsRecord>> records;
  std::vector<std::unique_ptr<Distributor>> distributors;
  std::vector<std::unique_ptr<AuroraCluster>> auroras;
  std::vector<std::unique_ptr<StoreReplica>> stores;  // tables and buckets
  const StoreReplica* store(ComponentIndex i) const;
  StoreReplica* store(ComponentIndex i);
};

struct ServedShare {
  double honouring = 0;  // of the clients that honour the TTL
  double all = 0;
};

class ServicePaths final : public DnsRecord::Endpoints {
 public:
  ServicePaths(DrillContext& context, const Regions& regions, Components& components);

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

 private:
  ServedShare share_of(ServiceIndex service) const;
  double served_at(ServiceIndex service, ComponentIndex balancer) const;
  double served_in(ServiceIndex service, RegionIndex region) const;
  bool stores_usable(const PlannedService& service, RegionIndex region) const;
  const EcsService* site(const PlannedService& service, RegionIndex region) const;
  std::vector<Audience> audience(ComponentIndex entry, double& straggler_share) const;
  void log_losses();

  DrillContext& context_;
  const Regions& regions_;
  Components& components_;
  std::vector<ServedShare> shares_;
  std::vector<TimePoint> serves_since_;
  std::vector<bool> loss_logged_;
};

}  // namespace firedrill
