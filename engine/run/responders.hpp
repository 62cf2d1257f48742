// Who is called, who has come, and who does whose work.
#pragma once

#include <vector>

#include "engine/run/event_log.hpp"
#include "engine/run/world.hpp"

namespace firedrill {

class Responders {
 public:
  Responders(const Plan& plan, World& world, EventLog& log);

  /// Pages the escalation ladder, level by level, from the top again when nobody answered, and ends
  /// with the role that acknowledged. That role does the work of the levels that did not answer.
  Task<RoleIndex> page_ladder();

  /// Calls those roles that nobody has called yet, without waiting for any of them.
  void call_for(const std::vector<RoleIndex>& roles);

  struct Present {
    RoleIndex role;
    bool stands_in = false;  // a deputy, since the role itself did not come
  };
  /// Ends once somebody does the work of `role`; calls them if nobody has yet, and the role's
  /// deputy after as long as the role may be awaited.
  Task<Present> present(RoleIndex role);

  /// `role` if somebody has come for it, else whoever acknowledged first.
  RoleIndex here_or_lead(RoleIndex role) const;

  /// Whoever the steps of a planned procedure name is at work from the start.
  void at_work_for(RunbookIndex runbook);

 private:
  enum class State : std::uint8_t { kNotCalled, kCalled, kHere };

  Task<void> page(RoleIndex role, std::uint32_t round, bool escalated);
  Task<void> until_here(RoleIndex role);
  Task<void> until_lead();
  Task<void> until_someone_comes();
  RoleIndex whom_to_await(RoleIndex role, TimePoint& until);
  Task<void> call(RoleIndex role);
  void called(RoleIndex role);
  void arrived(RoleIndex role, PersonIndex person, EventKind how);

  const Plan& plan_;
  World& world_;
  EventLog& log_;
  Agenda& agenda_;
  std::vector<State> state_;
  std::vector<RoleIndex> acting_;
  std::vector<TimePoint> called_at_;
  RoleIndex lead_;  // who acknowledged first
  Signal someone_came_;
  TaskSet calls_;
};

}  // namespace firedrill
