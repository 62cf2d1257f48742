// Aurora, its replication as a fluid, DynamoDB, S3 and backups.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "models/replication.hpp"
#include "models/s3.hpp"
#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

constexpr double kMb = 1e6;

TimePoint at_s(double s) { return TimePoint{} + duration_from_seconds(s); }

AuroraClusterSpec& orders(ModelSample& s, const std::string& region) {
  return s.detail<AuroraClusterSpec>("orders-" + region);
}

/// 1 MB/s of writes, a base lag of 2 s, a link of 100 MB/s without latency; the south can serve.
ModelSample replicated() {
  ModelSample s;
  s.detail<EcsServiceSpec>("shop-south").desired_count = 4;
  for (const char* region : {"north", "south"}) {
    orders(s, region).write_rate = {kMb};
    orders(s, region).engine = "aurora-mysql";
  }
  s.system.links[0].bandwidth = {100 * kMb};
  s.system.links[0].latency = Duration{};
  s.constant_s("aurora.global.replica_lag", 2);
  return s;
}

Move fail_over(const Plan& plan, double at_s) {
  return {at_s, call_on(plan, Operation::kRdsFailoverGlobal, "orders-south")};
}

/// Seconds of writes that the store lost, with the north gone at `lost_s`; -1 when none was told.
double lost_writes(const Plan& plan, std::vector<Move> moves, double lost_s) {
  moves.push_back({lost_s, lost_region(plan, "north")});
  moves.push_back(fail_over(plan, lost_s + 1));
  const auto losses = play(plan, moves, lost_s + 100)[0].of(EventKind::kDataLoss);
  return losses.empty() ? -1 : losses[0].value;
}

double normal(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

}  // namespace

TEST_CASE("a fluid backlog grows by w - c and is gone after (w - c) T / (c' - w)",
          "[replication]") {
  // w = 4 MB/s, 60 s at 1 MB/s: (4 - 1) * 60 = 180 MB, a lag of 45 s. Then 10 MB/s: gone after
  // 180 / (10 - 4) = 30 s.
  FluidBacklog fluid(4 * kMb);
  fluid.set_rate(at_s(0), 4 * kMb);
  CHECK(fluid.bytes(at_s(200)) == 0);
  fluid.set_rate(at_s(200), 1 * kMb);
  CHECK(fluid.empty_at() == TimePoint::never());
  CHECK(fluid.bytes(at_s(260)) == 180 * kMb);
  CHECK(fluid.lag(at_s(260)) == Duration::seconds(45));
  fluid.set_rate(at_s(260), 10 * kMb);
  CHECK(fluid.bytes(at_s(275)) == 90 * kMb);
  CHECK(fluid.empty_at() == at_s(290));
  CHECK(fluid.bytes(at_s(400)) == 0);
}

TEST_CASE("a lost region loses its lag at that moment", "[aurora]") {
  ModelSample s = replicated();
  CHECK(lost_writes(s.plan(), {}, 100) == Approx(2).margin(1e-4));
}

TEST_CASE("a link cut for T seconds leaves a lag of T, and catches up at 8 times the writes",
          "[replication]") {
  // Cut from 100 to 170: at 170 the lag is 70 s, on top of the base lag of 2. Then 8 MB/s in place
  // of 1: 70 MB are gone after 70 / 7 = 10 s. Half way 35 s are left.
  ModelSample s = replicated();
  const Plan plan = s.plan();
  const std::vector<Move> cut = {{100, cut_link(plan)}, {170, cut_link(plan), true}};
  for (const auto& [at, lag] :
       {std::pair(135.0, 35.0), std::pair(169.999, 69.999), std::pair(175.0, 35.0),
        std::pair(179.0, 7.0), std::pair(180.1, 0.0), std::pair(500.0, 0.0)}) {
    INFO("lost at " << at);
    CHECK(lost_writes(plan, cut, at) == Approx(2 + lag).margin(1e-3));
  }
}

TEST_CASE("a link below the write rate lets the backlog grow without end", "[replication]") {
  // 0.25 MB/s for 1 MB/s: 0.75 s of lag a second.
  ModelSample s = replicated();
  s.system.links[0].bandwidth = {0.25 * kMb};
  CHECK(lost_writes(s.plan(), {}, 200) == Approx(2 + 150).margin(1e-3));
}

