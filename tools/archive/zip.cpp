#include "tools/archive/zip.hpp"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "tools/archive/sqlite.hpp"

namespace firedrill {
namespace {

constexpr zip_uint32_t kFileRights = 0100644;  // a plain file, rw-r--r--
constexpr zip_uint32_t kBestCompression = 9;

struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Source = std::unique_ptr<zip_source_t, FreeSource>;

/// Closes without writing, unless it was closed before.
struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

[[noreturn]] void fail_to(std::string_view what, zip_error_t* error) {
  throw ArchiveError(fmt::format("cannot {} the archive: {}", what, zip_error_strerror(error)));
}

struct DosTime {
  zip_uint16_t time;
  zip_uint16_t date;
};

/// ZIP holds local time in steps of two seconds from 1980 to 2107; here it is UTC, wherever it is
/// made. (APPNOTE.TXT of PKWARE, 4.4.6.)
DosTime dos_time(std::optional<std::int64_t> at_s) {
  namespace ch = std::chrono;
  const ch::sys_seconds first = ch::sys_days(ch::year(1980) / 1 / 1);
  const ch::sys_seconds last = ch::sys_days(ch::year(2108) / 1 / 1) - ch::seconds(2);
  const ch::sys_seconds at = at_s ? ch::sys_seconds(ch::seconds(*at_s)) : first;
  const ch::sys_seconds held = std::clamp(at, first, last);
  const auto day = ch::floor<ch::days>(held);
  const ch::year_month_day date(day);
  const ch::hh_mm_ss time(held - day);
  const auto packed_date = (static_cast<unsigned>(static_cast<int>(date.year()) - 1980) << 9U) |
                           (static_cast<unsigned>(date.month()) << 5U) |
                           static_cast<unsigned>(date.day());
  const auto packed_time = (static_cast<unsigned>(time.hours().count()) << 11U) |
                           (static_cast<unsigned>(time.minutes().count()) << 5U) |
                           static_cast<unsigned>(time.seconds().count() / 2);
  return {static_cast<zip_uint16_t>(packed_time), static_cast<zip_uint16_t>(packed_date)};
}

void add_entry(zip_t* archive, const ZipEntry& entry, const DosTime& changed) {
  zip_source_t* const data = zip_source_buffer(archive, entry.bytes.data(), entry.bytes.size(), 0);
  if (data == nullptr) fail_to("fill", zip_get_error(archive));
  const zip_int64_t index = zip_file_add(archive, entry.name.c_str(), data, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(data);
    fail_to("fill", zip_get_error(archive));
  }
  const auto place = static_cast<zip_uint64_t>(index);
  if (zip_set_file_compression(archive, place, ZIP_CM_DEFLATE, kBestCompression) != 0 ||
      zip_file_set_dostime(archive, place, changed.time, changed.date, 0) != 0 ||
      zip_file_set_external_attributes(archive, place, 0, ZIP_OPSYS_UNIX, kFileRights << 16U) !=
          0) {
    fail_to("fill", zip_get_error(archive));
  }
}

std::string bytes_of_source(zip_source_t* source) {
  const auto check = [&](bool good) {
    if (!good) fail_to("read back", zip_source_error(source));
  };
  check(zip_source_open(source) == 0);
  check(zip_source_seek(source, 0, SEEK_END) == 0);
  const zip_int64_t size = zip_source_tell(source);
  check(size >= 0 && zip_source_seek(source, 0, SEEK_SET) == 0);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  check(zip_source_read(source, bytes.data(), bytes.size()) == size);
  zip_source_close(source);
  return bytes;
}

}  // namespace

std::string zip_of(const std::vector<ZipEntry>& entries, std::optional<std::int64_t> changed_at_s) {
  zip_error_t error;
  zip_error_init(&error);
  Source target(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (!target) fail_to("make", &error);
  Archive archive(zip_open_from_source(target.get(), ZIP_TRUNCATE, &error));
  if (!archive) fail_to("make", &error);
  zip_source_keep(target.get());  // one for the archive, one for us
  const DosTime changed = dos_time(changed_at_s);
  for (const ZipEntry& entry : entries) add_entry(archive.get(), entry, changed);
  if (zip_close(archive.get()) != 0) fail_to("finish", zip_get_error(archive.get()));
  static_cast<void>(archive.release());
  return bytes_of_source(target.get());
}

}  // namespace firedrill
