#include "models/simulated_world.hpp"

#include <algorithm>

#include "models/alarms.hpp"
#include "models/calls.hpp"
#include "models/control_plane.hpp"
#include "models/people.hpp"
#include "models/platform_parts.hpp"
#include "models/service_paths.hpp"

namespace firedrill {

SimulatedPlatform::SimulatedPlatform(const Plan& plan) : plan_(plan) {
  std::vector<SharedLinkPlan> links;
  std::vector<LanePlan> lanes;
  for (const PlannedLink& link : plan.links) {
    links.push_back({link.name, link.bytes_per_s, link.latency});
  }
  lanes_.replica.resize(plan.components.size());
  lanes_.image.resize(plan.regions.size());
  for (std::uint32_t i = 0; i < plan.components.size(); ++i) {
    const PlannedComponent& component = plan.components[i];
    if (const ComponentIndex source = replication_source(plan, ComponentIndex{i}); source.valid()) {
      const LinkIndex link = link_between(plan, component.region, plan.component(source).region);
      if (!link.valid()) continue;
      lanes_.replica[i] = {static_cast<std::uint32_t>(lanes.size())};
      lanes.push_back({{{link.value}}});
    } else if (const auto* registry = std::get_if<EcrRegistrySpec>(&component.detail)) {
      const SharedLinkIndex uplink{static_cast<std::uint32_t>(links.size())};
      links.push_back({component.name, registry->bandwidth.bytes_per_s, Duration{}});
      for (std::int64_t n = most_tasks(plan, component.region); n > 0; --n) {
        lanes_.image[component.region.value].push_back({static_cast<std::uint32_t>(lanes.size())});
        lanes.push_back({{uplink}});
      }
    }
  }
  engine_ = std::make_unique<SimGridEngine>(links, lanes);
}

class SimulatedWorld : public World {
 public:
  SimulatedWorld(SimulatedPlatform& platform, EventLog& log, DrillDraws draws)
      : context_(platform.plan_, *platform.engine_, log, draws),
        regions_(context_),
        planes_(context_, regions_),
        parts_(context_, regions_, platform.lanes_),
        paths_(context_, regions_, parts_),
        people_(context_),
        metrics_(paths_, parts_),
        calls_(context_, regions_, planes_, parts_, paths_) {}

  /// What goes on by itself. Starts with the drill, inside the engine's run.
  void begin() {
    paths_.begin();
    // First of all who wait for a change: metrics, probes and health checks then see new shares.
    observer_ = observe_changes();
    observer_.start(nullptr);
    alarms_ = std::make_unique<Alarms>(context_, regions_, metrics_);
    parts_.begin();
    paths_.watch_endpoints();
  }

  Agenda& agenda() override { return context_.agenda; }
  Task<Outcome> perform(const PlannedCall& call, StepIndex by) override {
    return strikes_people(call.operation) ? struck(call, true) : calls_.perform(call, by);
  }
  Task<Outcome> revert(const PlannedCall& fault) override {
    return strikes_people(fault.operation) ? struck(fault, false) : calls_.revert(fault);
  }
  Task<Observation> observe(const PlannedCall& probe) override { return calls_.observe(probe); }
  Task<Answer> ask(const Ask& request) override { return people_.ask(request); }
  void severity_raised(RunbookIndex runbook, SeverityIndex severity) override {
    people_.raise(runbook, severity);
  }
  Task<AlarmIndex> next_alarm() override { return alarms_->next(); }
  Task<void> until_steady() override {
    Task<void> quiet = alarms_->until_quiet();
    co_await quiet;
    Task<void> steady = paths_.until_steady();
    co_await steady;
  }

 private:
  Task<Outcome> struck(const PlannedCall& fault, bool begins) {
    co_return people_.strike(fault, begins);
  }

  /// Works out what services see, once for all changes of an instant.
  Task<void> observe_changes() {
    for (;;) {
      auto change = context_.changed.wait();
      co_await change;
      paths_.update();
    }
  }

  DrillContext context_;
  Regions regions_;
  ControlPlanes planes_;
  PlatformParts parts_;
  ServicePaths paths_;
  People people_;
  ComponentMetrics metrics_;
  Calls calls_;
  std::unique_ptr<Alarms> alarms_;
  Task<void> observer_;
};

namespace {

Task<void> begin_and_run(SimulatedWorld& world, const SimulatedPlatform::Script& script,
                         EventLog& log, std::vector<bool> occurs) {
  world.begin();
  Task<void> drill = script(world, log, std::move(occurs));
  co_await drill;
}

std::vector<bool> draw_faults(const Plan& plan, const DrillDraws& draws) {
  std::vector<bool> occurs;
  for (const PlannedFault& fault : plan.faults) {
    Stream stream(draws, entity_key("fault/" + fault.id));
    occurs.push_back(stream.next() < fault.probability);
  }
  return occurs;
}

}  // namespace

SimulatedPlatform::Result SimulatedPlatform::run(std::uint64_t seed, std::uint64_t replication,
                                                 const Script& script, EventLog& log) {
  const DrillDraws draws(seed, replication);
  log.clear();
  Result result;
  {
    SimulatedWorld world(*this, log, draws);
    Task<void> root = begin_and_run(world, script, log, draw_faults(plan_, draws));
    result.end = engine_->drive(root, TimePoint{} + plan_.horizon);
    result.at = result.end == DrillEnd::kPastHorizon ? TimePoint{} + plan_.horizon
                                                     : engine_->agenda().now();
    root.cancel();
  }
  log.add({.at = result.at,
           .object = static_cast<std::uint32_t>(result.end),
           .kind = EventKind::kDrillEnded});
  engine_->reset();
  return result;
}

}  // namespace firedrill
