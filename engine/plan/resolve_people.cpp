// Roles, the persons who fill them and who stands in for them, the escalation ladder.
#include <fmt/format.h>

#include <algorithm>

#include "engine/input/people_fields.hpp"
#include "engine/plan/circles.hpp"
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

Duration hand_over(Resolution& r, const RoleSpec& role) {
  if (role.persons.size() == 1) {
    r.diagnostics.error(Rule::kImpossible, role.name.at,
                        fmt::format("role {} has a rotation of one person", quoted(role.name.text)),
                        "name whoever else takes a turn, or remove \"rotation\"");
  }
  const std::size_t day = weekday(role.rotation->day).value_or(0);
  return Duration::days(static_cast<std::int64_t>(day)) + role.rotation->time;
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
  if (role.rotation) planned.hand_over = hand_over(r, role);
  return planned;
}

void bind_deputy(Resolution& r, const RoleSpec& role, RoleIndex index) {
  PlannedRole& planned = r.plan.roles[index.value];
  planned.deputy =
      r.names.bind<RoleIndex>(fmt::format("\"deputy\" of role {} names", quoted(role.name.text)),
                              role.deputy, {Thing::kRole});
  planned.deputy_after = role.deputy_after;
}

/// Whoever stands in for somebody must not have that one as a stand-in.
void check_deputies(Resolution& r) {
  const auto& roles = r.system.people.roles;
  DependenceGraph graph(roles.size());
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < roles.size(); ++i) {
    names.push_back(roles[i].name.text);
    const RoleIndex deputy = r.plan.roles[i].deputy;
    if (deputy.valid()) graph.add(i, deputy.value, roles[i].deputy.at);
  }
  graph.report("deputies", names, r.diagnostics);
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
  for (std::uint32_t i = 0; i < people.roles.size(); ++i) bind_deputy(r, people.roles[i], {i});
  check_deputies(r);
  r.plan.status_updates_by = r.names.bind<RoleIndex>("\"status_updates_by\" names",
                                                     people.status_updates_by, {Thing::kRole});
}

}  // namespace firedrill
