// The drills that a report shows one by one.
#pragma once

#include "engine/plan/plan.hpp"
#include "reports/report.hpp"

namespace firedrill {

/// Runs the example drills of a report again, each with the drills of its block before it, and adds
/// how they went: no study keeps that. One that breaks is left out.
void add_timelines(const Plan& plan, Report& report);

/// The same, and the way to recovery of each.
void add_example_drills(const Plan& plan, Report& report);

}  // namespace firedrill
