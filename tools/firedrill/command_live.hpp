// The commands below `firedrill live`.
#pragma once

#include "tools/firedrill/options.hpp"

namespace firedrill {

void add_live_plan_command(CLI::App& live, Action& chosen);
void add_live_run_commands(CLI::App& live, Action& chosen);

}  // namespace firedrill
