// What one drill achieved: the fold of its event log. The only definition of RTO, RPO, phases and
// paths.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/measure/phase_split.hpp"
#include "engine/plan/plan.hpp"
#include "engine/run/event_log.hpp"

namespace firedrill {

/// Not reached before the drill ended. Greater than every time, so that it misses every limit and
/// sorts last; a quantile that falls on it is "not within the horizon".
constexpr std::int64_t kNotReachedUs = std::numeric_limits<std::int64_t>::max();

/// What a target asks for did not arise in this drill, which counts neither for nor against it.
constexpr std::int64_t kNotJudgedUs = -1;

struct ServiceMetrics {
  /// Onset to the first instant from which the service serves and keeps serving for its hold time.
  /// Zero for a service that never stopped serving. In a drill without a fault the onset is the
  /// instant at which the service itself first stopped.
  std::int64_t rto_us = 0;
  /// The same until 99 % of all clients are served, those included that hold on to old DNS answers.
  std::int64_t clients99_us = 0;
  /// The worst of its stores; not reached when a store never came back.
  std::int64_t rpo_us = 0;
  /// Integral of the failed share over time, in microseconds of full outage.
  std::int64_t lost_us = 0;
  /// All the time since the onset in which it did not serve, however often it stopped.
  std::int64_t interrupted_us = 0;
  /// The steps that its recovery waited for, the last first; of a service that did not come back,
  /// what was still open at the end of the drill, and what that had waited for.
  std::vector<StepIndex> path;
};

/// One target in one drill, by the definitions of kObjectives and kTargetStarts.
struct TargetMetrics {
  std::int64_t achieved_us = 0;  // or kNotReachedUs, kNotJudgedUs
  std::vector<StepIndex> path;   // like that of a service; empty where no step leads to it
};

struct StoreMetrics {
  std::int64_t rpo_us = 0;  // 0 for a store that lost nothing
  double missing_writes = -1;
  std::int64_t age_of_99_us = -1;
};

/// The clock marks of an incident, as spans from the first onset; kNotReachedUs where one never
/// came.
struct Marks {
  std::int64_t detected_us = kNotReachedUs;
  std::int64_t acknowledged_us = kNotReachedUs;
  std::int64_t declared_us = kNotReachedUs;
  std::int64_t decided_us = kNotReachedUs;
  std::int64_t restored_us = kNotReachedUs;  // the last judged service
  std::int64_t verified_us = kNotReachedUs;
  std::int64_t closed_us = kNotReachedUs;
};

/// One step in one drill. Everything zero and `ran` false when it was skipped or never reached.
struct StepMetrics {
  bool ran = false;
  bool failed = false;
  bool open = false;             // ready, but not ended with the drill
  bool critical = false;         // on the critical path of at least one judged service
  std::int64_t total_us = 0;     // ready to ended
  std::int64_t idle_us = 0;      // ready, but nobody free, or those at it called away
  std::int64_t busy_us = 0;      // the part of it in which its person was at another step
  std::int64_t work_us = 0;      // hands busy
  std::int64_t decision_us = 0;  // hands busy with a decision, or an approval awaited
  std::int64_t wait_us = 0;      // for the cloud, or for a change window
};

/// The gravest incident of a drill, as severities judge it: all from the first alarm.
struct IncidentMetrics {
  SeverityIndex severity;                    // as grave as it became; invalid: nothing was declared
  std::int64_t response_us = kNotJudgedUs;   // to somebody at work
  std::int64_t stabilise_us = kNotJudgedUs;  // to every judged service serving again
  std::int64_t resolve_us = kNotJudgedUs;    // to the last of its runbooks closed
};

/// How long a person's hands were busy: with steps, as far as their first attempt goes, and with
/// status updates.
struct PersonMetrics {
  std::int64_t busy_us = 0;
};

/// The same by role, of whoever did the role's steps, and of the status updates of its people.
struct RoleMetrics {
  std::int64_t busy_us = 0;
};

/// A step on the way to recovery, as spans from the first onset.
struct PathStep {
  StepIndex step;
  std::int64_t ready_us = 0;
  std::int64_t ended_us = 0;  // kNotReachedUs for one that was still open
};

struct DrillMetrics {
  DrillEnd end = DrillEnd::kCompleted;
  Marks marks;
  std::vector<ServiceMetrics> services;  // by ServiceIndex
  std::vector<StoreMetrics> stores;      // by StoreIndex
  std::vector<StepMetrics> steps;        // by StepIndex
  std::vector<TargetMetrics> targets;    // in the order of the plan
  std::vector<PersonMetrics> persons;    // by PersonIndex
  std::vector<RoleMetrics> roles;        // by RoleIndex
  IncidentMetrics incident;
  /// Of the judged service that came back last: the steps it waited for, the first first.
  std::vector<PathStep> path;
  /// Between the marks detected, acknowledged, decided, restored and verified. Without a decision
  /// the phase of deciding is empty; a mark that never came is the end of the drill.
  std::array<TimeSplit, kPhases> phases{};
  NoteSet notes = 0;  // that occurred
};

DrillMetrics measure(const Plan& plan, const std::vector<Event>& events);

}  // namespace firedrill
