// What `run` and `merge` do with a finished study: judge it, write every file, tell of them.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/diagnostics.hpp"
#include "engine/study/study.hpp"
#include "reports/gate.hpp"
#include "tools/firedrill/exports.hpp"
#include "tools/firedrill/gate_options.hpp"
#include "tools/firedrill/history_options.hpp"
#include "tools/firedrill/options.hpp"

namespace firedrill {

struct ResultOptions {
  GateFlags gate;
  HeldAgainst held_against;
  ExportOptions exports;
  HistoryFlags history;
  OutputOptions output;
  CommonOptions common;
};

void add_result_options(CLI::App& command, ResultOptions& options);

/// Before any work: OutputError for what could not be written. False after the reason was shown on
/// stderr.
bool check_result_options(ResultOptions& options);

/// With where each target stands in its document.
Report report_of(const Plan& plan, const StudyResult& study, const SourceFiles& sources);

Gate gate_of(const std::vector<Report>& reports, const ResultOptions& options, bool whole);

/// Files that were written before the others, and whether one could not be.
struct Written {
  std::vector<std::string> files;
  bool failed = false;
};

using TextWithFiles = std::function<std::string(const std::vector<std::string>&)>;

/// Files first, so that the text can name those that were written. Gives the exit code.
int write_results(const ResultOptions& options, const std::vector<Report>& reports,
                  const Gate& gate, const std::string& json, Written written,
                  const TextWithFiles& text);

/// All of it for the study of one scenario. Gives the exit code.
int finish_study(const ResultOptions& options, const Plan& plan, const StudyResult& study,
                 const SourceFiles& sources);

}  // namespace firedrill
