#include "engine/plan/vocabulary_page.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"

namespace firedrill {

void add_vocabulary_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "vocabulary", "print every action, fault, probe, metric, component kind and behaviour");
  command->callback([&chosen] {
    chosen = [] {
      write_stdout(vocabulary_page());
      return static_cast<int>(kExitOk);
    };
  });
}

}  // namespace firedrill
