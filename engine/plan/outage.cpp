#include "engine/plan/outage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/names.hpp"
#include "engine/plan/vocabulary.hpp"

namespace firedrill {
namespace {

constexpr Duration kAfterwards = Duration::hours(24);
constexpr std::int64_t kOutageRuns = 2000;

Argument argument(std::string key, ArgumentValue value, Origin at) {
  return {Name{std::move(key), at}, std::move(value), at};
}

std::string_view region_text(const ComponentDetail& detail) {
  return std::visit(
      [](const auto& d) -> std::string_view {
        if constexpr (requires { d.region; }) return d.region.text;
        return {};
      },
      detail);
}

/// Nobody would notice that a control plane is down which no call of the vocabulary goes to.
bool takes_calls(std::string_view service) {
  const auto& rules = vocabulary();
  return std::any_of(rules.begin(), rules.end(),
                     [&](const OperationRule& rule) { return rule.control_plane == service; });
}

bool names(const std::vector<Name>& list, std::string_view text) {
  return std::any_of(list.begin(), list.end(), [&](const Name& n) { return n.text == text; });
}

class Effects {
 public:
  Effects(const OutageDocument& outage, const SystemDocument& system)
      : outage_(outage), system_(system) {}

  std::vector<FaultSpec> run() {
    for (const OutageEffectSpec& effect : outage_.effects) {
      for (const RegionSpec& region : system_.regions) {
        const bool home = &region == &system_.regions.front();
        if (home || effect.where == "everywhere") strike(effect, region, home);
      }
    }
    return std::move(faults_);
  }

 private:
  void strike(const OutageEffectSpec& effect, const RegionSpec& region, bool home) {
    const std::string& what = effect.strikes.text;
    const Origin at = effect.id.at;
    if (what == "region") {
      add(effect, region, "fault:region-loss", {argument("region", region.name.text, at)}, false);
    } else if (what == "zone") {
      if (region.zones.empty()) return;
      add(effect, region, "fault:zone-loss", {argument("zone", region.zones.front().text, at)},
          false);
    } else if (what == "control-plane") {
      for (const Name& service : effect.services) strike_calls(effect, region, service);
    } else {
      strike_requests(effect, region, home);
    }
  }

  void strike_calls(const OutageEffectSpec& effect, const RegionSpec& region, const Name& service) {
    if (!takes_calls(service.text)) return;
    const auto special =
        std::find_if(system_.control_planes.begin(), system_.control_planes.end(),
                     [&](const ControlPlaneSpec& c) { return c.service.text == service.text; });
    if (special != system_.control_planes.end() && !special->hosted_in.empty()) {
      const std::string& host = special->hosted_in.text;
      if (host != region.name.text && host != outage_.happened_in) return;
    }
    add(effect, region, "fault:control-plane",
        {argument("service", service.text, effect.id.at),
         argument("region", region.name.text, effect.id.at),
         argument("error_share", effect.share.value, effect.id.at)},
        true);
  }

  void strike_requests(const OutageEffectSpec& effect, const RegionSpec& region, bool home) {
    std::string struck;
    for (const ComponentSpec& component : system_.components) {
      if (!names(effect.kinds, component.kind.text)) continue;
      const std::string_view place = region_text(component.detail);
      if (place != region.name.text && !(place.empty() && home)) continue;
      if (!struck.empty()) struck += ',';
      struck += component.name.text;
    }
    if (struck.empty()) return;
    add(effect, region, "fault:component-degraded",
        {argument("component", struck, effect.id.at),
         argument("share", effect.share.value, effect.id.at)},
        true);
  }

  void add(const OutageEffectSpec& effect, const RegionSpec& region, std::string_view uses,
           std::vector<Argument> with, bool grows) {
    FaultSpec fault;
    std::string id = effect.id.text;
    if (&region != &system_.regions.front()) id += "-" + region.name.text;
    if (effect.services.size() > 1) id += "-" + std::get<std::string>(with.front().value);
    fault.id = {std::move(id), effect.id.at};
    fault.uses = {std::string(uses), effect.id.at};
    fault.with = std::move(with);
    fault.at = effect.at + kOutageOnset;
    if (grows) fault.ramp = effect.ramp;
    fault.lasts = effect.lasts;
    fault.probability = effect.probability;
    faults_.push_back(std::move(fault));
  }

  const OutageDocument& outage_;
  const SystemDocument& system_;
  std::vector<FaultSpec> faults_;
};

/// A day after the last effect whose end is known, so that what it left behind shows.
Duration horizon_of(const OutageDocument& outage) {
  Duration last;
  for (const OutageEffectSpec& effect : outage.effects) {
    last = std::max(last, effect.at + effect.lasts.value_or(Duration{}));
  }
  return last + kOutageOnset + kAfterwards;
}

}  // namespace

void check_kinds(const OutageDocument& outage, Diagnostics& diagnostics) {
  std::vector<std::string> known;
  for (const ComponentKindRule& rule : component_kinds()) known.emplace_back(rule.kind);
  for (const OutageEffectSpec& effect : outage.effects) {
    for (const Name& kind : effect.kinds) {
      if (std::find(known.begin(), known.end(), kind.text) != known.end()) continue;
      diagnostics.error(Rule::kUnknownName, kind.at,
                        fmt::format("effect \"{}\" names unknown kind \"{}\"{}", effect.id.text,
                                    kind.text, did_you_mean(kind.text, known)),
                        use_one_of(known));
    }
  }
}

std::vector<FaultSpec> faults_of(const OutageDocument& outage, const SystemDocument& system) {
  return Effects(outage, system).run();
}

void put_under(const OutageDocument& outage, const SystemDocument& system,
               ScenarioDocument& scenario) {
  scenario.faults = faults_of(outage, system);
  scenario.horizon = std::max(scenario.horizon, horizon_of(outage));
  scenario.assumptions.insert(scenario.assumptions.end(), outage.assumptions.begin(),
                              outage.assumptions.end());
  scenario.assumptions.push_back(
      {"where the outage strikes", system.regions.front().name.text,
       fmt::format("It struck {}; the question is what would have been, had it struck where the "
                   "platform is at home",
                   outage.happened_in.empty() ? "elsewhere" : outage.happened_in),
       outage.metadata.name.at});
}

ScenarioDocument scenario_of(const OutageDocument& outage, const SystemDocument& system) {
  ScenarioDocument scenario;
  scenario.metadata.name = {system.metadata.name.text + " under " + outage.metadata.name.text,
                            outage.metadata.name.at};
  scenario.title = outage.title;
  scenario.question = fmt::format("Would {} have kept its targets?",
                                  system.title.empty() ? system.metadata.name.text : system.title);
  scenario.runbooks = system.outage_runbooks;
  scenario.runs = kOutageRuns;
  put_under(outage, system, scenario);
  return scenario;
}

}  // namespace firedrill
