// Timings updated by what drills measured: closed forms, and a simulated log whose draws are known.
#include "engine/study/calibrate.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "engine/base/normal_quantile.hpp"
#include "tests/support/plan_sample.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

constexpr double kP95 = 1.6448536269514722;

Event at_s(std::int64_t s, EventKind kind, std::uint32_t step, std::uint32_t object = kNobody) {
  return {
      .at = TimePoint{} + Duration::seconds(s), .subject = step, .object = object, .kind = kind};
}

/// One step from ready to ended: 10 s idle, so long with hands, so long waiting.
void add_step(std::vector<Event>& events, std::uint32_t step, std::int64_t from_s,
              std::int64_t hands_s, std::int64_t wait_s, std::uint32_t person) {
  events.push_back(at_s(from_s, EventKind::kStepReady, step));
  events.push_back(at_s(from_s + 10, EventKind::kStepStarted, step, person));
  events.push_back(at_s(from_s + 10 + hands_s, EventKind::kStepActing, step));
  events.push_back(at_s(from_s + 10 + hands_s + wait_s, EventKind::kStepEnded, step));
}

/// Steps with hands of the sample, by index.
std::vector<std::uint32_t> steps_with_hands(const Plan& plan) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < plan.steps.size(); ++i) {
    if (plan.steps[i].hands_on.valid()) found.push_back(i);
  }
  return found;
}

std::vector<double> hands_s(const Plan& plan, const std::vector<Event>& events) {
  std::vector<double> seconds;
  for (const TimingSample& sample : timing_samples(plan, events)) {
    if (sample.timing == plan.step(sample.step).hands_on) seconds.push_back(sample.seconds);
  }
  return seconds;
}

}  // namespace

TEST_CASE("without an observation the library's value stays") {
  const Distribution prior = *Distribution::lognormal(60, 180);
  const TimingUpdate same = update_timing(prior, 2, {});
  CHECK(same.p50 == Approx(60));
  CHECK(same.p95 == Approx(180));
}

TEST_CASE("one observation moves the median by its weight on the logarithm") {
  // Prior of weight 3 at ln 60; one observation at 240 = 60 x 4: mu = ln 60 + ln 4 / 4,
  // p50 = 60 x sqrt(2). With s0 = ln 3 / 1.645: sigma^2 = (3 s0^2 + 3 (ln 4)^2 / 4) / 4.
  const Distribution prior = *Distribution::lognormal(60, 180);
  const double seen[] = {240};
  const TimingUpdate now = update_timing(prior, 3, seen);
  CHECK(now.p50 == Approx(60 * std::sqrt(2.0)));
  const double s0 = std::log(3.0) / kP95;
  const double sigma = std::sqrt((3 * s0 * s0 + 3 * std::pow(std::log(4.0), 2) / 4) / 4);
  CHECK(now.p95 == Approx(60 * std::sqrt(2.0) * std::exp(kP95 * sigma)));
}

TEST_CASE("many observations leave nothing of the library") {
  // 10,000 quantiles of lognormal p50 20, p95 40 against a library that says 60 and 180.
  const double sigma = std::log(2.0) / kP95;
  std::vector<double> seen;
  for (int i = 0; i < 10'000; ++i) {
    seen.push_back(20 * std::exp(sigma * standard_normal_quantile((i + 0.5) / 10'000)));
  }
  const TimingUpdate now = update_timing(*Distribution::lognormal(60, 180), 2, seen);
  CHECK(now.p50 == Approx(20).epsilon(0.002));
  CHECK(now.p95 == Approx(40).epsilon(0.005));
}

TEST_CASE("a library value that agrees gets narrower by what is seen") {
  const double seen[] = {60, 60, 60, 60};
  // sigma^2 = 4 s0^2 / 8: narrower by the square root of two.
  const TimingUpdate now = update_timing(*Distribution::lognormal(60, 180), 4, seen);
  CHECK(now.p50 == Approx(60));
  CHECK(std::log(now.p95 / 60) == Approx(std::log(3.0) / std::sqrt(2.0)));
}

TEST_CASE("a sample is the hands-on part of a step, and nothing else") {
  Plan plan = Sample().plan();
  const std::vector<std::uint32_t> steps = steps_with_hands(plan);
  REQUIRE(steps.size() >= 2);
  const std::uint32_t first = steps[0];
  const std::uint32_t second = steps[1];
  std::vector<Event> events;
  add_step(events, first, 0, 100, 5, 0);    // opens a session
  add_step(events, second, 200, 30, 5, 0);  // the sample
  CHECK(hands_s(plan, events) == std::vector<double>{30});

  auto interrupted = events;
  interrupted.insert(interrupted.end() - 2, at_s(215, EventKind::kStepPreempted, second, 0));
  CHECK(hands_s(plan, interrupted).empty());

  auto wrong = events;
  wrong.push_back({.at = TimePoint{} + Duration::seconds(220),
                   .object = static_cast<std::uint32_t>(Note::kHumanError),
                   .cause = second,
                   .kind = EventKind::kNote});
  CHECK(hands_s(plan, wrong).empty());

  auto skipped = events;
  skipped.back().skipped = true;
  CHECK(hands_s(plan, skipped).empty());

  // What failed was done all the same; what its caller waited for is another matter.
  auto failed = events;
  failed.back().outcome = Outcome::failed(Failure::kRefused);
  CHECK(hands_s(plan, failed) == std::vector<double>{30});
}

TEST_CASE("what a step waits for is a sample when it is one timing") {
  Plan plan = Sample().plan();
  const std::uint32_t step = steps_with_hands(plan)[0];
  plan.steps[step].wait_time = plan.people_timings.at("triage");
  std::vector<Event> events;
  add_step(events, step, 0, 100, 77, 0);
  std::vector<TimingSample> samples = timing_samples(plan, events);
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].timing == plan.people_timings.at("triage"));
  CHECK(samples[0].seconds == 77);
  events.back().outcome = Outcome::unknown(Failure::kTimedOut);
  CHECK(timing_samples(plan, events).empty());
}

TEST_CASE("constants stay, bounds that are kept to stay, others go") {
  Plan plan = Sample().plan();
  const TimingIndex varies{static_cast<std::uint32_t>(plan.timings.size())};
  PlannedTiming timing{.id = "test.varies",
                       .unit = "s",
                       .distribution = *Distribution::lognormal(60, 180)->truncated(10, 300),
                       .source = "test"};
  plan.timings.push_back(timing);
  const TimingIndex constant = plan.people_timings.at("triage");
  const auto all = calibrate(plan, {{varies, 50, {}}, {varies, 400, {}}, {constant, 99, {}}});
  REQUIRE(all.size() == 1);
  CHECK(all[0].timing == varies);
  CHECK(all[0].weight == 2);  // an estimate
  CHECK(all[0].distribution.minimum() == 10);
  CHECK(std::isinf(all[0].distribution.maximum()));
  const Plan changed = with_timings(plan, all);
  CHECK(changed.timing(varies).confidence == Confidence::kMeasured);
  CHECK(changed.timing(constant).distribution.quantile(0.5) ==
        plan.timing(constant).distribution.quantile(0.5));
  CHECK(calibrate(plan, {{varies, 50, {}}}, {.weight = 7})[0].weight == 7);
}
