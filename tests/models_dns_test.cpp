// DNS: detection, hand-over of the clients, stragglers, changes by hand; the CDN's origin.
#include <catch2/catch.hpp>

#include "models/dns.hpp"
#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

TimePoint at_s(double s) { return TimePoint{} + duration_from_seconds(s); }

/// Both regions can serve: the south has its tasks, and a replica that the drill never promotes is
/// left out.
ModelSample both_serve() {
  ModelSample s;
  s.detail<EcsServiceSpec>("shop-south").desired_count = 4;
  s.shop().stores.clear();
  s.constant_s("detect.route53.health_check_standard", 90);
  s.constant_s("detect.route53.status_to_dns_answers", 10);
  s.constant_s("dns.straggler_traffic_share", 0.05);
  s.timing("dns.straggler_delay", family("uniform", {{"min", 0}, {"max", 1000}}));
  return s;
}

DnsRecordSpec& record(ModelSample& s) { return s.detail<DnsRecordSpec>("dns"); }

}  // namespace

TEST_CASE("clients that honour the TTL move uniformly within one TTL", "[dns]") {
  // (t - t0) / TTL: after 15 of 60 s a quarter. Stragglers move on their own.
  AnswerHolders holders({0}, Duration::seconds(60));
  holders.change(at_s(100), {1});
  for (const double moved : {0.0, 0.25, 0.9, 1.0}) {
    const auto shares = holders.at(at_s(100 + 60 * moved), 0.4);
    REQUIRE(shares.size() == 2);
    CHECK(shares[1].honouring == Approx(moved));
    CHECK(shares[0].honouring == Approx(1 - moved));
    CHECK(shares[1].stragglers == Approx(0.4));
  }
  CHECK(holders.at(at_s(1000), 1.0)[1].honouring == 1.0);
}

TEST_CASE("a second change moves everybody from where they are by then", "[dns]") {
  // Half have moved to 1, and 0.8 of the stragglers, when answers go back to 0. At half of the next
  // TTL a quarter is left at 1; with half of the stragglers moved, 0.4 of them are.
  AnswerHolders holders({0}, Duration::seconds(60));
  holders.change(at_s(100), {1});
  holders.change(at_s(130), {0}, 0.8);
  const auto shares = holders.at(at_s(160), 0.5);
  REQUIRE(shares.size() == 2);
  CHECK(shares[1].honouring == Approx(0.25));
  CHECK(shares[0].honouring == Approx(0.75));
  CHECK(shares[1].stragglers == Approx(0.4));
  CHECK(shares[0].stragglers == Approx(0.6));
}

TEST_CASE("90 % of clients are served 0.9 TTL after the answers change", "[dns]") {
  // Lost at 10, agreed unhealthy at 100, answers changed at 110; 0.9 * 60 s later it is 164.
  ModelSample s = both_serve();
  const Plan plan = s.plan();
  const Played played = play(plan, {{10, lost_region(plan, "north")}}, 1200)[0];
  CHECK(played.share_at(11) == 0);
  CHECK(played.share_at(109) == 0);
  CHECK(played.share_at(125) == Approx(0.25));
  CHECK(played.reaches(0.9, 10) == 164);
  CHECK(played.reaches(1.0, 10) == 170);
  // All clients: 0.95 of them honour the TTL, and of the 0.05 that do not, moved uniformly over
  // 1000 s, half have moved at 610.
  double all = 0;
  for (const Event& event : played.of(EventKind::kServedShare)) {
    if (seconds(event.at) <= 610) all = event.value2;
  }
  CHECK(all == Approx(0.95 + 0.05 * 0.5).margin(kServedShareResolution));
}

TEST_CASE("99 % of all clients is told at its instant, however many stragglers there are",
          "[dns]") {
  // A share of s stragglers leaves 1 % behind when 1 - 0.01 / s of them have moved: for 0.05 that
  // is 0.8, for 0.2 0.95 of 1000 s after 110.
  for (const auto& [share, moved] : {std::pair(0.05, 0.8), std::pair(0.2, 0.95)}) {
    ModelSample s = both_serve();
    s.constant_s("dns.straggler_traffic_share", share);
    const Plan plan = s.plan();
    double when = -1;
    const Played played = play(plan, {{10, lost_region(plan, "north")}}, 2000)[0];
    for (const Event& event : played.events) {
      if (event.kind != EventKind::kServedShare || seconds(event.at) < 11) continue;
      if (when < 0 && event.value2 >= kNearlyAllClients) when = seconds(event.at);
    }
    CHECK(when == Approx(110 + 1000 * moved).margin(1e-4));
  }
}

