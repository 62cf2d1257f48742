#include "engine/base/time.hpp"

#include <fmt/format.h>

#include <cmath>

namespace firedrill {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kLongest = 10'000 * kDay;
// Nine digits of any unit exceed the longest duration or fit 64 bits with room to spare, so that
// the sums below cannot overflow.
constexpr int kDigitsMax = 9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Parsed {
  DurationProblem problem = DurationProblem::kForm;
  std::int64_t us = 0;
};

/// Reads `digits` or `digits.digits` from the front of a text.
struct Number {
  std::int64_t whole = 0;
  std::int64_t fraction_us = 0;  // the fraction in millionths
  bool fractional = false;
  bool too_fine = false;
  bool ok = false;
};

Number take_number(std::string_view& text) {
  Number n;
  int digits = 0;
  while (!text.empty() && is_digit(text.front())) {
    if (++digits > kDigitsMax) return n;
    n.whole = n.whole * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  if (digits == 0) return n;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    n.fractional = true;
    int places = 0;
    std::int64_t scale = kSecond;
    while (!text.empty() && is_digit(text.front())) {
      if (++places > 6) n.too_fine = true;
      scale /= 10;
      n.fraction_us += scale * (text.front() - '0');
      text.remove_prefix(1);
    }
    if (places == 0) return n;
  }
  n.ok = true;
  return n;
}

/// Length of a date unit in microseconds, and its place in the fixed order; 0 for no such unit
/// here.
struct Unit {
  std::int64_t us = 0;
  int order = 0;
};

Unit unit_of(char letter, bool after_t) {
  if (!after_t && letter == 'D') return {kDay, 1};
  if (after_t && letter == 'H') return {kHour, 2};
  if (after_t && letter == 'M') return {kMinute, 3};
  if (after_t && letter == 'S') return {kSecond, 4};
  return {};
}

Parsed parse_iso(std::string_view text) {
  using P = DurationProblem;
  if (text.starts_with("-P") || text.starts_with("+P")) return {P::kSigned};
  if (text.size() < 3 || text.front() != 'P') return {};
  text.remove_prefix(1);
  std::int64_t total = 0;
  int last_order = 0;
  bool after_t = false;
  bool too_fine = false;
  while (!text.empty()) {
    if (text.front() == 'T') {
      if (after_t) return {};
      after_t = true;
      text.remove_prefix(1);
    }
    const Number n = take_number(text);
    if (!n.ok || text.empty()) return {};
    const char letter = text.front();
    text.remove_prefix(1);
    if (!after_t && (letter == 'Y' || letter == 'M')) return {P::kYearsOrMonths};
    if (!after_t && letter == 'W') {
      if (n.fractional || last_order != 0 || !text.empty()) return {};
      if (n.whole > kLongest / (7 * kDay)) return {P::kTooLong};
      total = n.whole * 7 * kDay;
      break;
    }
    const Unit unit = unit_of(letter, after_t);
    if (unit.order <= last_order || (n.fractional && letter != 'S')) return {};
    last_order = unit.order;
    too_fine = too_fine || n.too_fine;
    if (n.whole > kLongest / unit.us) return {P::kTooLong};
    total += n.whole * unit.us + n.fraction_us;
    if (total > kLongest) return {P::kTooLong};
  }
  if (too_fine) return {P::kTooFine};
  if (total > kLongest) return {P::kTooLong};
  return {P::kNone, total};
}

}  // namespace

Duration duration_from_seconds(double seconds) {
  if (std::isnan(seconds)) return {};
  const double us = std::round(seconds * 1e6);
  // 2^63 as a double is the first value that does not fit.
  if (us >= 9223372036854775808.0) return Duration::max();
  if (us <= -9223372036854775808.0) return {std::numeric_limits<std::int64_t>::min()};
  return {static_cast<std::int64_t>(us)};
}

std::optional<Duration> parse_iso8601_duration(std::string_view text) {
  const Parsed parsed = parse_iso(text);
  if (parsed.problem != DurationProblem::kNone) return std::nullopt;
  return Duration{parsed.us};
}

