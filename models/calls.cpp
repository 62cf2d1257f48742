#include "models/calls.hpp"

#include <string>

namespace firedrill {
namespace {

Task<Outcome> at_once(Outcome outcome) { co_return outcome; }
Task<Observation> seen(Observation observation) { co_return observation; }

EntityKey step_key(const DrillContext& context, StepIndex by, std::string_view slot) {
  std::string name = by.valid() ? context.plan.step(by).id : std::string("drill");
  name += '/';
  name += slot;
  return entity_key(name);
}

}  // namespace

Calls::Calls(DrillContext& context, Regions& regions, ControlPlanes& planes, PlatformParts& parts,
             ServicePaths& paths)
    : context_(context), regions_(regions), planes_(planes), parts_(parts), paths_(paths) {}

Duration Calls::draw(std::string_view slot, StepIndex by) const {
  const TimingIndex timing = context_.plan.people_timings.find(slot)->second;
  return duration_from_seconds(context_.plan.timing(timing).distribution.quantile(
      context_.draws.uniform(step_key(context_, by, slot), 0)));
}

RegionIndex Calls::region_of(const PlannedCall& call) const {
  if (call.region.valid()) return call.region;
  if (call.components.empty()) return {};
  const ComponentIndex first = call.components[0];
  if (const auto& backup = parts_.backups[first.value]) return backup->region();
  return context_.plan.component(first).region;
}

Task<Outcome> Calls::perform(const PlannedCall& call, StepIndex by) {
  switch (rule_of(call.operation).kind) {
    case OperationClass::kHuman:
      return at_once({});  // the hands-on part was all there is
    case OperationClass::kWait:
      return wait(call, by);
    case OperationClass::kFault:
      return at_once(fault(call, true));
    default:
      return call.operation == Operation::kTerraformApply ? terraform(call, by)
                                                          : call_provider(call, by);
  }
}

Task<Outcome> Calls::revert(const PlannedCall& call) { return at_once(fault(call, false)); }

Task<Outcome> Calls::wait(const PlannedCall& call, StepIndex by) {
  if (call.operation == Operation::kWaitServicesStable) return wait_stable(call, by);
  if (call.operation == Operation::kWaitClusterAvailable) return wait_available(call, by);
  return [](Calls& self, const PlannedCall& what, StepIndex step) -> Task<Outcome> {
    TimePoint until = self.context_.now();
    if (what.operation == Operation::kWaitSinceDetection) {
      const TimePoint since = std::min(self.context_.detected, self.context_.now());
      until = since + what.duration.value_or(Duration{});
    } else if (what.duration) {
      until = until + *what.duration;
    } else {
      const PlannedStep& planned = self.context_.plan.step(step);
      const double u = self.context_.draws.uniform(planned.hands_on_key, 0);
      until = until + duration_from_seconds(
                          self.context_.plan.timing(planned.wait_time).distribution.quantile(u));
    }
    auto passed = sleep_until(self.context_.agenda, until);
    co_await passed;
    co_return Outcome{};
  }(*this, call, by);
}

bool Calls::all_stable(const PlannedCall& call) const {
  for (const ComponentIndex service : call.components) {
    if (!regions_.up(context_.plan.component(service).region)) return false;
    if (!parts_.components.services[service.value]->stable()) return false;
  }
  return true;
}

/// A waiter asks once, then at every poll, and gives up after its limit, whatever happens
/// afterwards.
Task<Outcome> Calls::wait_stable(const PlannedCall& call, StepIndex by) {
  const TimePoint give_up = context_.now() + draw("ecs_give_up", by);
  const Duration poll = draw("ecs_poll", by);
  for (;;) {
    Task<Outcome> ask = planes_.call("ecs", region_of(call), false);
    const Outcome answer = co_await ask;
    if (answer.ok() && all_stable(call)) co_return Outcome{};
    if (context_.now() + poll > give_up) {
      context_.note(Note::kWaiterGaveUp, call.components[0].value, by);
      co_return Outcome::failed(Failure::kGaveUp);
    }
    auto pause = sleep_for(context_.agenda, poll);
    co_await pause;
  }
}

Task<Outcome> Calls::wait_available(const PlannedCall& call, StepIndex by) {
  const ComponentIndex target = call.components[0];
  const AuroraCluster& cluster = *parts_.components.auroras[target.value];
  const TimePoint give_up = context_.now() + draw("rds_give_up", by);
  const Duration poll = draw("rds_poll", by);
  // Called too soon after a change, the first answer can still be that of before the change.
  const bool stale = behaves(context_, Behaviour::kWaiterReturnsEarly,
                             by.valid() ? context_.plan.step(by).id : std::string("drill"));
  for (bool first = true;; first = false) {
    Task<Outcome> ask = planes_.call("rds", region_of(call), false);
    const Outcome answer = co_await ask;
    if (answer.ok() && cluster.available()) co_return Outcome{};
    if (answer.ok() && first && stale && cluster.exists()) {
      context_.note(Note::kWaiterEndedEarly, target.value, by);
      co_return Outcome{};
    }
    if (context_.now() + poll > give_up) {
      context_.note(Note::kWaiterGaveUp, target.value, by);
      co_return Outcome::failed(Failure::kGaveUp);
    }
    auto pause = sleep_for(context_.agenda, poll);
    co_await pause;
  }
}

Task<Outcome> Calls::call_provider(const PlannedCall& call, StepIndex by) {
  const OperationRule& rule = rule_of(call.operation);
  Task<Outcome> sent = planes_.call(rule.control_plane, region_of(call), rule.mutating);
  const Outcome answer = co_await sent;
  if (!answer.ok()) co_return answer;
  co_return take_effect(call, by);
}

Task<Outcome> Calls::terraform(const PlannedCall& call, StepIndex by) {
  auto planned = sleep_for(context_.agenda, draw("terraform_plan", by));
  co_await planned;
  if (!regions_.up(call.region)) {
    // Without its remote state nothing can be planned, wherever the new resources are to be.
    context_.note(Note::kStateUnreachable, kNobody, by);
    co_return Outcome::failed(Failure::kUnreachable);
  }
  auto applied = sleep_for(context_.agenda, draw("terraform_apply", by));
  co_await applied;
  for (const ComponentIndex service : call.components) {
    parts_.components.services[service.value]->create(-1, by);
  }
  co_return Outcome{};
}

Outcome Calls::take_effect(const PlannedCall& call, StepIndex by) {
  Components& all = parts_.components;
  const std::uint32_t first = call.components.empty() ? kNobody : call.components[0].value;
  switch (call.operation) {
    case Operation::kEcsUpdateService:
      return all.services[first]->set_desired(call.count, by);
    case Operation::kEcsCreateService:
      for (const ComponentIndex service : call.components) {
        all.services[service.value]->create(call.count, by);
      }
      return {};
    case Operation::kRdsPromoteReadReplica:
      return all.auroras[first]->promote(by);
    case Operation::kRdsFailoverGlobal:
      return all.auroras[first]->fail_over(by);
    case Operation::kRdsRestoreFromSnapshot:
      return parts_.backups[first]->restore(by);
    case Operation::kRdsCreateInstance:
      return all.auroras[first]->create_instance(by);
    case Operation::kRoute53ChangeRecord:
      all.records[first]->point_to(call.target, by);
      return {};
    case Operation::kCloudFrontUpdate:
      all.distributors[first]->set_origin(call.target, by);
      return {};
    default:
      return {};  // a read
  }
}

Outcome Calls::fault(const PlannedCall& call, bool begins) {
  switch (call.operation) {
    case Operation::kFaultRegionLoss:
      regions_.set_region(call.region, !begins);
      break;
    case Operation::kFaultZoneLoss:
      regions_.set_zone(call.region, call.zone, !begins);
      break;
    case Operation::kFaultLinkCut:
      regions_.cut_link(call.link, begins);
      break;
    case Operation::kFaultControlPlane:
      planes_.impair(call.word, call.region, begins ? call.share : 0.0);
      break;
    default:
      return Outcome::failed(Failure::kRefused);
  }
  parts_.place_changed();
  context_.change({});
  return {};
}

Task<Observation> Calls::observe(const PlannedCall& probe) { return seen(look(probe)); }

Observation Calls::look(const PlannedCall& probe) const {
  const OperationRule& rule = rule_of(probe.operation);
  if (!rule.control_plane.empty() && !planes_.reachable(rule.control_plane, region_of(probe))) {
    return {};
  }
  const Components& all = parts_.components;
  const std::uint32_t first = probe.components.empty() ? kNobody : probe.components[0].value;
  switch (probe.operation) {
    case Operation::kProbeServiceServes:
      return {true, paths_.serves(probe.service)};
    case Operation::kProbeServicesStable:
      return {true, all_stable(probe)};
    case Operation::kProbeTargetsHealthy:
      return {true, paths_.endpoint_healthy(probe.components[0])};
    case Operation::kProbeIsWriter:
      return {true, all.auroras[first]->is_writer() && all.auroras[first]->available()};
    case Operation::kProbeTableActive:
      return {true, all.stores[first]->usable()};
    case Operation::kProbeAnswersRegion:
      return {true, context_.plan.component(all.records[first]->answer()).region == probe.region};
    case Operation::kProbeOriginIs:
      return {true, all.distributors[first]->configured_origin() == probe.target};
    default:
      return {};
  }
}

}  // namespace firedrill
