// Files as one ZIP archive.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace firedrill {

struct ZipEntry {
  std::string name;  // with `/`, within the archive
  std::string_view bytes;
};

/// The archive. The same entries give the same bytes: in the order in which they come, with rights
/// 0644 and the given time of change, in seconds since 1970, UTC, brought into what ZIP can hold;
/// without one, the first moment of 1980. Throws ArchiveError.
std::string zip_of(const std::vector<ZipEntry>& entries, std::optional<std::int64_t> changed_at_s);

}  // namespace firedrill