TEST_CASE("two streams that share a link get fair shares, read anew when one is done",
          "[replication]") {
  // A writes 1 MB/s, B 3 MB/s, over 10 MB/s. After a cut of 60 s from 100 on they are behind by 60
  // and 180 MB. At 160 A wants up to 8 and B up to 24: 5 MB/s each. A is behind no more after 60 /
  // (5 - 1) = 15 s, at 175. B has then 180 - 2 * 15 = 150 MB left and gets 10 - 1 = 9 MB/s: it
  // takes 150 / (9 - 3) = 25 s more, until 200. Lag of B: at 175 150 / 3 = 50 s, at 187 (150 - 72)
  // / 3 = 26 s.
  ModelSample s = replicated();
  s.system.links[0].bandwidth = {10 * kMb};
  AuroraClusterSpec first = orders(s, "north");
  first.write_rate = {3 * kMb};
  AuroraClusterSpec second = orders(s, "south");
  second.replicates_from = {"stock-north", {}};
  s.system.components.push_back(component("stock-north", first));
  s.system.components.push_back(component("stock-south", second));
  s.system.stores.push_back({{"stock", {}}, {{"stock-north", {}}, {"stock-south", {}}}});
  const Plan plan = s.plan();
  for (const auto& [at, a_lag, b_lag] :
       {std::tuple(170.0, 20.0, 160.0 / 3), std::tuple(175.0, 0.0, 50.0),
        std::tuple(187.0, 0.0, 26.0), std::tuple(201.0, 0.0, 0.0)}) {
    const Played played =
        play(plan,
             {{100, cut_link(plan)},
              {160, cut_link(plan), true},
              {at, lost_region(plan, "north")},
              fail_over(plan, at + 1),
              {at + 1, call_on(plan, Operation::kRdsFailoverGlobal, "stock-south")}},
             at + 100)[0];
    const auto losses = played.of(EventKind::kDataLoss);
    REQUIRE(losses.size() == 2);
    INFO("lost at " << at);
    CHECK(losses[0].value == Approx(2 + a_lag).margin(1e-3));
    CHECK(losses[1].value == Approx(2 + b_lag).margin(1e-3));
  }
}

TEST_CASE("a stream pressed below its write rate by another falls behind", "[replication]") {
  // A writes 4 MB/s over 10 MB/s, B 3 MB/s. After a cut of 60 s both catch up with 5 each: A falls
  // by 1 a second, 240 MB; B by 2 a second, 180 MB, done after 90 s at 250. A has 150 MB left and
  // gets 7: it is done 50 s later, at 300. At 290 30 MB, 7.5 s, are left.
  ModelSample s = replicated();
  s.system.links[0].bandwidth = {10 * kMb};
  AuroraClusterSpec other = orders(s, "north");
  other.write_rate = {3 * kMb};
  orders(s, "north").write_rate = {4 * kMb};
  s.system.components.push_back(component("stock-north", other));
  other = orders(s, "south");
  other.replicates_from = {"stock-north", {}};
  s.system.components.push_back(component("stock-south", other));
  const Plan plan = s.plan();
  const std::vector<Move> cut = {{100, cut_link(plan)}, {160, cut_link(plan), true}};
  CHECK(lost_writes(plan, cut, 250) == Approx(2 + 150.0 / 4).margin(1e-3));
  CHECK(lost_writes(plan, cut, 290) == Approx(2 + 30.0 / 4).margin(1e-3));
  CHECK(lost_writes(plan, cut, 301) == Approx(2).margin(1e-3));
}

TEST_CASE("the latency of a link delays what is learned, not what is sent later", "[replication]") {
  // Once caught up nothing of a cut is left, whatever the latency.
  ModelSample s = replicated();
  s.system.links[0].latency = Duration::milliseconds(500);
  const Plan plan = s.plan();
  CHECK(lost_writes(plan, {{100, cut_link(plan)}, {130, cut_link(plan), true}}, 400) ==
        Approx(2).margin(1e-3));
}

TEST_CASE("a replica's own lost region falls behind while writes go on", "[replication]") {
  // The south is away from 100 to 150, the north is lost at 151: 50 MB less 1 s of catching up at
  // 7 MB/s net.
  ModelSample s = replicated();
  const Plan plan = s.plan();
  const PlannedCall south = lost_region(plan, "south");
  CHECK(lost_writes(plan, {{100, south}, {150, south, true}}, 151) == Approx(2 + 43).margin(1e-3));
}

