// Simulated time: integer microseconds, so that no sum of durations ever depends on rounding.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace firedrill {

/// A span of time. Negative spans are representable, because differences need them; documents
/// refuse them.
struct Duration {
  std::int64_t us = 0;

  static constexpr Duration microseconds(std::int64_t n) { return {n}; }
  static constexpr Duration milliseconds(std::int64_t n) { return {n * 1'000}; }
  static constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000}; }
  static constexpr Duration minutes(std::int64_t n) { return seconds(n * 60); }
  static constexpr Duration hours(std::int64_t n) { return minutes(n * 60); }
  static constexpr Duration days(std::int64_t n) { return hours(n * 24); }
  static constexpr Duration max() { return {std::numeric_limits<std::int64_t>::max()}; }

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator+(Duration o) const { return {us + o.us}; }
  constexpr Duration operator-(Duration o) const { return {us - o.us}; }
  constexpr Duration operator*(std::int64_t n) const { return {us * n}; }
  constexpr Duration& operator+=(Duration o) {
    us += o.us;
    return *this;
  }
};

/// An instant, counted from the start of the drill.
struct TimePoint {
  std::int64_t us = 0;

  static constexpr TimePoint never() { return {std::numeric_limits<std::int64_t>::max()}; }

  constexpr auto operator<=>(const TimePoint&) const = default;
  constexpr TimePoint operator+(Duration d) const { return {us + d.us}; }
  constexpr TimePoint operator-(Duration d) const { return {us - d.us}; }
  constexpr Duration operator-(TimePoint o) const { return {us - o.us}; }
};

/// Seconds as a double, for statistics and for back ends whose clock is a double.
constexpr double to_seconds(Duration d) { return static_cast<double>(d.us) * 1e-6; }

/// The nearest microsecond. Values outside the representable range saturate; NaN gives zero.
Duration duration_from_seconds(double seconds);

/// Parses an ISO-8601 duration: `PnDTnHnMn.nS`, or weeks alone (`P2W`). Years and months are
/// refused, since their length is not fixed, and so is anything finer than a microsecond or longer
/// than 10,000 days. Signs are refused.
std::optional<Duration> parse_iso8601_duration(std::string_view text);

/// Why `parse_iso8601_duration` refuses a text, so that a diagnostic can say so.
enum class DurationProblem { kNone, kForm, kSigned, kYearsOrMonths, kTooFine, kTooLong };
DurationProblem iso8601_duration_problem(std::string_view text);

/// Parses what a person types on a command line: an ISO-8601 duration, or `90s`, `15m`, `4h`, `2d`.
std::optional<Duration> parse_duration_argument(std::string_view text);

/// The shortest ISO-8601 form that parses back to the same value: `PT1H30M`, `PT0.25S`, `PT0S`.
std::string to_iso8601(Duration d);

/// For people: `1h 52m`, `12m 30s`, `45.2s`, `350ms`. Two units at most; never parsed back.
std::string to_human(Duration d);

}  // namespace firedrill
