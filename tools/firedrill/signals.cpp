#include "tools/firedrill/signals.hpp"

#include <unistd.h>

#include <csignal>

namespace firedrill {
namespace {

std::atomic<bool> g_stop{false};
std::atomic<int> g_signal{0};
std::atomic<bool> g_good_order{false};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void on_signal(int signal) {
  if (g_stop.exchange(true)) {
    if (!g_good_order) ::_exit(128 + signal);
    return;
  }
  g_signal = signal;
}

}  // namespace

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  // A closed pipe is an error of the write that meets it.
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
}

void stop_in_good_order() { g_good_order = true; }

const std::atomic<bool>& stop_requested() { return g_stop; }

int signal_exit_code() { return g_signal == 0 ? 0 : 128 + g_signal; }

}  // namespace firedrill
