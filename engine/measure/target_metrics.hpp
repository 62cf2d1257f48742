// What each target of a plan asks of one drill.
#pragma once

#include <vector>

#include "engine/measure/metrics.hpp"

namespace firedrill {

/// First instants of what targets refer to; TimePoint::never() for what never came.
struct Timeline {
  struct Runbook {
    TimePoint started = TimePoint::never();
    TimePoint declared = TimePoint::never();
    TimePoint decided = TimePoint::never();
    TimePoint closed = TimePoint::never();
    SeverityIndex severity{};  // the gravest it was declared or raised to
    StepIndex last_step{};     // that ended
    bool aborted = false;
  };
  struct Step {
    bool ready = false;
    bool skipped = false;                 // by its condition, or with the rest of the runbook
    TimePoint done = TimePoint::never();  // ended well
    TimePoint ended = TimePoint::never();
  };

  bool faulted = false;  // a fault started
  TimePoint onset{};
  TimePoint acknowledged = TimePoint::never();
  std::vector<TimePoint> alarms;  // by AlarmIndex
  std::vector<Runbook> runbooks;  // by RunbookIndex
  std::vector<Step> steps;        // by StepIndex
};

/// The incidents of one severity, or for an invalid one the gravest there is. Nothing is judged
/// when there is none; an alarm that led to no declaration counts for every severity, so that a
/// page that is never answered does not drop out.
IncidentMetrics incident_of(const Plan& plan, SeverityIndex severity, const Timeline& timeline,
                            const DrillMetrics& metrics);

/// How a target came out, from services and marks that are measured already. Its path is left
/// empty for a completion: `last_step` of the completed runbook, or the step itself, leads to it.
std::int64_t achieved_us(const Plan& plan, const PlannedTarget& target, const Timeline& timeline,
                         const DrillMetrics& metrics);

/// The step at whose end a completion is reached, whether it was or not; invalid for none.
StepIndex completing_step(const Plan& plan, const PlannedTarget& target, const Timeline& timeline);

}  // namespace firedrill
