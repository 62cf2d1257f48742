// Instants as AWS writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/live/aws/clock.hpp"

namespace firedrill::aws {

/// `2026-11-02T03:04:05Z`, or with a fraction, or with an offset of hours and minutes. The fraction
/// is read to the microsecond.
std::optional<UtcInstant> parse_utc(std::string_view text);

/// `2026-11-02T03:04:05Z`.
std::string utc_text(UtcInstant instant);

/// `Mon, 02 Nov 2026 03:04:05 GMT`, as HTTP headers want it.
std::string http_date(UtcInstant instant);

/// Seconds since 1970.
double epoch_seconds(UtcInstant instant);

}  // namespace firedrill::aws
