// Internal to the resolver: the plan while it is being made, and the parts of the work in the order
// in which they run. Each part uses only what the parts before it have bound.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "engine/plan/names.hpp"
#include "engine/plan/plan.hpp"
#include "engine/plan/resolve.hpp"

namespace firedrill {

using ZoneIndex = Index<struct ZoneTag>;  // within its region

struct Resolution {
  const ScenarioDocument& scenario;
  const SystemDocument& system;
  const std::vector<RunbookDocument>& runbooks;
  const std::vector<TimingDocument>& timings;
  Diagnostics& diagnostics;

  Names names{diagnostics};
  Plan plan{};
  std::set<std::string, std::less<>> missing_timings{};  // each is reported once
};

void resolve_timings(Resolution& r);     // resolve_timings.cpp
void resolve_platform(Resolution& r);    // resolve_system.cpp: regions, links, planes, tiers
void resolve_components(Resolution& r);  // resolve_components.cpp
void resolve_services(Resolution& r);    // resolve_services.cpp: stores and services
void resolve_people(Resolution& r);      // resolve_people.cpp
void resolve_changes(Resolution& r);     // resolve_changes.cpp
void resolve_severities(Resolution& r);  // resolve_severities.cpp
void resolve_alarms(Resolution& r);      // resolve_alarms.cpp
void resolve_runbooks(Resolution& r);    // resolve_runbook.cpp
void resolve_scenario(Resolution& r);    // resolve_scenario.cpp
void resolve_targets(Resolution& r);     // resolve_targets.cpp
void resolve_behaviours(Resolution& r);  // resolve_timings.cpp

/// The timing that the vocabulary asks for, marked as used. `needed_by` is the head of a message:
/// `component "shop-fra"`.
TimingIndex use_timing(Resolution& r, std::string_view id, const std::string& needed_by, Origin at);

/// What messages call a timing: "duration", "probability", "figure in tasks/min".
std::string timing_noun(const std::string& unit);

/// `rule` with the arguments bound to its parameters; `who` is `step "stop-writes"`. Errors leave
/// what did not bind at its default.
PlannedCall resolve_call(Resolution& r, const std::string& who, const OperationRule& rule,
                         const std::vector<Argument>& with, Origin at);  // resolve_call.cpp

/// The components that fit a parameter of type kComponent.
Need need_of(const ParameterRule& parameter);

/// The rule that a name stands for, if it is of one of `classes`; else an error. `noun` is what the
/// document needs here: "action".
const OperationRule* find_rule(Resolution& r, const std::string& referrer, const Name& name,
                               const std::vector<OperationClass>& classes, std::string_view noun);

/// Refuses a control plane that nothing knows. An empty name is a key left out.
void check_control_plane(Resolution& r, const std::string& referrer, const Name& service);

/// The impact that each severity's rules ask about, for the services behind these alarms.
std::vector<PlannedImpact> impacts_of(const Resolution& r, const std::vector<AlarmIndex>& alarms);

/// Marks the operation's own timings as used.
void use_timings_of(Resolution& r, const OperationRule& rule, const std::string& who, Origin at);

}  // namespace firedrill
