// One live run from its first look to what it leaves behind: the drill, whatever ends it, the way
// back, and the steady state afterwards.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/live/journaled_world.hpp"
#include "engine/live/rollback.hpp"

namespace firedrill::live {

struct LiveRunOptions {
  LiveOptions world;
  Duration service_interval = Duration::seconds(15);
  Duration run_limit = Duration::hours(4);  // of the drill; no later than the horizon of the plan
  RollbackStrategy rollback = RollbackStrategy::kAsk;
  std::string stop_file;  // whoever makes this file stops the run; empty: none
  /// How long the steady state is waited for after the way back.
  Duration steady_limit = Duration::minutes(30);
};

struct LiveRunParts {
  const Plan& plan;
  LiveDriver& driver;
  Platform& platform;
  ServiceProbes& probes;
  Console& console;
  Journal& journal;
};

struct LiveRunHooks {
  /// A signal that has come: its name, else empty. Asked often, from any thread.
  std::function<std::string()> signal;
  /// An event as the journal has it.
  std::function<JournalJson(const Event& event)> event_json;
  /// The drill is over, and its log takes what can only be measured now. May be empty.
  std::function<void(EventLog& log, TimePoint now)> measured;
  /// Nothing is changed any more: gives back what keeps other runs off. What is left of that is a
  /// line of the leftovers; else empty. May be empty itself.
  std::function<std::string()> let_go;
  /// Of what happens, for people. May be empty.
  std::function<void(const Event& event)> happened;
  /// After the events of each turn, and whenever the run waits for somebody. May be empty.
  std::function<void()> turned;
};

struct LiveRunResult {
  DriveEnd end = DriveEnd::kCompleted;
  std::string stopped;  // why; empty: it was not
  bool aborted_runbook = false;
  /// A fault was caused whose alarms were to call people, and no alarm has fired.
  bool undetected = false;
  std::vector<PutBack> put_back;      // what was tried, with what came of it
  std::vector<Inverse> left_changed;  // could be put back, and has not been
  /// After the way back, or, without one, at the end of the drill; nothing where nobody could tell.
  bool steady = false;
  std::vector<std::string> leftovers;
  bool journal_broken = false;
};

/// The executor as `script` runs it. Not itself a coroutine.
using LiveScript = std::function<Task<void>(World& world, EventLog& log)>;

/// `before` is what an earlier part of the run has left in this journal, or null; `log` gets the
/// whole drill, its end included. A run that had been stopped before is only led back.
LiveRunResult run_live(const LiveRunParts& parts, const LiveRunOptions& options,
                       const LiveRunHooks& hooks, const LiveScript& script,
                       const JournalContent* before, EventLog& log);

}  // namespace firedrill::live
