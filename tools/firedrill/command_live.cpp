#include "tools/firedrill/command_live.hpp"

namespace firedrill {

void add_live_command(CLI::App& app, Action& chosen) {
  auto* live = app.add_subcommand("live", "the same scenario against a staging account");
  live->require_subcommand(1);
  add_live_plan_command(*live, chosen);
  add_live_run_commands(*live, chosen);
}

}  // namespace firedrill
