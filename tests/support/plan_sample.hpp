// A small system in two regions, one service, one runbook: a valid set of documents that a test
// changes where it cares.
#pragma once

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <stdexcept>

#include "engine/plan/resolve.hpp"

namespace firedrill::test {

inline Name at_line(std::string text, std::uint32_t line) {
  return {std::move(text), {0, line, 1}};
}

inline TimingEntry constant(std::string id, std::string unit, double value) {
  TimingEntry entry;
  entry.id.text = std::move(id);
  entry.unit = std::move(unit);
  entry.distribution.family = "constant";
  entry.distribution.parameters = {{"value", value}};
  entry.source = "test";
  return entry;
}

/// Every timing that the vocabulary names, with who needs it.
inline std::map<std::string, std::string> needed_timings() {
  std::map<std::string, std::string> ids;
  const auto need = [&](std::string_view id, std::string_view who) {
    if (!id.empty()) ids.emplace(id, who);
  };
  for (const OperationRule& rule : vocabulary()) {
    need(rule.hands_on, rule.name);
    for (const std::string_view id : rule.timings) need(id, rule.name);
    need(rule.takes, rule.name);
    if (rule.waiter) need(rule.waiter->poll, rule.name);
    if (rule.waiter) need(rule.waiter->give_up, rule.name);
  }
  for (const ComponentKindRule& kind : component_kinds()) {
    for (const TimingSlot& slot : kind.slots) need(slot.timing, kind.kind);
  }
  for (const TimingSlot& slot : people_slots()) need(slot.timing, slot.slot);
  for (const BehaviourRule& rule : behaviours()) need(rule.timing, rule.name);
  return ids;
}

inline TimingDocument sample_library() {
  std::set<std::string> probabilities;
  for (const BehaviourRule& rule : behaviours()) probabilities.emplace(rule.timing);
  TimingDocument library;
  for (const auto& [id, who] : needed_timings()) {
    library.timings.push_back(probabilities.contains(id) ? constant(id, "probability", 0.25)
                                                         : constant(id, "s", 30));
  }
  return library;
}

inline ComponentSpec component(std::string name, ComponentDetail detail) {
  return {{std::move(name), {}}, {std::string(kind_of(detail)), {}}, std::move(detail), {}};
}

/// Region "north" and its standby "south", each with all that one service needs.
inline void add_region(SystemDocument& system, const std::string& region) {
  const auto here = [&](const std::string& what) { return Name{what + "-" + region, {}}; };
  system.regions.push_back({{region, {}}, {{region + "-a", {}}, {region + "-b", {}}}});
  system.components.push_back(component("cluster-" + region, EcsClusterSpec{{region, {}}}));
  system.components.push_back(component("images-" + region, EcrRegistrySpec{{region, {}}}));
  system.components.push_back(component("alb-" + region, LoadBalancerSpec{{region, {}}}));
  EcsServiceSpec tasks{{region, {}}, here("cluster"), here("alb"), here("images")};
  system.components.push_back(component("shop-" + region, tasks));
  AuroraClusterSpec orders;
  orders.region = {region, {}};
  orders.zones = {{region + "-a", {}}};
  if (region != "north") orders.replicates_from = {"orders-north", {}};
  system.components.push_back(component("orders-" + region, orders));
}

inline StepSpec step(std::string id, std::vector<std::string> needs = {}) {
  StepSpec s;
  s.id = at_line(std::move(id), 20);
  s.role = at_line("on-call", 21);
  s.uses = at_line("human:check", 22);
  for (std::string& need : needs) s.needs.push_back(at_line(std::move(need), 23));
  return s;
}

/// A listed target of one hour that names nothing yet.
inline TargetSpec target(std::string objective) {
  TargetSpec spec;
  spec.objective = std::move(objective);
  spec.limit = Duration::hours(1);
  spec.at = {0, 60, 1};
  return spec;
}

inline Argument argument(std::string key, ArgumentValue value) {
  return {at_line(std::move(key), 30), std::move(value), {0, 30, 9}};
}

struct Sample {
  ScenarioDocument scenario;
  SystemDocument system;
  std::vector<RunbookDocument> runbooks{1};
  std::vector<TimingDocument> timings{sample_library()};

  Sample() {
    system.metadata.name = at_line("platform", 1);
    add_region(system, "north");
    add_region(system, "south");
    system.components.push_back(
        component("dns", DnsRecordSpec{{"alb-north", {}}, {"alb-south", {}}}));
    system.links = {{{"north-south", {}}, {"north", {}}, {"south", {}}, {1e9}, {}}};
    system.tiers = {{{"tier-1", {}}, Duration::minutes(15), Duration::minutes(1)}};
    system.stores = {{{"orders", {}}, {{"orders-north", {}}, {"orders-south", {}}}}};
    ServiceSpec shop;
    shop.name = at_line("shop", 10);
    shop.tier = at_line("tier-1", 11);
    shop.entry = at_line("dns", 12);
    shop.sites = {{"shop-north", {}}, {"shop-south", {}}};
    shop.stores = {{"orders", {}}};
    system.services = {shop};
    AlarmSpec alarm;
    alarm.name = at_line("unreachable", 14);
    alarm.metric = at_line("synthetics:failed_share", 15);
    alarm.of = at_line("dns", 16);
    alarm.reported_in = at_line("south", 17);
    alarm.threshold = 0.5;
    alarm.severity = at_line("SEV-1", 18);
    system.alarms = {alarm};
    system.people.roles.resize(2);
    system.people.roles[0].name = at_line("on-call", 60);
    system.people.roles[0].persons = {{"ada", {}}, {"ben", {}}};
    system.people.roles[1].name = at_line("commander", 61);
    system.people.roles[1].persons = {{"ben", {}}};
    system.people.escalation = {{{"on-call", {}}, Duration::minutes(5)}};
    runbooks[0].metadata.name = at_line("failover", 2);
    runbooks[0].trigger.alarms = {at_line("unreachable", 3)};
    runbooks[0].severity = at_line("SEV-1", 4);
    runbooks[0].steps = {step("look"), step("decide", {"look"})};
    scenario.metadata.name = at_line("north-lost", 1);
    FaultSpec fault;
    fault.id = at_line("lost", 40);
    fault.uses = at_line("fault:region-loss", 41);
    fault.with = {argument("region", "north")};
    scenario.faults = {fault};
  }

  StepSpec& first_step() { return runbooks[0].steps[0]; }
  ServiceSpec& shop() { return system.services[0]; }
  template <class T>
  T& detail(std::string_view name) {
    for (ComponentSpec& c : system.components) {
      if (c.name.text == name) return std::get<T>(c.detail);
    }
    throw std::logic_error("no such component");
  }

  std::optional<Plan> plan(Diagnostics& diagnostics) const {
    return resolve(scenario, system, runbooks, timings, diagnostics);
  }
  Plan plan() const {
    Diagnostics diagnostics;
    auto made = plan(diagnostics);
    INFO(errors());
    REQUIRE(made);
    return *made;
  }
  /// All errors: `12: FD012 message / remedy` for each, one a line.
  std::string errors() const {
    Diagnostics diagnostics;
    const bool made = plan(diagnostics).has_value();
    CHECK(made == diagnostics.empty());
    diagnostics.sort();
    std::string text;
    for (const Diagnostic& d : diagnostics.list()) {
      text += fmt::format("{}{}: {} {}{}{}", text.empty() ? "" : "\n", d.origin.line,
                          rule_id(d.rule), d.message, d.remedy.empty() ? "" : " / ", d.remedy);
    }
    return text;
  }
};

}  // namespace firedrill::test
