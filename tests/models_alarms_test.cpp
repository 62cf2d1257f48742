// Alarms: the mean delay of a step, silence, blindness, pushed events.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

/// The shop fails for everybody from 100 s on, seen by an alarm in the south.
ModelSample watched(double threshold, std::int64_t datapoints, const std::string& region) {
  ModelSample s;
  AlarmSpec& alarm = s.system.alarms[0];
  alarm.threshold = threshold;
  alarm.datapoints = datapoints;
  alarm.reported_in = {region, {}};
  s.constant_s("detect.cloudwatch.metric_delivery_latency", 20);
  s.constant_s("detect.cloudwatch.alarm_tick", 7);
  s.constant_s("detect.cloudwatch.alarm_action_sns", 3);
  return s;
}

std::vector<double> delays(const Plan& plan, std::uint64_t drills) {
  std::vector<double> all;
  for (const Played& played : play(plan, {{100, lost_region(plan, "north")}}, 1000, drills)) {
    const auto alarms = played.of(EventKind::kAlarm);
    all.push_back(alarms.empty() ? -1 : seconds(alarms[0].at) - 100);
  }
  return all;
}

}  // namespace

TEST_CASE("a step is seen after P (M - 1/2 + h) on average, plus the delivery", "[alarms]") {
  // With u the share of the period that is gone at the step, uniform on (0, 1), the first period's
  // average is 1 - u. It breaches if u < 1 - h: the alarm is due P (M - u) after the step, else
  // P (M + 1 - u). Mean: P (M - 1/2 + P(u >= 1 - h)) = P (M - 1/2 + h). As the delay is P M + P v
  // with v uniform on (h - 1, h), its standard deviation is P / sqrt(12) = 17.3 s; over 2000 drills
  // the mean is within 4 * 17.3 / sqrt(2000) = 1.55 s.
  for (const auto& [h, m] : {std::pair(0.05, 3), std::pair(0.5, 1), std::pair(0.75, 2)}) {
    const std::vector<double> seen = delays(watched(h, m, "south").plan(), 2000);
    const Moments got = moments(seen);
    INFO("h " << h << " M " << m);
    CHECK(got.mean == Approx(60 * (m - 0.5 + h) + 30).margin(1.55));
    const double low = 60 * (m + h - 1) + 30;  // the ends of the support
    CHECK(*std::min_element(seen.begin(), seen.end()) >= low - 1e-6);
    CHECK(*std::max_element(seen.begin(), seen.end()) <= low + 60 + 1e-6);
    CHECK(ks_distance(seen, [&](double x) { return std::clamp((x - low) / 60, 0.0, 1.0); }) <
          ks_critical(seen.size()));
  }
}

TEST_CASE("an alarm below its threshold never fires", "[alarms]") {
  // Half of the shop's tasks fail for good: 0.5 of requests against a threshold of 0.6, then 0.4.
  for (const double threshold : {0.6, 0.4}) {
    ModelSample s = watched(threshold, 1, "south");
    s.constant_s("ecs.service.scheduler_reaction", 900);
    const Plan plan = s.plan();
    const Played played = play(plan, {{100, lost_zone(plan, "north", 1)}}, 800)[0];
    CHECK(played.share_at(700) == Approx(0.5));
    CHECK(played.of(EventKind::kAlarm).size() == (threshold < 0.5 ? 1 : 0));
  }
}

TEST_CASE("a target error share is silent when no target is left to answer", "[alarms]") {
  ModelSample s = watched(0.05, 1, "south");
  s.system.alarms[0].metric = {"alb:target_5xx_share", {}};
  s.system.alarms[0].of = {"alb-north", {}};
  for (const double delay : delays(s.plan(), 20)) CHECK(delay == -1);
}

TEST_CASE("a lost region's own alarms do not arrive when it is blind", "[alarms]") {
  for (const double blind : {0.0, 1.0}) {
    ModelSample s = watched(0.5, 1, "north");
    s.behaviour("monitoring.blind", blind);
    for (const double delay : delays(s.plan(), 20)) CHECK((delay < 0) == (blind > 0));
  }
}

TEST_CASE("the provider's event is pushed after publication and delivery", "[alarms]") {
  // 600 + 45 s, once a loss.
  ModelSample s = watched(0, 1, "south");
  s.system.alarms[0].metric = {"health:open_event", {}};
  s.system.alarms[0].of = {"north", {}};
  s.constant_s("detect.aws_health.event_publication", 600);
  s.constant_s("detect.aws_health.to_eventbridge_page", 45);
  CHECK(delays(s.plan(), 1)[0] == 645);
}

TEST_CASE("an alarm that does not page pages nobody", "[alarms]") {
  ModelSample s = watched(0.5, 1, "south");
  s.system.alarms[0].pages = false;
  s.runbooks[0].trigger.alarms.clear();
  CHECK(delays(s.plan(), 1)[0] == -1);
}

