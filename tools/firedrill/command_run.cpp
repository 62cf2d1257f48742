#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "engine/input/reader.hpp"
#include "reports/against.hpp"
#include "reports/drill_text.hpp"
#include "reports/event_lines.hpp"
#include "reports/json.hpp"
#include "reports/outage_table.hpp"
#include "reports/suite_text.hpp"
#include "reports/text.hpp"
#include "tools/firedrill/blocks.hpp"
#include "tools/firedrill/example_drills.hpp"
#include "tools/firedrill/log_file.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/part_file.hpp"
#include "tools/firedrill/results.hpp"
#include "tools/firedrill/signals.hpp"
#include "tools/firedrill/simulated_runner.hpp"
#include "tools/firedrill/simulation.hpp"
#include "tools/firedrill/version.hpp"

namespace firedrill {
namespace {

namespace fs = std::filesystem;

struct RunOptions : ResultOptions {
  std::string scenario;
  SimulationOptions simulation;
  std::optional<std::uint64_t> replication;
  std::optional<std::string> blocks;
  std::optional<std::string> against;
  bool other_documents = false;
  WhatIf what_if;
};

int run_one(const RunOptions& options) {
  SourceFiles sources;
  const auto plan = load_or_explain(options.scenario, sources, options.what_if);
  if (!plan) return kExitInvalid;
  return finish_study(options, *plan, simulate(*plan, options.simulation, options.common.quiet),
                      sources);
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
  const TextOptions text = text_options(options.output, options.common);
  std::string page =
      render_drill(*plan, options.simulation.seed, wanted, measure(*plan, events), text);
  if (text.verbose) {
    page += "\nEVENTS (since the drill began, since the fault)\n";
    page += event_lines(*plan, events, text.unicode);
  }
  write_file(options.output.output, page);
  return kExitOk;
}

/// Where a recorded drill lies among the simulated ones. It judges nothing.
int run_against(const RunOptions& options) {
  const auto plan = load_or_explain(options.scenario, options.what_if);
  if (!plan) return kExitInvalid;
  const auto log = read_log_or_explain(*plan, *options.against, {options.other_documents});
  if (!log) return kExitInvalid;
  const StudyResult study = simulate(*plan, options.simulation, options.common.quiet);
  if (study.aborted) return signal_exit_code();
  const Against against = build_against(*plan, study, *log);
  const TextOptions text = text_options(options.output, options.common);
  write_file(options.output.output, options.output.json ? render_against_json(against, program())
                                                        : render_against(against, text));
  return study.failed > 0 ? kExitInternal : kExitOk;
}

/// One study of a suite.
struct Job {
  std::string path;
  WhatIf what_if;
};

std::vector<std::string> documents_in(const std::string& folder, DocumentKind kind) {
  std::vector<std::string> found;
  std::vector<std::string> folders;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string path = entry.path().string();
    if (entry.is_directory()) folders.push_back(path);
    if (entry.path().extension() == ".json" && DocumentReader::kind_of(path) == kind) {
      found.push_back(path);
    }
  }
  std::sort(found.begin(), found.end());
  if (!found.empty()) return found;
  std::sort(folders.begin(), folders.end());
  for (const std::string& below : folders) {
    for (std::string& path : documents_in(below, kind)) found.push_back(std::move(path));
  }
  return found;
}

/// A document itself, or those of a folder, by name. A folder without any stands for the folders
/// below it: those beside the documents of a suite are parts of these.
std::vector<std::string> documents_at(const std::string& path, DocumentKind kind) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return {path};
  return documents_in(path, kind);
}

/// Every scenario, or every system under every outage.
std::vector<Job> jobs_of(const RunOptions& options) {
  std::vector<Job> jobs;
  if (options.what_if.outage.empty()) {
    for (std::string& path : documents_at(options.scenario, DocumentKind::kScenario)) {
      jobs.push_back({std::move(path), options.what_if});
    }
    return jobs;
  }
  const auto systems = documents_at(options.scenario, DocumentKind::kSystem);
  for (const std::string& outage : documents_at(options.what_if.outage, DocumentKind::kOutage)) {
    for (const std::string& system : systems) {
      Job job{system, options.what_if};
      job.what_if.outage = outage;
      jobs.push_back(std::move(job));
    }
  }
  return jobs;
}

/// The results of a suite, as they come in.
struct Suite {
  std::vector<Report> reports;
  std::vector<OutageTrial> trials;
  std::string text;  // of each, if all is to be shown
  int code = kExitOk;
};

