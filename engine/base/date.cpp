#include "engine/base/date.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace firedrill {
namespace {

constexpr std::string_view kForm = "0000-00-00";

unsigned number(std::string_view digits) {
  unsigned value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
  const auto fits = [](char c, char form) { return form == '-' ? c == '-' : c >= '0' && c <= '9'; };
  if (!std::equal(text.begin(), text.end(), kForm.begin(), kForm.end(), fits)) return std::nullopt;
  const Date date{std::chrono::year(static_cast<int>(number(text.substr(0, 4)))),
                  std::chrono::month(number(text.substr(5, 2))),
                  std::chrono::day(number(text.substr(8, 2)))};
  return date.ok() ? std::optional(date) : std::nullopt;
}

std::string date_pattern() { return "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"; }

std::string to_text(Date date) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

Date months_after(Date date, std::int64_t months) {
  const Date later = date + std::chrono::months(months);
  if (later.ok()) return later;
  return later.year() / later.month() / std::chrono::last;
}

std::int64_t days_between(Date from, Date to) {
  return (std::chrono::sys_days(to) - std::chrono::sys_days(from)).count();
}

}  // namespace firedrill
