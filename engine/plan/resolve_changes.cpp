// Change management: windows, and the categories of changes with what each needs.
#include <fmt/format.h>

#include <algorithm>

#include "engine/input/people_fields.hpp"
#include "engine/plan/resolution.hpp"

namespace firedrill {
namespace {

PlannedChangeWindow resolve_window(Resolution& r, const ChangeWindowSpec& spec) {
  PlannedChangeWindow planned;
  planned.from = spec.from;
  planned.to = spec.to;
  for (const Name& day : spec.days) {
    if (const auto index = weekday(day)) planned.on[*index] = true;
  }
  if (planned.from >= planned.to && !spec.days.empty()) {
    r.diagnostics.error(Rule::kImpossible, spec.days.front().at,
                        "a change window ends before it begins",
                        "let it end later on the same day");
  }
  return planned;
}

PlannedChange resolve_category(Resolution& r, const ChangeCategorySpec& spec) {
  const std::string owner = "change category " + quoted(spec.name.text);
  PlannedChange planned{spec.name.text, spec.lead_time,
                        r.names.bind<RoleIndex>("\"approved_by\" of " + owner + " names",
                                                spec.approved_by, {Thing::kRole}),
                        r.names.bind<TimingIndex>("\"approval\" of " + owner + " names",
                                                  spec.approval, {Thing::kTiming, {"duration"}}),
                        spec.in_window};
  if (planned.approval.valid()) r.plan.timings[planned.approval.value].used = true;
  if (spec.approved_by.empty() != spec.approval.empty()) {
    r.diagnostics.error(Rule::kMissingKey, spec.name.at,
                        owner + " has only one of \"approved_by\" and \"approval\"",
                        "say who approves and how long that takes, or neither");
  }
  if (spec.in_window && r.system.changes.windows.empty()) {
    r.diagnostics.error(Rule::kImpossible, spec.name.at,
                        owner + " waits for a window, and the system has none",
                        "add one to \"windows\"");
  }
  return planned;
}

}  // namespace

void resolve_changes(Resolution& r) {
  const ChangesSpec& changes = r.system.changes;
  r.plan.blackout_business_days = changes.blackout_business_days;
  for (const ChangeWindowSpec& window : changes.windows) {
    r.plan.change_windows.push_back(resolve_window(r, window));
  }
  for (const ChangeCategorySpec& category : changes.categories) {
    r.names.define(Thing::kChange, "change category", category.name,
                   static_cast<std::uint32_t>(r.plan.changes.size()));
    r.plan.changes.push_back(resolve_category(r, category));
  }
}

}  // namespace firedrill
