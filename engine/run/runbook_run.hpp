// One execution of the armed runbooks: starts what is ready, waits, decides, logs. Every rule on
// needs, conditions, retries, timeouts, fallbacks, aborts and rollbacks of steps is here and
// nowhere else.
#pragma once

#include <vector>

#include "engine/run/event_log.hpp"
#include "engine/run/incidents.hpp"
#include "engine/run/responders.hpp"
#include "engine/run/world.hpp"

namespace firedrill {

/// What follows from the plan alone: who waits for whom. Worked out once for many drills.
struct StepGraph {
  explicit StepGraph(const Plan& plan);

  const Plan& plan;
  std::vector<std::vector<StepIndex>> successors;    // by step
  std::vector<std::uint32_t> need_count;             // by step
  std::vector<std::vector<StepIndex>> first_steps;   // by runbook: those that need nothing
  std::vector<std::vector<StepIndex>> verification;  // by runbook
  std::vector<std::uint32_t> step_count;  // by runbook: neither fallback nor verification
};

class RunbookRun {
 public:
  RunbookRun(const StepGraph& graph, World& world, EventLog& log, Responders& responders,
             const Incidents& incidents);

  /// The runbook from its declaration to its close. Ends early, with the rollbacks of what was
  /// done, when a step aborts it.
  Task<void> run(RunbookIndex runbook);

 private:
  struct Book {
    std::uint32_t open_steps = 0;
    bool aborted = false;
    bool failed_check = false;
    bool decided_against = false;  // a gate that decides has stayed shut
    std::vector<StepIndex> done;   // in order of ending, fallbacks too, for rollbacks
  };

  /// How a step came out, and which step did its work in the end: itself, or its fallback.
  struct Ended {
    Outcome outcome;
    StepIndex by;
  };

  Task<void> step(StepIndex index, StepIndex released_by);
  Task<void> verification_step(StepIndex index);
  Task<Outcome> attempt(StepIndex index, std::uint32_t round);
  Task<Outcome> act(const PlannedStep& step, StepIndex index);
  Task<Ended> fall_back(StepIndex failed);
  Task<Ended> after_prerequisites(StepIndex index, StepIndex released_by);
  Task<Ended> worked_through(StepIndex index, StepIndex released_by);
  Task<void> leave_to_change(ChangeIndex change, RunbookIndex runbook, StepIndex step);
  Task<void> await_window(RunbookIndex runbook, StepIndex step);
  Task<bool> wanted(const PlannedStep& step);
  Task<void> roll_back(RunbookIndex runbook);
  bool aborts(const Ended& ended) const;
  void shut(StepIndex gate);
  bool waived(const PlannedStep& step) const;
  void release(StepIndex ended, StepIndex last);
  void log_end(StepIndex index, Outcome outcome, bool skipped);

  const StepGraph& graph_;
  const Plan& plan_;
  World& world_;
  EventLog& log_;
  Agenda& agenda_;
  Responders& responders_;
  const Incidents& incidents_;
  std::vector<std::uint32_t> open_needs_;
  std::vector<Book> books_;
  /// Gates that their condition has shut, and all that lies behind them.
  std::vector<bool> closed_gates_;
  Signal book_changed_;
  TaskSet running_;
};

}  // namespace firedrill