TEST_CASE("a source that comes back is followed again", "[replication]") {
  // Away from 100 to 150 and nobody failed over; a link cut from 200 on counts as ever.
  ModelSample s = replicated();
  const Plan plan = s.plan();
  const PlannedCall north = lost_region(plan, "north");
  CHECK(lost_writes(plan, {{100, north}, {150, north, true}, {200, cut_link(plan)}}, 230) ==
        Approx(2 + 30).margin(1e-3));
}

TEST_CASE("the writer's zone fails over in the failover plus the endpoint", "[aurora]") {
  // 35 + 8 s. A zone without the writer harms nobody; neither zone holds a task here.
  ModelSample s = replicated();
  orders(s, "north").zones = {{"north-b", {}}, {"north-a", {}}};
  s.shop().full_load_tasks = 2;  // either zone's two tasks carry it
  s.constant_s("aurora.failover_in_region", 35).constant_s("aurora.endpoint_dns_update", 8);
  s.constant_s("aurora.failover_no_replica", 700);
  const Plan plan = s.plan();
  const Played writer = play(plan, {{10, lost_zone(plan, "north", 1)}}, 200)[0];
  CHECK(writer.share_at(11) == 0);
  CHECK(writer.reaches(0.5, 11) == 53);
  const Played other = play(plan, {{10, lost_zone(plan, "north", 0)}}, 200)[0];
  CHECK(other.share_at(11) > 0);
  // With all instances in the lost zone one is made elsewhere: 700 + 8 s.
  orders(s, "north").zones = {{"north-b", {}}};
  const Plan single = s.plan();
  CHECK(play(single, {{10, lost_zone(single, "north", 1)}}, 900)[0].reaches(0.5, 11) == 718);
}

TEST_CASE("promotion is refused for a PostgreSQL replica with its probability", "[aurora]") {
  ModelSample s = replicated();
  s.constant_s("aurora.promote_replica_cluster", 600);
  for (const auto& [engine, refused] :
       {std::pair("aurora-postgresql", 1.0), std::pair("aurora-postgresql", 0.0),
        std::pair("aurora-mysql", 1.0)}) {
    orders(s, "south").engine = engine;
    s.behaviour("aurora.promotion-refused", refused);
    const Plan plan = s.plan();
    const Move promote{20, call_on(plan, Operation::kRdsPromoteReadReplica, "orders-south")};
    const Played played = play(plan, {{10, lost_region(plan, "north")}, promote}, 1000)[0];
    const bool works = refused == 0.0 || std::string(engine) == "aurora-mysql";
    CHECK(played.replies[1].outcome.ok() == works);
    CHECK((played.reaches(1.0, 11) >= 620) == works);
    const auto notes = played.of(EventKind::kNote);
    const auto refusals = std::count_if(notes.begin(), notes.end(), [](const Event& event) {
      return event.object == static_cast<std::uint32_t>(Note::kPromotionRefused);
    });
    CHECK(refusals == (works ? 0 : 1));
  }
}

TEST_CASE("a global failover takes its time, and is asked of what exists", "[aurora]") {
  ModelSample s = replicated();
  s.constant_s("aurora.global.unplanned_failover", 400);
  s.detail<DnsRecordSpec>("dns").ttl = Duration{};
  const Plan plan = s.plan();
  const std::vector<Move> moves = {{10, lost_region(plan, "north")}, fail_over(plan, 20)};
  const Played played = play(plan, moves, 1000)[0];
  CHECK(played.share_at(419) == 0);
  CHECK(played.reaches(1.0, 11) == 420);
  CHECK(play(plan, {{5, call_on(plan, Operation::kRdsFailoverGlobal, "orders-north")}}, 9)[0]
            .replies[0]
            .outcome.why == Failure::kRefused);  // it is the writer
  orders(s, "south").exists = false;
  orders(s, "south").replicates_from = {};
  const Plan absent = s.plan();
  CHECK(play(absent, {fail_over(absent, 5)}, 9)[0].replies[0].outcome.why == Failure::kNotFound);
}