namespace {

PlannedCall degraded(const Plan& plan, double share) {
  PlannedCall fault = call_on(plan, Operation::kFaultComponentDegraded, "shop-north");
  fault.share = share;
  return fault;
}

/// The shop fails from 100 s to 400 s. When its alarm is back to OK.
Task<void> recovery(Stage stage) {
  PlannedCall fault = degraded(stage.plan, 1);
  PlannedCall probe;
  probe.operation = Operation::kProbeAlarmOk;
  probe.alarm = {0};
  bool fired = false;
  for (int second = 0; second < 2000; ++second) {
    if (second == 100) {
      Task<Outcome> begun = stage.world.perform(fault, {});
      co_await begun;
    } else if (second == 400) {
      Task<Outcome> ended = stage.world.revert(fault);
      co_await ended;
    }
    Task<Observation> look = stage.world.observe(probe);
    const Observation ok = co_await look;
    fired = fired || !ok.holds;
    if (fired && ok.holds) {
      stage.out.push_back(second);
      co_return;
    }
    auto pause = sleep_for(stage.world.agenda(), Duration::seconds(1));
    co_await pause;
  }
}

}  // namespace

TEST_CASE("an alarm is back to OK so long after its last breaching period", "[alarms]") {
  // Threshold 0.5, periods of 60 s: the period with the recovery breaches if more than half of it
  // was before 400 s, so the last breaching one ends uniformly on (370, 430) s; OK comes 330 s
  // after that: uniform on (700, 760), seen at the next whole second. Mean 730.5, standard
  // deviation 17.3, over 400 drills within 4 * 17.3 / 20 = 3.5.
  ModelSample s = watched(0.5, 1, "south");
  s.constant_s("detect.cloudwatch.alarm_clear", 330);
  const std::vector<double> seen = play_script(s.plan(), recovery, 400);
  REQUIRE(seen.size() == 400);
  CHECK(moments(seen).mean == Approx(730.5).margin(3.5));
  CHECK(*std::min_element(seen.begin(), seen.end()) >= 700);
  CHECK(*std::max_element(seen.begin(), seen.end()) <= 761);
}

TEST_CASE("an average counts what the metric was at rest", "[alarms]") {
  // From 0.2 to 0.6 at 100 s, threshold 0.5: a period with the step averages 0.2 u + 0.6 (1 - u) >
  // 0.5 for u < 1/4. So the delay is P (1 - u) if u < 1/4, else P (2 - u): P times uniform on (3/4,
  // 7/4), mean 75 s, plus 30 s. Standard deviation 17.3, over 1000 drills within 2.2.
  ModelSample s = watched(0.5, 1, "south");
  const Plan plan = s.plan();
  std::vector<double> seen;
  for (const Played& played :
       play(plan, {{0, degraded(plan, 0.2)}, {1000, degraded(plan, 0.6)}}, 2000, 1000)) {
    const auto fired = played.of(EventKind::kAlarm);
    REQUIRE(fired.size() == 1);
    seen.push_back(seconds(fired[0].at) - 1000);
  }
  CHECK(moments(seen).mean == Approx(105).margin(2.2));
}

TEST_CASE("a metric that is published only while it is not zero is seen later", "[alarms]") {
  // P (M - 1/2 + h) + 30 s as ever, and 270 s more.
  ModelSample s = watched(0.25, 1, "north");
  s.system.alarms[0].metric = {"alb:target_5xx_share", {}};
  s.system.alarms[0].of = {"alb-north", {}};
  s.constant_s("detect.cloudwatch.sparse_metric_extra", 270);
  const Plan plan = s.plan();
  std::vector<double> seen;
  for (const Played& played : play(plan, {{100, degraded(plan, 1)}}, 1000, 1000)) {
    const auto fired = played.of(EventKind::kAlarm);
    REQUIRE(fired.size() == 1);
    seen.push_back(seconds(fired[0].at) - 100);
  }
  CHECK(moments(seen).mean == Approx(60 * 0.75 + 30 + 270).margin(2.2));
}

TEST_CASE("missing data counts as the alarm says", "[alarms]") {
  // The region is gone, and with it every target: no data.
  for (const char* missing : {"missing", "ignore", "breaching", "notBreaching"}) {
    ModelSample s = watched(0.25, 2, "south");
    s.system.alarms[0].metric = {"alb:target_5xx_share", {}};
    s.system.alarms[0].of = {"alb-north", {}};
    s.system.alarms[0].missing_data = missing;
    INFO(missing);
    CHECK((delays(s.plan(), 1)[0] > 0) == (std::string(missing) == "breaching"));
  }
}
