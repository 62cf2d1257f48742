#include <fmt/format.h>

#include "tools/archive/history_file.hpp"
#include "tools/firedrill/bundle.hpp"
#include "tools/firedrill/exports.hpp"
#include "tools/firedrill/html_export.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/result_file.hpp"
#include "tools/firedrill/version.hpp"

namespace firedrill {
namespace {

struct ReportOptions {
  std::string result;
  std::string output;  // empty: standard output, unless something else is written
  std::string bundle;
  std::string scenario;  // for the bundle
  std::string baseline;  // empty: none
  std::string history;   // empty: none
  CommonOptions common;
};

/// The pack with its documents; those must be the ones that the result was made of. The drill of
/// the record is run again only by the version that made the result: another may play another one.
int bundle_with_documents(const ReportOptions& options, BundleParts parts) {
  SourceFiles sources;
  const auto plan = load_or_explain(options.scenario, sources, what_if_of(*parts.report));
  if (!plan) return kExitInvalid;
  const ReportScenario& scenario = parts.report->scenario;
  if (plan->scenario_sha256 != scenario.sha256) {
    fmt::print(stderr,
               "firedrill: {} is not what {} was made of: its documents have the SHA-256 {}, the "
               "result says {}. Give the documents as they were then.\n",
               options.scenario, options.result, plan->scenario_sha256, scenario.sha256);
    return kExitInvalid;
  }
  parts.sources = &sources;
  ReviewedDrill drill;
  const ReportProgram& maker = parts.report->program;
  if (maker.version == program().version && maker.commit == program().commit) {
    drill = typical_drill(*plan, *parts.report);
    parts.plan = &*plan;
    parts.drill = &drill;
  }
  write_bundle(options.bundle, parts);
  return kExitOk;
}

int render(const ReportOptions& options) {
  start_log(options.common);
  const bool page = !options.output.empty() || options.bundle.empty();
  const std::string output = options.output.empty() ? "-" : options.output;
  if (page) check_writable(output);
  if (!options.bundle.empty()) check_writable(options.bundle);
  const std::optional<ResultFile> result = read_result_file_or_explain(options.result);
  HeldAgainst held;
  if (!result || !read_held_against_or_explain(options.baseline, held)) return kExitInvalid;
  held.history_file = options.history;
  if (!held.history_file.empty()) read_history(held.history_file);
  if (held.baseline && !compared(held, result->report)) {
    fmt::print(stderr, "firedrill: {} holds nothing of scenario {}\n", options.baseline,
               result->report.scenario.name);
    return kExitInvalid;
  }
  if (!options.bundle.empty()) {
    BundleParts parts;
    parts.report = &result->report;
    parts.result = result->text;
    if (options.scenario.empty()) {
      write_bundle(options.bundle, parts);
    } else if (const int code = bundle_with_documents(options, parts); code != kExitOk) {
      return code;
    }
  }
  if (page) write_html(output, result->report, held);
  return kExitOk;
}

}  // namespace

void add_report_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<ReportOptions>();
  ReportOptions& o = *options;
  auto* command =
      app.add_subcommand("report", "a finished result as a page, or packed as evidence");
  command->add_option("result", o.result, "what `run --export-json` wrote")
      ->required()
      ->type_name("RESULT");
  command
      ->add_option("--baseline", o.baseline,
                   "the page shows what changed since this JSON result, or this baseline")
      ->type_name("FILE");
  command
      ->add_option("--history", o.history,
                   "the page shows the trend of each target in this history file")
      ->type_name("FILE");
  command->add_option("-o,--output", o.output, "write the page there, - is standard output")
      ->type_name("FILE");
  auto* bundle = command
                     ->add_option("--bundle", o.bundle,
                                  "write a ZIP archive there: result, page, versions, digests, and "
                                  "where to look in it when somebody asks")
                     ->type_name("FILE");
  command
      ->add_option("--scenario", o.scenario,
                   "with --bundle: take these documents along, and the drill record of the median "
                   "drill, run again")
      ->needs(bundle)
      ->type_name("FILE");
  add_common_options(*command, o.common);
  command->callback([options, &chosen] { chosen = [options] { return render(*options); }; });
}

}  // namespace firedrill
