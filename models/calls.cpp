#include "models/calls.hpp"

#include <string>

namespace firedrill {
namespace {

constexpr double kSameShare = 1e-9;  // shares come from sums and products of doubles

Task<Outcome> at_once(Outcome outcome) { co_return outcome; }
Task<Observation> seen(Observation observation) { co_return observation; }

const std::string& name_of(const DrillContext& context, StepIndex by) {
  static const std::string drill = "drill";
  return by.valid() ? context.plan.step(by).id : drill;
}

}  // namespace

Calls::Calls(DrillContext& context, Regions& regions, ControlPlanes& planes, PlatformParts& parts,
             ServicePaths& paths)
    : context_(context), regions_(regions), planes_(planes), parts_(parts), paths_(paths) {}

/// A timing of an operation, keyed by the step on whose account it is.
Duration Calls::draw(std::string_view timing, StepIndex by) const {
  std::string key = name_of(context_, by);
  key += '/';
  key += timing;
  const TimingIndex index = context_.plan.timing_by_id.find(timing)->second;
  return context_.drawn_duration(index, entity_key(key), 0);
}

RegionIndex Calls::region_of(const PlannedCall& call) const {
  if (call.region.valid() || call.components.empty()) return call.region;
  return parts_.at(call.components[0]).call_region();
}

Task<Outcome> Calls::perform(const PlannedCall& call, StepIndex by) {
  const OperationRule& rule = rule_of(call.operation);
  switch (rule.kind) {
    case OperationClass::kHuman:
      return at_once({});  // the hands-on part was all there is
    case OperationClass::kWait:
      if (call.operation == Operation::kWaitRegionHealthy) return until_healthy(call);
      if (call.operation == Operation::kWaitWatchStable) return watch(call);
      return rule.waiter ? poll(call, by) : pass_time(call, by);
    case OperationClass::kFault:
      return at_once(fault(call, true));
    default:
      return call.operation == Operation::kTerraformApply ? provision(call, by)
                                                          : call_provider(call, by);
  }
}

Task<Outcome> Calls::revert(const PlannedCall& call) { return at_once(fault(call, false)); }

Task<Outcome> Calls::pass_time(const PlannedCall& call, StepIndex by) {
  TimePoint until = context_.now();
  if (call.operation == Operation::kWaitSinceDetection) {
    const TimePoint since = std::min(context_.detected, context_.now());
    until = since + call.duration.value_or(Duration{});
  } else if (call.operation == Operation::kWaitChangeWindow) {
    until = context_.clock.next_change_window(until);
  } else if (call.duration) {
    until = until + *call.duration;
  } else {
    const PlannedStep& planned = context_.plan.step(by);
    until = until + context_.drawn_duration(planned.wait_time, planned.hands_on_key, 0);
  }
  auto passed = sleep_until(context_.agenda, until);
  co_await passed;
  co_return Outcome{};
}

/// Until nothing has been wrong with the region for so long; begins anew when something is.
Task<Outcome> Calls::until_healthy(const PlannedCall& call) {
  for (;;) {
    const TimePoint since = regions_.healthy_since(call.region);
    const TimePoint enough = since == TimePoint::never()
                                 ? TimePoint::never()
                                 : since + call.duration.value_or(Duration{});
    if (enough <= context_.now()) co_return Outcome{};
    Task<void> news = next_raise(context_.changed);
    Within<void> waited(context_.agenda, enough, news);
    co_await waited;
  }
}

/// Somebody looks until what is watched has held for the whole span; a break starts it anew.
Task<Outcome> Calls::watch(const PlannedCall& call) {
  PlannedCall counts = call;
  counts.operation = Operation::kProbeRunningAsDesired;
  PlannedCall targets = call;
  targets.operation = Operation::kProbeServiceTargetsHealthy;
  const Duration span = call.duration.value_or(Duration{});
  TimePoint until = context_.now() + span;
  for (;;) {
    const bool holds = look(counts).holds && look(targets).holds;
    if (holds && context_.now() >= until) co_return Outcome{};
    Task<void> news = next_raise(context_.changed);
    Within<void> rest(context_.agenda, holds ? until : TimePoint::never(), news);
    co_await rest;
    if (!holds) until = context_.now() + span;
  }
}

/// A waiter asks once, then at every poll, and gives up after its limit, whatever happens
/// afterwards.
Task<Outcome> Calls::poll(const PlannedCall& call, StepIndex by) {
  const OperationRule& rule = rule_of(call.operation);
  const WaiterRule& waiter = *rule.waiter;
  const std::uint32_t subject = call.components.empty() ? kNobody : call.components[0].value;
  const TimePoint give_up = context_.now() + draw(waiter.give_up, by);
  const Duration pause_between = draw(waiter.poll, by);
  PlannedCall probe = call;
  probe.operation = waiter.until;
  // Called too soon after a change, the first answer can still be that of before the change.
  const bool sees_old = waiter.may_see_old_state &&
                        behaves(context_, Behaviour::kWaiterReturnsEarly, name_of(context_, by));
  for (bool first = true;; first = false) {
    Task<Outcome> ask = planes_.call(rule.control_plane, region_of(call), false);
    const Outcome answer = co_await ask;
    const Observation now = answer.ok() ? look(probe) : Observation{};
    if (now.known && now.holds) co_return Outcome{};
    if (now.known && first && sees_old) {
      context_.note(Note::kWaiterEndedEarly, subject, by);
      co_return Outcome{};
    }
    if (context_.now() + pause_between > give_up) {
      context_.note(Note::kWaiterGaveUp, subject, by);
      co_return Outcome::failed(Failure::kGaveUp);
    }
    auto pause = sleep_for(context_.agenda, pause_between);
    co_await pause;
  }
}

Task<Outcome> Calls::call_provider(const PlannedCall& call, StepIndex by) {
  const OperationRule& rule = rule_of(call.operation);
  Task<Outcome> sent = planes_.call(rule.control_plane, region_of(call), rule.mutating);
  const Outcome answer = co_await sent;
  if (rule.mutating && planes_.home_lost(rule.control_plane)) {
    context_.note(Note::kControlPlaneLost, kNobody, by);
  }
  if (!answer.ok()) co_return answer;
  if (!rule.takes.empty()) {
    auto done = sleep_for(context_.agenda, draw(rule.takes, by));
    co_await done;
  }
  co_return take_effect(call, by);
}

/// Infrastructure as code: plans against its remote state, then applies.
Task<Outcome> Calls::provision(const PlannedCall& call, StepIndex by) {
  auto planned = sleep_for(context_.agenda, draw("terraform.plan", by));
  co_await planned;
  if (!regions_.up(call.region)) {
    // Without its remote state nothing can be planned, wherever the new resources are to be.
    context_.note(Note::kStateUnreachable, kNobody, by);
    co_return Outcome::failed(Failure::kUnreachable);
  }
  auto applied = sleep_for(context_.agenda, draw(rule_of(call.operation).takes, by));
  co_await applied;
  co_return take_effect(call, by);
}

/// The reply is that of the first component that refuses.
Outcome Calls::take_effect(const PlannedCall& call, StepIndex by) {
  if (call.operation == Operation::kCliImpossible) {
    context_.note(Note::kImpossibleCommand, kNobody, by);
    return Outcome::failed(Failure::kRefused);
  }
  Outcome reply;
  for (const ComponentIndex component : call.components) {
    Component& part = parts_.at(component);
    const Outcome outcome =
        part.down() ? Outcome::failed(Failure::kUnreachable) : part.take(call, by);
    if (reply.ok()) reply = outcome;
  }
  return reply;
}

Outcome Calls::fault(const PlannedCall& call, bool begins) {
  Outcome outcome;
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
    case Operation::kFaultLinkSlow:
      regions_.slow_link(call.link, begins ? call.share : 0.0);
      break;
    case Operation::kFaultLinkLossy:
      regions_.lose_packets(call.link, begins ? call.share : 0.0);
      break;
    case Operation::kFaultControlPlane:
    case Operation::kFaultControlPlaneThrottled:
    case Operation::kFaultControlPlaneSlow:
      planes_.impair(call, begins);
      if (call.operation != Operation::kFaultControlPlaneSlow) {  // slow calls still get through
        regions_.set_impaired(call.region, call.word, begins ? call.share : 0.0);
      }
      break;
    case Operation::kFaultComponentDown:
    case Operation::kFaultComponentDegraded:
      for (const ComponentIndex component : call.components) {
        parts_.at(component).impair(call, begins);
      }
      break;
    default:
      for (const ComponentIndex component : call.components) {
        const Outcome struck = parts_.at(component).strike(call, begins);
        if (outcome.ok()) outcome = struck;
      }
  }
  parts_.place_changed();
  context_.change({});
  return outcome;
}

