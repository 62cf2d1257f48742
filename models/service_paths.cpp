#include "models/service_paths.hpp"

#include <algorithm>
#include <cmath>

namespace firedrill {
namespace {

// Shares that differ by less are the same share: what is left of sums and products of doubles.
constexpr double kSameShare = 1e-12;

ComponentIndex balancer_of(const EcsService& service) {
  return service.planned().reference("load_balancer");
}

bool worth_logging(const ServedShare& known, const ServedShare& now) {
  const bool crossed = (known.all >= kNearlyAllClients) != (now.all >= kNearlyAllClients);
  return crossed || std::abs(now.honouring - known.honouring) >= kSameShare ||
         std::abs(now.all - known.all) >= kServedShareResolution;
}

}  // namespace

const StoreReplica* Components::store(ComponentIndex i) const {
  if (auroras[i.value]) return auroras[i.value].get();
  return stores[i.value].get();
}
StoreReplica* Components::store(ComponentIndex i) {
  if (auroras[i.value]) return auroras[i.value].get();
  return stores[i.value].get();
}

ServicePaths::ServicePaths(DrillContext& context, const Regions& regions, Components& components)
    : context_(context),
      regions_(regions),
      components_(components),
      shares_(context.plan.services.size()),
      serves_since_(context.plan.services.size(), TimePoint::never()),
      loss_logged_(context.plan.stores.size(), false) {}

void ServicePaths::begin() {
  for (std::uint32_t i = 0; i < shares_.size(); ++i) shares_[i] = {-1, -1};
  update();
}

void ServicePaths::update() {
  for (std::uint32_t i = 0; i < shares_.size(); ++i) {
    const ServiceIndex service{i};
    const ServedShare now = share_of(service);
    ServedShare& known = shares_[i];
    if (!worth_logging(known, now)) continue;
    known = now;
    if (!serves(service)) {
      serves_since_[i] = TimePoint::never();
    } else if (serves_since_[i] == TimePoint::never()) {
      serves_since_[i] = context_.now();
    }
    context_.log.add({.at = context_.now(),
                      .value = now.honouring,
                      .value2 = now.all,
                      .subject = i,
                      .cause = context_.last_cause.value,
                      .kind = EventKind::kServedShare});
  }
  log_losses();
}

void ServicePaths::log_losses() {
  for (std::uint32_t i = 0; i < context_.plan.stores.size(); ++i) {
    if (loss_logged_[i]) continue;
    for (const ComponentIndex member : context_.plan.stores[i].members) {
      const StoreReplica* replica = components_.store(member);
      if (replica == nullptr || !replica->loss() || !replica->usable()) continue;
      const DataLoss loss = *replica->loss();
      loss_logged_[i] = true;
      context_.log.add({.at = context_.now(),
                        .value = loss.span_s,
                        .value2 = loss.writes,
                        .subject = i,
                        .object = member.value,
                        .cause = context_.last_cause.value,
                        .kind = EventKind::kDataLoss,
                        .knowledge = Knowledge::kSimulatorOnly});
      if (loss.age_of_99_s >= 0) {
        context_.log.add({.at = context_.now(),
                          .value = loss.age_of_99_s,
                          .subject = i,
                          .kind = EventKind::kDataLossShape,
                          .knowledge = Knowledge::kSimulatorOnly});
      }
    }
  }
}

bool ServicePaths::serves(ServiceIndex service) const {
  return shares_[service.value].honouring >= context_.plan.service(service).threshold - kSameShare;
}

Task<void> ServicePaths::until_steady() {
  for (;;) {
    update();
    TimePoint steady = context_.now();
    bool all_serve = true;
    for (std::uint32_t i = 0; i < shares_.size(); ++i) {
      if (!context_.plan.services[i].judged) continue;
      all_serve = all_serve && serves_since_[i] < TimePoint::never();
      if (all_serve) steady = std::max(steady, serves_since_[i] + context_.plan.services[i].hold);
    }
    if (all_serve && steady <= context_.now()) co_return;
    Task<void> news = next_raise(context_.changed);
    Within<void> wait(context_.agenda, all_serve ? steady : TimePoint::never(), news);
    co_await wait;
  }
}

std::vector<Audience> ServicePaths::audience(ComponentIndex entry, double& straggler_share) const {
  if (const Distributor* edge = components_.distributors[entry.value].get()) {
    const ComponentIndex origin = edge->origin();
    double of_record = 0;
    straggler_share = 0;
    if (components_.records[origin.value]) return audience(origin, of_record);
    return {{origin, 1.0, 1.0}};
  }
  const DnsRecord& record = *components_.records[entry.value];
  straggler_share = record.straggler_share();
  return record.audience();
}

ServedShare ServicePaths::share_of(ServiceIndex service) const {
  double straggler_share = 0;
  ServedShare sum;
  double stragglers = 0;
  const auto clients = audience(context_.plan.service(service).entry, straggler_share);
  for (const Audience& part : clients) {
    const double served = served_at(service, part.balancer);
    sum.honouring += part.honouring * served;
    stragglers += part.stragglers * served;
  }
  sum.all = sum.honouring * (1 - straggler_share) + stragglers * straggler_share;
  return sum;
}

double ServicePaths::served_at(ServiceIndex service, ComponentIndex balancer) const {
  const RegionIndex region = context_.plan.component(balancer).region;
  const EcsService* compute = site(context_.plan.service(service), region);
  if (compute == nullptr || balancer_of(*compute) != balancer) return 0;
  return served_in(service, region);
}

double ServicePaths::served_in(ServiceIndex index, RegionIndex region) const {
  const PlannedService& service = context_.plan.service(index);
  if (!regions_.up(region) || !stores_usable(service, region)) return 0;
  const EcsService* compute = site(service, region);
  if (compute == nullptr || compute->healthy() == 0) return 0;
  const auto healthy = static_cast<double>(compute->healthy());
  const auto targets = healthy + static_cast<double>(compute->dead_targets());
  double share = healthy / std::max(targets, static_cast<double>(service.full_load_tasks));
  for (const ServiceIndex need : service.needs) share = std::min(share, served_in(need, region));
  return share;
}

const EcsService* ServicePaths::site(const PlannedService& service, RegionIndex region) const {
  for (const ComponentIndex candidate : service.sites) {
    if (context_.plan.component(candidate).region == region) {
      return components_.services[candidate.value].get();
    }
  }
  return nullptr;
}

bool ServicePaths::stores_usable(const PlannedService& service, RegionIndex region) const {
  return std::all_of(service.stores.begin(), service.stores.end(), [&](StoreIndex store) {
    const auto& members = context_.plan.stores[store.value].members;
    return std::any_of(members.begin(), members.end(), [&](ComponentIndex member) {
      const StoreReplica* replica = components_.store(member);
      return replica != nullptr && context_.plan.component(member).region == region &&
             replica->usable();
    });
  });
}

/// `Evaluate target health`: the load balancer is up, and behind it every service has a healthy
/// target.
bool ServicePaths::endpoint_healthy(ComponentIndex balancer) const {
  const RegionIndex region = context_.plan.component(balancer).region;
  if (!regions_.up(region)) return false;
  bool any = false;
  for (const auto& service : components_.services) {
    if (!service || service->planned().region != region || !service->exists()) continue;
    if (balancer_of(*service) != balancer || service->desired() == 0) continue;
    any = any || service->healthy() > 0;
  }
  return any;
}

std::optional<double> ServicePaths::target_error_share(ComponentIndex balancer) const {
  const RegionIndex region = context_.plan.component(balancer).region;
  if (!regions_.up(region)) return std::nullopt;
  double worst = 0;
  bool answered = false;
  for (std::uint32_t i = 0; i < context_.plan.services.size(); ++i) {
    const PlannedService& service = context_.plan.services[i];
    const EcsService* compute = site(service, region);
    if (compute == nullptr || compute->healthy() == 0) continue;
    if (balancer_of(*compute) != balancer) continue;
    double straggler_share = 0;
    const auto clients = audience(service.entry, straggler_share);
    const bool asked = std::any_of(clients.begin(), clients.end(), [&](const Audience& part) {
      return part.balancer == balancer && part.honouring > 0;
    });
    if (!asked) continue;
    answered = true;
    worst = std::max(worst, 1.0 - served_in(ServiceIndex{i}, region));
  }
  if (!answered) return std::nullopt;
  return worst;
}

double ServicePaths::failed_share(ComponentIndex entry) const {
  double sum = 0;
  double count = 0;
  for (std::uint32_t i = 0; i < context_.plan.services.size(); ++i) {
    if (context_.plan.services[i].entry != entry) continue;
    sum += 1.0 - std::clamp(shares_[i].honouring, 0.0, 1.0);
    count += 1;
  }
  return count > 0 ? sum / count : 0;
}

}  // namespace firedrill
