// People as servers, and how they answer pages.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

constexpr int kAsks = 20000;
constexpr double kMeanWork = 10;

/// One role with that many people, all of whose work is exponential.
ModelSample crew(int people) {
  ModelSample s;
  auto& role = s.system.people.roles[0];
  role.persons.clear();
  for (int i = 0; i < people; ++i) role.persons.push_back({"person-" + std::to_string(i), {}});
  s.timing("people.triage_initial", family("exponential", {{"mean", kMeanWork}}));
  return s;
}

Task<void> one_ask(Stage stage, int number) {
  const TimePoint asked = stage.world.agenda().now();
  Task<Answer> work = stage.world.ask({.kind = AskKind::kWork,
                                       .role = {0},
                                       .time = stage.plan.people_timings.find("triage")->second,
                                       .key = entity_key("ask/" + std::to_string(number))});
  const Answer answer = co_await work;
  for (const double value :
       {static_cast<double>(number), static_cast<double>(answer.person.value), seconds(asked),
        seconds(answer.started), seconds(stage.world.agenda().now())}) {
    stage.out.push_back(value);
  }
}

/// Poisson arrivals at 0.7 of what the role's people can do.
Task<void> arrivals(Stage stage) {
  const DrillDraws draws(99, 0);
  const double rate = 0.7 * static_cast<double>(stage.plan.roles[0].persons.size()) / kMeanWork;
  TaskSet asks;
  for (std::uint32_t i = 0; i < kAsks; ++i) {
    const double gap = -std::log(draws.uniform(entity_key("arrivals"), i)) / rate;
    auto next = sleep_for(stage.world.agenda(), duration_from_seconds(gap));
    co_await next;
    asks.spawn(one_ask(stage, static_cast<int>(i)));
  }
  auto rest = sleep_for(stage.world.agenda(), Duration::hours(10));
  co_await rest;
}

struct Served {
  double person = 0;
  double asked = 0;
  double started = 0;
  double ended = 0;
};

std::vector<Served> served_by(int people) {
  ModelSample s = crew(people);
  s.scenario.horizon = Duration::days(300);
  const std::vector<double> out = play_script(s.plan(), arrivals);
  std::vector<Served> all(kAsks);
  REQUIRE(out.size() == kAsks * 5);
  for (std::size_t i = 0; i < out.size(); i += 5) {
    all[static_cast<std::size_t>(out[i])] = {out[i + 1], out[i + 2], out[i + 3], out[i + 4]};
  }
  return all;
}

/// Erlang C with a = lambda / mu offered to c servers: P(wait) = (a^c / c!) (c / (c - a)) over the
/// sum of a^k / k! for k < c, plus the same; mean wait = P(wait) / (c mu - lambda).
double mean_wait(int c, double a) {
  double term = 1;
  double below = 0;
  for (int k = 0; k < c; ++k) {
    below += term;
    term *= a / (k + 1);
  }
  const double all_busy = term * c / (c - a);
  return all_busy / (below + all_busy) * kMeanWork / (c - a);
}

}  // namespace

TEST_CASE("c people with exponential work are M/M/c: the mean wait is Erlang C's", "[people]") {
  // Load 0.7: c = 1 gives 0.7 / 0.3 * 10 = 23.33 s, c = 2 9.608 s, c = 3 5.470 s. The confidence
  // comes from the means of 40 batches of 500 asks, long against the queue's memory: the mean of
  // all lies within 4 standard errors.
  CHECK(mean_wait(1, 0.7) == Approx(70.0 / 3));
  for (const int c : {1, 2, 3}) {
    const std::vector<Served> all = served_by(c);
    std::vector<double> batches(40, 0.0);
    for (std::size_t i = 0; i < kAsks; ++i) {
      batches[i * 40 / kAsks] += (all[i].started - all[i].asked) / (kAsks / 40.0);
    }
    const Moments m = moments(batches);
    INFO("c " << c << " mean wait " << m.mean);
    CHECK(std::abs(m.mean - mean_wait(c, 0.7 * c)) < 4 * std::sqrt(m.variance / 40));
    CHECK(std::sqrt(m.variance / 40) <
          0.15 * mean_wait(c, 0.7 * c));  // a bound that says something
  }
}

