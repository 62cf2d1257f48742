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
