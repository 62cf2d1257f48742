// What the commands share: flags of one meaning everywhere, exit codes, loading with its errors
// shown.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/plan/what_if.hpp"
#include "reports/text.hpp"
#include "tools/firedrill/terminal.hpp"

namespace firedrill {

/// Public API. The highest that applies wins; signals add 128 to their number.
enum ExitCode : int {
  kExitOk = 0,
  kExitMissed = 1,    // a target missed or inconclusive
  kExitInvalid = 2,   // usage, invalid document, nothing to judge
  kExitInternal = 3,  // internal error, failed drills
  kExitRefused = 4,   // a guard of live mode refused, or a stop condition ended the drill
};

/// What the command line chose; main runs it after parsing.
using Action = std::function<int()>;

struct CommonOptions {
  bool quiet = false;
  int verbose = 0;
  ColorMode color = ColorMode::kAuto;
};
void add_common_options(CLI::App& command, CommonOptions& options);

struct OutputOptions {
  std::string format = "text";
  bool json = false;  // the format is that
  std::string output = "-";
};
/// `--format`, `--json`, `-o FILE`.
void add_output_options(CLI::App& command, OutputOptions& options,
                        const std::vector<std::string>& formats = {"text", "json"});

/// How a report is to look there: output to a file is neither coloured nor as wide as the terminal.
TextOptions text_options(const OutputOptions& output, const CommonOptions& common);
/// The same for what goes to that descriptor; none of it is a terminal: -1.
TextOptions text_options_of(int descriptor, const CommonOptions& common);

/// All of a file; nothing after stderr was told that it cannot be read.
std::optional<std::string> read_or_explain(const std::string& path);

/// `--with FILE`, `--var PATH=VALUE`: what a scenario is read with.
void add_what_if_options(CLI::App& command, WhatIf& what_if);

/// A whole number in decimal, nothing else.
CLI::Option* add_number(CLI::App& command, const std::string& names, const std::string& description,
                        std::uint64_t min, std::uint64_t max,
                        const std::function<void(std::uint64_t)>& take);

/// Sets the logger for people, on stderr.
void start_log(const CommonOptions& options);

/// Shows every mistake on stderr, with how many they are; gives the exit code for that.
int explain(Diagnostics& diagnostics, const SourceFiles& sources);

/// The plan, or nothing after every mistake was shown on stderr. `sources` gets every document, for
/// the origins in the plan.
std::optional<Plan> load_or_explain(const std::string& scenario, SourceFiles& sources,
                                    const WhatIf& what_if = {});
std::optional<Plan> load_or_explain(const std::string& scenario, const WhatIf& what_if = {});

void add_calendar_command(CLI::App& app, Action& chosen);
void add_calibrate_command(CLI::App& app, Action& chosen);
void add_history_command(CLI::App& app, Action& chosen);
void add_init_command(CLI::App& app, Action& chosen);
void add_live_command(CLI::App& app, Action& chosen);
void add_merge_command(CLI::App& app, Action& chosen);
void add_compare_command(CLI::App& app, Action& chosen);
void add_plan_command(CLI::App& app, Action& chosen);
void add_record_command(CLI::App& app, Action& chosen);
void add_report_command(CLI::App& app, Action& chosen);
void add_run_command(CLI::App& app, Action& chosen);
void add_schema_command(CLI::App& app, Action& chosen);
void add_sensitivity_command(CLI::App& app, Action& chosen);
void add_timings_command(CLI::App& app, Action& chosen);
void add_vocabulary_command(CLI::App& app, Action& chosen);
void add_validate_command(CLI::App& app, Action& chosen);

}  // namespace firedrill