TEST_CASE("first come, first served, and nobody does two things at a time", "[people]") {
  for (const int c : {1, 3}) {
    const std::vector<Served> all = served_by(c);
    std::map<double, std::vector<std::pair<double, double>>> work;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i > 0) REQUIRE(all[i].started >= all[i - 1].started);
      work[all[i].person].emplace_back(all[i].started, all[i].ended);
    }
    CHECK(work.size() == static_cast<std::size_t>(c));
    for (auto& [person, spans] : work) {
      std::sort(spans.begin(), spans.end());
      for (std::size_t i = 1; i < spans.size(); ++i) {
        REQUIRE(spans[i].first >= spans[i - 1].second);
      }
    }
  }
}

namespace {

/// Acknowledges, then works at the given ages of the wake-up, and once more at once.
Task<void> called(Stage stage) {
  Task<Answer> page = stage.world.ask({.kind = AskKind::kAcknowledge, .role = {0}});
  co_await page;
  const TimePoint acknowledged = stage.world.agenda().now();
  stage.out.push_back(seconds(acknowledged));
  for (const int minute : {0, 5, 15, 31}) {
    auto later = sleep_until(stage.world.agenda(), acknowledged + Duration::minutes(minute));
    co_await later;
    const TimePoint begin = stage.world.agenda().now();
    Task<Answer> work = stage.world.ask({.kind = AskKind::kWork,
                                         .role = {0},
                                         .time = stage.plan.people_timings.find("triage")->second,
                                         .key = entity_key("work")});
    co_await work;
    stage.out.push_back(to_seconds(stage.world.agenda().now() - begin));
  }
}

ModelSample paged(const char* time) {
  ModelSample s;
  s.scenario.start = {{"monday", {}}, {time, {}}};
  s.constant_s("page.event_to_first_notification", 15);
  s.constant_s("people.ack.office_hours", 40).constant_s("people.ack.direct_page", 60);
  s.constant_s("people.ack.night", 180).constant_s("people.login_vpn_mfa_ready", 100);
  s.constant_s("people.sleep_inertia.slowdown_0_3min", 1.96);
  s.constant_s("people.sleep_inertia.slowdown_3_10min", 1.33);
  s.constant_s("people.sleep_inertia.slowdown_10_30min", 1.22);
  s.constant_s("people.triage_initial", 50);
  return s;
}

}  // namespace

TEST_CASE("office, evening and night: pages, login and sleep inertia add up exactly", "[people]") {
  // Notified after 15 s. In office hours 40 s more, the login of 100 s before the first work only,
  // and every work 50 s. In the evening 60 s more. At night 180 s more, the login takes 1.5 times
  // as long, and work 1.96, 1.33 and 1.22 times until 3, 10 and 30 minutes after waking.
  CHECK(play_script(paged("10:00").plan(), called) == std::vector<double>{55, 150, 50, 50, 50});
  CHECK(play_script(paged("20:00").plan(), called) == std::vector<double>{75, 150, 50, 50, 50});
  const std::vector<double> night = play_script(paged("03:00").plan(), called);
  const std::vector<double> expected = {195, 150 + 98, 66.5, 61, 50};
  REQUIRE(night.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) CHECK(night[i] == Approx(expected[i]).margin(1e-6));
}

TEST_CASE("a page that nobody answers goes to the next level at its limit", "[people]") {
  // The first level has 5 minutes and is absent; its second is paged at 300 s after the alarm and
  // acknowledges 15 + 180 s later. The alarm is at 100 s plus the rest of its period and delivery.
  ModelSample s = paged("03:00");
  s.scenario.absent = {{"on-call", {}}};
  s.system.people.escalation.push_back({{"commander", {}}, Duration::minutes(5)});
  s.scenario.faults[0].at = Duration::seconds(100);
  const Plan plan = s.plan();
  for (const double delay : run_drills(plan, 20, [](const Plan&, const std::vector<Event>& events) {
         double alarm = 0;
         double acknowledged = 0;
         for (const Event& event : events) {
           if (event.kind == EventKind::kAlarm) alarm = seconds(event.at);
           if (event.kind == EventKind::kAcknowledged) acknowledged = seconds(event.at);
         }
         return acknowledged - alarm;
       })) {
    CHECK(delay == Approx(300 + 15 + 180).margin(1e-6));
  }
}
