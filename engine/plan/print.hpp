// The plan as text for people: what `firedrill plan` shows before anything runs.
#pragma once

#include <string>

#include "engine/plan/plan.hpp"

namespace firedrill {

/// No line is longer than `width` columns (at least 40); long text wraps below its own beginning.
/// Without `unicode` the result is ASCII.
std::string print_plan(const Plan& plan, int width, bool unicode);

/// A call in one line: `ecs:UpdateService shop-fra, count production`.
std::string describe_call(const Plan& plan, const PlannedCall& call);

}  // namespace firedrill
