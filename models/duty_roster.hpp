// Who of a role's persons is on duty, and when they hand over.
//
// Without a rotation all of them are on duty at once. With one they take turns of a week, in the
// order of the plan; which of them begins follows from the day on which the drill begins. Whoever
// has been in an incident for too long is relieved by the next in the order who is on duty for no
// other role. In an incident a change of duty takes a hand-over, during which whoever takes over
// can begin nothing; whoever hands over finishes what they have in hand.
//
// Changes of duty are worked out when somebody asks: a drill is not kept alive by its rotation.
#pragma once

#include <vector>

#include "models/people_timings.hpp"

namespace firedrill {

class DutyRoster {
 public:
  explicit DutyRoster(DrillContext& context);

  const std::vector<PersonIndex>& on_duty(RoleIndex role);
  bool is_on_duty(RoleIndex role, PersonIndex person);
  /// The role has been called: from here on it is in an incident.
  void engage(RoleIndex role);
  /// never() without a rotation.
  TimePoint next_change(RoleIndex role);
  /// Until when whoever took over last is being briefed.
  TimePoint briefed_at(RoleIndex role);
  /// True once after each hand-over in an incident.
  bool takes_over(RoleIndex role);

 private:
  struct Duty {
    std::vector<PersonIndex> persons;
    TimePoint weekly = TimePoint::never();   // the next hand-over of the rotation
    TimePoint engaged = TimePoint::never();  // since when they have been in an incident
    TimePoint briefed;
    std::uint32_t hand_overs = 0;
    bool takes_over = false;
  };

  Duty& up_to_date(RoleIndex role);
  TimePoint tired_at(const Duty& duty) const;
  PersonIndex of_week(RoleIndex role, TimePoint when) const;
  PersonIndex relief(RoleIndex role) const;
  void hand_over(RoleIndex role, PersonIndex next, TimePoint when);

  DrillContext& context_;
  PeopleTimings timings_;
  Duration fatigue_after_;
  std::vector<Duty> duties_;  // by role
};

}  // namespace firedrill
