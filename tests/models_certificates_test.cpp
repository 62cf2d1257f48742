// Certificates: expiry, the race of renewal and expiry, requests, waiters, and who may show them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

constexpr double kHour = 3600;
constexpr double kDay = 24 * kHour;

/// The north's balancer shows a certificate that is valid for so much longer.
ModelSample with_certificate(Duration left, bool imported = false, bool record = true) {
  ModelSample s;
  CertificateSpec tls;
  tls.region = {"north", {}};
  tls.expires_in = left;
  tls.imported = imported;
  tls.validation_record = record;
  s.system.components.push_back(component("tls", tls));
  s.detail<LoadBalancerSpec>("alb-north").certificate = {"tls", {}};
  s.scenario.horizon = Duration::hours(24 * 40);
  s.constant_s("acm.certificate_validity", 395 * kDay);
  s.constant_s("acm.renewal_begins_before_expiry", 60 * kDay);
  s.constant_s("certificate.expiry_metric_interval", kDay);
  return s;
}

PlannedCall modify_listener(const Plan& plan) {
  PlannedCall call = call_on(plan, Operation::kElbModifyListener, "alb-north");
  call.target = component_of(plan, "tls");
  return call;
}

/// Whether the waiter for a certificate that is requested at 10 s succeeds.
Task<void> request_and_wait(Stage stage) {
  PlannedCall request = call_on(stage.plan, Operation::kAcmRequestCertificate, "tls");
  Task<Outcome> requested = stage.world.perform(request, {});
  co_await requested;
  PlannedCall wait = call_on(stage.plan, Operation::kAcmWaitCertificateValidated, "tls");
  Task<Outcome> waited = stage.world.perform(wait, {});
  const Outcome outcome = co_await waited;
  stage.out.push_back(outcome.ok() ? 1 : 0);
}

