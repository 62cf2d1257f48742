// The executor on the simulated world: where the two meet.
#pragma once

#include "engine/study/study.hpp"

namespace firedrill {

/// Makes a runner for each block, in the process that the block runs in.
DrillRunnerFactory simulated_runners();

}  // namespace firedrill
