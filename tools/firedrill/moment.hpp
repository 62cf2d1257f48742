// When something is made: provenance, and never a part of a result.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/base/date.hpp"

namespace firedrill {

/// SOURCE_DATE_EPOCH, seconds since 1970 in UTC, where it is set to a moment before the year 10000.
std::optional<std::int64_t> source_date_s();

/// That, else now.
std::int64_t moment_s();

/// The day of the clock on the wall: what is due, or may be done today, is no result of a
/// simulation.
Date today_utc();

}  // namespace firedrill
