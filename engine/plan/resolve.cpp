#include "engine/plan/resolve.hpp"

#include <algorithm>

#include "engine/plan/resolution.hpp"

namespace firedrill {
namespace {

void gather_assumptions(Resolution& r) {
  auto& all = r.plan.assumptions;
  const auto append = [&](const std::vector<Assumption>& part) {
    all.insert(all.end(), part.begin(), part.end());
  };
  append(r.system.assumptions);
  for (const RunbookDocument& runbook : r.runbooks) append(runbook.assumptions);
  append(r.scenario.assumptions);
}

/// The system with the components that the scenario has in their place.
SystemDocument as_in_drill(const SystemDocument& system, const ScenarioDocument& scenario,
                           Diagnostics& diagnostics) {
  SystemDocument prepared = system;
  std::vector<std::string> known;
  for (const ComponentSpec& component : system.components) known.push_back(component.name.text);
  for (const ComponentSpec& component : scenario.components) {
    const auto at = std::find(known.begin(), known.end(), component.name.text);
    if (at == known.end()) {
      diagnostics.error(Rule::kUnknownName, component.name.at,
                        "\"components\" replaces " + quoted(component.name.text) +
                            ", which the system does not have" +
                            did_you_mean(component.name.text, known),
                        use_one_of(known));
      continue;
    }
    prepared.components[static_cast<std::size_t>(at - known.begin())] = component;
  }
  return prepared;
}

}  // namespace

std::optional<Plan> resolve(const ScenarioDocument& scenario, const SystemDocument& system,
                            const std::vector<RunbookDocument>& runbooks,
                            const std::vector<TimingDocument>& timings, Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.list().size();
  const SystemDocument prepared = as_in_drill(system, scenario, diagnostics);
  Resolution r{scenario, prepared, runbooks, timings, diagnostics};
  r.plan.scenario = scenario.metadata.name.text;
  r.plan.title = scenario.title;
  r.plan.question = scenario.question;
  r.plan.expected = scenario.expected;
  r.plan.system = system.metadata.name.text;
  r.plan.horizon = scenario.horizon;
  r.plan.runs = scenario.runs;

  resolve_timings(r);
  resolve_platform(r);
  resolve_components(r);
  resolve_services(r);
  resolve_people(r);
  resolve_changes(r);
  resolve_severities(r);
  resolve_alarms(r);
  resolve_runbooks(r);
  resolve_scenario(r);
  resolve_behaviours(r);
  gather_assumptions(r);

  if (diagnostics.list().size() != before) return std::nullopt;
  return std::move(r.plan);
}

}  // namespace firedrill
