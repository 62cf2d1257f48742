#include "engine/base/date.hpp"

#include <catch2/catch.hpp>

using namespace firedrill;

namespace {

Date date(const char* text) {
  const auto parsed = parse_date(text);
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE("a date is a day that the calendar has, in one form", "[unit]") {
  CHECK(to_text(date("2026-11-02")) == "2026-11-02");
  CHECK(to_text(date("2028-02-29")) == "2028-02-29");
  for (const char* wrong : {"", "2026-11-2", "2026/11/02", "2026-02-29", "2026-13-01", "2026-00-10",
                            "2026-04-31", "2026-11-02T", " 2026-11-02", "20a6-11-02"}) {
    INFO(wrong);
    CHECK_FALSE(parse_date(wrong));
  }
}

TEST_CASE("months later is the same day, or the last of a shorter month", "[unit]") {
  CHECK(to_text(months_after(date("2026-08-21"), 3)) == "2026-11-21");
  CHECK(to_text(months_after(date("2026-11-30"), 3)) == "2027-02-28");
  CHECK(to_text(months_after(date("2027-11-30"), 3)) == "2028-02-29");
  CHECK(to_text(months_after(date("2026-12-31"), 12)) == "2027-12-31");
}

TEST_CASE("days between dates count leap days", "[unit]") {
  // 2028 is a leap year: 366 days; 400 years have 97 leap days: 400 * 365 + 97.
  CHECK(days_between(date("2028-01-01"), date("2029-01-01")) == 366);
  CHECK(days_between(date("2000-03-01"), date("2400-03-01")) == 146'097);
  CHECK(days_between(date("2026-11-21"), date("2026-11-02")) == -19);
}
