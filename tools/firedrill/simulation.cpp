#include "tools/firedrill/simulation.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "tools/firedrill/options.hpp"
#include "tools/firedrill/progress.hpp"
#include "tools/firedrill/signals.hpp"
#include "tools/firedrill/simulated_runner.hpp"
#include "tools/firedrill/version.hpp"

namespace firedrill {
namespace {

constexpr std::uint64_t kJobsMax = 4096;

SequentialRule rule_of(const SimulationOptions& options) {
  SequentialRule rule;
  if (options.runs) rule.min_runs = *options.runs;
  if (options.min_runs) rule.min_runs = *options.min_runs;
  rule.max_runs = options.max_runs.value_or(std::max(rule.max_runs, rule.min_runs));
  return rule;
}

StudyOptions study_options(const Plan& plan, const SimulationOptions& options) {
  StudyOptions study;
  study.seed = options.seed;
  study.runs = options.runs.value_or(plan.runs);
  study.jobs = options.jobs;
  study.stop = &stop_requested();
  return study;
}

StudyResult simulate_until_decided(const Plan& plan, const StudyOptions& study,
                                   const SimulationOptions& options, bool quiet) {
  std::optional<Progress> progress;
  StudyOptions watched = study;
  watched.progress = [&progress](std::int64_t done) { progress->update(done); };
  const auto starts = [&](std::int64_t look, std::int64_t runs) {
    if (progress) progress->end();
    if (look > 1) spdlog::info("not every target is decided: on to {} drills", runs);
    progress.emplace(Progress::for_stderr(quiet), runs);
  };
  StudyResult result =
      run_until_decided(plan, watched, rule_of(options), simulated_runners(), starts);
  progress->end();
  return result;
}

}  // namespace

SimulationOptions::SimulationOptions()
    : jobs(static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))) {}

void add_simulation_options(CLI::App& command, SimulationOptions& options) {
  SimulationOptions& o = options;
  add_number(command, "-r,--runs", "drills; default: what the scenario says", 1, kRunsMax,
             [&o](std::uint64_t n) { o.runs = static_cast<std::int64_t>(n); });
  add_number(command, "--seed", "another seed, other luck (default 1)", 0,
             std::numeric_limits<std::uint64_t>::max(), [&o](std::uint64_t n) { o.seed = n; });
  add_number(command, "-j,--jobs", "processes; changes no result (default: one a processor)", 1,
             kJobsMax, [&o](std::uint64_t n) { o.jobs = static_cast<int>(n); });
}

void add_sequential_options(CLI::App& command, SimulationOptions& options) {
  SimulationOptions& o = options;
  command.add_flag("--until-decided", o.until_decided,
                   "add drills, in blocks of 256, until every target is met or missed");
  add_number(command, "--min-runs", "with --until-decided: look first here (default 1024)", 1,
             kRunsMax, [&o](std::uint64_t n) { o.min_runs = static_cast<std::int64_t>(n); });
  add_number(command, "--max-runs", "with --until-decided: stop here at the latest (100000)", 1,
             kRunsMax, [&o](std::uint64_t n) { o.max_runs = static_cast<std::int64_t>(n); });
}

std::string contradiction(const SimulationOptions& options) {
  if (!options.until_decided) {
    return options.min_runs || options.max_runs
               ? "--min-runs and --max-runs go with --until-decided or --on-inconclusive more-runs"
               : "";
  }
  if (options.runs && options.min_runs) return "--runs and --min-runs say the same: give one";
  const SequentialRule rule = rule_of(options);
  return rule.min_runs > rule.max_runs ? "--min-runs is more than --max-runs" : "";
}

StudyResult simulate(const Plan& plan, const SimulationOptions& options, bool quiet) {
  StudyOptions study = study_options(plan, options);
  StudyResult result;
  if (options.until_decided) {
    result = simulate_until_decided(plan, study, options, quiet);
  } else {
    Progress progress(Progress::for_stderr(quiet), study.runs);
    study.progress = [&progress](std::int64_t done) { progress.update(done); };
    result = run_study(plan, study, simulated_runners());
    progress.end();
  }
  for (const BlockFailure& failure : result.failures) report_failure(failure, options.seed);
  return result;
}

std::optional<StudyPart> simulate_part(const Plan& plan, const SimulationOptions& options,
                                       BlockRange blocks, bool quiet) {
  StudyOptions study = study_options(plan, options);
  const std::int64_t end = std::min((blocks.last + 1) * kBlockSize, study.runs);
  Progress progress(Progress::for_stderr(quiet), end - blocks.first * kBlockSize);
  study.progress = [&progress](std::int64_t done) { progress.update(done); };
  const std::string by = program().version + " " + program().commit;
  StudyPart part = run_part(plan, study, blocks, by, simulated_runners());
  progress.end();
  for (const BlockFailure& failure : part.failures) report_failure(failure, options.seed);
  if (stop_requested()) return std::nullopt;
  return part;
}

void report_failure(const BlockFailure& failure, std::uint64_t seed) {
  spdlog::error("drill {} {}; run it alone: --seed {} --replication {}", failure.replication,
                failure.kind == BlockFailureKind::kHung ? "hung" : "crashed", seed,
                failure.replication);
}

}  // namespace firedrill
