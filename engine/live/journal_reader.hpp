// A journal read back: what a run that a crash has ended had come to.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/live/heartbeat.hpp"
#include "engine/live/journal.hpp"

namespace firedrill::live {

/// A result that the world gave the executor.
struct RecordedResult {
  TimePoint at;
  JournalJson fields;
};

struct JournalContent {
  JournalJson header;
  TimePoint last;  // of the last record
  aws::UtcInstant last_at{};
  /// By what was asked for and how often it had been asked before, as JournaledWorld keys them.
  std::map<std::string, RecordedResult, std::less<>> results;
  std::vector<RecordedResult> alarms;
  std::vector<RecordedResult> shares;
  std::vector<Inverse> inverses;
  /// Heartbeat rows by the name of their store, and the id that all of them carry.
  std::map<std::string, std::vector<Beat>, std::less<>> beats;
  std::string beats_run;
  std::set<std::string, std::less<>> put_back;  // inverses that were made, by key_of
  /// Events as they stand in it, and how often each does.
  std::map<std::string, int, std::less<>> events;
  /// Steps and faults on whose account a changing call was sent without a result for the executor.
  std::set<std::string, std::less<>> unsettled;
  /// Of those, on whose account one was sent that has no answer either.
  std::set<std::string, std::less<>> unanswered;
  std::optional<std::string> stopped;  // why
  bool ended = false;
};

/// Throws JournalError where it is no journal. A last line that was cut off is passed over.
JournalContent read_journal(const std::string& path);

}  // namespace firedrill::live