DurationProblem iso8601_duration_problem(std::string_view text) { return parse_iso(text).problem; }

std::optional<Duration> parse_duration_argument(std::string_view text) {
  if (const auto iso = parse_iso8601_duration(text)) return iso;
  std::string_view rest = text;
  const Number n = take_number(rest);
  if (!n.ok || n.too_fine) return std::nullopt;
  std::int64_t unit = 0;
  if (rest == "ms") unit = 1'000;
  if (rest == "s") unit = kSecond;
  if (rest == "m") unit = kMinute;
  if (rest == "h") unit = kHour;
  if (rest == "d") unit = kDay;
  if (unit == 0 || n.whole > kLongest / unit) return std::nullopt;
  // A fraction is in millionths of the unit; what is finer than a microsecond is refused.
  if (unit < kSecond && (n.fraction_us * unit) % kSecond != 0) return std::nullopt;
  const std::int64_t fraction =
      unit < kSecond ? n.fraction_us * unit / kSecond : n.fraction_us * (unit / kSecond);
  const std::int64_t us = n.whole * unit + fraction;
  if (us > kLongest) return std::nullopt;
  return Duration{us};
}

std::string to_iso8601(Duration d) {
  // The magnitude is unsigned because the smallest 64-bit number has no positive counterpart.
  std::uint64_t left =
      d.us < 0 ? 0 - static_cast<std::uint64_t>(d.us) : static_cast<std::uint64_t>(d.us);
  std::string text = d.us < 0 ? "-P" : "P";
  const auto take = [&left](std::int64_t unit) {
    const std::uint64_t n = left / static_cast<std::uint64_t>(unit);
    left %= static_cast<std::uint64_t>(unit);
    return n;
  };
  if (const auto days = take(kDay); days != 0) text += fmt::format("{}D", days);
  if (left == 0 && text.back() != 'P') return text;
  text += 'T';
  if (const auto hours = take(kHour); hours != 0) text += fmt::format("{}H", hours);
  if (const auto minutes = take(kMinute); minutes != 0) text += fmt::format("{}M", minutes);
  const auto seconds = take(kSecond);
  if (left != 0) {
    std::string fraction = fmt::format("{:06}", left);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    text += fmt::format("{}.{}S", seconds, fraction);
  } else if (seconds != 0 || text.back() == 'T') {
    text += fmt::format("{}S", seconds);
  }
  return text;
}

std::string to_human(Duration d) {
  if (d.us < 0) {
    if (d.us == std::numeric_limits<std::int64_t>::min()) ++d.us;
    return "-" + to_human({-d.us});
  }
  const auto rounded = [&d](std::int64_t unit) {
    return d.us > std::numeric_limits<std::int64_t>::max() - unit ? d.us / unit
                                                                  : (d.us + unit / 2) / unit;
  };
  const auto two = [](std::int64_t n, std::int64_t per, const char* big, const char* small) {
    return n % per == 0 ? fmt::format("{}{}", n / per, big)
                        : fmt::format("{}{} {}{}", n / per, big, n % per, small);
  };
  if (d.us == 0) return "0s";
  if (d.us < 1'000) return fmt::format("{}us", d.us);
  // Each step rounds first and looks at the unit after, so that 59.96 s becomes 1m, never 60.0s.
  if (rounded(1'000) < 1'000) return fmt::format("{}ms", rounded(1'000));
  if (const auto tenths = rounded(kSecond / 10); tenths < 600) {
    return tenths % 10 == 0 ? fmt::format("{}s", tenths / 10)
                            : fmt::format("{}.{}s", tenths / 10, tenths % 10);
  }
  if (rounded(kSecond) < 3'600) return two(rounded(kSecond), 60, "m", "s");
  if (rounded(kMinute) < 24 * 60) return two(rounded(kMinute), 60, "h", "m");
  return two(rounded(kHour), 24, "d", "h");
}

}  // namespace firedrill
