// The firedrill program: parses the command line, runs the command, turns what happens into an exit
// code.
#include <fmt/format.h>

#include <exception>
#include <sstream>

#include "tools/archive/sqlite.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/signals.hpp"
#include "tools/firedrill/version.hpp"

namespace firedrill {
namespace {

struct VersionFlags {
  bool show = false;
  bool json = false;
};

void describe(CLI::App& app, VersionFlags& version, Action& chosen) {
  app.name("firedrill");
  app.allow_windows_style_options(false);
  app.require_subcommand(0, 1);
  app.add_flag("-V,--version", version.show, "version and commit; with --json all versions");
  app.add_flag("--json", version.json, "with --version")->needs("--version");
  add_validate_command(app, chosen);
  add_plan_command(app, chosen);
  add_run_command(app, chosen);
  add_merge_command(app, chosen);
  add_sensitivity_command(app, chosen);
  add_compare_command(app, chosen);
  add_report_command(app, chosen);
  add_history_command(app, chosen);
  add_init_command(app, chosen);
  add_calibrate_command(app, chosen);
  add_calendar_command(app, chosen);
  add_record_command(app, chosen);
  add_live_command(app, chosen);
  add_timings_command(app, chosen);
  add_vocabulary_command(app, chosen);
  add_schema_command(app, chosen);
  app.footer(
      "Exit codes: 0 every target met, 1 missed, inconclusive, worse or overdue,\n"
      "2 usage, invalid document or nothing to judge,\n"
      "3 internal error or failed drills, 4 a live guard refused or a stop condition,\n"
      "130 and 143 stopped by a signal.");
}

int usage_error(const std::string& message) {
  fmt::print(stderr, "firedrill: {}\nfiredrill --help lists the commands and their flags\n",
             message);
  return kExitInvalid;
}

int run_program(int argc, char** argv) {
  CLI::App app("Disaster-recovery drills, simulated thousands of times.");
  VersionFlags version;
  Action chosen;
  describe(app, version, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    std::ostringstream help;
    app.exit(asked, help, help);
    write_stdout(help.str());
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    return usage_error(error.what());
  }
  if (version.show) {
    write_stdout(version.json ? version_json() : version_text());
    return kExitOk;
  }
  if (!chosen) return usage_error("a command is missing");
  return chosen();
}

}  // namespace
}  // namespace firedrill

int main(int argc, char** argv) {
  firedrill::catch_signals();
  try {
    return firedrill::run_program(argc, argv);
  } catch (const firedrill::ArchiveError& error) {
    fmt::print(stderr, "firedrill: {}\n", error.what());
    return firedrill::kExitInvalid;
  } catch (const std::exception& error) {
    fmt::print(stderr, "firedrill: {}\n", error.what());
  } catch (...) {
    fmt::print(stderr, "firedrill: an error of unknown kind\n");
  }
  return std::max<int>(firedrill::kExitInternal, firedrill::signal_exit_code());
}
