#include "tests/support/plan_builder.hpp"

#include <algorithm>
#include <stdexcept>

namespace firedrill::test {
namespace {

template <class List>
std::uint32_t position(const List& list, const std::string& name) {
  for (std::uint32_t i = 0; i < list.size(); ++i) {
    if (list[i].name == name) return i;
  }
  throw std::logic_error("the test names nothing called " + name);
}

PlannedCondition condition(const std::string& word, bool is) {
  PlannedCondition made;
  made.probe.operation = Operation::kProbeServiceServes;
  made.probe.word = word;
  made.is = is;
  return made;
}

}  // namespace

PlanBuilder::PlanBuilder() {
  plan_.horizon = Duration::days(1);
  for (const char* name : {"SEV-1", "SEV-2", "SEV-3", "SEV-4"}) {
    plan_.severities.emplace_back().name = name;
  }
}

PlanBuilder& PlanBuilder::role(const std::string& name, const std::vector<std::string>& persons) {
  PlannedRole made;
  made.name = name;
  for (const std::string& who : persons) made.persons.push_back(person(who));
  if (persons.empty()) made.persons.push_back(person(name));
  plan_.roles.push_back(made);
  return *this;
}

PlanBuilder& PlanBuilder::absent(const std::string& role) {
  plan_.roles[role_index(role).value].absent = true;
  return *this;
}

PlanBuilder& PlanBuilder::joins_bridge(const std::string& role) {
  plan_.roles[role_index(role).value].joins_bridge = true;
  return *this;
}

PlanBuilder& PlanBuilder::pages(const std::string& role, Duration acknowledge_within) {
  plan_.escalation.push_back({role_index(role), acknowledge_within});
  return *this;
}

PlanBuilder& PlanBuilder::called_on(const std::string& severity, const std::string& role) {
  plan_.severities[severity_index(severity).value].pages.push_back(role_index(role));
  return *this;
}

PlanBuilder& PlanBuilder::deputy(const std::string& role, const std::string& stands_in,
                                 Duration after) {
  PlannedRole& made = plan_.roles[role_index(role).value];
  made.deputy = role_index(stands_in);
  made.deputy_after = after;
  return *this;
}

PlanBuilder& PlanBuilder::change(const std::string& name, Duration lead_time,
                                 const std::string& role, Duration approval, bool in_window) {
  plan_.changes.push_back({name, lead_time, role_index(role), timing(approval), in_window});
  return *this;
}

PlanBuilder& PlanBuilder::step_change(const std::string& step, const std::string& change) {
  plan_.steps[this->step(step).value].change = {position(plan_.changes, change)};
  return *this;
}

PlanBuilder& PlanBuilder::runbook_change(const std::string& change) {
  plan_.runbooks.back().change = {position(plan_.changes, change)};
  return *this;
}

PlanBuilder& PlanBuilder::stand_in_decision(Duration takes) {
  plan_.people_timings["stand_in_decision"] = timing(takes);
  return *this;
}

PlanBuilder& PlanBuilder::unresolved(const std::string& severity, const std::string& role,
                                     Duration after) {
  plan_.severities[severity_index(severity).value].unresolved.push_back({role_index(role), after});
  return *this;
}

PlanBuilder& PlanBuilder::updates(const std::string& severity, Duration every, Duration takes,
                                  const std::string& role) {
  plan_.severities[severity_index(severity).value].status_update_every = every;
  plan_.people_timings["status_update"] = timing(takes);
  if (!role.empty()) plan_.status_updates_by = role_index(role);
  return *this;
}

PlanBuilder& PlanBuilder::severity(const std::string& name) {
  plan_.runbooks.back().severity = severity_index(name);
  return *this;
}

PlanBuilder& PlanBuilder::impact(const std::string& severity, const std::string& word) {
  plan_.runbooks.back().impacts.push_back({severity_index(severity), condition(word, true).probe});
  return *this;
}

PlanBuilder& PlanBuilder::criterion(const std::string& word, Duration lasts,
                                    const std::string& severity, const std::string& pages) {
  PlannedCriterion made{condition(word, true), lasts, {}, {}};
  if (!severity.empty()) made.severity = severity_index(severity);
  if (!pages.empty()) made.pages.push_back(role_index(pages));
  plan_.runbooks.back().escalation.push_back(made);
  return *this;
}

PlanBuilder& PlanBuilder::triage(Duration takes) {
  plan_.people_timings["triage"] = timing(takes);
  return *this;
}

PlanBuilder& PlanBuilder::alarm(const std::string& name, const std::string& severity) {
  PlannedAlarm made;
  made.name = name;
  made.severity = severity_index(severity);
  plan_.alarms.push_back(made);
  return *this;
}

PlanBuilder& PlanBuilder::fault(const std::string& id, Duration at, std::optional<Duration> lasts) {
  PlannedFault made;
  made.id = id;
  made.call.operation = Operation::kFaultRegionLoss;
  made.at = at;
  made.lasts = lasts;
  plan_.faults.push_back(made);
  return *this;
}

PlanBuilder& PlanBuilder::strikes(const std::string& fault, Operation operation) {
  for (PlannedFault& made : plan_.faults) {
    if (made.id == fault) made.call.operation = operation;
  }
  return *this;
}

PlanBuilder& PlanBuilder::store(const std::string& name) {
  plan_.stores.push_back({name, {}});
  return *this;
}

PlanBuilder& PlanBuilder::service(const std::string& name, Duration hold,
                                  const std::vector<std::string>& stores) {
  PlannedService made;
  made.name = name;
  made.hold = hold;
  for (const std::string& store : stores) made.stores.push_back({position(plan_.stores, store)});
  plan_.services.push_back(made);
  return *this;
}

PlanBuilder& PlanBuilder::not_judged(const std::string& service) {
  plan_.services[position(plan_.services, service)].judged = false;
  return *this;
}

PlanBuilder& PlanBuilder::target(PlannedTarget target) {
  plan_.targets.push_back(std::move(target));
  return *this;
}

PlanBuilder& PlanBuilder::horizon(Duration span) {
  plan_.horizon = span;
  return *this;
}

PlanBuilder& PlanBuilder::runbook(const std::string& name, const std::vector<std::string>& alarms,
                                  const std::vector<BuiltStep>& steps) {
  const auto first = static_cast<std::uint32_t>(plan_.steps.size());
  PlannedRunbook made;
  made.name = name;
  made.severity = severity_index("SEV-1");
  for (const std::string& alarm : alarms) made.trigger.push_back({position(plan_.alarms, alarm)});
  made.first_step = {first};
  made.end_step = {first + static_cast<std::uint32_t>(steps.size())};
  const RunbookIndex index{static_cast<std::uint32_t>(plan_.runbooks.size())};
  plan_.runbooks.push_back(made);
  for (const BuiltStep& built : steps) add_step(built, index);
  for (std::uint32_t i = 0; i < steps.size(); ++i) bind_step(steps[i], {first + i});
  return *this;
}

void PlanBuilder::add_step(const BuiltStep& built, RunbookIndex runbook) {
  PlannedStep made;
  made.runbook = runbook;
  made.id = built.id;
  made.call.operation = built.operation;
  made.call.duration = built.wait;
  if (!built.role.empty()) {
    made.role = role_index(built.role);
    made.hands_on = timing(built.work);
  }
  if (built.when) made.when = condition(built.id + "/when", *built.when);
  if (built.verify) made.verify = condition(built.id + "/verify", *built.verify);
  made.timeout = built.timeout;
  made.attempts = built.attempts;
  made.retry_delay = built.retry_delay;
  made.on_failure = built.on_failure;
  made.is_fallback = built.is_fallback;
  made.decides = built.decides;
  made.gates = built.gates;
  made.verifies = built.verifies;
  plan_.steps.push_back(made);
}

void PlanBuilder::bind_step(const BuiltStep& built, StepIndex index) {
  PlannedStep& made = plan_.steps[index.value];
  for (const std::string& need : built.needs) made.needs.push_back(step(need));
  if (!built.fallback.empty()) {
    made.on_failure = OnFailure::kGoTo;
    made.fallback = step(built.fallback);
    plan_.steps[made.fallback.value].is_fallback = true;
  }
  if (!built.rollback.empty()) {
    made.rollback = step(built.rollback);
    plan_.steps[made.rollback.value].is_fallback = true;
  }
}

StepIndex PlanBuilder::step(const std::string& id) const {
  for (std::uint32_t i = 0; i < plan_.steps.size(); ++i) {
    if (plan_.steps[i].id == id) return StepIndex{i};
  }
  throw std::logic_error("the test names no step called " + id);
}

TimingIndex PlanBuilder::timing(Duration span) {
  plan_.timings.push_back({.id = "built",
                           .unit = "s",
                           .distribution = *Distribution::constant(to_seconds(span)),
                           .source = "test",
                           .confidence = Confidence::kMeasured,
                           .note = ""});
  return TimingIndex{static_cast<std::uint32_t>(plan_.timings.size() - 1)};
}

PersonIndex PlanBuilder::person(const std::string& name) {
  const auto known = std::find(plan_.persons.begin(), plan_.persons.end(), name);
  const auto index = static_cast<std::uint32_t>(known - plan_.persons.begin());
  if (known == plan_.persons.end()) plan_.persons.push_back(name);
  return PersonIndex{index};
}

SeverityIndex PlanBuilder::severity_index(const std::string& name) const {
  return SeverityIndex{position(plan_.severities, name)};
}

RoleIndex PlanBuilder::role_index(const std::string& name) const {
  return RoleIndex{position(plan_.roles, name)};
}

}  // namespace firedrill::test
