// The drills of a study as a table, for a spreadsheet or a notebook.
#pragma once

#include <string>

#include "engine/plan/plan.hpp"
#include "engine/study/study.hpp"

namespace firedrill {

/// RFC 4180: a line of names, then one a drill that completed, in the order of the replications:
/// how it ended, the clock marks since the first fault, what it achieved by target, and what each
/// store lost. Times are seconds with three decimals; empty: not within the horizon, or not asked
/// of this drill. A name that a spreadsheet would take for a formula begins with an apostrophe.
std::string render_csv(const Plan& plan, const Samples& samples);

}  // namespace firedrill