TEST_CASE("detection scales with interval and failures of the health check", "[dns]") {
  // The library's 90 s stand for 30 s and 3 failures, (3 - 1 + 0.82) * 30 = 84.6 s of checks. With
  // 10 s and 3: a third, 30 s. With 30 s and 1: 0.82 / 2.82 * 90 = 26.170 s.
  for (const auto& [interval, failures, expected] :
       {std::tuple(10, 3, 30.0), std::tuple(30, 1, 90 * 0.82 / 2.82), std::tuple(30, 3, 90.0)}) {
    ModelSample s = both_serve();
    record(s).health_check_interval = Duration::seconds(interval);
    record(s).health_check_failures = failures;
    record(s).ttl = Duration{};
    const Plan plan = s.plan();
    const Played played = play(plan, {{10, lost_region(plan, "north")}}, 600)[0];
    CHECK(played.reaches(1.0, 11) == Approx(10 + expected + 10).margin(1e-5));
  }
}

TEST_CASE("with both ends down the answer stays until one of them is healthy", "[dns]") {
  // The south has no task. Its tasks are there 300 s after the call at 200: the answers change 10 s
  // later, and all clients follow within 60 s.
  ModelSample s = both_serve();
  s.detail<EcsServiceSpec>("shop-south").desired_count = 0;
  s.constant_s("ecs.app_boot_to_healthy_endpoint", 300);
  s.detail<EcsServiceSpec>("shop-south").image_size = {1};
  const Plan plan = s.plan();
  const Played played = play(plan,
                             {{10, lost_region(plan, "north")},
                              {200, call_on(plan, Operation::kEcsUpdateService, "shop-south", 4)}},
                             900)[0];
  CHECK(played.share_at(509) == 0);
  CHECK(played.reaches(1.0, 11) == Approx(570).margin(1e-3));
}

TEST_CASE("the primary gets its clients back when it is healthy again", "[dns]") {
  // Back at 1000, agreed at 1090, answers at 1100: by 1160 the loss of the south harms nobody.
  ModelSample s = both_serve();
  s.constant_s("dns.straggler_traffic_share", 0);
  const Plan plan = s.plan();
  const PlannedCall lost = lost_region(plan, "north");
  const Played played =
      play(plan, {{10, lost}, {1000, lost, true}, {1161, lost_region(plan, "south")}}, 1300)[0];
  CHECK(played.share_at(1160) == 1.0);
  CHECK(played.share_at(1299) == 1.0);
}

TEST_CASE("a change by hand counts once it has propagated, and ends automatic failover", "[dns]") {
  // At 20 s somebody points the record to the south: propagated at 65, all moved at 125; what the
  // health check would do at 110 does not happen.
  ModelSample s = both_serve();
  s.constant_s("route53.change_propagation", 45);
  const Plan plan = s.plan();
  PlannedCall point = call_on(plan, Operation::kRoute53ChangeRecord, "dns");
  point.target = component_of(plan, "alb-south");
  const Played played = play(plan, {{10, lost_region(plan, "north")}, {20, point}}, 300)[0];
  CHECK(played.share_at(64) == 0);
  CHECK(played.reaches(0.5, 11) == 95);
  CHECK(played.reaches(1.0, 11) == 125);
}

TEST_CASE("the edges ask the new origin once the update is deployed", "[cloudfront]") {
  // A distribution in front, changed at 20 s, deployed 240 s later; nobody holds an answer.
  ModelSample s = both_serve();
  s.system.components.push_back(component("cdn", DistributionPointSpec{{"alb-north", {}}}));
  s.shop().entry = {"cdn", {}};
  s.constant_s("cloudfront.update_distribution", 240);
  const Plan plan = s.plan();
  PlannedCall update = call_on(plan, Operation::kCloudFrontUpdate, "cdn");
  update.target = component_of(plan, "alb-south");
  const Played played = play(plan, {{10, lost_region(plan, "north")}, {20, update}}, 300)[0];
  CHECK(played.share_at(259) == 0);
  CHECK(played.reaches(1.0, 11) == 260);
}

TEST_CASE("a lower TTL never lengthens the outage", "[dns][property]") {
  double last = 0;
  for (const int ttl : {0, 5, 30, 60, 300, 3600}) {
    ModelSample s = both_serve();
    record(s).ttl = Duration::seconds(ttl);
    const Plan plan = s.plan();
    const double back = play(plan, {{10, lost_region(plan, "north")}}, 4000)[0].reaches(0.9, 11);
    CHECK(back >= last);
    CHECK(back == Approx(110 + 0.9 * ttl).margin(1e-6));
    last = back;
  }
}
