#include <fmt/format.h>

#include "tools/firedrill/html_export.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/result_file.hpp"

namespace firedrill {
namespace {

struct ReportOptions {
  std::string result;
  std::string output = "-";
  std::string baseline;  // empty: none
  CommonOptions common;
};

int render(const ReportOptions& options) {
  start_log(options.common);
  check_writable(options.output);
  const std::optional<Report> report = read_result_or_explain(options.result);
  HeldAgainst held;
  if (!report || !read_held_against_or_explain(options.baseline, held)) return kExitInvalid;
  if (held.baseline && !compared(held, *report)) {
    fmt::print(stderr, "firedrill: {} holds nothing of scenario {}\n", options.baseline,
               report->scenario.name);
    return kExitInvalid;
  }
  write_html(options.output, *report, held);
  return kExitOk;
}

}  // namespace

void add_report_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<ReportOptions>();
  ReportOptions& o = *options;
  auto* command = app.add_subcommand("report", "a finished result as a page; nothing is simulated");
  command->add_option("result", o.result, "what `run --export-json` wrote")
      ->required()
      ->type_name("RESULT");
  command
      ->add_option("--baseline", o.baseline,
                   "show what changed since this JSON result, or this baseline")
      ->type_name("FILE");
  command->add_option("-o,--output", o.output, "write there instead of to standard output")
      ->type_name("FILE");
  add_common_options(*command, o.common);
  command->callback([options, &chosen] { chosen = [options] { return render(*options); }; });
}

}  // namespace firedrill
