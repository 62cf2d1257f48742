// Data stores, and the services that customers use.
#include <fmt/format.h>

#include <set>

#include "engine/plan/circles.hpp"
#include "engine/plan/resolution.hpp"

namespace firedrill {
namespace {

std::string key_of(std::string_view key, const std::string& owner) {
  return fmt::format("\"{}\" of {} names", key, owner);
}

/// Copies of one store hold the same data: they are of one kind and, if tables, of one table.
void check_members(Resolution& r, const std::string& owner, const StoreSpec& store,
                   const std::vector<ComponentIndex>& members) {
  const auto sort_of = [&](ComponentIndex i) {
    const PlannedComponent& c = r.plan.component(i);
    const auto* table = std::get_if<DynamoTableSpec>(&c.detail);
    return table ? fmt::format("{} of {}", c.kind, quoted(table->global_table.text)) : c.kind;
  };
  for (std::size_t i = 1; i < members.size(); ++i) {
    if (sort_of(members[i]) == sort_of(members[0])) continue;
    r.diagnostics.error(
        Rule::kImpossible, store.name.at,
        fmt::format("{} has members of different kinds: {} is {}, {} is {}", owner,
                    quoted(r.plan.component(members[0]).name), with_article(sort_of(members[0])),
                    quoted(r.plan.component(members[i]).name), with_article(sort_of(members[i]))),
        "make a store of each");
  }
}

void resolve_stores(Resolution& r) {
  for (const StoreSpec& store : r.system.stores) {
    const std::string owner = "store " + quoted(store.name.text);
    r.names.define(Thing::kStore, "store", store.name,
                   static_cast<std::uint32_t>(r.plan.stores.size()));
    const Need data{Thing::kComponent, kinds_in(kStoreKinds)};
    PlannedStore planned{store.name.text, {}};
    planned.members =
        r.names.bind_all<ComponentIndex>(key_of("members", owner), store.members, data);
    check_members(r, owner, store, planned.members);
    r.plan.stores.push_back(std::move(planned));
  }
}

void check_sites(Resolution& r, const std::string& owner, const ServiceSpec& service) {
  std::set<RegionIndex> regions;
  for (const Name& site : service.sites) {
    const auto compute = r.names.find(Thing::kComponent, site.text);
    if (!compute) continue;
    const RegionIndex region = r.plan.components[*compute].region;
    if (!region.valid() || regions.insert(region).second) continue;
    r.diagnostics.error(
        Rule::kImpossible, site.at,
        fmt::format("{} has two sites in {}", owner, r.plan.regions[region.value].name),
        "a service has one site in a region");
  }
}

void define_services(Resolution& r) {
  for (std::uint32_t i = 0; i < r.system.services.size(); ++i) {
    r.names.define(Thing::kService, "service", r.system.services[i].name, i);
  }
}

PlannedService resolve_service(Resolution& r, const ServiceSpec& service) {
  const std::string owner = "service " + quoted(service.name.text);
  Names& names = r.names;
  PlannedService planned;
  planned.name = service.name.text;
  planned.tier = names.bind<TierIndex>(key_of("tier", owner), service.tier, {Thing::kTier});
  planned.entry = names.bind<ComponentIndex>(key_of("entry", owner), service.entry,
                                             {Thing::kComponent, kinds_in(kEntryKinds)});
  planned.sites = names.bind_all<ComponentIndex>(key_of("sites", owner), service.sites,
                                                 {Thing::kComponent, kinds_in(kSiteKinds)});
  planned.stores =
      names.bind_all<StoreIndex>(key_of("stores", owner), service.stores, {Thing::kStore});
  planned.needs =
      names.bind_all<ServiceIndex>(key_of("needs", owner), service.needs, {Thing::kService});
  planned.uses =
      names.bind_all<ServiceIndex>(key_of("uses", owner), service.uses, {Thing::kService});
  planned.full_load_tasks = service.full_load_tasks;
  planned.threshold = service.threshold.value;
  planned.hold = service.hold;
  planned.judged = service.judged;
  check_sites(r, owner, service);
  return planned;
}

void check_needs(Resolution& r) {
  DependenceGraph graph(r.system.services.size());
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < r.system.services.size(); ++i) {
    names.push_back(r.system.services[i].name.text);
    for (const Name& need : r.system.services[i].needs) {
      if (const auto to = r.names.find(Thing::kService, need.text)) graph.add(i, *to, need.at);
    }
  }
  graph.report("services", names, r.diagnostics);
}

}  // namespace

void resolve_services(Resolution& r) {
  resolve_stores(r);
  define_services(r);
  for (const ServiceSpec& service : r.system.services) {
    r.plan.services.push_back(resolve_service(r, service));
  }
  check_needs(r);
}

}  // namespace firedrill