double share_of_ones(const std::vector<double>& values) {
  return static_cast<double>(std::count(values.begin(), values.end(), 1.0)) /
         static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("an expired certificate fails every request until another is shown", "[certificates]") {
  // Imported, expires after 1 h; another is imported at 2 h.
  const Plan plan = with_certificate(Duration::hours(1), true).plan();
  const Played played = play(
      plan, {{2 * kHour, call_on(plan, Operation::kAcmImportCertificate, "tls")}}, 3 * kHour)[0];
  CHECK(played.share_at(kHour - 1) == 1);
  CHECK(played.share_at(kHour + 1) == 0);
  CHECK(played.share_at(2 * kHour + 1) == 1);
}

TEST_CASE("what a listener turns away is no error of a target", "[certificates]") {
  // The certificate has expired after 1 h: the check from outside fails, and the targets of the
  // load balancer are asked nothing.
  for (const bool outside : {true, false}) {
    ModelSample s = with_certificate(Duration::hours(1), true);
    AlarmSpec& alarm = s.system.alarms[0];
    if (!outside) alarm.metric = {"alb:target_5xx_share", {}};
    if (!outside) alarm.of = {"alb-north", {}};
    alarm.threshold = 0.05;
    const Played played = play(s.plan(), {}, 2 * kHour)[0];
    CHECK(played.of(EventKind::kAlarm).size() == (outside ? 1 : 0));
  }
}

TEST_CASE("what ACM issued cannot be imported over, nor shown before it is issued",
          "[certificates]") {
  ModelSample s = with_certificate(Duration::hours(1), false, false);
  const Plan plan = s.plan();
  const Played played = play(plan,
                             {{10, call_on(plan, Operation::kAcmImportCertificate, "tls")},
                              {20, call_on(plan, Operation::kAcmRequestCertificate, "tls")},
                              {30, modify_listener(plan)},
                              {40, call_on(plan, Operation::kRoute53UpsertValidationRecord, "tls")},
                              {50, modify_listener(plan)}},
                             2 * kHour)[0];
  CHECK(played.replies[0].outcome.why == Failure::kRefused);
  CHECK(played.replies[2].outcome.why == Failure::kRefused);
  CHECK(played.replies[4].outcome.ok());
  CHECK(played.share_at(kHour + 1) == 1);
}

TEST_CASE("an issued certificate that nobody gives to the listener helps nobody",
          "[certificates]") {
  // Without a record until the request: ACM retries its own renewal after 2 h, an hour too late.
  ModelSample s = with_certificate(Duration::hours(1), false, false);
  s.constant_s("acm.renewal_retry", 2 * kHour);
  const Plan plan = s.plan();
  const Played played =
      play(plan,
           {{20, call_on(plan, Operation::kAcmRequestCertificate, "tls")},
            {40, call_on(plan, Operation::kRoute53UpsertValidationRecord, "tls")}},
           4 * kHour)[0];
  CHECK(played.share_at(3 * kHour) == 0);
}

TEST_CASE("the renewal wins its race against expiry with P(R < v - r)", "[certificates]") {
  // v = 6 h of validity, the record comes back after r = 1 h, R uniform on (0, 10) h, V = 0: it is
  // in time with probability (6 - 1) / 10 = 0.5; standard deviation over 600 drills 0.0204.
  ModelSample s = with_certificate(Duration::hours(6), false, false);
  s.timing("acm.renewal_retry", family("uniform", {{"min", 0}, {"max", 10 * kHour}}));
  const Plan plan = s.plan();
  const Move repair{kHour, call_on(plan, Operation::kRoute53UpsertValidationRecord, "tls")};
  std::vector<double> in_time;
  for (const Played& played : play(plan, {repair}, 7 * kHour, 600)) {
    in_time.push_back(played.share_at(6 * kHour + 1));
  }
  CHECK(share_of_ones(in_time) == Approx(0.5).margin(4 * 0.0204));
}

TEST_CASE("a certificate with its record in DNS is renewed by itself", "[certificates]") {
  const Played played = play(with_certificate(Duration::hours(6)).plan(), {}, 7 * kHour)[0];
  CHECK(played.share_at(6 * kHour + 1) == 1);
}

TEST_CASE("the waiter gives up with P(V > limit)", "[certificates]") {
  // Polls every 60 s for 300 s; V exponential with mean 300 s: the look at 300 s still sees it with
  // probability 1 - 1/e = 0.632; standard deviation over 2000 drills 0.0108.
  ModelSample s = with_certificate(Duration::hours(24 * 30));
  s.constant_s("acm.renewal_begins_before_expiry", 0);
  s.constant_s("acm.waiter.certificate_validated_poll", 60);
  s.constant_s("acm.waiter.certificate_validated", 300);
  s.timing("acm.dns_validation", family("exponential", {{"mean", 300}}));
  const double succeeded = share_of_ones(play_script(s.plan(), request_and_wait, 2000));
  CHECK(succeeded == Approx(1 - std::exp(-1.0)).margin(4 * 0.0108));
}

TEST_CASE("a distribution takes certificates of us-east-1 only, once they are at its edges",
          "[certificates]") {
  ModelSample s = with_certificate(Duration::hours(1), true);
  s.system.regions.push_back({{"us-east-1", {}}, {{"us-east-1-a", {}}}});
  DistributionPointSpec web;
  web.origin = {"alb-north", {}};
  CertificateSpec edge;
  edge.region = {"us-east-1", {}};
  edge.expires_in = Duration::hours(1);
  s.system.components.push_back(component("edge-tls", edge));
  web.certificate = {"edge-tls", {}};
  s.system.components.push_back(component("web", web));
  s.shop().entry = {"web", {}};
  s.detail<LoadBalancerSpec>("alb-north").certificate = {};
  s.detail<CertificateSpec>("edge-tls").validation_record = false;
  s.constant_s("cloudfront.update_distribution", 300);
  const Plan plan = s.plan();
  PlannedCall wrong = call_on(plan, Operation::kCloudFrontSetViewerCertificate, "web");
  wrong.target = component_of(plan, "tls");
  PlannedCall right = wrong;
  right.target = component_of(plan, "edge-tls");
  const Played played =
      play(plan,
           {{10, wrong},
            {20, call_on(plan, Operation::kAcmRequestCertificate, "edge-tls")},
            {30, call_on(plan, Operation::kRoute53UpsertValidationRecord, "edge-tls")},
            {kHour + 100, right}},
           2 * kHour)[0];
  CHECK(played.replies[0].outcome.why == Failure::kRefused);
  CHECK(played.replies[3].outcome.ok());
  CHECK(played.share_at(kHour + 399) == 0);
  CHECK(played.share_at(kHour + 401) == 1);
}

TEST_CASE("an alarm that breaches as the drill begins has fired before it", "[certificates]") {
  ModelSample s = with_certificate(Duration::hours(24 * 20), true);
  AlarmSpec& alarm = s.system.alarms[0];
  alarm.metric = {"certificate:days_to_expiry", {}};
  alarm.of = {"tls", {}};
  alarm.reported_in = {};
  alarm.below = true;
  alarm.threshold = 30;
  CHECK(play(s.plan(), {}, 3 * kDay)[0].of(EventKind::kAlarm).empty());
}

TEST_CASE("days left are seen below a level after a publication and the end of a period",
          "[certificates]") {
  // It crosses 30 days after one day. The next publication comes after A, uniform on (0, 24 h), the
  // period with it ends B, uniform on (0, P), later. For P = 24 h the sum is triangular on (0, 48
  // h); for P = 6 h its mean is 15 h. Standard deviations sqrt(24^2 + P^2) / sqrt(12) h.
  for (const double hours : {24.0, 6.0}) {
    ModelSample s = with_certificate(Duration::hours(24 * 31), true);
    AlarmSpec& alarm = s.system.alarms[0];
    alarm.metric = {"certificate:days_to_expiry", {}};
    alarm.of = {"tls", {}};
    alarm.reported_in = {};
    alarm.below = true;
    alarm.threshold = 30;
    alarm.period = Duration::hours(static_cast<std::int64_t>(hours));
    std::vector<double> waited_h;
    for (const Played& played : play(s.plan(), {}, 4 * kDay, 500)) {
      const auto fired = played.of(EventKind::kAlarm);
      REQUIRE(fired.size() == 1);
      waited_h.push_back((seconds(fired[0].at) - kDay) / kHour);
    }
    const double deviation = std::sqrt((24 * 24 + hours * hours) / 12);
    CHECK(moments(waited_h).mean == Approx(12 + hours / 2).margin(4 * deviation / std::sqrt(500)));
    CHECK(*std::min_element(waited_h.begin(), waited_h.end()) >= 0);
    CHECK(*std::max_element(waited_h.begin(), waited_h.end()) <= 24 + hours + 1e-6);
    if (hours < 24) continue;
    CHECK(ks_distance(waited_h, [](double x) {
            if (x <= 0) return 0.0;
            if (x >= 48) return 1.0;
            return x < 24 ? x * x / 1152 : 1 - (48 - x) * (48 - x) / 1152;
          }) < ks_critical(waited_h.size()));
  }
}
