// The record of a live drill for people to keep, as Markdown.
#pragma once

#include <string>
#include <vector>

#include "engine/measure/metrics.hpp"
#include "engine/plan/plan.hpp"
#include "engine/run/event_log.hpp"
#include "reports/report.hpp"

namespace firedrill {

/// What a live drill is told with beyond its events.
struct LiveRecord {
  std::string began;                 // "2026-11-21T20:30:00Z"
  std::string account;               // "111122223333 (shop-staging)"
  std::string run_id;                // of the journal
  bool emulator = false;             // its endpoints were on this machine
  bool game_day = false;             // people did what a machine could have done
  Duration poll_interval;            // the error of every time
  std::string stopped;               // why it was ended; empty: it was not
  bool undetected = false;           // no alarm has shown the fault
  std::vector<std::string> losses;   // what heartbeats have measured
  std::vector<std::string> refused;  // by guards
  struct PutBack {
    std::string what;
    std::string outcome;  // "done", "failed", "outcome unknown"
  };
  std::vector<PutBack> put_back;
  std::vector<std::string> still_different;
  bool steady = false;
};

/// Head, achieved against target, clock marks, what the drill has left, timeline and chart of its
/// steps, a form for actions and sign-off. `metrics` are those of `events`, with what nobody looked
/// at marked as not judged. A drill that missed a target, was stopped or was never detected says
/// that this is tracked as a SEV-3.
std::string render_live_record(const Plan& plan, const std::vector<Event>& events,
                               const DrillMetrics& metrics, const LiveRecord& record,
                               const ReportProgram& program);

}  // namespace firedrill
