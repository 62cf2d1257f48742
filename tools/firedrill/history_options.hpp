// The flags by which results go into a history, and pages show one.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "reports/report.hpp"

namespace firedrill {

struct HistoryFlags {
  std::string record;   // empty: none
  std::string history;  // empty: none
  /// Whose trends pages show; a file that is recorded to is shown as well.
  const std::string& shown() const { return history.empty() ? record : history; }
};

/// `--record FILE`, `--history FILE`.
void add_history_options(CLI::App& command, HistoryFlags& flags);

/// ArchiveError for a file that could not be used, before hours of work.
void check_history_flags(const HistoryFlags& flags);

/// Records every result, or none, if that is asked for; gives the file. Those that are not whole
/// are left out. OutputError when a result could not be recorded.
std::vector<std::string> record_results(const HistoryFlags& flags,
                                        const std::vector<Report>& reports);

}  // namespace firedrill
