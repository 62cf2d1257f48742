// Sizes and rates as people write them: a number, a unit, perhaps "per second".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/input/documents.hpp"

namespace firedrill {

// Each parser takes a decimal number without sign or exponent (at most 15 digits, and 9 after the
// point), at most one blank, and the unit. Nothing else.
std::optional<Size> parse_size(std::string_view text);
std::optional<ByteRate> parse_byte_rate(std::string_view text);
std::optional<EventRate> parse_event_rate(std::string_view text);

/// Hours and minutes after midnight, `"09:00"` to `"24:00"`.
std::optional<Duration> parse_time_of_day(std::string_view text);

// Each printer gives text that parses back to the same value when that value was parsed from text,
// in the unit that needs the fewest characters; binary units before decimal ones.
std::string to_text(Size size);
std::string to_text(ByteRate rate);
std::string to_text(EventRate rate);
std::string time_of_day_text(Duration since_midnight);

// The same grammars as regular expressions (ECMA 262), for the published schemas.
std::string size_pattern();
std::string byte_rate_pattern();
std::string event_rate_pattern();
std::string time_of_day_pattern();
std::string duration_pattern();

}  // namespace firedrill
