// The flags of `run` that make a pipeline's gate of it, and the files it leaves.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "reports/gate.hpp"
#include "tools/firedrill/held_against.hpp"

namespace firedrill {

struct GateFlags {
  std::string baseline;        // empty: none
  std::string write_baseline;  // empty: none
  bool pass_inconclusive = false;
  bool only_regressions = false;
  std::vector<std::string> json_files;
  std::vector<std::string> junit_files;
  std::vector<std::string> summary_files;
  std::vector<std::string> html_files;  // of a suite: folders
  bool suite = false;                   // a folder of scenarios was run
  bool writes_files() const;
};

/// `--baseline`, `--write-baseline`, `--fail-on`, and every `--export-*`.
void add_gate_options(CLI::App& command, GateFlags& flags);

/// OutputError for the first file that could not be written, before hours of work.
void check_gate_files(const GateFlags& flags);

/// Writes every file that was asked for; one that cannot be written is logged, and costs the others
/// nothing. Gives those that were written; `failed` tells whether one was not.
std::vector<std::string> write_gate_files(const GateFlags& flags,
                                          const std::vector<Report>& reports, const Gate& gate,
                                          const HeldAgainst& held, const std::string& json,
                                          bool& failed);

}  // namespace firedrill
