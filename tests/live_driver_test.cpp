// The driver by the clock of the machine, its pool of threads, and the watch over services.
#include "engine/live/live_driver.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "engine/live/service_watch.hpp"
#include "tests/support/live_rig.hpp"
#include "tests/support/plan_sample.hpp"

using namespace firedrill;
using namespace firedrill::live;
using namespace firedrill::test;

namespace {

int slow(const CallControl&) {
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  return 7;
}

Task<void> two_calls(LiveDriver& driver, std::vector<std::int64_t>& ended_us, int& sum) {
  std::vector<Task<int>> both;
  both.push_back(driver.off_thread<int>(slow, Duration::seconds(1)));
  both.push_back(driver.off_thread<int>(slow, Duration::seconds(1)));
  auto all = when_all(both);
  co_await all;
  sum = both[0].result() + both[1].result();
  ended_us.push_back(driver.agenda().now().us);
  auto rest = sleep_for(driver.agenda(), Duration::milliseconds(20));
  co_await rest;
  ended_us.push_back(driver.agenda().now().us);
}

Task<void> gives_up(LiveDriver& driver, bool& in_time) {
  Task<int> call = driver.off_thread<int>(slow, Duration::seconds(1));
  Within<int> within(driver.agenda(), driver.agenda().now() + Duration::milliseconds(5), call);
  in_time = co_await within;
}

Task<void> sleeps_long(LiveDriver& driver) {
  auto rest = sleep_for(driver.agenda(), Duration::hours(1));
  co_await rest;
}

Task<void> until_told(Signal& told) {
  auto wait = told.wait();
  co_await wait;
}

Task<void> until_steady(ServiceWatch& watch, LiveDriver& driver, std::int64_t& at_us) {
  Task<void> steady = watch.until_steady({});
  co_await steady;
  at_us = driver.agenda().now().us;
}

}  // namespace

TEST_CASE("calls that block run side by side, and the clock has gone on when they end", "[live]") {
  MonotonicClock clock;
  LiveDriver driver(clock);
  std::vector<std::int64_t> ended_us;
  int sum = 0;
  Task<void> root = two_calls(driver, ended_us, sum);
  CHECK(driver.drive(root, TimePoint::never(), {}) == DriveEnd::kCompleted);
  CHECK(sum == 14);
  // 60 ms each and 60 ms together, then 20 ms of sleep: a busy machine is late, never early.
  REQUIRE(ended_us.size() == 2);
  CHECK(ended_us[0] >= 60'000);
  CHECK(ended_us[0] < 2'000'000);
  CHECK(ended_us[1] - ended_us[0] >= 20'000);
}

TEST_CASE("a call that nobody waits for any more goes on to its end", "[live]") {
  MonotonicClock clock;
  LiveDriver driver(clock);
  bool in_time = true;
  Task<void> root = gives_up(driver, in_time);
  CHECK(driver.drive(root, TimePoint::never(), {}) == DriveEnd::kCompleted);
  CHECK_FALSE(in_time);
  driver.finish_calls();
  CHECK(driver.calls() == 0);
  CHECK(driver.agenda().empty());
}

TEST_CASE("a drive ends at its deadline and when it is told to stop", "[live]") {
  MonotonicClock clock;
  LiveDriver driver(clock);
  {
    Task<void> root = sleeps_long(driver);
    CHECK(driver.drive(root, TimePoint{} + Duration::milliseconds(30), {}) == DriveEnd::kDeadline);
  }
  int asked = 0;
  Task<void> root = sleeps_long(driver);
  const LiveDriver::Hooks hooks{.stop = [&] { return ++asked == 3; }, .turned = {}};
  CHECK(driver.drive(root, TimePoint::never(), hooks) == DriveEnd::kStopped);
  CHECK(clock.now() < TimePoint{} + Duration::seconds(20));
}

TEST_CASE("what another thread posts runs in the thread of the agenda", "[live]") {
  MonotonicClock clock;
  LiveDriver driver(clock);
  Signal told(driver.agenda());
  Task<void> root = until_told(told);
  std::thread::id ran_in;
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    driver.post([&] {
      ran_in = std::this_thread::get_id();
      told.raise();
    });
  });
  CHECK(driver.drive(root, TimePoint::never(), {}) == DriveEnd::kCompleted);
  other.join();
  CHECK(ran_in == std::this_thread::get_id());
}

TEST_CASE("a service is steady when it was seen to serve for its whole hold time", "[live]") {
  Sample sample;
  Plan plan = sample.plan();
  plan.services[0].hold = Duration::seconds(100);
  JumpingClock clock;
  LiveDriver driver(clock, 1);
  EventLog log;
  ScriptedPlatform platform(plan);
  // Looks every 10 s: serves at 0, not at 50, serves from 60, cannot be told at 160, not at 110 if
  // `flaps`. So it is steady at 170: the first look at or after 60 + 100 that tells something.
  platform.share = [&](ServiceIndex) -> std::optional<double> {
    const std::int64_t s = clock.now().us / 1'000'000;
    if (s == 160) return std::nullopt;
    return s == 50 ? 0.0 : 1.0;
  };
  ServiceWatch watch(plan, log, driver, platform, {.interval = Duration::seconds(10)});
  watch.begin();
  std::int64_t at_us = 0;
  Task<void> root = until_steady(watch, driver, at_us);
  CHECK(driver.drive(root, TimePoint{} + Duration::hours(1), {}) == DriveEnd::kCompleted);
  CHECK(at_us == 170'000'000);
  std::vector<std::pair<std::int64_t, double>> shares;
  for (const Event& event : log.events()) shares.emplace_back(event.at.us / 1'000'000, event.value);
  CHECK(shares == std::vector<std::pair<std::int64_t, double>>{{0, 1}, {50, 0}, {60, 1}});
}

TEST_CASE("a service that flaps inside the hold time is not steady", "[live]") {
  Sample sample;
  Plan plan = sample.plan();
  plan.services[0].hold = Duration::seconds(100);
  JumpingClock clock;
  LiveDriver driver(clock, 1);
  EventLog log;
  ScriptedPlatform platform(plan);
  platform.share = [&](ServiceIndex) { return clock.now().us / 1'000'000 % 100 == 50 ? 0.0 : 1.0; };
  ServiceWatch watch(plan, log, driver, platform, {.interval = Duration::seconds(10)});
  watch.begin();
  std::int64_t at_us = -1;
  Task<void> root = until_steady(watch, driver, at_us);
  CHECK(driver.drive(root, TimePoint{} + Duration::hours(1), {}) == DriveEnd::kDeadline);
  CHECK(at_us == -1);
}
