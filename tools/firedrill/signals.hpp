// Ctrl-C and SIGTERM: once stops and keeps what there is, twice leaves at once.
#pragma once

#include <atomic>

namespace firedrill {

void catch_signals();

/// From now on a second signal does no more than the first: what ends in good order has to.
void stop_in_good_order();

/// Set once a signal came.
const std::atomic<bool>& stop_requested();

/// 130 or 143 once a signal came, else 0.
int signal_exit_code();

}  // namespace firedrill
