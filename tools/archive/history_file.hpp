// The history of results on disk: one SQLite file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/history.hpp"
#include "tools/archive/sqlite.hpp"

namespace firedrill {

/// When the same content is no entry of its own.
enum class SameAs : std::uint8_t {
  /// As the newest of its scenario: a run that finds all as it was counts as seen again, and one
  /// that finds it as it was two results ago is the newest.
  kNewest,
  /// As any: a result file that is added twice.
  kAny,
};

/// Whether a result could be recorded there, before hours of work. Throws ArchiveError.
void check_history_file(const std::string& path);

/// All of `entries`, in this order, or none. Gives how many of them are new. Two programs at once
/// wait for each other. Throws ArchiveError.
std::int64_t record_history(const std::string& path, const std::vector<HistoryEntry>& entries,
                            SameAs same);

/// Every entry, in the order of when it was recorded. Throws ArchiveError.
std::vector<HistoryEntry> read_history(const std::string& path);

}  // namespace firedrill
