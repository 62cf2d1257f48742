// The event log of one drill: as lines for people, and as JSON Lines that replay reads back.
#pragma once

#include <string>
#include <string_view>

#include "engine/plan/plan.hpp"
#include "engine/run/event_log.hpp"

namespace firedrill {

/// When the first outage began; a fault of people alone is none. TimePoint::never() without one.
/// `events` are in the order of their times.
TimePoint onset_of(const Plan& plan, const std::vector<Event>& events);

/// One line an event, in the order of their times: time since the drill began, time since the first
/// fault, what happened.
///
///     0:01:00.000      +0:00  fault ireland-lost: fault:region-loss eu-west-1
std::string event_lines(const Plan& plan, const std::vector<Event>& events, bool unicode);

/// What happened, in words: `alarm synthetics-api`. Names are as the documents have them.
std::string event_sentence(const Plan& plan, const Event& event);

/// By their times; of one instant in the order of the log.
std::vector<Event> events_in_order(std::vector<Event> events);

constexpr std::string_view kEventLogFormat = "1.2";

struct EventLogHeader {
  std::uint64_t seed = 0;
  std::uint64_t replication = 0;
  std::string_view commit;
  std::string_view back_end = "simulated";
};

/// A header line, then one object an event, in the order of their times. Seconds since the drill
/// began, to the microsecond: a replay needs them exactly.
std::string event_json_lines(const Plan& plan, const std::vector<Event>& events,
                             const EventLogHeader& header);

/// The words of the JSON Lines: "step-ended", "timed-out", "promotion-refused", "stalled".
std::string_view to_word(EventKind kind);
std::string_view to_word(Failure why);
std::string_view to_word(Note note);
std::string_view to_word(DrillEnd end);

}  // namespace firedrill
