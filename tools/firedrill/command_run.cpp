#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <limits>

#include "engine/input/reader.hpp"
#include "reports/build_report.hpp"
#include "reports/drill_text.hpp"
#include "reports/event_lines.hpp"
#include "reports/gate.hpp"
#include "reports/json.hpp"
#include "reports/suite_text.hpp"
#include "reports/text.hpp"
#include "tools/firedrill/blocks.hpp"
#include "tools/firedrill/exports.hpp"
#include "tools/firedrill/html_export.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/part_file.hpp"
#include "tools/firedrill/signals.hpp"
#include "tools/firedrill/simulated_runner.hpp"
#include "tools/firedrill/simulation.hpp"
#include "tools/firedrill/version.hpp"

namespace firedrill {
namespace {

namespace fs = std::filesystem;

struct RunOptions {
  std::string scenario;
  bool suite = false;  // a folder of scenarios
  SimulationOptions simulation;
  bool pass_inconclusive = false;
  std::optional<std::uint64_t> replication;
  std::optional<std::string> blocks;
  std::vector<std::string> json_files;
  std::vector<std::string> html_files;  // of a suite: folders
  ExportOptions exports;
  WhatIf what_if;
  OutputOptions output;
  CommonOptions common;
};

/// Output to a file is neither coloured nor as wide as the terminal.
TextOptions text_options(const RunOptions& options) {
  TextOptions text;
  const bool to_stdout = options.output.output == "-";
  text.width = terminal_width(to_stdout ? STDOUT_FILENO : -1);
  text.color = wants_color(options.common.color, to_stdout ? STDOUT_FILENO : -1);
  text.unicode = wants_unicode();
  text.verbose = options.common.verbose > 0;
  return text;
}

int exit_code_of(const Report& report, const RunOptions& options) {
  int code = judged_exit_code(report, options.pass_inconclusive);
  if (report.failed > 0) code = std::max<int>(code, kExitInternal);
  return report.aborted ? std::max(code, signal_exit_code()) : code;
}

Report study_of(const Plan& plan, const RunOptions& options) {
  const StudyResult result = simulate(plan, options.simulation, options.common.quiet);
  return build_report(plan, result, program());
}

/// Writes files; one that cannot be written is told of, and costs none of the others.
std::vector<std::string> attempt(int& code,
                                 const std::function<std::vector<std::string>()>& write) {
  try {
    return write();
  } catch (const OutputError& error) {
    spdlog::error("{}", error.what());
    code = std::max<int>(code, kExitInternal);
    return {};
  }
}

/// Files first, so that the text can name those that were written. A file that cannot be written
/// costs neither the others nor the text. Gives `code`, or the one for that.
int write_results(const RunOptions& options, int code, const std::string& json,
                  const std::vector<Report>& reports, std::vector<std::string> written,
                  const std::function<std::string(const std::vector<std::string>&)>& text) {
  const auto write = [&](const std::function<std::vector<std::string>()>& writer) {
    for (std::string& file : attempt(code, writer)) written.push_back(std::move(file));
  };
  for (const std::string& file : options.json_files) {
    write([&]() -> std::vector<std::string> { return write_file(file, json), std::vector{file}; });
  }
  for (const std::string& place : options.html_files) {
    write([&] {
      return std::vector{options.suite ? write_html_suite(place, reports)
                                       : write_html(place, reports.front())};
    });
  }
  write([&] { return write_metrics(options.exports, reports); });
  write_file(options.output.output, options.output.json ? json : text(written));
  return code;
}

int run_one(const RunOptions& options) {
  const auto plan = load_or_explain(options.scenario, options.what_if);
  if (!plan) return kExitInvalid;
  const StudyResult study = simulate(*plan, options.simulation, options.common.quiet);
  Report report = build_report(*plan, study, program());
  const bool shown =
      options.common.verbose > 0 || options.output.json || !options.json_files.empty();
  if (shown && !report.aborted) add_paths(*plan, options.simulation.seed, report);
  int code = exit_code_of(report, options);
  auto exported =
      attempt(code, [&] { return write_exports(options.exports, *plan, study, report); });
  const auto text = [&](const std::vector<std::string>& written) {
    TextOptions look = text_options(options);
    look.files = written;
    return render_text(report, look);
  };
  return write_results(options, code, render_json(report), {report}, std::move(exported), text);
}

/// Some blocks of the study, for `firedrill merge`.
int run_blocks(const RunOptions& options) {
  if (options.output.output == "-" || options.simulation.until_decided) {
    fmt::print(stderr,
               "firedrill: --blocks writes a part of a study of so many drills: give -o FILE, and "
               "neither --until-decided nor more-runs\n");
    return kExitInvalid;
  }
  const auto plan = load_or_explain(options.scenario, options.what_if);
  if (!plan) return kExitInvalid;
  try {
    const std::int64_t runs = options.simulation.runs.value_or(plan->runs);
    const auto range = blocks_to_run(*options.blocks, blocks_of(runs), process_environment());
    if (!range) {
      spdlog::warn("there are more jobs than blocks: nothing is left for this one to run");
      return kExitOk;
    }
    const auto part = simulate_part(*plan, options.simulation, *range, options.common.quiet);
    if (!part) return signal_exit_code();
    write_file(options.output.output, encode_part(*part));
    return part->failures.empty() ? kExitOk : kExitInternal;
  } catch (const BlocksError& error) {
    fmt::print(stderr, "firedrill: {}\n", error.what());
    return kExitInvalid;
  }
}

/// One drill the way the study ran it, in a child as well: what breaks there does not take us
/// along.
int run_replication(const RunOptions& options) {
  const auto plan = load_or_explain(options.scenario, options.what_if);
  if (!plan) return kExitInvalid;
  const std::uint64_t wanted = *options.replication;
  std::vector<Event> events;
  BlockFailure failure;
  if (!replay_drill(*plan, options.simulation.seed, static_cast<std::int64_t>(wanted),
                    simulated_runners(), events, failure)) {
    report_failure(failure, options.simulation.seed);
    return kExitInternal;
  }
  if (options.output.json) {
    const std::string commit = program().commit;
    const EventLogHeader header{options.simulation.seed, wanted, commit};
    write_file(options.output.output, event_json_lines(*plan, events, header));
    return kExitOk;
  }
  const TextOptions text = text_options(options);
  std::string page =
      render_drill(*plan, options.simulation.seed, wanted, measure(*plan, events), text);
  if (text.verbose) {
    page += "\nEVENTS (since the drill began, since the fault)\n";
    page += event_lines(*plan, events, text.unicode);
  }
  write_file(options.output.output, page);
  return kExitOk;
}

/// The scenarios of a folder, by name; folders below it are other suites.
std::vector<std::string> scenarios_in(const std::string& folder) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string path = entry.path().string();
    if (entry.path().extension() == ".json" &&
        DocumentReader::kind_of(path) == DocumentKind::kScenario) {
      found.push_back(path);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

int run_suite(const RunOptions& options) {
  const std::vector<std::string> scenarios = scenarios_in(options.scenario);
  if (scenarios.empty()) {
    fmt::print(stderr, "firedrill: no scenario in the folder {}\n", options.scenario);
    return kExitInvalid;
  }
  int code = kExitOk;
  std::vector<Report> reports;
  std::string text;
  const TextOptions look = text_options(options);
  for (const std::string& scenario : scenarios) {
    if (stop_requested()) break;
    spdlog::info("{}", scenario);
    const auto plan = load_or_explain(scenario, options.what_if);
    if (!plan) {
      code = std::max<int>(code, kExitInvalid);
      continue;
    }
    reports.push_back(study_of(*plan, options));
    code = std::max(code, exit_code_of(reports.back(), options));
    text += look.verbose ? render_text(reports.back(), look) + '\n'
                         : render_suite_entry(reports.back(), look);
  }
  if (!look.verbose) text += '\n';
  text += render_suite_table(reports, scenarios.size(), look);
  const auto with_files = [&](const std::vector<std::string>& written) {
    if (!written.empty()) text += "\nFILES\n";
    for (const std::string& file : written) text += fmt::format("  {}\n", file);
    return text;
  };
  return write_results(options, std::max(code, signal_exit_code()), render_json_suite(reports),
                       reports, {}, with_files);
}

int run(RunOptions& options) {
  start_log(options.common);
  if (const std::string error = contradiction(options.simulation); !error.empty()) {
    fmt::print(stderr, "firedrill: {}\n", error);
    return kExitInvalid;
  }
  check_writable(options.output.output);
  for (const std::string& file : options.json_files) check_writable(file);
  std::error_code ignored;
  options.suite = fs::is_directory(options.scenario, ignored);
  check_exports(options.exports);
  if (options.suite && options.exports.of_one_scenario()) {
    fmt::print(
        stderr,
        "firedrill: --export-markdown, --export-trace and --export-csv tell of one scenario, "
        "and not of a folder\n");
    return kExitInvalid;
  }
  for (const std::string& place : options.html_files) {
    options.suite ? check_html_folder(place) : check_writable(place);
  }
  const bool exports = !options.json_files.empty() || !options.html_files.empty();
  if (options.replication && (options.suite || exports)) {
    fmt::print(stderr,
               "firedrill: --replication shows one drill of one scenario; for its event log as "
               "JSON Lines use --json -o FILE\n");
    return kExitInvalid;
  }
  if (options.blocks && (options.suite || options.replication || exports)) {
    fmt::print(stderr, "firedrill: --blocks runs a part of one scenario, without a result\n");
    return kExitInvalid;
  }
  if (options.blocks) return run_blocks(options);
  if (options.replication) return run_replication(options);
  return options.suite ? run_suite(options) : run_one(options);
}

void add_inconclusive_option(CLI::App& command, RunOptions& options) {
  const auto choose = [&options](const std::string& word) {
    options.pass_inconclusive = word == "pass";
    if (word == "more-runs") options.simulation.until_decided = true;
  };
  command
      .add_option_function<std::string>(
          "--on-inconclusive", choose,
          "fail (default), pass, or more-runs, the same as --until-decided")
      ->check(CLI::IsMember({"fail", "pass", "more-runs"}))
      ->type_name("WHAT");
}

}  // namespace

void add_run_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<RunOptions>();
  RunOptions& o = *options;
  auto* command = app.add_subcommand("run", "simulate and judge; a folder runs as a suite");
  command->add_option("scenario", o.scenario, "a scenario document, or a folder of them")
      ->required()
      ->type_name("SCENARIO|DIR");
  add_simulation_options(*command, o.simulation);
  add_sequential_options(*command, o.simulation);
  add_inconclusive_option(*command, o);
  add_number(*command, "--replication", "run only this drill again; with -v its events", 0,
             kRunsMax - 1, [&o](std::uint64_t n) { o.replication = n; });
  command
      ->add_option("--blocks", o.blocks,
                   "only these blocks of 256 drills, to -o FILE for `merge`: FIRST:LAST, or array "
                   "for this job's share of a job array")
      ->type_name("RANGE");
  command->add_option("--export-json", o.json_files, "write the JSON result there; repeatable")
      ->type_name("FILE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      ->add_option("--export-html", o.html_files,
                   "write a page that stands alone there, for a folder one a scenario and an "
                   "index; repeatable")
      ->type_name("FILE|DIR")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_export_options(*command, o.exports);
  add_what_if_options(*command, o.what_if);
  add_output_options(*command, o.output);
  add_common_options(*command, o.common);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace firedrill
