// Roles, the persons who fill them, the escalation ladder, and who is paged on declaration.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/resolution.hpp"

namespace firedrill {
namespace {

/// Persons have no definition of their own: they exist because roles name them.
PersonIndex person(Plan& plan, const std::string& name) {
  const auto found = std::find(plan.persons.begin(), plan.persons.end(), name);
  const auto index = static_cast<std::uint32_t>(found - plan.persons.begin());
  if (found == plan.persons.end()) plan.persons.push_back(name);
  return {index};
}

PlannedRole resolve_role(Resolution& r, const RoleSpec& role) {
  PlannedRole planned;
  planned.name = role.name.text;
  planned.office_hours_only = role.office_hours_only;
  planned.joins_bridge = role.acknowledges == "joins-bridge";
  for (const Name& name : role.persons) {
    const PersonIndex index = person(r.plan, name.text);
    const auto& list = planned.persons;
    if (std::find(list.begin(), list.end(), index) == list.end()) {
      planned.persons.push_back(index);
      continue;
    }
    r.diagnostics.error(
        Rule::kDuplicateName, name.at,
        fmt::format("role {} names {} twice", quoted(role.name.text), quoted(name.text)),
        "remove one of them");
  }
  if (role.persons.empty()) {
    r.diagnostics.error(Rule::kImpossible, role.name.at,
                        fmt::format("nobody fills role {}", quoted(role.name.text)),
                        "name its persons; a scenario says who is absent");
  }
  return planned;
}

}  // namespace

void resolve_people(Resolution& r) {
  const PeopleSpec& people = r.system.people;
  r.plan.people = people;
  for (const RoleSpec& role : people.roles) {
    r.names.define(Thing::kRole, "role", role.name,
                   static_cast<std::uint32_t>(r.plan.roles.size()));
    r.plan.roles.push_back(resolve_role(r, role));
  }
  for (const EscalationStep& rung : people.escalation) {
    r.plan.escalation.push_back(
        {r.names.bind<RoleIndex>("\"escalation\" names", rung.role, {Thing::kRole}),
         rung.acknowledge_within});
  }
  for (const SeverityPages& pages : people.on_declaration) {
    check_severity(r, "\"on_declaration\" names", pages.severity);
    const std::string referrer =
        fmt::format("\"on_declaration\" of {} names", quoted(pages.severity.text));
    const auto added = r.plan.pages_on_severity.emplace(
        pages.severity.text, r.names.bind_all<RoleIndex>(referrer, pages.roles, {Thing::kRole}));
    if (added.second) continue;
    r.diagnostics.error(
        Rule::kDuplicateName, pages.severity.at,
        fmt::format("\"on_declaration\" names {} twice", quoted(pages.severity.text)),
        "join their roles in one entry");
  }
}

}  // namespace firedrill