void run_job(const RunOptions& options, const Job& job, const TextOptions& look, Suite& suite) {
  const bool outage = !job.what_if.outage.empty();
  spdlog::info("{}{}", job.path, outage ? " under " + job.what_if.outage : std::string());
  SourceFiles sources;
  const auto plan = load_or_explain(job.path, sources, job.what_if);
  if (!plan) {
    suite.code = kExitInvalid;
    return;
  }
  if (outage) {
    suite.trials.push_back(
        {plan->system, fs::path(job.what_if.outage).stem().string(), plan->title, std::nullopt});
    if (plan->faults.empty()) return;
  }
  const StudyResult study = simulate(*plan, options.simulation, options.common.quiet);
  suite.reports.push_back(report_of(*plan, study, sources));
  if (outage) suite.trials.back().report = suite.reports.back();
  // Of the files of a suite its pages alone show single drills.
  if (!options.gate.html_files.empty() && !study.aborted) {
    add_timelines(*plan, suite.reports.back());
  }
  if (look.verbose) suite.text += render_text(suite.reports.back(), look) + '\n';
}

int run_suite(const RunOptions& options) {
  const std::vector<Job> jobs = jobs_of(options);
  if (jobs.empty()) {
    fmt::print(stderr, "firedrill: no scenario in the folder {}\n", options.scenario);
    return kExitInvalid;
  }
  const TextOptions look = text_options(options.output, options.common);
  Suite suite;
  for (const Job& job : jobs) {
    if (stop_requested()) break;
    run_job(options, job, look, suite);
  }
  std::string text = std::move(suite.text);
  text += suite.trials.empty() ? render_suite_table(suite.reports, jobs.size(), look)
                               : render_outage_table(suite.trials, look);
  const Gate gate = gate_of(suite.reports, options, !stop_requested());
  text += render_gate_text(suite.reports, gate, look);
  const auto with_files = [&](const std::vector<std::string>& written) {
    if (!written.empty()) text += "\nFILES\n";
    for (const std::string& file : written) text += fmt::format("  {}\n", file);
    return text;
  };
  const int judged =
      write_results(options, suite.reports, gate, render_json_suite(suite.reports), {}, with_files);
  return std::max({suite.code, judged, signal_exit_code()});
}

int run(RunOptions& options) {
  start_log(options.common);
  if (const std::string error = contradiction(options.simulation); !error.empty()) {
    fmt::print(stderr, "firedrill: {}\n", error);
    return kExitInvalid;
  }
  std::error_code ignored;
  options.gate.suite = fs::is_directory(options.scenario, ignored) ||
                       fs::is_directory(options.what_if.outage, ignored);
  if (!check_result_options(options)) return kExitInvalid;
  if (options.gate.suite && options.exports.of_one_scenario()) {
    fmt::print(
        stderr,
        "firedrill: --export-markdown, --export-trace, --export-csv and --bundle tell of one "
        "scenario, and not of a folder\n");
    return kExitInvalid;
  }
  if (options.replication &&
      (options.gate.suite || options.gate.writes_files() || options.exports.of_one_scenario() ||
       !options.history.record.empty())) {
    fmt::print(stderr,
               "firedrill: --replication shows one drill of one scenario; for its event log as "
               "JSON Lines use --json -o FILE\n");
    return kExitInvalid;
  }
  if (options.blocks && (options.gate.suite || options.replication || options.gate.writes_files() ||
                         !options.history.record.empty())) {
    fmt::print(stderr, "firedrill: --blocks runs a part of one scenario, without a result\n");
    return kExitInvalid;
  }
  if (options.against &&
      (options.gate.suite || options.replication || options.blocks || options.gate.writes_files() ||
       options.exports.of_one_scenario() || !options.history.record.empty())) {
    fmt::print(stderr,
               "firedrill: --against holds one log against the drills of one scenario, as text or "
               "with --json, and writes no other file\n");
    return kExitInvalid;
  }
  if (options.against) return run_against(options);
  if (options.blocks) return run_blocks(options);
  if (options.replication) return run_replication(options);
  return options.gate.suite ? run_suite(options) : run_one(options);
}

void add_inconclusive_option(CLI::App& command, RunOptions& options) {
  const auto choose = [&options](const std::string& word) {
    options.gate.pass_inconclusive = word == "pass";
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
  command
      ->add_option("scenario", o.scenario,
                   "a scenario document, or a folder of them; with --fault a system or scenarios")
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
  command
      ->add_option(
          "--against", o.against,
          "hold this log of a drill against the simulated ones: of --replication K --json, "
          "or the journal of a live run")
      ->type_name("LOG");
  command
      ->add_flag("--other-documents", o.other_documents,
                 "with --against: even if the documents have changed since")
      ->needs("--against");
  add_result_options(*command, o);
  add_what_if_options(*command, o.what_if);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace firedrill
