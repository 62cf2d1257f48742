#include <fmt/format.h>

#include "tools/firedrill/command_live.hpp"
#include "tools/firedrill/live_sources.hpp"
#include "tools/firedrill/output.hpp"

namespace firedrill {
namespace {

struct LivePlanOptions {
  std::string scenario;
  std::string staging;
  std::string output;
  bool json = false;
  CommonOptions common;
};

int run(const LivePlanOptions& options) {
  start_log(options.common);
  if (!options.output.empty()) check_writable(options.output);
  const auto loaded = load_live_or_explain(options.scenario, options.staging);
  if (!loaded) return kExitInvalid;
  const auto session = make_session(*loaded->staging);
  const live::LivePlan plan = make_plan(*loaded, *session);
  write_stdout(options.json ? live::plan_file_text(plan)
                            : live::render_live_plan(plan, options.common.verbose));
  if (!plan.may_run()) {
    for (const live::Refusal& refusal : plan.refusals) {
      fmt::print(stderr, "guard {} refuses: {}\n", refusal.guard, refusal.why);
    }
    return kExitRefused;
  }
  if (!options.output.empty()) write_file(options.output, live::plan_file_text(plan));
  return kExitOk;
}

int print_guards() {
  write_stdout(live::guards_page());
  return kExitOk;
}

}  // namespace

void add_live_plan_command(CLI::App& live, Action& chosen) {
  auto options = std::make_shared<LivePlanOptions>();
  auto* command = live.add_subcommand(
      "plan", "resolve every step against the staging account, check it, change nothing");
  command->add_option("scenario", options->scenario, "a scenario document")
      ->required()
      ->type_name("SCENARIO");
  command->add_option("--staging", options->staging, "the staging document")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("-o,--output", options->output,
                   "write the plan there, for live run; nothing is written when a guard refuses")
      ->type_name("PLANFILE");
  command->add_flag("--json", options->json, "print the plan file instead of text");
  add_common_options(*command, options->common);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });

  auto* guards = live.add_subcommand("guards", "print the guardrails as a page of Markdown");
  guards->callback([&chosen] { chosen = [] { return print_guards(); }; });
}

}  // namespace firedrill
