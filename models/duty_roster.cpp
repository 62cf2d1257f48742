#include "models/duty_roster.hpp"

#include <algorithm>
#include <utility>

namespace firedrill {

DutyRoster::DutyRoster(DrillContext& context) : context_(context), timings_(context) {
  for (std::uint32_t i = 0; i < context.plan.roles.size(); ++i) {
    const PlannedRole& role = context.plan.roles[i];
    Duty duty;
    duty.persons = role.persons;
    if (role.hand_over) {
      fatigue_after_ = duration_from_seconds(timings_.ratio("fatigue_after"));
      duty.persons = {of_week({i}, context.now())};
      duty.weekly = context.clock.next_time_of_week(*role.hand_over, context.now());
    }
    duties_.push_back(std::move(duty));
  }
}

const std::vector<PersonIndex>& DutyRoster::on_duty(RoleIndex role) {
  return up_to_date(role).persons;
}

bool DutyRoster::is_on_duty(RoleIndex role, PersonIndex person) {
  const auto& persons = on_duty(role);
  return std::find(persons.begin(), persons.end(), person) != persons.end();
}

void DutyRoster::engage(RoleIndex role) {
  Duty& duty = up_to_date(role);
  duty.engaged = std::min(duty.engaged, context_.now());
}

TimePoint DutyRoster::next_change(RoleIndex role) {
  const Duty& duty = up_to_date(role);
  return std::min(duty.weekly, tired_at(duty));
}

TimePoint DutyRoster::briefed_at(RoleIndex role) { return up_to_date(role).briefed; }

bool DutyRoster::takes_over(RoleIndex role) {
  return std::exchange(up_to_date(role).takes_over, false);
}

TimePoint DutyRoster::tired_at(const Duty& duty) const {
  const bool turns = duty.weekly != TimePoint::never();
  const bool engaged = duty.engaged != TimePoint::never();
  return turns && engaged && fatigue_after_.us > 0 ? duty.engaged + fatigue_after_
                                                   : TimePoint::never();
}

DutyRoster::Duty& DutyRoster::up_to_date(RoleIndex role) {
  Duty& duty = duties_[role.value];
  for (;;) {
    const TimePoint when = std::min(duty.weekly, tired_at(duty));
    if (when > context_.now() || when == TimePoint::never()) return duty;
    const bool week_over = when == duty.weekly;
    if (week_over) duty.weekly = when + Duration::days(7);
    hand_over(role, week_over ? of_week(role, when) : relief(role), when);
  }
}

PersonIndex DutyRoster::of_week(RoleIndex role, TimePoint when) const {
  const PlannedRole& planned = context_.plan.roles[role.value];
  const auto count = static_cast<std::int64_t>(planned.persons.size());
  if (count == 0) return {};
  const std::int64_t week = context_.clock.week(*planned.hand_over, when);
  return planned.persons[static_cast<std::size_t>((week % count + count) % count)];
}

/// The next in the order who is on duty for no role; whoever it is now when there is nobody.
PersonIndex DutyRoster::relief(RoleIndex role) const {
  const auto& all = context_.plan.roles[role.value].persons;
  const PersonIndex now = duties_[role.value].persons[0];
  const auto place = std::find(all.begin(), all.end(), now) - all.begin();
  const auto busy = [&](PersonIndex person) {
    return std::any_of(duties_.begin(), duties_.end(), [&](const Duty& duty) {
      return std::find(duty.persons.begin(), duty.persons.end(), person) != duty.persons.end();
    });
  };
  for (std::size_t i = 1; i < all.size(); ++i) {
    const PersonIndex next = all[(static_cast<std::size_t>(place) + i) % all.size()];
    if (!busy(next)) return next;
  }
  return now;
}

void DutyRoster::hand_over(RoleIndex role, PersonIndex next, TimePoint when) {
  Duty& duty = duties_[role.value];
  const bool same = duty.persons[0] == next;
  duty.persons[0] = next;
  if (duty.engaged == TimePoint::never()) return;
  duty.engaged = when;  // nobody to relieve them: asked again after as long
  if (same) return;
  const EntityKey key = entity_key(context_.plan.roles[role.value].name);
  duty.briefed = when + timings_.draw("hand_over", key, duty.hand_overs++);
  duty.takes_over = true;
  context_.log.add({.at = context_.now(),
                    .value = to_seconds(std::max(duty.briefed - context_.now(), Duration{})),
                    .subject = role.value,
                    .object = next.value,
                    .kind = EventKind::kHandedOver});
}

}  // namespace firedrill
