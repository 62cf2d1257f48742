#include "engine/live/aws/timestamp.hpp"

#include <fmt/format.h>

#include <array>

#include "engine/base/date.hpp"

namespace firedrill::aws {
namespace {

std::optional<int> two_digits(std::string_view text, std::size_t at) {
  if (at + 2 > text.size()) return std::nullopt;
  const char tens = text[at];
  const char ones = text[at + 1];
  if (tens < '0' || tens > '9' || ones < '0' || ones > '9') return std::nullopt;
  return (tens - '0') * 10 + (ones - '0');
}

// `Z`, or `+hh:mm`, or `+hhmm`: the minutes to take away.
std::optional<std::chrono::minutes> offset_of(std::string_view text) {
  if (text == "Z") return std::chrono::minutes(0);
  if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto hours = two_digits(text, 1);
  const auto minutes = two_digits(text, text[3] == ':' ? 4 : 3);
  if (!hours || !minutes || text.size() != (text[3] == ':' ? 6U : 5U)) return std::nullopt;
  const std::chrono::minutes offset(*hours * 60 + *minutes);
  return text[0] == '-' ? -offset : offset;
}

std::chrono::microseconds fraction_of(std::string_view& rest) {
  std::int64_t us = 0;
  std::int64_t place = 100'000;
  if (!rest.starts_with('.')) return std::chrono::microseconds(0);
  rest.remove_prefix(1);
  while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
    us += (rest.front() - '0') * place;
    place /= 10;
    rest.remove_prefix(1);
  }
  return std::chrono::microseconds(us);
}

}  // namespace

std::optional<UtcInstant> parse_utc(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != ' ')) return std::nullopt;
  const auto date = parse_date(text.substr(0, 10));
  const auto hour = two_digits(text, 11);
  const auto minute = two_digits(text, 14);
  const auto second = two_digits(text, 17);
  if (!date || !hour || !minute || !second || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  std::string_view rest = text.substr(19);
  const auto fraction = fraction_of(rest);
  const auto offset = offset_of(rest);
  if (!offset) return std::nullopt;
  return UtcInstant(std::chrono::sys_days(*date) + std::chrono::hours(*hour) +
                    std::chrono::minutes(*minute) + std::chrono::seconds(*second) + fraction -
                    *offset);
}

namespace {

struct CivilTime {
  std::chrono::year_month_day day;
  std::chrono::weekday weekday;
  std::chrono::hh_mm_ss<std::chrono::seconds> time;
};

CivilTime civil(UtcInstant instant) {
  const auto second = std::chrono::floor<std::chrono::seconds>(instant);
  const auto midnight = std::chrono::floor<std::chrono::days>(second);
  return {midnight, std::chrono::weekday(midnight),
          std::chrono::hh_mm_ss<std::chrono::seconds>(second - midnight)};
}

}  // namespace

std::string utc_text(UtcInstant instant) {
  const CivilTime at = civil(instant);
  return fmt::format("{}T{:02}:{:02}:{:02}Z", firedrill::to_text(at.day), at.time.hours().count(),
                     at.time.minutes().count(), at.time.seconds().count());
}

std::string http_date(UtcInstant instant) {
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime at = civil(instant);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[at.weekday.c_encoding()],
                     static_cast<unsigned>(at.day.day()),
                     kMonths[static_cast<unsigned>(at.day.month()) - 1],
                     static_cast<int>(at.day.year()), at.time.hours().count(),
                     at.time.minutes().count(), at.time.seconds().count());
}

double epoch_seconds(UtcInstant instant) {
  const auto span = std::chrono::floor<std::chrono::microseconds>(instant.time_since_epoch());
  return static_cast<double>(span.count()) / 1e6;
}

}  // namespace firedrill::aws
