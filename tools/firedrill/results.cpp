#include "tools/firedrill/results.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "reports/build_report.hpp"
#include "reports/json.hpp"
#include "reports/text.hpp"
#include "tools/firedrill/example_drills.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/signals.hpp"
#include "tools/firedrill/version.hpp"

namespace firedrill {
namespace {

/// Writes files; those that cannot be written are told of, and cost none of the others.
std::vector<std::string> attempt(bool& failed,
                                 const std::function<std::vector<std::string>()>& write) {
  try {
    return write();
  } catch (const OutputError& error) {
    spdlog::error("{}", error.what());
    failed = true;
    return {};
  }
}

int exit_code_of(const std::vector<Report>& reports, const Gate& gate) {
  int code = gate_exit_code(gate);
  for (const Report& report : reports) {
    if (report.failed > 0) code = std::max<int>(code, kExitInternal);
    if (report.aborted) code = std::max(code, signal_exit_code());
  }
  return code;
}

}  // namespace

void add_result_options(CLI::App& command, ResultOptions& options) {
  add_gate_options(command, options.gate);
  add_export_options(command, options.exports);
  add_history_options(command, options.history);
  add_output_options(command, options.output, {"text", "json", "markdown", "github"});
  add_common_options(command, options.common);
}

bool check_result_options(ResultOptions& options) {
  check_writable(options.output.output);
  check_gate_files(options.gate);
  check_exports(options.exports);
  check_history_flags(options.history);
  options.held_against.history_file = options.history.shown();
  return read_held_against_or_explain(options.gate.baseline, options.held_against);
}

Report report_of(const Plan& plan, const StudyResult& study, const SourceFiles& sources) {
  Report report = build_report(plan, study, program());
  for (std::size_t i = 0; i < report.targets.size(); ++i) {
    report.targets[i].file = sources.path(plan.targets[i].at.file);
  }
  return report;
}

Gate gate_of(const std::vector<Report>& reports, const ResultOptions& options, bool whole) {
  GateOptions gate;
  gate.pass_inconclusive = options.gate.pass_inconclusive;
  gate.only_regressions = options.gate.only_regressions;
  gate.whole = whole;
  return judge_gate(reports, options.held_against.baseline, gate);
}

int write_results(const ResultOptions& options, const std::vector<Report>& reports,
                  const Gate& gate, const std::string& json, Written written,
                  const TextWithFiles& text) {
  const auto add = [&](const std::vector<std::string>& files) {
    written.files.insert(written.files.end(), files.begin(), files.end());
  };
  add(attempt(written.failed, [&] { return record_results(options.history, reports); }));
  add(write_gate_files(options.gate, reports, gate, options.held_against, json, written.failed));
  add(attempt(written.failed, [&] { return write_metrics(options.exports, reports); }));
  const std::string& format = options.output.format;
  write_file(options.output.output, format == "json"       ? json
                                    : format == "github"   ? render_github(reports, gate)
                                    : format == "markdown" ? render_markdown(reports, gate)
                                                           : text(written.files));
  const int code = exit_code_of(reports, gate);
  return written.failed ? std::max<int>(code, kExitInternal) : code;
}

int finish_study(const ResultOptions& options, const Plan& plan, const StudyResult& study,
                 const SourceFiles& sources) {
  std::vector<Report> reports{report_of(plan, study, sources)};
  const bool shown = options.common.verbose > 0 || options.output.json ||
                     !options.gate.json_files.empty() || !options.gate.html_files.empty() ||
                     !options.exports.bundle.empty();
  if (shown && !study.aborted) add_example_drills(plan, reports.front());
  Written written;
  written.files = attempt(written.failed, [&] {
    return write_exports(options.exports, plan, sources, study, reports.front());
  });
  const Gate gate = gate_of(reports, options, false);
  const auto text = [&](const std::vector<std::string>& files) {
    TextOptions look = text_options(options.output, options.common);
    look.files = files;
    return render_text(reports.front(), look) + render_gate_text(reports, gate, look);
  };
  return write_results(options, reports, gate, render_json(reports.front()), std::move(written),
                       text);
}

}  // namespace firedrill
