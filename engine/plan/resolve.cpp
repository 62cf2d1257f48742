#include "engine/plan/resolve.hpp"

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

}  // namespace

std::optional<Plan> resolve(const ScenarioDocument& scenario, const SystemDocument& system,
                            const std::vector<RunbookDocument>& runbooks,
                            const std::vector<TimingDocument>& timings, Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.list().size();
  Resolution r{scenario, system, runbooks, timings, diagnostics};
  r.plan.scenario = scenario.metadata.name.text;
  r.plan.title = scenario.title;
  r.plan.question = scenario.question;
  r.plan.system = system.metadata.name.text;
  r.plan.horizon = scenario.horizon;
  r.plan.runs = scenario.runs;

  resolve_timings(r);
  resolve_platform(r);
  resolve_components(r);
  resolve_services(r);
  resolve_alarms(r);
  resolve_people(r);
  resolve_runbooks(r);
  resolve_scenario(r);
  resolve_behaviours(r);
  gather_assumptions(r);

  if (diagnostics.list().size() != before) return std::nullopt;
  return std::move(r.plan);
}

}  // namespace firedrill