Task<Observation> Calls::observe(const PlannedCall& probe) { return seen(look(probe)); }

Observation Calls::look(const PlannedCall& probe) const {
  const OperationRule& rule = rule_of(probe.operation);
  if (!rule.control_plane.empty() && !planes_.reachable(rule.control_plane, region_of(probe))) {
    return {};
  }
  if (probe.operation == Operation::kProbeServiceServes)
    return {true, paths_.serves(probe.service)};
  if (probe.operation == Operation::kProbeServedAtMost) {
    return {true, paths_.share(probe.service).honouring <= probe.share + kSameShare};
  }
  if (probe.operation == Operation::kProbeRegionImpaired) {
    return {true, regions_.impaired(probe.region)};
  }
  if (probe.operation == Operation::kProbeTargetsHealthy) {
    return {true, paths_.endpoint_healthy(probe.components[0])};
  }
  if (probe.operation == Operation::kProbeRequestsUsual) {
    const std::optional<double> ratio = paths_.request_ratio(probe.components[0]);
    return {ratio.has_value(), ratio && *ratio <= probe.factor + kSameShare};
  }
  if (probe.operation == Operation::kProbeAlarmOk) {
    return {true, !context_.alarm_is_on[probe.alarm.value]};
  }
  Observation all{true, true};
  for (const ComponentIndex component : probe.components) {
    const Component& part = parts_.at(component);
    const Observation one = part.down() ? Observation{} : part.look(probe);
    all = {all.known && one.known, all.holds && one.holds};
  }
  return all;
}

}  // namespace firedrill
