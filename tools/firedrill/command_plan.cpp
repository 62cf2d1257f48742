#include <unistd.h>

#include "engine/plan/print.hpp"
#include "reports/text_cells.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"

namespace firedrill {
namespace {

struct PlanOptions {
  std::string scenario;
  std::string output = "-";
  WhatIf what_if;
  CommonOptions common;
};

int run(const PlanOptions& options) {
  start_log(options.common);
  check_writable(options.output);
  const auto plan = load_or_explain(options.scenario, options.what_if);
  if (!plan) return kExitInvalid;
  const bool unicode = wants_unicode();
  const std::string text = print_plan(*plan, terminal_width(STDOUT_FILENO), unicode);
  write_file(options.output, printable_lines(text, unicode));
  return kExitOk;
}

}  // namespace

void add_plan_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<PlanOptions>();
  auto* command =
      app.add_subcommand("plan", "print what run will do: names bound, defaults explicit");
  command->add_option("scenario", options->scenario, "a scenario document")
      ->required()
      ->type_name("SCENARIO");
  command->add_option("-o,--output", options->output, "write there instead of to standard output")
      ->type_name("FILE");
  add_what_if_options(*command, options->what_if);
  add_common_options(*command, options->common);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace firedrill