TEST_CASE("a global table loses what was on its way, and the time its link was cut", "[dynamodb]") {
  // 0.7 s of replication; with the link cut 30 s before the loss 30.7 s.
  ModelSample s;
  for (const char* region : {"north", "south"}) {
    s.system.components.push_back(
        component(std::string("carts-") + region, DynamoTableSpec{{region, {}}, {"carts", {}}}));
  }
  s.system.stores = {{{"carts", {}}, {{"carts-north", {}}, {"carts-south", {}}}}};
  s.shop().stores = {{"carts", {}}};
  s.constant_s("ddb.global_table_replication", 0.7);
  const Plan plan = s.plan();
  const Move lost{100, lost_region(plan, "north")};
  const auto plain = play(plan, {lost}, 200)[0].of(EventKind::kDataLoss);
  REQUIRE(plain.size() == 1);
  CHECK(plain[0].value == Approx(0.7));
  const auto cut = play(plan, {{70, cut_link(plan)}, lost}, 200)[0].of(EventKind::kDataLoss);
  REQUIRE(cut.size() == 1);
  CHECK(cut[0].value == Approx(30.7));
}

TEST_CASE("missing objects of a lognormal delay follow its closed form", "[s3]") {
  // G(a) = m Phi((mu + s^2 - ln a) / s) - a Phi((mu - ln a) / s), m = exp(mu + s^2 / 2). The age
  // that covers 99 % solves G(a) = m / 100, the oldest at u solves w G(a) = -ln u.
  const double mu = 3;
  const double sigma = 0.8;
  const double w = 2;
  const Distribution delay = *Distribution::lognormal_of_log(mu, sigma);
  const UnorderedReplication missing(delay, w);
  const double m = std::exp(mu + sigma * sigma / 2);
  const auto beyond = [&](double a) {
    return m * normal((mu + sigma * sigma - std::log(a)) / sigma) -
           a * normal((mu - std::log(a)) / sigma);
  };
  CHECK(missing.mean_missing() == Approx(w * m));
  CHECK(beyond(missing.age_covering_s(0.99)) == Approx(m / 100).epsilon(1e-4));
  for (const double u : {0.1, 0.5, 0.9}) {
    CHECK(w * beyond(missing.oldest_missing_s(u)) == Approx(-std::log(u)).epsilon(1e-4));
  }
  CHECK(missing.oldest_missing_s(std::exp(-w * m * 1.01)) == 0);  // none is missing
}

TEST_CASE("missing objects are those that single objects would leave behind", "[s3]") {
  // Objects one by one: written as a Poisson process of 3 a second for 200 s before the loss, each
  // with an exponential delay of mean 10 s; the last 25 s the link was cut, so nothing written
  // since has arrived, and what was written before arrived as if the link were there until the cut.
  // Mean number missing: 3 * (25 + 10) = 105, with 3000 trials within 4 * sqrt(105 / 3000) = 0.75.
  const double w = 3;
  const double cut = 25;
  const Distribution delay = *Distribution::exponential(10);
  const UnorderedReplication missing(delay, w);
  Stream random(DrillDraws(7, 0), entity_key("objects"));
  std::vector<double> oldest;
  std::vector<double> ages;
  for (int trial = 0; trial < 3000; ++trial) {
    double worst = 0;
    double age = -std::log(random.next()) / w;
    for (; age < 200; age -= std::log(random.next()) / w) {
      const double takes = -10 * std::log(random.next());
      if (age > cut && takes <= age - cut) continue;
      worst = std::max(worst, age);
      ages.push_back(age);
    }
    oldest.push_back(worst);
  }
  CHECK(static_cast<double>(ages.size()) / 3000 ==
        Approx(w * cut + missing.mean_missing()).margin(0.75));
  // The CDF of the oldest: P(oldest < a) = exp(-w G(a - cut)), G(a) = 10 exp(-a / 10).
  CHECK(ks_distance(oldest, [&](double a) {
          return a < cut ? 0 : std::exp(-w * 10 * std::exp(-(a - cut) / 10));
        }) < ks_critical(oldest.size()));
  std::vector<double> drawn;
  for (int i = 0; i < 3000; ++i) drawn.push_back(missing.oldest_missing_s((i + 0.5) / 3000));
  CHECK(ks_distance(drawn, [&](double a) { return std::exp(-w * 10 * std::exp(-a / 10)); }) < 2e-3);
  std::sort(ages.begin(), ages.end());
  const double age99 = ages[ages.size() * 99 / 100];
  CHECK(missing.age_covering_s(0.99, cut) == Approx(age99).epsilon(0.01));
}

