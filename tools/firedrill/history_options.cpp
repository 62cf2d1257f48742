#include "tools/firedrill/history_options.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "tools/archive/history_file.hpp"
#include "tools/firedrill/moment.hpp"
#include "tools/firedrill/output.hpp"

namespace firedrill {

void add_history_options(CLI::App& command, HistoryFlags& flags) {
  command
      .add_option("--record", flags.record,
                  "keep the result in this history file, for `firedrill history`")
      ->type_name("FILE");
  command
      .add_option("--history", flags.history,
                  "pages show the trend of each target in this history file")
      ->type_name("FILE");
}

void check_history_flags(const HistoryFlags& flags) {
  if (!flags.record.empty()) check_history_file(flags.record);
  if (!flags.history.empty() && flags.history != flags.record) read_history(flags.history);
}

std::vector<std::string> record_results(const HistoryFlags& flags,
                                        const std::vector<Report>& reports) {
  if (flags.record.empty()) return {};
  std::vector<HistoryEntry> entries;
  std::string left_out;
  for (const Report& report : reports) {
    const std::string reason = not_to_be_kept(report);
    if (reason.empty()) {
      entries.push_back(history_entry(report, moment_s()));
    } else {
      left_out = fmt::format("{} is not recorded: {}", report.scenario.name, reason);
    }
  }
  try {
    record_history(flags.record, entries, SameAs::kNewest);
  } catch (const ArchiveError& error) {
    throw OutputError(error.what());
  }
  if (!left_out.empty()) throw OutputError(left_out);
  return {flags.record};
}

}  // namespace firedrill
