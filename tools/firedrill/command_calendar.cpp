#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "engine/base/date.hpp"
#include "engine/input/reader.hpp"
#include "engine/plan/sha256.hpp"
#include "reports/drill_calendar.hpp"
#include "reports/drill_record.hpp"
#include "tools/firedrill/moment.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"

namespace firedrill {
namespace {

namespace fs = std::filesystem;

struct CalendarOptions {
  std::string system;
  std::vector<std::string> records;
  std::optional<Date> today;
  OutputOptions output;
  CommonOptions common;
};

struct RecordOptions {
  std::string result;
  std::optional<Date> date;
  std::vector<std::string> tiers;
  std::string output = "-";
  CommonOptions common;
};

/// Documents of one kind: a file as it is, of a folder all below it, in the order of their paths.
std::vector<std::string> documents_of(const std::string& path, DocumentKind kind) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return {path};
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    const std::string file = entry.path().string();
    if (entry.path().extension() == ".json" && DocumentReader::kind_of(file) == kind) {
      found.push_back(file);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

int run_calendar(const CalendarOptions& options) {
  start_log(options.common);
  check_writable(options.output.output);
  SourceFiles sources;
  Diagnostics diagnostics;
  DocumentReader reader(sources, diagnostics);
  const auto systems = documents_of(options.system, DocumentKind::kSystem);
  if (systems.size() != 1) {
    fmt::print(stderr, "firedrill: {} systems in {}; name the one document\n", systems.size(),
               options.system);
    return kExitInvalid;
  }
  const auto system = reader.read_system(systems[0]);
  std::vector<std::string> places = options.records;
  std::error_code ignored;
  if (places.empty() && fs::is_directory(options.system, ignored)) places = {options.system};
  std::vector<DrillRecordDocument> records;
  for (const std::string& place : places) {
    for (const std::string& file : documents_of(place, DocumentKind::kDrillRecord)) {
      if (auto record = reader.read_drill_record(file)) records.push_back(std::move(*record));
    }
  }
  if (!diagnostics.empty()) return explain(diagnostics, sources);
  const DrillCalendar calendar =
      make_calendar(*system, records, options.today ? *options.today : today_utc());
  const TextOptions look = text_options(options.output, options.common);
  write_file(options.output.output, options.output.json ? render_calendar_json(calendar)
                                                        : render_calendar(calendar, look));
  return calendar.overdue ? kExitMissed : kExitOk;
}

int run_record(const RecordOptions& options) {
  start_log(options.common);
  check_writable(options.output);
  const std::optional<std::string> result = read_or_explain(options.result);
  if (!result) return kExitInvalid;
  Sha256 hash;
  hash.add(*result);
  const DrillRecordText record = drill_record_of(*result, hash.hex(), *options.date, options.tiers);
  if (!record.problem.empty()) {
    fmt::print(stderr, "firedrill: {}: {}\n", options.result, record.problem);
    return kExitInvalid;
  }
  // A record is a document like any other: one that could not be read again is not written.
  SourceFiles sources;
  Diagnostics diagnostics;
  DocumentReader(sources, diagnostics).read_any_text(options.output, record.text);
  if (!diagnostics.empty()) return explain(diagnostics, sources);
  write_file(options.output, record.text);
  return kExitOk;
}

CLI::Option* add_date(CLI::App& command, const std::string& name, const std::string& description,
                      std::optional<Date>& date) {
  const auto parse = [name, &date](const std::string& text) {
    date = parse_date(text);
    if (!date) throw CLI::ValidationError(name, fmt::format("\"{}\" is no YYYY-MM-DD", text));
  };
  return command.add_option_function<std::string>(name, parse, description)->type_name("DATE");
}

}  // namespace

void add_calendar_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<CalendarOptions>();
  CalendarOptions& o = *options;
  auto* command =
      app.add_subcommand("calendar", "which recovery drills are due; exit code 1: one is overdue");
  command->add_option("system", o.system, "a system document, or the folder that it is in")
      ->required()
      ->type_name("SYSTEM|DIR");
  command
      ->add_option("--records", o.records,
                   "drill records, or folders of them; default: below the folder of the system")
      ->type_name("FILE|DIR")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_date(*command, "--today", "count from this day; default: today, in UTC", o.today);
  add_output_options(*command, o.output);
  add_common_options(*command, o.common);
  command->callback([options, &chosen] { chosen = [options] { return run_calendar(*options); }; });
}

void add_record_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<RecordOptions>();
  RecordOptions& o = *options;
  auto* command = app.add_subcommand("record", "keep on record that a drill was held, and when");
  command->add_option("result", o.result, "a result, as run --export-json writes it")
      ->required()
      ->type_name("RESULT");
  add_date(*command, "--date", "the day it was held", o.date)->required();
  command->add_option("--tier", o.tiers, "a tier it exercised; default: those of its targets")
      ->type_name("TIER")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("-o,--output", o.output, "write there instead of to standard output")
      ->type_name("FILE");
  add_common_options(*command, o.common);
  command->callback([options, &chosen] { chosen = [options] { return run_record(*options); }; });
}

}  // namespace firedrill
