// firedrill sensitivity: what one target depends on, and what would make it met.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <thread>

#include "engine/input/reader.hpp"
#include "engine/plan/load.hpp"
#include "engine/study/influence.hpp"
#include "engine/study/levers.hpp"
#include "reports/build_report.hpp"
#include "reports/causes.hpp"
#include "reports/sensitivity_json.hpp"
#include "reports/sensitivity_text.hpp"
#include "tools/firedrill/embedded.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/progress.hpp"
#include "tools/firedrill/signals.hpp"
#include "tools/firedrill/simulated_runner.hpp"
#include "tools/firedrill/version.hpp"

namespace firedrill {
namespace {

constexpr std::int64_t kRunsOfATry = 512;      // two blocks: a share of 95 % to about 1 point
constexpr std::int64_t kRunsOfTheBase = 2048;  // a rank correlation to about 0.07
constexpr std::size_t kLeadingTimings = 8;     // whose shares of the variance are worked out
constexpr std::uint64_t kOtherLuck = 0x9e3779b97f4a7c15ULL;
constexpr std::uint64_t kTryRunsMax = 1'000'000;
constexpr std::uint64_t kWorkersMax = 4096;
constexpr std::size_t kSweepMax = 1000;

struct SensitivityOptions {
  std::string scenario;
  std::int64_t runs = kRunsOfATry;
  std::uint64_t seed = 1;
  int jobs = 1;
  std::string target;
  std::vector<std::string> sweep;
  WhatIf what_if;
  OutputOptions output;
  CommonOptions common;
};

struct SweptVariable {
  std::string path;
  std::vector<std::string> values;
};

class Sensitivity {
 public:
  explicit Sensitivity(const SensitivityOptions& options) : options_(options) {}

  int run() {
    const auto plan = load_or_explain(options_.scenario, options_.what_if);
    if (!plan) return kExitInvalid;
    plan_ = &*plan;
    const StudyResult base = study(*plan, std::max(options_.runs, kRunsOfTheBase), options_.seed);
    const Report judged = build_report(*plan, base, program());
    if (base.completed == 0) return stop_requested() ? signal_exit_code() : kExitInternal;
    if (!choose_target(judged)) return kExitInvalid;
    describe(judged);
    const bool good = options_.sweep.empty() ? search(base) : sweep();
    if (!good) return kExitInvalid;
    report_.tries = tries_;
    report_.aborted = stop_requested();
    write();
    return signal_exit_code();
  }

 private:
  StudyResult study(const Plan& plan, std::int64_t runs, std::uint64_t seed) {
    StudyOptions options;
    options.seed = seed;
    options.runs = runs;
    options.jobs = options_.jobs;
    options.stop = &stop_requested();
    return run_study(plan, options, simulated_runners());
  }

  bool choose_target(const Report& judged) {
    if (options_.target.empty()) {
      target_ = judged.worst_target.value_or(0);
      return true;
    }
    std::vector<std::string> names;
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < judged.targets.size(); ++i) {
      const ReportTarget& target = judged.targets[i];
      const std::string full = target.subject + ' ' + std::string(to_word(target.objective));
      names.push_back(full);
      if (options_.target == full || options_.target == target.subject) found.push_back(i);
    }
    if (found.empty()) {
      fmt::print(stderr, "firedrill: there is no target \"{}\"{}; one of: {}\n", options_.target,
                 did_you_mean(options_.target, names), fmt::join(names, ", "));
      return false;
    }
    target_ = found.front();
    return true;
  }

  void describe(const Report& judged) {
    report_.program = judged.program;
    report_.scenario = judged.scenario;
    report_.what_if = plan_->what_if;
    report_.seed = options_.seed;
    report_.runs = options_.runs;
    report_.base_runs = judged.completed;
    report_.target = judged.targets[target_];
    report_.noise = noise_of_rank_correlation(
        static_cast<std::size_t>(std::min<std::int64_t>(judged.completed, kDrillsWithDraws)));
  }

  std::optional<Fared> fares(const Plan& plan) {
    ++tries_;
    if (progress_) progress_->update(std::min(tries_, expected_));
    const StudyResult result = study(plan, options_.runs, options_.seed);
    const ReportTarget target = build_target(plan, result, target_);
    return Fared{target.met_share, target.achieved.p50, target.achieved.p95};
  }

  /// The plan with these settings. Times are changed in the plan as it is, on top of what the
  /// command line has changed already.
  std::optional<Plan> changed(const std::vector<std::string>& settings) const {
    std::vector<std::string> times;
    WhatIf what_if = options_.what_if;
    for (const std::string& setting : settings) {
      if (setting.starts_with("timings.") || setting.starts_with("steps.")) {
        times.push_back(setting);
        continue;
      }
      const std::string path = setting.substr(0, setting.find('=') + 1);
      std::erase_if(what_if.variables, [&](const auto& own) { return own.starts_with(path); });
      what_if.variables.push_back(setting);
    }
    SourceFiles sources;
    Diagnostics diagnostics;
    std::optional<Plan> plan = *plan_;
    if (times.size() < settings.size()) {
      plan = load_plan(options_.scenario, embedded_library(), sources, diagnostics, what_if);
    }
    if (!plan) return std::nullopt;
    apply_times(read_variables(times, sources, diagnostics).overlay, *plan, diagnostics);
    return diagnostics.empty() ? std::move(plan) : std::nullopt;
  }

