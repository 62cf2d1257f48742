#include "tools/firedrill/moment.hpp"

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <string_view>

namespace firedrill {

std::optional<std::int64_t> source_date_s() {
  const char* const epoch = std::getenv("SOURCE_DATE_EPOCH");
  if (epoch == nullptr) return std::nullopt;
  const std::string_view text = epoch;
  std::int64_t seconds = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr std::int64_t kYear9999 = 253'402'300'799;
  const bool whole = error == std::errc() && stop == text.data() + text.size();
  if (!whole || seconds < 0 || seconds > kYear9999) return std::nullopt;
  return seconds;
}

std::int64_t moment_s() {
  if (const auto given = source_date_s()) return *given;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

Date today_utc() { return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()); }

}  // namespace firedrill
