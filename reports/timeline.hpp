// One drill as it went: who did what when, what was served, and the clock marks. All times are in
// milliseconds since the first onset.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/run/event_log.hpp"

namespace firedrill {

/// What a step's time was spent on.
enum class SpanKind : std::uint8_t {
  kIdle,      // ready, but nobody free
  kWork,      // hands busy
  kDecision,  // hands busy with a decision, or an approval awaited
  kWait,      // for the platform, or for a change window
};
constexpr SpanKind kSpanKinds[] = {SpanKind::kIdle, SpanKind::kWork, SpanKind::kDecision,
                                   SpanKind::kWait};
/// "idle", "work", "decision", "wait"
std::string_view to_word(SpanKind kind);

struct TimelineSpan {
  SpanKind kind = SpanKind::kWait;
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
  bool operator==(const TimelineSpan&) const = default;
};

struct TimelineStep {
  std::string runbook;
  std::string step;
  std::string role;  // empty: nobody's hands
  std::string person;
  bool critical = false;  // on the way to the last judged service
  bool failed = false;
  bool open = false;  // when the drill ended
  std::int64_t ready_ms = 0;
  std::int64_t ended_ms = 0;             // or when the drill ended
  std::vector<TimelineSpan> spans;       // without those that took no time
  std::vector<std::int64_t> retries_ms;  // when it was tried again
  bool operator==(const TimelineStep&) const = default;
};

/// From here on this share of the requests of clients that honour the TTL is served.
struct TimelineShare {
  std::int64_t at_ms = 0;
  double share = 1;
  bool operator==(const TimelineShare&) const = default;
};

struct TimelineService {
  std::string service;
  double threshold = 0.9;  // it serves from this share on
  std::vector<TimelineShare> served;
  bool operator==(const TimelineService&) const = default;
};

struct TimelineMark {
  std::string name;  // "fault", "fault over", or a clock mark
  std::string what;  // of a fault: what happened
  std::int64_t at_ms = 0;
  bool operator==(const TimelineMark&) const = default;
};

struct ReportTimeline {
  std::string name;  // "median" or "p95"
  std::int64_t replication = 0;
  std::int64_t end_ms = 0;                // of the drill
  std::vector<TimelineStep> steps;        // in the order in which they became ready
  std::vector<TimelineService> services;  // the judged ones
  std::vector<TimelineMark> marks;        // in the order of their times
  bool operator==(const ReportTimeline&) const = default;
};

/// From the event log of one drill; name and replication are the caller's to fill in.
ReportTimeline timeline_of(const Plan& plan, const std::vector<Event>& events);

}  // namespace firedrill
