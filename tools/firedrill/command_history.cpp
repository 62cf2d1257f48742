#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>

#include "engine/base/date.hpp"
#include "tools/archive/history_file.hpp"
#include "tools/firedrill/moment.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"
#include "tools/firedrill/result_file.hpp"

namespace firedrill {
namespace {

constexpr std::uint64_t kLastMax = 1'000'000;

struct HistoryOptions {
  std::string file;
  std::vector<std::string> results;  // to add
  std::optional<Date> date;          // of those
  HistoryFilter filter;
  OutputOptions output;
  CommonOptions common;
};

/// All of them, or none. False after the reason was shown on stderr.
bool add_results(const HistoryOptions& options) {
  std::int64_t at_s = moment_s();
  if (options.date) {
    const auto day = std::chrono::sys_days(*options.date).time_since_epoch();
    at_s = std::chrono::duration_cast<std::chrono::seconds>(day).count();
  }
  std::vector<HistoryEntry> entries;
  for (const std::string& path : options.results) {
    const std::optional<Report> report = read_result_or_explain(path);
    if (!report) return false;
    if (const std::string reason = not_to_be_kept(*report); !reason.empty()) {
      fmt::print(stderr, "firedrill: {} is not recorded: {}\n", path, reason);
      return false;
    }
    entries.push_back(history_entry(*report, at_s));
  }
  const std::int64_t added = record_history(options.file, entries, SameAs::kAny);
  spdlog::info("{} of {} results are new in {}", added, entries.size(), options.file);
  return true;
}

int show_history(const HistoryOptions& options) {
  start_log(options.common);
  check_writable(options.output.output);
  if (!options.results.empty() && !add_results(options)) return kExitInvalid;
  const History history = trends_of(read_history(options.file), options.filter);
  const TextOptions look = text_options(options.output, options.common);
  const std::string& format = options.output.format;
  write_file(options.output.output, format == "json"       ? render_history_json(history)
                                    : format == "markdown" ? render_history_markdown(history)
                                                           : render_history(history, look));
  const int code = history_exit_code(history);
  if (code == kExitInvalid) {
    fmt::print(stderr, "firedrill: no result in {} is of that scenario and target\n", options.file);
  }
  return code;
}

}  // namespace

void add_history_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<HistoryOptions>();
  HistoryOptions& o = *options;
  auto* command = app.add_subcommand(
      "history", "the trend of each target over recorded results; 1: the newest is worse");
  command->add_option("file", o.file, "what `run --record` keeps results in")
      ->required()
      ->type_name("FILE");
  auto* add = command
                  ->add_option("--add", o.results,
                               "record these results first, as `run --export-json` wrote them; "
                               "one that is there already stays one")
                  ->type_name("RESULT...");
  command
      ->add_option_function<std::string>(
          "--date",
          [&o](const std::string& text) {
            o.date = parse_date(text);
            if (!o.date)
              throw CLI::ValidationError("--date", text + " is no day such as 2026-11-02");
          },
          "the day that they are of; default: now")
      ->needs(add)
      ->type_name("DAY");
  command->add_option("--scenario", o.filter.scenario, "of this scenario only")->type_name("NAME");
  command
      ->add_option("--target", o.filter.target,
                   "targets with this in their \"SUBJECT OBJECTIVE\" only, as in \"payments rto\"")
      ->type_name("TEXT");
  add_number(*command, "--last", "so many of the newest results of a scenario only", 1, kLastMax,
             [&o](std::uint64_t n) { o.filter.last = n; });
  add_output_options(*command, o.output, {"text", "json", "markdown"});
  add_common_options(*command, o.common);
  command->callback([options, &chosen] { chosen = [options] { return show_history(*options); }; });
}

}  // namespace firedrill
