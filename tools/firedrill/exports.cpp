#include "tools/firedrill/exports.hpp"

#include <algorithm>

#include "reports/json.hpp"
#include "reports/open_metrics.hpp"
#include "reports/review.hpp"
#include "reports/samples_csv.hpp"
#include "reports/trace.hpp"
#include "tools/firedrill/bundle.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/simulated_runner.hpp"
#include "tools/firedrill/simulation.hpp"

namespace firedrill {

ReviewedDrill typical_drill(const Plan& plan, const Report& report) {
  ReviewedDrill drill{"first", 0, {}};
  if (!report.examples.empty()) {
    drill.name = report.examples.front().name;
    drill.replication = static_cast<std::uint64_t>(report.examples.front().replication);
  }
  BlockFailure failure;
  if (!replay_drill(plan, report.seed, static_cast<std::int64_t>(drill.replication),
                    simulated_runners(), drill.events, failure)) {
    report_failure(failure, report.seed);
    throw OutputError("the drill to show could not be run again");
  }
  return drill;
}

void add_export_options(CLI::App& command, ExportOptions& options) {
  command
      .add_option("--export-markdown", options.markdown,
                  "write the drill record there: achieved, timeline, findings, sign-off")
      ->type_name("FILE");
  command
      .add_option("--export-trace", options.trace,
                  "write the median drill there as a trace for Perfetto")
      ->type_name("FILE");
  command.add_option("--export-csv", options.csv, "write every drill there, one a line")
      ->type_name("FILE");
  command
      .add_option("--export-openmetrics", options.open_metrics,
                  "write the results there as metrics for Prometheus")
      ->type_name("FILE");
  command
      .add_option("--bundle", options.bundle,
                  "write a ZIP archive there: documents, result, page, record, every drill, "
                  "versions, digests")
      ->type_name("FILE");
}

void check_exports(const ExportOptions& options) {
  for (const std::string* file :
       {&options.markdown, &options.trace, &options.csv, &options.open_metrics, &options.bundle}) {
    if (!file->empty()) check_writable(*file);
  }
}

std::vector<std::string> write_exports(const ExportOptions& options, const Plan& plan,
                                       const SourceFiles& sources, const StudyResult& study,
                                       const Report& report) {
  std::vector<std::string> written;
  const auto write = [&](const std::string& file, const std::string& text) {
    write_file(file, text);
    written.push_back(file);
  };
  if (!options.csv.empty()) write(options.csv, render_csv(plan, study.samples));
  if (options.markdown.empty() && options.trace.empty() && options.bundle.empty()) return written;
  const ReviewedDrill drill = typical_drill(plan, report);
  if (!options.markdown.empty()) write(options.markdown, render_review(plan, report, drill));
  if (!options.trace.empty()) {
    write(options.trace, render_trace(plan, drill.events, report.seed, drill.replication));
  }
  if (!options.bundle.empty()) {
    const BundleParts parts{&report, render_json(report), &plan, &sources, &study, &drill};
    written.push_back(write_bundle(options.bundle, parts));
  }
  return written;
}

std::vector<std::string> write_metrics(const ExportOptions& options,
                                       const std::vector<Report>& reports) {
  if (options.open_metrics.empty()) return {};
  write_file(options.open_metrics, render_open_metrics(reports));
  return {options.open_metrics};
}

}  // namespace firedrill
