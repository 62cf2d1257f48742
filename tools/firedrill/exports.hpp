// Files that a run writes beside its report: what `--export-...` asks for.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "engine/study/study.hpp"
#include "reports/report.hpp"
#include "reports/review.hpp"

namespace firedrill {

struct ExportOptions {
  std::string markdown;
  std::string trace;
  std::string csv;
  std::string open_metrics;
  std::string bundle;

  /// Those that tell of one scenario, and not of a folder.
  bool of_one_scenario() const {
    return !markdown.empty() || !trace.empty() || !csv.empty() || !bundle.empty();
  }
};

/// `--export-markdown`, `--export-trace`, `--export-csv`, `--export-openmetrics`, `--bundle`.
void add_export_options(CLI::App& command, ExportOptions& options);

/// OutputError when one of them could not be written, before any work.
void check_exports(const ExportOptions& options);

/// The drill that stands for the others, run again; without any drill that was restored, the
/// first. Throws OutputError when it breaks.
ReviewedDrill typical_drill(const Plan& plan, const Report& report);

/// Writes what was asked for of one scenario, and gives the files. The drill of trace and record is
/// the typical one. `sources` has the documents of the plan. Throws OutputError.
std::vector<std::string> write_exports(const ExportOptions& options, const Plan& plan,
                                       const SourceFiles& sources, const StudyResult& study,
                                       const Report& report);

/// Writes the metrics of all scenarios. Throws OutputError.
std::vector<std::string> write_metrics(const ExportOptions& options,
                                       const std::vector<Report>& reports);

}  // namespace firedrill