  /// Components that the scenario has in place of the system's are changed where they stand.
  std::set<std::string> own_components() const {
    SourceFiles sources;
    Diagnostics ignored;
    std::set<std::string> names;
    if (const auto scenario = DocumentReader(sources, ignored).read_scenario(options_.scenario)) {
      for (const ComponentSpec& component : scenario->components) {
        names.insert(component.name.text);
      }
    }
    return names;
  }

  bool search(const StudyResult& base) {
    const auto levers = levers_of(*plan_, base.samples, target_, own_components());
    // What the search for least changes and the pairs add is not known beforehand.
    expected_ = static_cast<std::int64_t>(levers.size() + 2 * kLeadingTimings + 32);
    Progress progress(Progress::for_stderr(options_.common.quiet), expected_);
    progress_ = &progress;
    const TrySettings attempt =
        [this](const std::vector<std::string>& settings) -> std::optional<Fared> {
      const auto plan = changed(settings);
      return plan ? fares(*plan) : std::nullopt;
    };
    FixOptions search;
    search.required_share = report_.target.required_share;
    search.stopped = [] { return stop_requested().load(); };
    const Fixes fixes = find_fixes(levers, search, attempt);
    report_.tolerance = search.tolerance;
    const auto as_fix = [&](const Fared& fared) {
      return fix_of(*plan_, levers, {{}, fared.share >= search.required_share, fared, true});
    };
    report_.as_is = as_fix(fixes.as_is);
    if (fixes.all_times) {
      report_.all_times = as_fix(fixes.all_times->fared);
      report_.all_times->strength = fixes.all_times->strength();
    }
    for (const Fix& fix : fixes.singles) report_.singles.push_back(fix_of(*plan_, levers, fix));
    for (const Fix& fix : fixes.pairs) report_.pairs.push_back(fix_of(*plan_, levers, fix));
    for (const std::size_t lever : fixes.impossible) {
      report_.impossible.push_back(levers[lever].name);
    }
    influences(base, fixes, levers);
    progress.end();
    progress_ = nullptr;
    return true;
  }

  /// Shares of the variance of those timings that help most when they take no time: a rank
  /// correlation over all drills hardly sees what matters in a few of them.
  void influences(const StudyResult& base, const Fixes& fixes, const std::vector<Lever>& levers) {
    std::map<std::string, VarianceShares> variances;
    for (const Fix& fix : fixes.singles) {
      if (variances.size() == kLeadingTimings || stop_requested()) break;
      const Lever& lever = levers[fix.uses.front().lever];
      if (lever.kind != LeverKind::kTiming) continue;
      const auto shares = variance_of(base, plan_->timing_by_id.find(lever.name)->second);
      if (shares) variances.emplace(lever.name, *shares);
    }
    report_.influences =
        influences_of(*plan_, timing_influences(*plan_, base.samples, target_), variances);
  }

  /// With other luck for this timing alone, and with other luck for all the rest.
  std::optional<VarianceShares> variance_of(const StudyResult& base, TimingIndex timing) {
    const std::uint64_t other = options_.seed ^ kOtherLuck;
    Plan plan = *plan_;
    plan.timings[timing.value].seed = other;
    const StudyResult redrawn = study(plan, options_.runs, options_.seed);
    plan.timings[timing.value].seed = options_.seed;
    const StudyResult kept = study(plan, options_.runs, other);
    tries_ += 2;
    if (progress_) progress_->update(std::min(tries_, expected_));
    if (redrawn.completed != options_.runs || kept.completed != options_.runs) return std::nullopt;
    return variance_shares(achieved(base), achieved(kept), achieved(redrawn));
  }

  /// What the first drills achieved, in milliseconds; what was not reached counts as the horizon.
  std::vector<double> achieved(const StudyResult& result) const {
    const auto& column = result.samples.target_ms[target_];
    const double horizon = to_seconds(plan_->horizon) * 1000;
    std::vector<double> values;
    for (std::int64_t i = 0; i < options_.runs; ++i) {
      values.push_back(std::min<double>(column[static_cast<std::size_t>(i)], horizon));
    }
    return values;
  }

  /// `PATH=V1,V2`: commas within brackets or quotes belong to the value.
  static std::optional<SweptVariable> parse_sweep(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) return std::nullopt;
    SweptVariable variable{text.substr(0, equals), {""}};
    int depth = 0;
    bool quoted = false;
    for (const char c : text.substr(equals + 1)) {
      if (c == '"') quoted = !quoted;
      if (!quoted && (c == '[' || c == '{')) ++depth;
      if (!quoted && (c == ']' || c == '}')) --depth;
      if (c == ',' && depth == 0 && !quoted) {
        variable.values.emplace_back();
      } else {
        variable.values.back() += c;
      }
    }
    return variable;
  }

