// The fields of people, severities and change management; see document_fields.hpp.
#pragma once

#include "engine/input/field_rules.hpp"

namespace firedrill {

inline constexpr Choice kAcknowledges[] = {
    {"directly", "Acknowledges the page and has a keyboard"},
    {"joins-bridge", "Is paged to a call, not to a keyboard"}};
inline constexpr Choice kDays[] = {{"any", "Drawn anew for every drill"},
                                   {"weekday", "Monday to Friday"},
                                   {"weekend", "Saturday or Sunday"},
                                   {"monday", "Monday"},
                                   {"tuesday", "Tuesday"},
                                   {"wednesday", "Wednesday"},
                                   {"thursday", "Thursday"},
                                   {"friday", "Friday"},
                                   {"saturday", "Saturday"},
                                   {"sunday", "Sunday"}};
inline constexpr std::span<const Choice> kWeekdays{kDays + 3, 7};

/// 0 is Monday; nothing for a word that the reader has refused.
inline std::optional<std::size_t> weekday(const Name& day) {
  for (std::size_t i = 0; i < kWeekdays.size(); ++i) {
    if (kWeekdays[i].word == day.text) return i;
  }
  return std::nullopt;
}

template <class V>
void describe(V& v, RotationSpec& r) {
  TimeOfDayField time{r.time};
  v.field("day", r.day, {.doc = "Day of the hand-over", .choices = kWeekdays});
  v.field("time", time, {.doc = "Time of the hand-over, HH:MM"});
}

template <class V>
void describe(V& v, RoleSpec& r) {
  v.field("name", r.name, {.doc = "Name of the role", .required = true});
  v.field("persons", r.persons,
          {.doc = "Who can fill it; one person can hold several roles",
           .required = true,
           .items_min = 1});
  v.field("rotation", r.rotation,
          {.doc = "The persons are on duty a week each, in their order; absent: all at once"});
  v.field("office_hours_only", r.office_hours_only,
          {.doc = "Outside office hours reached by escalation only, not by a first page"});
  v.field("acknowledges", r.acknowledges,
          {.doc = "How a page reaches the role", .choices = kAcknowledges});
  v.field("deputy", r.deputy, {.doc = "Role that stands in for this one when it does not come"});
  v.field(
      "deputy_after", r.deputy_after,
      {.doc = "How long the role may be awaited before the deputy is called", .above_zero = true});
}

template <class V>
void describe(V& v, EscalationStep& e) {
  v.field("role", e.role, {.doc = "Who is paged", .required = true});
  v.field("acknowledge_within", e.acknowledge_within,
          {.doc = "Then the next of the ladder is paged", .above_zero = true});
}

template <class V>
void describe(V& v, ImpactSpec& i) {
  v.field("tier", i.tier, {.doc = "Tier of the services looked at", .required = true});
  v.field("served_at_most", i.served_at_most,
          {.doc = "One of them serves no more than this share of its requests"});
}

template <class V>
void describe(V& v, UnresolvedSpec& u) {
  v.field("role", u.role, {.doc = "Who is called", .required = true});
  v.field("after", u.after, {.doc = "Since the declaration", .required = true, .above_zero = true});
}

template <class V>
void describe(V& v, SeveritySpec& s) {
  v.field("name", s.name, {.doc = "Name of the severity, such as SEV-1", .required = true});
  v.field("when", s.when, {.doc = "Impact that makes an incident one of this severity: any"});
  v.field("pages", s.pages, {.doc = "Roles called as soon as it is declared"});
  v.field("unresolved", s.unresolved, {.doc = "Roles called while it stays open"});
  v.field("respond_within", s.respond_within,
          {.doc = "Promised from the alarm to an answer", .above_zero = true});
  v.field("stabilise_within", s.stabilise_within,
          {.doc = "Promised from the declaration to a stable service", .above_zero = true});
  v.field("resolve_within", s.resolve_within,
          {.doc = "Promised from the declaration to the end of the incident", .above_zero = true});
  v.field("status_update_every", s.status_update_every,
          {.doc = "Between two status updates; absent: none", .above_zero = true});
}

template <class V>
void describe(V& v, HoursField& h) {
  TimeOfDayField from{h.from};
  TimeOfDayField to{h.to};
  v.field("from", from, {.doc = "Begin, HH:MM", .required = true});
  v.field("to", to, {.doc = "End, HH:MM", .required = true});
}

template <class V>
void describe(V& v, PeopleSpec& p) {
  v.field("roles", p.roles, {.doc = "Roles and who can fill them", .required = true});
  v.field("escalation", p.escalation, {.doc = "The ladder, first responder first"});
  v.field("status_updates_by", p.status_updates_by,
          {.doc = "Role that posts status updates; whoever leads while it is away"});
  v.field("office_hours", HoursField{p.office_from, p.office_to},
          {.doc = "Office hours, Monday to Friday, local time of the rotation"});
  v.field("asleep", HoursField{p.asleep_from, p.asleep_to}, {.doc = "When people sleep"});
}

template <class V>
void describe(V& v, ChangeWindowSpec& w) {
  TimeOfDayField from{w.from};
  TimeOfDayField to{w.to};
  v.field("days", w.days,
          {.doc = "Days of the week", .required = true, .choices = kWeekdays, .items_min = 1});
  v.field("from", from, {.doc = "Begin, HH:MM", .required = true});
  v.field("to", to, {.doc = "End, HH:MM, the same day", .required = true});
}

template <class V>
void describe(V& v, ChangeCategorySpec& c) {
  v.field("name", c.name, {.doc = "Name of the category", .required = true});
  v.field("lead_time", c.lead_time, {.doc = "From asking to the approval at the earliest"});
  v.field("approved_by", c.approved_by, {.doc = "Role that approves; absent: nobody needs to"});
  v.field("approval", c.approval, {.doc = "Timing of the approver's time"});
  v.field("in_window", c.in_window, {.doc = "Made in a change window only"});
}

template <class V>
void describe(V& v, ChangesSpec& c) {
  v.field("windows", c.windows, {.doc = "When planned changes are made, every week"});
  v.field("blackout_business_days", c.blackout_business_days,
          {.doc = "The last so many business days of each month have no window",
           .minimum = 0,
           .maximum = 20});
  v.field("categories", c.categories, {.doc = "What must be there before a change is made"});
}

}  // namespace firedrill
