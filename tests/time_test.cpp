#include "engine/base/time.hpp"

#include <catch2/catch.hpp>
#include <limits>

namespace firedrill {
namespace {

/// SplitMix64: a fixed sequence, so that a failure repeats.
class Sequence {
 public:
  explicit Sequence(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

constexpr std::int64_t kLongest = Duration::days(10'000).us;

TEST_CASE("a printed duration parses back to the same value", "[unit]") {
  Sequence random(7);
  for (int i = 0; i < 100'000; ++i) {
    // Shifting spreads the values over all magnitudes; rounding makes whole units frequent.
    std::int64_t us = static_cast<std::int64_t>(random.next() >> (random.next() % 64)) & INT64_MAX;
    us %= kLongest + 1;
    constexpr std::int64_t kGrains[] = {1, 1'000, 1'000'000, 60'000'000, 3'600'000'000};
    us -= us % kGrains[random.next() % 5];
    const std::string text = to_iso8601({us});
    const auto back = parse_iso8601_duration(text);
    INFO(text);
    REQUIRE(back);
    REQUIRE(back->us == us);
    REQUIRE(parse_duration_argument(text) == back);
  }
}

TEST_CASE("durations print in their shortest normal form", "[unit]") {
  CHECK(to_iso8601({0}) == "PT0S");
  CHECK(to_iso8601({1}) == "PT0.000001S");
  CHECK(to_iso8601(Duration::milliseconds(250)) == "PT0.25S");
  CHECK(to_iso8601(Duration::seconds(90)) == "PT1M30S");
  CHECK(to_iso8601(Duration::minutes(90)) == "PT1H30M");
  CHECK(to_iso8601(Duration::hours(24)) == "P1D");
  CHECK(to_iso8601(Duration::days(1) + Duration::seconds(1)) == "P1DT1S");
  CHECK(to_iso8601({-1'500'000}) == "-PT1.5S");
  CHECK(to_iso8601({std::numeric_limits<std::int64_t>::min()}) == "-P106751991DT4H54.775808S");
}

TEST_CASE("every unit of a duration is understood", "[unit]") {
  CHECK(parse_iso8601_duration("P2W") == Duration::days(14));
  CHECK(parse_iso8601_duration("P1DT2H3M4.5S") == Duration{93'784'500'000});
  CHECK(parse_iso8601_duration("PT007M") == Duration::minutes(7));
  CHECK(parse_iso8601_duration("P0D") == Duration{0});
  CHECK(parse_iso8601_duration("PT90M") == Duration::minutes(90));
  CHECK(parse_iso8601_duration("P10000D") == Duration{kLongest});
}

TEST_CASE("what is no ISO-8601 duration is refused, with the reason", "[unit]") {
  using P = DurationProblem;
  for (const char* text :
       {"",        "P",      "PT",     "P1",     "1D",     "PT1",   "P1DT",
        "PT1S ",   " PT1S",  "PT1M1H", "PT1S1S", "P1H",    "PT1D",  "P1W1D",
        "P1D1W",   "PT1.5M", "PT.5S",  "PT1.S",  "PT1,5S", "pt1s",  "PTT1S",
        "P1DTT1S", "PT1e3S", "PT0x1S", "P1.5W",  "PT1W",   "PT-1S", "PT1000000000S",
        "\xC2\xB2"}) {
    INFO(text);
    CHECK(!parse_iso8601_duration(text));
    CHECK(iso8601_duration_problem(text) == P::kForm);
  }
  CHECK(iso8601_duration_problem("-PT1S") == P::kSigned);
  CHECK(iso8601_duration_problem("+PT1S") == P::kSigned);
  CHECK(iso8601_duration_problem("P1Y") == P::kYearsOrMonths);
  CHECK(iso8601_duration_problem("P1M") == P::kYearsOrMonths);
  CHECK(iso8601_duration_problem("PT0.1234567S") == P::kTooFine);
  CHECK(iso8601_duration_problem("P10001D") == P::kTooLong);
  CHECK(iso8601_duration_problem("P10000DT0.000001S") == P::kTooLong);
  CHECK(iso8601_duration_problem("P999999999W") == P::kTooLong);
  CHECK(iso8601_duration_problem("PT999999999M") == P::kTooLong);
  CHECK(iso8601_duration_problem("PT5M") == P::kNone);
}

TEST_CASE("a command line takes short forms of durations as well", "[unit]") {
  CHECK(parse_duration_argument("90s") == Duration::seconds(90));
  CHECK(parse_duration_argument("15m") == Duration::minutes(15));
  CHECK(parse_duration_argument("4h") == Duration::hours(4));
  CHECK(parse_duration_argument("2d") == Duration::days(2));
  CHECK(parse_duration_argument("1.5h") == Duration::minutes(90));
  CHECK(parse_duration_argument("350ms") == Duration::milliseconds(350));
  CHECK(parse_duration_argument("0.5ms") == Duration{500});
  CHECK(parse_duration_argument("PT15M") == Duration::minutes(15));
  for (const char* text : {"", "s", "15", "15 m", "-5m", "5w", "5M", "1h30m", "10001d", "0.0001ms",
                           "999999999d", "1e3s", "5m "}) {
    INFO(text);
    CHECK(!parse_duration_argument(text));
  }
}

TEST_CASE("seconds become the nearest microsecond and saturate", "[unit]") {
  CHECK(duration_from_seconds(0.3) == Duration{300'000});
  CHECK(duration_from_seconds(1e-6 * 0.51) == Duration{1});
  CHECK(duration_from_seconds(-2.5) == Duration{-2'500'000});
  CHECK(duration_from_seconds(1e300) == Duration::max());
  CHECK(duration_from_seconds(std::numeric_limits<double>::infinity()) == Duration::max());
  CHECK(duration_from_seconds(-1e300).us == std::numeric_limits<std::int64_t>::min());
  CHECK(duration_from_seconds(std::numeric_limits<double>::quiet_NaN()) == Duration{0});
}

TEST_CASE("people read two units at most, and rounding never shows sixty", "[unit]") {
  CHECK(to_human(Duration::minutes(112)) == "1h 52m");
  CHECK(to_human(Duration::seconds(750)) == "12m 30s");
  CHECK(to_human(Duration::milliseconds(45'200)) == "45.2s");
  CHECK(to_human(Duration::milliseconds(350)) == "350ms");
  CHECK(to_human({250}) == "250us");
  CHECK(to_human({0}) == "0s");
  CHECK(to_human(Duration::milliseconds(59'960)) == "1m");
  CHECK(to_human(Duration::milliseconds(3'599'600)) == "1h");
  CHECK(to_human(Duration::hours(24) - Duration::seconds(20)) == "1d");
  CHECK(to_human({999'600}) == "1s");
  CHECK(to_human(Duration::hours(51)) == "2d 3h");
  CHECK(to_human(Duration::seconds(-90)) == "-1m 30s");
  CHECK(to_human(Duration::max()) == "106751991d 4h");
  CHECK(to_human({std::numeric_limits<std::int64_t>::min()}) == "-106751991d 4h");
}

}  // namespace
}  // namespace firedrill
