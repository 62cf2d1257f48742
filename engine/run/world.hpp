// The port between the executor and whatever the drill is run on. One executor, several worlds: the
// simulated one (models/), the live one, a scripted one in the tests, and a recorded log.
//
// Rules for every back end, held by the contract suite in tests/contract:
//   - nothing here resumes the caller from inside the call: results come through the agenda;
//   - a call that was started and then dropped may still have taken effect in the world;
//   - of what waits for one person the work for the worst incident comes first; work for a lesser
//     one may be interrupted for it, is not answered meanwhile, and then goes on;
//   - `kUnknown` means exactly that: the caller must look before it acts again;
//   - equal inputs in equal order give equal results.
#pragma once

#include "engine/base/agenda.hpp"
#include "engine/base/task.hpp"
#include "engine/plan/plan.hpp"
#include "engine/run/event_log.hpp"

namespace firedrill {

enum class AskKind : std::uint8_t {
  kAcknowledge,  // a page: answers once the person has acknowledged
  kJoin,         // called to the bridge: answers once they speak there
  kTriage,       // assess, set the severity, choose the runbook
  kWork,         // hands-on part of a step
  kDecide,       // a decision or an approval
  kApprove,      // a change: needs no session, and nobody hopes for the provider meanwhile
  kPost,         // a message: needs no session on the platform
};

/// Something a person of a role is asked to do. Answers when it is done; never, when nobody fills
/// the role: callers that must go on race it with a deadline.
struct Ask {
  AskKind kind = AskKind::kWork;
  RoleIndex role{};
  SeverityIndex severity{};  // of the incident: the work of a worse one comes first
  TimingIndex time{};        // how long it takes; invalid for paging
  EntityKey key{};           // what the draw is keyed by
  EntityKey error_key{};
  StepIndex step{};          // invalid outside of runbooks
  bool error_prone = false;  // changes something
  bool escalated = false;    // a page that reaches a role outside of its hours as well
  std::uint32_t round = 0;   // how often the same was asked before
};

struct Answer {
  PersonIndex person{};
  TimePoint started{};   // when the person's hands became free for it
  StepIndex freed_by{};  // the step that had kept them busy, if they were
};

struct Observation {
  bool known = false;  // false: could not be observed now
  bool holds = false;
};

class World {
 public:
  virtual ~World() = default;

  virtual Agenda& agenda() = 0;
  /// Carries out an action or a fault. `by` is the step on whose account it is, if any.
  virtual Task<Outcome> perform(const PlannedCall& call, StepIndex by) = 0;
  /// Ends what `perform` of a fault began.
  virtual Task<Outcome> revert(const PlannedCall& fault) = 0;
  virtual Task<Observation> observe(const PlannedCall& probe) = 0;
  virtual Task<Answer> ask(const Ask& request) = 0;
  /// An incident has become worse, and with it whatever is being asked for steps of its runbook.
  virtual void severity_raised(RunbookIndex runbook, SeverityIndex severity) = 0;
  /// The next alarm that pages somebody, in the order in which they fire.
  virtual Task<AlarmIndex> next_alarm() = 0;
  /// Ends once every judged service has served for its hold time.
  virtual Task<void> until_steady() = 0;
};

}  // namespace firedrill
