// Declared incidents, one for each runbook that alarms have started: how severe each is, whom that
// calls, when it becomes worse, and who hears of it until it is closed.
#pragma once

#include <vector>

#include "engine/run/event_log.hpp"
#include "engine/run/responders.hpp"
#include "engine/run/world.hpp"

namespace firedrill {

class Incidents {
 public:
  Incidents(const Plan& plan, World& world, EventLog& log, Responders& responders);

  /// Sets the severity: the worst of what the runbook says at least, of what the alarms that have
  /// fired say, and of what the impact is now. Calls whom it asks for, and watches from then on.
  Task<void> declare(RunbookIndex runbook, std::vector<AlarmIndex> fired);
  /// One more alarm: an open incident that it belongs to is at least as severe.
  void alarm(AlarmIndex alarm);
  void close(RunbookIndex runbook);

  /// Of an incident, how severe it is now; of planned work, what its runbook says.
  SeverityIndex severity(RunbookIndex runbook) const { return incidents_[runbook.value].severity; }

 private:
  struct Incident {
    SeverityIndex severity;
    TimePoint declared;
    bool open = false;
    TaskSet tasks;  // last member: dropped before what its tasks refer to
  };

  Task<SeverityIndex> worst_impact(RunbookIndex runbook);
  Task<void> watch_impact(RunbookIndex runbook);
  Task<void> watch_criterion(RunbookIndex runbook, const PlannedCriterion& criterion);
  Task<void> call_while_unresolved(RunbookIndex runbook, SeverityIndex severity);
  Task<void> post_updates(RunbookIndex runbook, SeverityIndex severity);
  void raise(RunbookIndex runbook, SeverityIndex severity);
  void follow(RunbookIndex runbook);

  const Plan& plan_;
  World& world_;
  EventLog& log_;
  Agenda& agenda_;
  Responders& responders_;
  std::vector<Incident> incidents_;   // by runbook
  std::vector<std::uint32_t> posts_;  // by runbook: status updates so far
};

}  // namespace firedrill
