#include "engine/input/quantities.hpp"

#include <fmt/format.h>

#include <charconv>
#include <span>

namespace firedrill {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr double kKi = 1024;
// The order is the preference of the printers where two forms are equally long.
constexpr Unit kSizes[] = {{"TiB", kKi* kKi* kKi* kKi},
                           {"GiB", kKi* kKi* kKi},
                           {"MiB", kKi* kKi},
                           {"KiB", kKi},
                           {"TB", 1e12},
                           {"GB", 1e9},
                           {"MB", 1e6},
                           {"kB", 1e3},
                           {"B", 1}};
constexpr Unit kByteRates[] = {{"TiB/s", kKi* kKi* kKi* kKi},
                               {"GiB/s", kKi* kKi* kKi},
                               {"MiB/s", kKi* kKi},
                               {"KiB/s", kKi},
                               {"Gbit/s", 1e9 / 8},
                               {"Mbit/s", 1e6 / 8},
                               {"kbit/s", 1e3 / 8},
                               {"TB/s", 1e12},
                               {"GB/s", 1e9},
                               {"MB/s", 1e6},
                               {"kB/s", 1e3},
                               {"B/s", 1},
                               {"bit/s", 1.0 / 8}};
// A rate a minute is divided, not multiplied, so that "30 /min" is exactly 0.5 a second.
constexpr Unit kEventDivisors[] = {{"/s", 1}, {"/min", 60}, {"/h", 3600}, {"/d", 86400}};

bool digit(char c) { return c >= '0' && c <= '9'; }

struct Quantity {
  double number = 0;
  std::string_view unit;
};

std::optional<Quantity> split(std::string_view text) {
  std::size_t whole = 0;
  while (whole < text.size() && digit(text[whole])) ++whole;
  if (whole == 0 || whole > 15) return std::nullopt;
  std::size_t end = whole;
  if (end < text.size() && text[end] == '.') {
    ++end;
    while (end < text.size() && digit(text[end])) ++end;
    const std::size_t places = end - whole - 1;
    if (places == 0 || places > 9) return std::nullopt;
  }
  Quantity q;
  if (std::from_chars(text.data(), text.data() + end, q.number).ec != std::errc()) {
    return std::nullopt;
  }
  q.unit = text.substr(end);
  if (q.unit.starts_with(' ')) q.unit.remove_prefix(1);
  return q;
}

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

std::optional<double> parse(std::string_view text, std::span<const Unit> units) {
  const auto q = split(text);
  const Unit* unit = q ? find_unit(units, q->unit) : nullptr;
  if (unit == nullptr) return std::nullopt;
  return q->number * unit->factor;
}

std::optional<double> parse_events(std::string_view text) {
  const auto q = split(text);
  const Unit* unit = q ? find_unit(kEventDivisors, q->unit) : nullptr;
  if (unit == nullptr) return std::nullopt;
  return q->number / unit->factor;
}

/// Of the texts that `read` takes back to exactly `value`, with a number of at least one, the one
/// with the shortest number.
template <class Convert, class Read>
std::string shortest(double value, std::span<const Unit> units, Convert convert, Read read) {
  std::string best;
  std::size_t best_digits = 0;
  for (const Unit& unit : units) {
    const double amount = convert(value, unit.factor);
    const std::string number = fmt::format("{}", amount);
    if (amount < 1 && unit.factor != 1) continue;
    if (!best.empty() && number.size() >= best_digits) continue;
    const std::string text = fmt::format("{} {}", number, unit.name);
    const std::optional<double> back = read(text);
    if (!back || *back != value) continue;
    best = text;
    best_digits = number.size();
  }
  if (best.empty())
    best = fmt::format("{:.9f} {}", convert(value, units.back().factor), units.back().name);
  return best;
}

std::string shortest_product(double value, std::span<const Unit> units) {
  return shortest(
      value, units, [](double v, double factor) { return v / factor; },
      [units](std::string_view text) { return parse(text, units); });
}

std::string pattern_of(std::span<const Unit> units) {
  std::string alternatives;
  for (const Unit& unit : units) {
    if (!alternatives.empty()) alternatives += '|';
    alternatives += unit.name;
  }
  return fmt::format("^[0-9]{{1,15}}([.][0-9]{{1,9}})? ?({})$", alternatives);
}

}  // namespace

std::optional<Size> parse_size(std::string_view text) {
  const auto bytes = parse(text, kSizes);
  if (!bytes) return std::nullopt;
  return Size{*bytes};
}

std::optional<ByteRate> parse_byte_rate(std::string_view text) {
  const auto rate = parse(text, kByteRates);
  if (!rate) return std::nullopt;
  return ByteRate{*rate};
}

std::optional<EventRate> parse_event_rate(std::string_view text) {
  const auto rate = parse_events(text);
  if (!rate) return std::nullopt;
  return EventRate{*rate};
}

std::optional<Duration> parse_time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t i : {0U, 1U, 3U, 4U}) {
    if (!digit(text[i])) return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (minutes > 59 || hours > 24 || (hours == 24 && minutes != 0)) return std::nullopt;
  return Duration::minutes(hours * 60 + minutes);
}

std::string to_text(Size size) { return shortest_product(size.bytes, kSizes); }
std::string to_text(ByteRate rate) { return shortest_product(rate.bytes_per_s, kByteRates); }

std::string to_text(EventRate rate) {
  return shortest(
      rate.per_s, kEventDivisors, [](double v, double divisor) { return v * divisor; },
      [](std::string_view text) { return parse_events(text); });
}

std::string time_of_day_text(Duration since_midnight) {
  const std::int64_t minutes = since_midnight.us / Duration::minutes(1).us;
  return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

std::string size_pattern() { return pattern_of(kSizes); }
std::string byte_rate_pattern() { return pattern_of(kByteRates); }
std::string event_rate_pattern() { return pattern_of(kEventDivisors); }
std::string time_of_day_pattern() { return "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"; }

std::string duration_pattern() {
  // The lookaheads ask for at least one number, in all and after 'T'.
  return "^P(?=[0-9T])([0-9]{1,9}W|([0-9]{1,9}D)?"
         "(T(?=[0-9])([0-9]{1,9}H)?([0-9]{1,9}M)?([0-9]{1,9}([.][0-9]{1,6})?S)?)?)$";
}

}  // namespace firedrill
