#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "reports/build_report.hpp"
#include "reports/calibration.hpp"
#include "tools/firedrill/log_file.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/signals.hpp"
#include "tools/firedrill/simulation.hpp"
#include "tools/firedrill/version.hpp"

namespace firedrill {
namespace {

struct CalibrateOptions {
  std::string scenario;
  std::vector<std::string> logs;
  std::string document;  // where the timings go
  std::optional<Date> date;
  double weight = -1;
  bool rehearsal = false;
  bool other_documents = false;
  SimulationOptions simulation;
  OutputOptions output;
  CommonOptions common;
};

/// Samples of all logs; nothing after a mistake was shown on stderr.
std::optional<std::vector<TimingSample>> read_samples(const Plan& plan,
                                                      const CalibrateOptions& options) {
  std::vector<TimingSample> samples;
  for (const std::string& path : options.logs) {
    const auto log = read_log_or_explain(plan, path, {options.other_documents});
    if (!log) return std::nullopt;
    if (!options.rehearsal && (log->emulator || log->back_end != "live")) {
      fmt::print(stderr,
                 "firedrill: {} was not measured on the platform ({}): to try it out all the same, "
                 "--rehearsal\n",
                 path, log->emulator ? "an emulator" : log->back_end);
      return std::nullopt;
    }
    const auto found = timing_samples(plan, log->events);
    samples.insert(samples.end(), found.begin(), found.end());
  }
  return samples;
}

int calibrate_logs(const CalibrateOptions& options) {
  start_log(options.common);
  check_writable(options.document);
  const auto plan = load_or_explain(options.scenario);
  if (!plan) return kExitInvalid;
  const auto samples = read_samples(*plan, options);
  if (!samples) return kExitInvalid;
  const Calibration calibration{*plan, calibrate(*plan, *samples, {options.weight}),
                                options.logs.size(), *options.date, options.rehearsal};
  if (calibration.timings.empty()) {
    fmt::print(stderr, "firedrill: the logs show no timing that could be updated\n");
    return kExitInvalid;
  }
  write_file(options.document, render_timing_document(calibration));
  const bool quiet = options.common.quiet;
  const Plan changed = with_timings(*plan, calibration.timings);
  const StudyResult base = simulate(*plan, options.simulation, quiet);
  const StudyResult now = simulate(changed, options.simulation, quiet);
  if (stop_requested()) return signal_exit_code();
  const Comparison comparison =
      compare_reports(build_report(*plan, base, program()), build_report(changed, now, program()),
                      "as it was", options.document);
  const TextOptions look = text_options(options.output, options.common);
  write_stdout(options.output.json ? render_calibration_json(calibration, comparison)
                                   : render_calibration(calibration, look) + "\nWHAT CHANGES\n" +
                                         render_comparison(comparison, look));
  return base.failed + now.failed > 0 ? kExitInternal : kExitOk;
}

}  // namespace

void add_calibrate_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<CalibrateOptions>();
  CalibrateOptions& o = *options;
  auto* command =
      app.add_subcommand("calibrate", "timings updated by recorded drills, and what that changes");
  command->add_option("scenario", o.scenario, "the scenario that was drilled")
      ->required()
      ->type_name("SCENARIO");
  command->add_option("logs", o.logs, "journals of live runs of it")
      ->required()
      ->type_name("LOG...");
  command->add_option("-o,--output", o.document, "the timing document that is written")
      ->required()
      ->type_name("FILE");
  const auto parse = [&o](const std::string& text) {
    o.date = parse_date(text);
    if (!o.date) throw CLI::ValidationError("--date", fmt::format("\"{}\" is no YYYY-MM-DD", text));
  };
  command->add_option_function<std::string>("--date", parse, "the day of the last drill")
      ->required()
      ->type_name("YYYY-MM-DD");
  command
      ->add_option("--prior-weight", o.weight,
                   "observations that each value of the library counts for (default: an estimate "
                   "2, a report 5, a document 10)")
      ->check(CLI::Range(0.1, 1e6))
      ->type_name("N");
  command->add_flag("--rehearsal", o.rehearsal,
                    "take logs of simulated drills and of emulators; entries are then estimates");
  command->add_flag("--other-documents", o.other_documents,
                    "even if the documents have changed since");
  add_simulation_options(*command, o.simulation);
  command->add_flag("--json", o.output.json, "what changes as JSON, not as text");
  add_common_options(*command, o.common);
  command->callback(
      [options, &chosen] { chosen = [options] { return calibrate_logs(*options); }; });
}

}  // namespace firedrill
