#include "engine/live/live_world.hpp"

#include <fmt/format.h>

#include "engine/live/journal.hpp"
#include "engine/plan/print.hpp"

namespace firedrill::live {
namespace {

/// A step may be left out; a fault that was left out was not caused.
Outcome outcome_of(const PromptAnswer& answer, bool fault) {
  const bool failed =
      answer.end == PromptEnd::kFailed || (fault && answer.end == PromptEnd::kSkipped);
  return failed ? Outcome::failed(Failure::kNotVerified) : Outcome{};
}

}  // namespace

std::string step_path(const Plan& plan, StepIndex step) {
  return fmt::format("{}/{}", plan.runbooks[plan.step(step).runbook.value].name,
                     plan.step(step).id);
}

/// A part of a fault is a call of its own, so the operation and what it acts on tell which it is.
std::string fault_path(const Plan& plan, const PlannedCall& call) {
  for (const PlannedFault& fault : plan.faults) {
    const bool same = call.fault.valid() && &fault == &plan.faults[call.fault.value];
    if (same || &fault.call == &call ||
        (fault.call.operation == call.operation && fault.call.components == call.components &&
         fault.call.region == call.region && fault.call.role == call.role)) {
      return "fault/" + fault.id;
    }
  }
  return "fault";
}

LiveWorld::LiveWorld(LiveParts parts, LiveOptions options)
    : parts_(parts),
      options_(options),
      alarm_on_(parts.plan.alarms.size(), false),
      alarm_fired_(parts.driver.agenda()),
      never_(parts.driver.agenda()) {
  name_approvals();
  find_unseen();
  for (const PlannedRunbook& runbook : parts.plan.runbooks) {
    for (const AlarmIndex alarm : runbook.trigger) {
      const PlannedAlarm& planned = parts.plan.alarms[alarm.value];
      alarm_time_ = std::max(alarm_time_, Duration{planned.period.us * planned.datapoints});
    }
  }
}

void LiveWorld::find_unseen() {
  for (std::uint32_t i = 0; i < parts_.plan.steps.size(); ++i) {
    const PlannedStep& step = parts_.plan.steps[i];
    if (step.when && !can_look_at(step.when->probe)) asked_about_[&step.when->probe] = {i};
    if (step.verify && !can_look_at(step.verify->probe) && by_person(step.call, {i})) {
      vouched_for_[&step.verify->probe] = {i};
    }
  }
}

void LiveWorld::begin() {
  watches_.spawn(watch_stop_conditions());
  watches_.spawn(watch_alarms());
  parts_.watch.begin();
}

void LiveWorld::alarms_known(const std::vector<AlarmIndex>& alarms) {
  fault_begun_ = true;
  alarm_met_ = alarm_met_ || !alarms.empty();
  for (const AlarmIndex alarm : alarms) alarm_on_[alarm.value] = true;
}

Task<void> LiveWorld::watch_stop_conditions() {
  for (;;) {
    const TimePoint began = agenda().now();
    Task<StopCheck> look = parts_.driver.off_thread<StopCheck>(
        [this](const CallControl& control) {
          return or_stop<StopCheck>({}, [&] { return parts_.platform.stop_conditions(control); });
        },
        options_.look_limit);
    const StopCheck check = co_await look;
    if (check.stop) parts_.stop.stop(check.why);
    auto rest = sleep_until(agenda(), began + options_.poll);
    co_await rest;
  }
}

Task<void> LiveWorld::watch_alarms() {
  using Seen = std::optional<std::vector<AlarmIndex>>;
  for (;;) {
    const TimePoint began = agenda().now();
    const bool news = fault_begun_;
    Task<Seen> look = parts_.driver.off_thread<Seen>(
        [this](const CallControl& control) {
          return or_stop<Seen>({}, [&] { return parts_.platform.alarms_on(control); });
        },
        options_.look_limit);
    const Seen on = co_await look;
    // A look during which the first fault began cannot tell what was on before it.
    if (on && news == fault_begun_) alarms_seen(*on, news);
    auto rest = sleep_until(agenda(), began + options_.poll);
    co_await rest;
  }
}

/// What is in ALARM before the first fault has fired before, and whoever it called knows.
void LiveWorld::alarms_seen(const std::vector<AlarmIndex>& on, bool news) {
  std::vector<bool> now(alarm_on_.size(), false);
  for (const AlarmIndex alarm : on) {
    now[alarm.value] = true;
    if (alarm_on_[alarm.value] || !news || !parts_.plan.alarms[alarm.value].pages) continue;
    fired_.push_back(alarm);
    alarm_met_ = true;
    alarm_fired_.raise();
  }
  alarm_on_ = now;
}

Task<void> LiveWorld::first_alarm() {
  while (!alarm_met_) {
    auto fired = alarm_fired_.wait();
    co_await fired;
  }
}

Task<AlarmIndex> LiveWorld::next_alarm() {
  while (fired_.empty()) {
    auto fired = alarm_fired_.wait();
    co_await fired;
  }
  const AlarmIndex alarm = fired_.front();
  fired_.pop_front();
  if (detected_ == TimePoint::never()) detected_ = agenda().now();
  co_return alarm;
}

/// The effect of a fault is seen with a look at the earliest: a service counts as steady once it
/// has been seen to serve for its hold time since the last fault.
///
/// Of a fault that nothing has shown so far every alarm gets the time that it takes to fire.
Task<void> LiveWorld::until_steady() {
  if (fault_begun_ && !alarm_met_) {
    Task<void> alarm = first_alarm();
    Within<void> in_time(agenda(), last_fault_ + alarm_time_, alarm);
    co_await in_time;
  }
  Task<void> steady = parts_.watch.until_steady(last_fault_);
  co_await steady;
}

bool LiveWorld::by_person(const PlannedCall& call, StepIndex by) const {
  switch (rule_of(call.operation).kind) {
    case OperationClass::kHuman:
    case OperationClass::kCall:
      return options_.game_day || !parts_.platform.performs(call, by);
    case OperationClass::kFault:
      return !parts_.platform.performs(call, {});
    default:
      return false;
  }
}

bool LiveWorld::can_look_at(const PlannedCall& probe) const {
  return is_service_probe(probe.operation) ? parts_.watch.watches(probe.service)
                                           : parts_.platform.observes(probe);
}

Task<Outcome> LiveWorld::perform(const PlannedCall& call, StepIndex by) {
  const OperationRule& rule = rule_of(call.operation);
  if (rule.kind == OperationClass::kFault) {
    fault_begun_ = true;
    last_fault_ = agenda().now();
    Task<Outcome> work =
        by_person(call, by) ? by_hand(call, by) : by_machine(Deed::kPerform, call, by);
    return caused(limited(std::move(work), by), call);
  }
  if (by_person(call, by)) return limited(by_hand(call, by), by);
  if (rule.kind != OperationClass::kWait) {
    return limited(by_machine(Deed::kPerform, call, by), by);
  }
  const Duration span = call.duration.value_or(Duration{});
  PlannedCall probe = call;
  if (call.operation == Operation::kWaitRegionHealthy) {
    probe.operation = Operation::kProbeRegionImpaired;
    return limited(hold_for({probe}, false, span), by, span);
  }
  if (call.operation == Operation::kWaitWatchStable) {
    probe.operation = Operation::kProbeRunningAsDesired;
    std::vector<PlannedCall> probes{probe};
    probe.operation = Operation::kProbeServiceTargetsHealthy;
    probes.push_back(probe);
    return limited(hold_for(std::move(probes), true, span), by, span);
  }
  return rule.waiter ? limited(poll(call, by), by) : pass_time(call, by);
}

/// Where nothing was broken there is nothing to measure: every service would go on serving, and
/// every target look met.
Task<Outcome> LiveWorld::caused(Task<Outcome> work, PlannedCall fault) {
  Outcome outcome = co_await work;
  if (outcome.kind == OutcomeKind::kUnknown && !parts_.stop.stopped()) {
    Task<Outcome> look = settle(fault, {});
    outcome = co_await look;
  }
  if (!outcome.ok()) {
    parts_.stop.stop(fmt::format(
        "{} {}, so there is nothing to measure", fault_path(parts_.plan, fault),
        outcome.kind == OutcomeKind::kUnknown ? "may not have been caused" : "was not caused"));
  }
  co_return outcome;
}

Task<Outcome> LiveWorld::revert(const PlannedCall& fault) {
  last_fault_ = agenda().now();
  if (!parts_.platform.performs(fault, {})) return limited(by_hand(fault, {}, true), {});
  return limited(by_machine(Deed::kRevert, fault, {}), {});
}

Task<Outcome> LiveWorld::known_outcome(Outcome outcome) {
  auto next = sleep_for(agenda(), Duration{});
  co_await next;
  co_return outcome;
}

Task<Outcome> LiveWorld::settle(const PlannedCall& call, StepIndex by) {
  if (by_person(call, by)) {  // they know what they did, and are asked again
    return known_outcome(Outcome::failed(Failure::kLostReply));
  }
  return by_machine(Deed::kSettle, call, by);
}

/// A step that takes longer than any step may, beyond the `span` for which it is meant to wait,
/// ends the run: somebody has to look at it.
Task<Outcome> LiveWorld::limited(Task<Outcome> work, StepIndex by, Duration span) {
  Within<Outcome> within(agenda(), agenda().now() + span + options_.step_limit, work);
  if (co_await within) co_return work.result();
  parts_.stop.stop(fmt::format("{} has taken longer than {}",
                               by.valid() ? step_path(parts_.plan, by) : "a fault",
                               to_human(options_.step_limit)));
  co_return Outcome::unknown(Failure::kTimedOut);
}

Outcome LiveWorld::deed(Deed what, const PlannedCall& call, StepIndex by,
                        const CallControl& control) {
  const bool mutates =
      rule_of(call.operation).mutating || rule_of(call.operation).kind == OperationClass::kFault;
  const OnAccountOf account(by.valid() ? "step" : "fault", by.valid()
                                                               ? step_path(parts_.plan, by)
                                                               : fault_path(parts_.plan, call));
  try {
    if (what == Deed::kSettle) return parts_.platform.settle(call, by, control);
    if (mutates) {
      const StopCheck check = parts_.platform.stop_conditions(control);
      if (check.stop) parts_.stop.stop(check.why);
      if (parts_.stop.stopped()) return Outcome::failed(Failure::kRefused);
    }
    return what == Deed::kPerform ? parts_.platform.perform(call, by, control)
                                  : parts_.platform.revert(call, control);
  } catch (const std::exception& error) {
    // The journal most likely: whether something was sent is not known here.
    parts_.stop.stop(error.what());
    return Outcome::unknown(Failure::kLostReply);
  }
}

Task<Outcome> LiveWorld::by_machine(Deed what, PlannedCall call, StepIndex by) {
  Task<Outcome> work = parts_.driver.off_thread<Outcome>(
      [this, what, call, by](const CallControl& control) { return deed(what, call, by, control); },
      options_.step_limit);
  co_return co_await work;
}

Task<Outcome> LiveWorld::by_hand(PlannedCall call, StepIndex by, bool take_back) {
  const auto said = by.valid() ? answered_.find(by.value) : answered_.end();
  if (said != answered_.end()) {
    const PromptAnswer answer = said->second;
    said_[by.value] = answer.end;
    answered_.erase(said);
    auto next = sleep_for(agenda(), Duration{});
    co_await next;
    co_return outcome_of(answer, !by.valid());
  }
  Prompt prompt;
  prompt.step = by.valid() ? step_path(parts_.plan, by) : fault_path(parts_.plan, call);
  prompt.who = by.valid() ? parts_.plan.roles[parts_.plan.step(by).role.value].name : "operator";
  prompt.what = parts_.platform.describe(call, by);
  if (!by.valid()) {
    prompt.what =
        (take_back ? "take the fault back by hand\n" : "cause the fault by hand\n") + prompt.what;
  }
  Task<PromptAnswer> asked = parts_.console.ask(std::move(prompt));
  const PromptAnswer answer = co_await asked;
  if (by.valid()) said_[by.value] = answer.end;
  co_return outcome_of(answer, !by.valid());
}

Task<Observation> LiveWorld::observe(const PlannedCall& probe) {
  const auto voucher = vouched_for_.find(&probe);
  if (voucher != vouched_for_.end()) {
    return vouched_for(parts_.plan.step(voucher->second), voucher->second);
  }
  const auto asked = asked_about_.find(&probe);
  if (asked != asked_about_.end()) return asked_about(probe, asked->second);
  return is_service_probe(probe.operation) ? service_seen(probe) : looked_at(probe);
}

/// What the person who did the step says of its check: they were asked to look.
Task<Observation> LiveWorld::vouched_for(const PlannedStep& step, StepIndex index) {
  auto next = sleep_for(agenda(), Duration{});
  co_await next;
  const auto said = said_.find(index.value);
  if (said == said_.end()) co_return Observation{};
  co_return Observation{true, (said->second != PromptEnd::kFailed) == step.verify->is};
}

Task<Observation> LiveWorld::asked_about(const PlannedCall& probe, StepIndex index) {
  const PlannedStep& step = parts_.plan.step(index);
  Prompt prompt;
  prompt.kind = PromptKind::kDecision;
  prompt.who = step.role.valid() ? parts_.plan.roles[step.role.value].name : "operator";
  prompt.what = "is it so: " + describe_call(parts_.plan, probe);
  prompt.step = step_path(parts_.plan, index) + "/when";
  prompt.runbook = step.runbook;
  Task<PromptAnswer> asking = parts_.console.ask(std::move(prompt));
  const PromptAnswer answer = co_await asking;
  co_return Observation{true, answer.end == PromptEnd::kDone};
}

Task<Observation> LiveWorld::service_seen(PlannedCall probe) {
  auto next = sleep_for(agenda(), Duration{});
  co_await next;
  const std::optional<double> share = parts_.watch.share(probe.service);
  if (!share) co_return Observation{};
  const bool serves = *share >= parts_.plan.service(probe.service).threshold;
  co_return Observation{
      true, probe.operation == Operation::kProbeServiceServes ? serves : *share <= probe.share};
}

Task<Observation> LiveWorld::looked_at(PlannedCall probe) {
  Task<Observation> look = parts_.driver.off_thread<Observation>(
      [this, probe](const CallControl& control) {
        return or_stop<Observation>({}, [&] { return parts_.platform.observe(probe, control); });
      },
      options_.look_limit);
  co_return co_await look;
}

void LiveWorld::severity_raised(RunbookIndex runbook, SeverityIndex severity) {
  parts_.console.severity_raised(runbook, severity);
}

}  // namespace firedrill::live
