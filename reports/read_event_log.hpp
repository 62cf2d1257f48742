// The event log of a drill back from its JSON Lines: what `run --replication K --json` wrote, or
// the journal of a live run, whose lines of other kinds are passed over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/run/event_log.hpp"

namespace firedrill {

struct RecordedDrill {
  std::string scenario;         // its name
  std::string scenario_sha256;  // of the documents that it was made of
  std::string back_end;         // "simulated", "live"
  std::string commit;
  std::uint64_t seed = 0;
  std::uint64_t replication = 0;
  bool emulator = false;  // a live one against endpoints on loopback alone
  /// Between two looks at a service, which is the error of what is measured from served shares;
  /// zero for a simulated drill.
  Duration poll_interval;
  /// How long a service had to serve to count as restored, where it is not as the system says.
  std::optional<Duration> hold;
  std::vector<Event> events;  // by their times
  /// The end of a log that was cut off is its last event; then this is false.
  bool ended = false;
};

/// A mistake of a log, by its line, counted from 1; 0: of the whole.
struct LogProblem {
  std::size_t line = 0;
  std::string what;
};

/// The drill, or every mistake, at most kLogProblemsMax of them.
struct EventLogRead {
  RecordedDrill drill;
  std::vector<LogProblem> problems;

  bool ok() const { return problems.empty(); }
};
constexpr std::size_t kLogProblemsMax = 20;

/// What a log may be read in spite of.
struct EventLogRules {
  /// Made of other documents than the plan: names must still fit.
  bool other_documents = false;
};

/// Names are bound to the plan. Refused: a log of another scenario or of other documents, of
/// another major version, names that the plan does not have, values that no drill can have, and
/// lines that are not JSON. A last line without a line end is what a crash leaves, and is passed
/// over when it is not JSON.
EventLogRead read_event_log(const Plan& plan, std::string_view text,
                            const EventLogRules& rules = {});

}  // namespace firedrill