TEST_CASE("a longer cut covers 99 % of the missing at an age within it", "[s3]") {
  // Constant delay m = 1, cut T = 999: ages are uniform on (0, 1000), 99 % are younger than 990.
  const Distribution delay = *Distribution::constant(1);
  CHECK(UnorderedReplication(delay, 5).age_covering_s(0.99, 999) == Approx(990));
}

TEST_CASE("a backup loses the age of the newest copy that had arrived", "[backup]") {
  // Against a schedule worked through one snapshot at a time: every 6 h at some phase, a copy takes
  // 9 h. So the age is uniform between 9 and 15 h.
  ModelSample s = replicated();
  orders(s, "south").exists = false;
  orders(s, "south").replicates_from = {};
  BackupPlanSpec backup{{"orders-north", {}}, {"orders-south", {}}, Duration::hours(6)};
  backup.restore_rate = {50 * kMb};
  orders(s, "north").size = {90e9};
  s.system.components.push_back(component("nightly", backup));
  s.constant_s("rds.cross_region_snapshot_copy", 9 * 3600);
  s.constant_s("aurora.create_cluster_control", 300).constant_s("aurora.create_instance", 500);
  const Plan plan = s.plan();
  const Move lost{1000, lost_region(plan, "north")};
  const Move restore{2000, call_on(plan, Operation::kRdsRestoreFromSnapshot, "nightly")};
  // Restored after 300 + 90000 / 50 = 2100 s, at 4100; an instance 500 s after 4200.
  const Move instance{4200, call_on(plan, Operation::kRdsCreateInstance, "orders-south")};
  std::vector<double> ages;
  for (const Played& played : play(plan, {lost, restore, instance}, 6000, 1000)) {
    const auto losses = played.of(EventKind::kDataLoss);
    REQUIRE(losses.size() == 1);
    CHECK(seconds(losses[0].at) == 4700);
    ages.push_back(losses[0].value);
  }
  std::vector<double> brute;
  for (int phase = 0; phase < 6000; ++phase) {
    const double newest = -(phase + 0.5) / 6000 * 6 * 3600;  // a snapshot before instant zero
    double age = 1e9;
    for (int k = -2; k < 10; ++k) {
      const double taken = newest - k * 6 * 3600;
      if (taken + 9 * 3600 <= 1000) age = std::min(age, 1000 - taken);
    }
    brute.push_back(age);
  }
  std::sort(brute.begin(), brute.end());
  CHECK(brute.front() == Approx(9 * 3600).margin(10));
  CHECK(brute.back() == Approx(15 * 3600).margin(10));
  CHECK(ks_distance(ages, [&](double age) {
          const auto below = std::upper_bound(brute.begin(), brute.end(), age) - brute.begin();
          return static_cast<double>(below) / 6000;
        }) < ks_critical(ages.size()));
}

TEST_CASE("a larger database never restores sooner", "[backup][property]") {
  double last = 0;
  for (const double gigabytes : {0.1, 1.0, 50.0, 500.0, 5000.0}) {
    ModelSample s = replicated();
    orders(s, "south").exists = false;
    orders(s, "south").replicates_from = {};
    orders(s, "north").size = {gigabytes * 1e9};
    BackupPlanSpec backup{{"orders-north", {}}, {"orders-south", {}}};
    backup.restore_rate = {100 * kMb};
    s.system.components.push_back(component("nightly", backup));
    s.constant_s("aurora.create_cluster_control", 300);
    s.constant_s("rds.waiter.poll", 1).constant_s("rds.waiter.timeout", 1e6);
    const Plan plan = s.plan();
    const Played played =
        play(plan,
             {{10, call_on(plan, Operation::kRdsRestoreFromSnapshot, "nightly")},
              {10, call_on(plan, Operation::kWaitClusterAvailable, "orders-south")}},
             80000)[0];
    const double done = played.replies.back().at_s;
    CHECK(done > last);
    CHECK(done == Approx(10 + 300 + gigabytes * 10).margin(1.001));  // seen at the next poll
    last = done;
  }
}
