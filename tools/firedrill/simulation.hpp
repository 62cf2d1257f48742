// Flags of a study, and a study of the simulated world: what every command that simulates shares.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>

#include "engine/study/part.hpp"
#include "engine/study/until_decided.hpp"
#include "reports/report.hpp"

namespace firedrill {

constexpr std::uint64_t kRunsMax = 100'000'000;

struct SimulationOptions {
  SimulationOptions();
  std::optional<std::int64_t> runs;
  std::uint64_t seed = 1;
  int jobs = 1;
  bool until_decided = false;
  std::optional<std::int64_t> min_runs;  // default: `runs`, else as in the rule
  std::optional<std::int64_t> max_runs;
};

/// `--runs`, `--seed`, `--jobs`.
void add_simulation_options(CLI::App& command, SimulationOptions& options);

/// `--until-decided`, `--min-runs`, `--max-runs`.
void add_sequential_options(CLI::App& command, SimulationOptions& options);

/// The error that the options contradict each other by; empty when they do not.
std::string contradiction(const SimulationOptions& options);

/// Runs the drills, with progress on stderr unless `quiet`. Failures are logged.
StudyResult simulate(const Plan& plan, const SimulationOptions& options, bool quiet);

/// Runs some blocks of the study; nothing when it was stopped on the way.
std::optional<StudyPart> simulate_part(const Plan& plan, const SimulationOptions& options,
                                       BlockRange blocks, bool quiet);

/// Shows on stderr which drill broke, and how it runs alone.
void report_failure(const BlockFailure& failure, std::uint64_t seed);

}  // namespace firedrill