  bool sweep() {
    std::vector<SweptVariable> variables;
    std::size_t count = 1;
    for (const std::string& text : options_.sweep) {
      auto variable = parse_sweep(text);
      if (!variable) {
        fmt::print(stderr, "firedrill: --sweep needs PATH=VALUE,VALUE,...: \"{}\"\n", text);
        return false;
      }
      count *= variable->values.size();
      report_.swept.push_back(variable->path);
      variables.push_back(std::move(*variable));
    }
    if (count > kSweepMax) {
      fmt::print(stderr, "firedrill: {} combinations are more than {}\n", count, kSweepMax);
      return false;
    }
    expected_ = static_cast<std::int64_t>(count) + 1;
    Progress progress(Progress::for_stderr(options_.common.quiet), expected_);
    progress_ = &progress;
    if (const auto fared = fares(*plan_)) report_.as_is = point_of({}, *fared);
    std::vector<std::vector<std::size_t>> places;
    for (std::size_t i = 0; i < count && !stop_requested(); ++i) {
      if (!try_combination(variables, i, places)) return false;
    }
    mark_frontier(report_.sweep, places);
    progress.end();
    progress_ = nullptr;
    return true;
  }

  bool try_combination(const std::vector<SweptVariable>& variables, std::size_t number,
                       std::vector<std::vector<std::size_t>>& places) {
    std::vector<std::size_t> place(variables.size());
    std::vector<std::string> values(variables.size());
    std::vector<std::string> settings;
    for (std::size_t v = variables.size(); v-- > 0;) {
      const std::size_t size = variables[v].values.size();
      place[v] = number % size;
      number /= size;
      values[v] = variables[v].values[place[v]];
      settings.push_back(variables[v].path + '=' + values[v]);
    }
    const auto plan = changed(settings);
    if (!plan) {
      WhatIf refused = options_.what_if;
      for (const std::string& setting : settings) refused.variables.push_back(setting);
      load_or_explain(options_.scenario, refused);  // says what is wrong
      return false;
    }
    const auto fared = fares(*plan);
    const ReportFix fix = point_of(settings, *fared);
    report_.sweep.push_back({values, fix.share, fix.p50, fix.p95, fix.meets, false});
    places.push_back(std::move(place));
    return true;
  }

  ReportFix point_of(std::vector<std::string> settings, const Fared& fared) const {
    ReportFix fix;
    fix.meets = fared.share >= report_.target.required_share;
    fix.share = fared.share;
    fix.p50 = fared.p50_ms;
    fix.p95 = fared.p95_ms;
    fix.settings = std::move(settings);
    return fix;
  }

  void write() const {
    const TextOptions text = text_options(options_.output, options_.common);
    write_file(options_.output.output, options_.output.json ? render_sensitivity_json(report_)
                                                            : render_sensitivity(report_, text));
  }

  const SensitivityOptions& options_;
  const Plan* plan_ = nullptr;
  std::size_t target_ = 0;
  std::int64_t tries_ = 0;
  std::int64_t expected_ = 1;
  Progress* progress_ = nullptr;
  SensitivityReport report_;
};

}  // namespace

void add_sensitivity_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<SensitivityOptions>();
  SensitivityOptions& o = *options;
  o.jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  auto* command = app.add_subcommand(
      "sensitivity", "what a target depends on, and the least change that would make it met");
  command->add_option("scenario", o.scenario, "a scenario document")
      ->required()
      ->type_name("SCENARIO");
  command
      ->add_option("--target", o.target,
                   "SUBJECT, or SUBJECT OBJECTIVE as in \"payments rto\"; default: the worst")
      ->type_name("TARGET");
  command->add_option("--sweep", o.sweep, "try these values, in all combinations; repeatable")
      ->type_name("PATH=V1,V2,...")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_number(*command, "-r,--runs", "drills of each try (default 512)", 1, kTryRunsMax,
             [&o](std::uint64_t n) { o.runs = static_cast<std::int64_t>(n); });
  add_number(*command, "--seed", "another seed, other luck (default 1)", 0,
             std::numeric_limits<std::uint64_t>::max(), [&o](std::uint64_t n) { o.seed = n; });
  add_number(*command, "-j,--jobs", "processes; changes no result (default: one a processor)", 1,
             kWorkersMax, [&o](std::uint64_t n) { o.jobs = static_cast<int>(n); });
  add_what_if_options(*command, o.what_if);
  add_output_options(*command, o.output);
  add_common_options(*command, o.common);
  command->callback([options, &chosen] {
    chosen = [options] {
      start_log(options->common);
      check_writable(options->output.output);
      return Sensitivity(*options).run();
    };
  });
}

}  // namespace firedrill
