// Severities: what makes an incident one of them, whom it calls and when, what it promises; and
// which services an alarm speaks of.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/resolution.hpp"

namespace firedrill {
namespace {

/// The severities of a system that lists none: names to refer to, without any rule.
std::vector<SeveritySpec> bare_severities() {
  std::vector<SeveritySpec> bare;
  for (const char* name : {"SEV-1", "SEV-2", "SEV-3", "SEV-4"}) {
    bare.emplace_back().name.text = name;
  }
  return bare;
}

PlannedSeverity resolve_severity(Resolution& r, const SeveritySpec& spec) {
  const std::string owner = "severity " + quoted(spec.name.text);
  PlannedSeverity planned;
  planned.name = spec.name.text;
  planned.pages =
      r.names.bind_all<RoleIndex>("\"pages\" of " + owner + " names", spec.pages, {Thing::kRole});
  for (const UnresolvedSpec& later : spec.unresolved) {
    planned.unresolved.push_back({r.names.bind<RoleIndex>("\"unresolved\" of " + owner + " names",
                                                          later.role, {Thing::kRole}),
                                  later.after});
  }
  std::stable_sort(planned.unresolved.begin(), planned.unresolved.end(),
                   [](const auto& a, const auto& b) { return a.after < b.after; });
  planned.respond_within = spec.respond_within;
  planned.stabilise_within = spec.stabilise_within;
  planned.resolve_within = spec.resolve_within;
  planned.status_update_every = spec.status_update_every;
  for (const ImpactSpec& impact : spec.when) {
    r.names.bind<TierIndex>("\"when\" of " + owner + " names", impact.tier, {Thing::kTier});
  }
  return planned;
}

/// Everything that requests to a service pass through: its entry, sites and stores, what these
/// refer to, and the same of the services that it needs.
class Path {
 public:
  Path(const Plan& plan, ServiceIndex service)
      : plan_(plan), services_(plan.services.size()), components_(plan.components.size()) {
    add(service);
  }

  bool passes(const PlannedAlarm& alarm) const {
    if (alarm.of.valid()) return components_[alarm.of.value];
    for (std::size_t i = 0; i < components_.size(); ++i) {
      if (components_[i] && plan_.components[i].region == alarm.of_region) return true;
    }
    return false;
  }

 private:
  void add(ServiceIndex index) {
    if (services_[index.value]) return;
    services_[index.value] = true;
    const PlannedService& service = plan_.service(index);
    if (service.entry.valid()) add(service.entry);
    for (const ComponentIndex site : service.sites) add(site);
    for (const StoreIndex store : service.stores) {
      for (const ComponentIndex member : plan_.stores[store.value].members) add(member);
    }
    for (const ServiceIndex needed : service.needs) add(needed);
  }

  void add(ComponentIndex index) {
    if (components_[index.value]) return;
    components_[index.value] = true;
    for (const auto& [key, component] : plan_.component(index).references) {
      if (component.valid()) add(component);
    }
  }

  const Plan& plan_;
  std::vector<bool> services_;
  std::vector<bool> components_;
};

}  // namespace

void resolve_severities(Resolution& r) {
  const auto& listed = r.system.severities;
  for (const SeveritySpec& severity : listed.empty() ? bare_severities() : listed) {
    r.names.define(Thing::kSeverity, "severity", severity.name,
                   static_cast<std::uint32_t>(r.plan.severities.size()));
    r.plan.severities.push_back(resolve_severity(r, severity));
  }
}

std::vector<PlannedImpact> impacts_of(const Resolution& r, const std::vector<AlarmIndex>& alarms) {
  std::vector<bool> behind(r.plan.services.size(), false);
  for (std::uint32_t i = 0; i < behind.size(); ++i) {
    const Path path(r.plan, {i});
    behind[i] = std::any_of(alarms.begin(), alarms.end(), [&](AlarmIndex alarm) {
      return path.passes(r.plan.alarms[alarm.value]);
    });
  }
  std::vector<PlannedImpact> impacts;
  for (std::uint32_t s = 0; s < r.system.severities.size(); ++s) {
    for (const ImpactSpec& rule : r.system.severities[s].when) {
      const auto tier = r.names.find(Thing::kTier, rule.tier.text);
      for (std::uint32_t i = 0; i < behind.size(); ++i) {
        if (!tier || !behind[i] || r.plan.services[i].tier.value != *tier) continue;
        PlannedCall probe;
        probe.operation = Operation::kProbeServedAtMost;
        probe.service = {i};
        probe.share = rule.served_at_most.value;
        impacts.push_back({{s}, std::move(probe)});
      }
    }
  }
  return impacts;
}

}  // namespace firedrill
