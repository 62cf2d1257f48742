#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "engine/input/reader.hpp"
#include "reports/build_report.hpp"
#include "reports/comparison.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/result_file.hpp"
#include "tools/firedrill/signals.hpp"
#include "tools/firedrill/simulation.hpp"
#include "tools/firedrill/version.hpp"

namespace firedrill {
namespace {

struct CompareOptions {
  std::string base;
  std::string now;
  bool unpaired = false;
  std::optional<std::uint64_t> seed;
  SimulationOptions simulation;
  OutputOptions output;
  CommonOptions common;
};

bool is_a(DocumentKind kind, const std::string& path) {
  return DocumentReader::kind_of(path) == kind;
}

/// A scenario is run with the seed and the number of drills of the result that it is held against.
std::optional<Report> run_or_explain(const std::string& path, const WhatIf& what_if,
                                     const SimulationOptions& simulation, bool quiet) {
  const auto plan = load_or_explain(path, what_if);
  if (!plan) return std::nullopt;
  spdlog::info("{}", what_if.empty() ? path : what_if.overlays.front());
  return build_report(*plan, simulate(*plan, simulation, quiet), program());
}

int compare(const CompareOptions& options) {
  start_log(options.common);
  check_writable(options.output.output);
  SimulationOptions simulation = options.simulation;
  std::optional<Report> base;
  std::optional<Report> now;
  const auto take = [&](const std::string& path, std::optional<Report>& report) {
    if (is_a(DocumentKind::kScenario, path)) return true;
    report = read_result_or_explain(path);
    return report.has_value();
  };
  const bool overlay = is_a(DocumentKind::kOverlay, options.now);
  if (!take(options.base, base) || (!overlay && !take(options.now, now))) return kExitInvalid;
  if (const Report* result = base ? &*base : now ? &*now : nullptr) {
    if (!simulation.runs) simulation.runs = result->asked;
    simulation.seed = result->seed;
  }
  if (options.seed) simulation.seed = *options.seed;
  const bool quiet = options.common.quiet;
  if (!base) base = run_or_explain(options.base, {}, simulation, quiet);
  if (!base) return kExitInvalid;
  if (!simulation.runs) simulation.runs = base->asked;
  const WhatIf change{overlay ? std::vector{options.now} : std::vector<std::string>{}, {}};
  const std::string& changed = overlay ? base->scenario.path : options.now;
  if (!now && !stop_requested()) now = run_or_explain(changed, change, simulation, quiet);
  if (stop_requested()) return signal_exit_code();
  if (!now) return kExitInvalid;
  if (const std::string refused = comparison_refused(*base, *now, options.unpaired);
      !refused.empty()) {
    fmt::print(stderr, "firedrill: {} and {} cannot be compared: {}\n", options.base, options.now,
               refused);
    return kExitInvalid;
  }
  const Comparison comparison = compare_reports(*base, *now, options.base, options.now);
  const TextOptions look = text_options(options.output, options.common);
  write_file(options.output.output, options.output.json ? render_comparison_json(comparison)
                                                        : render_comparison(comparison, look));
  const int code = comparison_exit_code(comparison);
  return base->failed + now->failed > 0 ? std::max<int>(code, kExitInternal) : code;
}

}  // namespace

void add_compare_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<CompareOptions>();
  CompareOptions& o = *options;
  auto* command = app.add_subcommand(
      "compare", "what a change made better or worse, pair by pair of drills; 1: something worse");
  command->add_option("base", o.base, "a result, or a scenario document that is then run")
      ->required()
      ->type_name("BASE");
  command->add_option("new", o.now, "the same after the change, or an overlay that is the change")
      ->required()
      ->type_name("NEW");
  command->add_flag("--unpaired", o.unpaired, "allow two seeds: the drills met different luck");
  add_simulation_options(*command, o.simulation);
  add_output_options(*command, o.output);
  add_common_options(*command, o.common);
  command->callback([options, command, &chosen] {
    if (command->count("--seed") > 0) options->seed = options->simulation.seed;
    chosen = [options] { return compare(*options); };
  });
}

}  // namespace firedrill
