#include "models/service_paths.hpp"

#include <algorithm>
#include <cmath>

namespace firedrill {
namespace {

// Shares that differ by less are the same share: what is left of sums and products of doubles.
constexpr double kSameShare = 1e-12;

bool worth_logging(const ServedShare& known, const ServedShare& now) {
  const bool crossed = (known.all >= kNearlyAllClients) != (now.all >= kNearlyAllClients);
  return crossed || std::abs(now.honouring - known.honouring) >= kSameShare ||
         std::abs(now.all - known.all) >= kServedShareResolution;
}

}  // namespace

ServicePaths::ServicePaths(DrillContext& context, const Regions& regions,
                           const PlatformParts& parts)
    : context_(context),
      regions_(regions),
      gates_(parts.all().size()),
      destinations_(context.plan.services.size()),
      shares_(context.plan.services.size()),
      answered_(context.plan.services.size()),
      serves_since_(context.plan.services.size(), TimePoint::never()),
      loss_logged_(context.plan.stores.size(), false) {
  for (const auto& part : parts.all()) {
    sites_.push_back(dynamic_cast<const ServiceSite*>(part.get()));
    records_.push_back(dynamic_cast<DnsRecord*>(part.get()));
    distributors_.push_back(dynamic_cast<const Distributor*>(part.get()));
    stores_.push_back(dynamic_cast<const StoreReplica*>(part.get()));
    auto& gates = gates_[part->index().value];
    gates.push_back(part.get());
    for (const auto& [key, other] : part->planned().references) {
      if (parts.at(other).carries_requests()) gates.push_back(&parts.at(other));
    }
    for (const ComponentIndex other : part->planned().needs) gates.push_back(&parts.at(other));
    // What is asked for behind it comes after what stands in front.
    std::stable_partition(gates.begin() + 1, gates.end(), [](const Component* gate) {
      return dynamic_cast<const Entrance*>(gate) == nullptr;
    });
    if (auto* firewall = dynamic_cast<WebAcl*>(part.get())) firewalls_.push_back(firewall);
    if (auto* policy = dynamic_cast<ScalingPolicy*>(part.get())) policies_.push_back(policy);
    if (auto* api = dynamic_cast<ManagedApi*>(part.get())) apis_.push_back(api);
    auto* site = dynamic_cast<ServiceSite*>(part.get());
    if (site != nullptr && site->follows_load()) load_followers_.push_back(site);
  }
  for (const PlannedService& service : context.plan.services) {
    const bool known = std::find(entries_.begin(), entries_.end(), service.entry) != entries_.end();
    if (service.entry.valid() && !known) entries_.push_back(service.entry);
  }
}

void ServicePaths::watch_endpoints() {
  for (DnsRecord* record : records_) {
    if (record != nullptr) record->watch(*this);
  }
}

void ServicePaths::begin() {
  for (std::uint32_t i = 0; i < shares_.size(); ++i) shares_[i] = {-1, -1};
  update();
}

void ServicePaths::update() {
  show_traffic();
  const bool wrong_data = std::any_of(stores_.begin(), stores_.end(), [](const auto* store) {
    return store != nullptr && store->right_share() < 1;
  });
  for (std::uint32_t i = 0; i < shares_.size(); ++i) {
    const ServiceIndex service{i};
    note_destinations(service);
    const ServedShare now = share_of(service, Asker::kCustomer);
    answered_[i] = wrong_data ? share_of(service, Asker::kCheck).honouring : now.honouring;
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

/// Clients that are sent elsewhere find what is there then, ready or not.
void ServicePaths::note_destinations(ServiceIndex service) {
  const ComponentIndex entry = context_.plan.service(service).entry;
  auto& known = destinations_[service.value];
  double of_stragglers = 0;
  for (const Audience& part : audience(entry, of_stragglers)) {
    const bool before = std::find(known.begin(), known.end(), part.balancer) != known.end();
    if (before || part.honouring <= 0) continue;
    if (!known.empty() && served_at(service, part.balancer, Asker::kCustomer) <= 0) {
      context_.note(Note::kTrafficBeforeReady, entry.value, context_.last_cause);
    }
    known.push_back(part.balancer);
  }
}

void ServicePaths::log_losses() {
  for (std::uint32_t i = 0; i < context_.plan.stores.size(); ++i) {
    if (loss_logged_[i]) continue;
    for (const ComponentIndex member : context_.plan.stores[i].members) {
      const StoreReplica* replica = stores_[member.value];
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
  if (const Distributor* edge = distributors_[entry.value]) {
    const ComponentIndex origin = edge->origin();
    double of_record = 0;
    straggler_share = 0;
    if (records_[origin.value] != nullptr) return audience(origin, of_record);
    return {{origin, 1.0, 1.0}};
  }
  const DnsRecord& record = *records_[entry.value];
  straggler_share = record.straggler_share();
  return record.audience();
}

ServedShare ServicePaths::share_of(ServiceIndex service, Asker asker) const {
  double straggler_share = 0;
  ServedShare sum;
  double stragglers = 0;
  const auto clients = audience(context_.plan.service(service).entry, straggler_share);
  for (const Audience& part : clients) {
    const double served = served_at(service, part.balancer, asker);
    sum.honouring += part.honouring * served;
    stragglers += part.stragglers * served;
  }
  sum.all = sum.honouring * (1 - straggler_share) + stragglers * straggler_share;
  return sum;
}

double ServicePaths::served_at(ServiceIndex service, ComponentIndex balancer, Asker asker) const {
  const RegionIndex region = context_.plan.component(balancer).region;
  const ServiceSite* compute = site(context_.plan.service(service), region);
  if (compute == nullptr || compute->front() != balancer) return 0;
  return served_in(service, region, context_.plan.service(service).entry, asker);
}

double ServicePaths::served_in(ServiceIndex index, RegionIndex region, ComponentIndex entry,
                               Asker asker) const {
  const PlannedService& service = context_.plan.service(index);
  const ServiceSite* compute = site(service, region);
  if (!regions_.up(region) || compute == nullptr || compute->healthy() == 0) return 0;
  const Path path{index, entry, compute->front(), compute->index()};
  const double stores = stores_pass(path, region, asker);
  if (stores <= 0) return 0;
  double share = served_by(*compute, path) * stores;
  for (const ServiceIndex need : service.needs) {
    share = std::min(share, served_in(need, region, {}, asker));
  }
  return share;
}

/// What gets through to the tasks of the path, and is answered by them. What several parts of the
/// path go through is passed once.
double ServicePaths::served_by(const ServiceSite& compute, const Path& path) const {
  double passes = 1;
  std::vector<const Component*> passed;
  for (const ComponentIndex part : {path.entry, path.balancer, path.site}) {
    // From inside, requests come past the listener, its certificate and its firewall.
    if (!part.valid() || (part == path.balancer && !path.entry.valid())) continue;
    for (const Component* gate : gates_[part.value]) {
      if (std::find(passed.begin(), passed.end(), gate) != passed.end()) continue;
      passed.push_back(gate);
      passes *= gate->lets_through(path);
    }
  }
  const auto healthy = static_cast<double>(compute.healthy());
  const auto targets = healthy + static_cast<double>(compute.dead_targets());
  const double load = static_cast<double>(context_.plan.service(path.service).full_load_tasks) *
                      traffic_on(path).total();
  return passes * healthy / std::max(targets, load);
}

const ServiceSite* ServicePaths::site(const PlannedService& service, RegionIndex region) const {
  for (const ComponentIndex candidate : service.sites) {
    if (context_.plan.component(candidate).region == region) {
      return sites_[candidate.value];
    }
  }
  return nullptr;
}

/// What a copy of a store lets through, and what it cannot work without, such as its key.
double ServicePaths::store_passes(const StoreReplica& replica, const Path& path) const {
  double passes = replica.lets_through(path);
  for (const ComponentIndex need : replica.planned().needs) {
    passes *= gates_[need.value].front()->lets_through(path);
  }
  return passes;
}

double ServicePaths::stores_pass(const Path& path, RegionIndex region, Asker asker) const {
  double passes = 1;
  for (const StoreIndex store : context_.plan.service(path.service).stores) {
    double share = 0;  // where a service goes over to another copy, each task has one of them
    for (const ComponentIndex member : context_.plan.stores[store.value].members) {
      const StoreReplica* replica = stores_[member.value];
      if (replica == nullptr || context_.plan.component(member).region != region) continue;
      if (!replica->usable()) continue;
      share +=
          store_passes(*replica, path) * (asker == Asker::kCustomer ? replica->right_share() : 1.0);
    }
    passes *= std::min(1.0, share);
  }
  return passes;
}

/// `Evaluate target health`: the load balancer is up, and behind it every service has a healthy
/// target.
bool ServicePaths::endpoint_healthy(ComponentIndex balancer) const {
  const RegionIndex region = context_.plan.component(balancer).region;
  if (!regions_.up(region) || gates_[balancer.value].front()->down()) return false;
  bool any = false;
  for (const ServiceSite* site : sites_) {
    if (site == nullptr || site->planned().region != region || !site->exists()) continue;
    if (site->front() != balancer || site->desired() == 0) continue;
    any = any || site->healthy() > 0;
  }
  return any;
}

std::optional<double> ServicePaths::target_error_share(ComponentIndex balancer) const {
  const RegionIndex region = context_.plan.component(balancer).region;
  if (!regions_.up(region) || gates_[balancer.value].front()->down()) return std::nullopt;
  double worst = 0;
  bool answered = false;
  for (std::uint32_t i = 0; i < context_.plan.services.size(); ++i) {
    const PlannedService& service = context_.plan.services[i];
    const ServiceSite* compute = site(service, region);
    if (compute == nullptr || compute->healthy() == 0) continue;
    if (compute->front() != balancer) continue;
    double straggler_share = 0;
    const auto clients = audience(service.entry, straggler_share);
    const bool asked = std::any_of(clients.begin(), clients.end(), [&](const Audience& part) {
      return part.balancer == balancer && part.honouring > 0;
    });
    if (!asked) continue;
    answered = true;
    // What the listener turns away never reaches a target, so no target answers it with an error.
    worst = std::max(worst, 1.0 - served_in(ServiceIndex{i}, region, {}, Asker::kCheck));
  }
  if (!answered) return std::nullopt;
  return worst;
}

double ServicePaths::failed_share(ComponentIndex entry) const {
  double sum = 0;
  double count = 0;
  for (std::uint32_t i = 0; i < context_.plan.services.size(); ++i) {
    if (context_.plan.services[i].entry != entry) continue;
    sum += 1.0 - std::clamp(answered_[i], 0.0, 1.0);
    count += 1;
  }
  return count > 0 ? sum / count : 0;
}

}  // namespace firedrill
