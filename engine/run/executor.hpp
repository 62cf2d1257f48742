// The executor: starts the faults, watches for alarms, pages people, runs runbooks, logs. It is the
// same code for every world; whatever differs between them is behind the World port.
#pragma once

#include "engine/run/event_log.hpp"
#include "engine/run/runbook_run.hpp"
#include "engine/run/world.hpp"

namespace firedrill {

/// One drill, from its first fault until everything is closed and steady, written to `log`. Faults
/// that only some drills have are told by `occurs`, one entry a fault.
///
/// The task does not end when something it needs never comes; the driver of the agenda notices that
/// nothing is left to happen, or that the horizon has passed, and drops it.
Task<void> run_drill(const StepGraph& graph, World& world, EventLog& log, std::vector<bool> occurs);

}  // namespace firedrill
