// Days of the calendar, for what is planned and recorded. Nothing in a drill's time uses them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace firedrill {

/// A day of the proleptic Gregorian calendar, without a time of day or a zone.
using Date = std::chrono::year_month_day;

/// `2026-11-02` and nothing else; nothing for a day that the calendar does not have.
std::optional<Date> parse_date(std::string_view text);

/// The regular expression of that form, for schemas.
std::string date_pattern();

/// `2026-11-02`.
std::string to_text(Date date);

/// The same day so many months later, or the last of that month where it has no such day.
Date months_after(Date date, std::int64_t months);

/// Days from one date to another; negative when `to` is before `from`.
std::int64_t days_between(Date from, Date to);

}  // namespace firedrill
