// Database instances, caches in memory, queues with their workers, and shares of DNS answers.
#include <catch2/catch.hpp>
#include <cmath>

#include "models/dns.hpp"
#include "models/message_queue.hpp"
#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

constexpr std::string_view kDb = "records";

TimePoint at_s(double seconds) { return TimePoint{} + duration_from_seconds(seconds); }

RdsInstanceSpec instance_in(const std::string& region) {
  RdsInstanceSpec spec;
  spec.region = {region, {}};
  spec.zone = {region + "-a", {}};
  spec.write_rate = {1000};
  return spec;
}

/// One instance in the north that the shop keeps its orders in; nothing takes time unless set.
ModelSample with_instance(RdsInstanceSpec spec) {
  ModelSample s;
  s.system.components.push_back(component(std::string(kDb), spec));
  s.system.stores[0].members = {{std::string(kDb), {}}};
  s.system.stores[0].name = {"orders", {}};
  s.system.links[0].latency = Duration{};
  s.detail<DnsRecordSpec>("dns").ttl = Duration{};
  return s;
}

void add_member(ModelSample& s, const std::string& name, const RdsInstanceSpec& spec) {
  s.system.components.push_back(component(name, spec));
  s.system.stores[0].members.push_back({name, {}});
}

Move on(const Plan& plan, double at_s, Operation operation, std::string_view component) {
  return {at_s, call_on(plan, operation, component)};
}

Move restart(const Plan& plan, double at_s) {
  PlannedCall call = call_on(plan, Operation::kEcsUpdateService, "shop-north");
  call.flag = true;
  return {at_s, call};
}

double lost_s(const Played& played) {
  const auto losses = played.of(EventKind::kDataLoss);
  return losses.size() == 1 ? losses[0].value : -1;
}

/// The instance with a copy that is made in its place.
ModelSample restorable() {
  RdsInstanceSpec original = instance_in("north");
  original.snapshot_interval = Duration::hours(1);
  ModelSample s = with_instance(original);
  RdsInstanceSpec copy = instance_in("north");
  copy.exists = false;
  copy.stands_in_for = {std::string(kDb), {}};
  add_member(s, "copy", copy);
  s.constant_s("rds.restore_from_snapshot", 900).constant_s("rds.restore_pitr", 1500);
  s.constant_s("rds.latest_restorable_age", 240);
  return s;
}

}  // namespace

TEST_CASE("an instance fails over to its standby, or waits for another host", "[rds]") {
  // With a standby 85 + 20 s, and 30 until the pools are back: 10 + 135. Without one the host takes
  // 600 s: 10 + 650.
  RdsInstanceSpec spec = instance_in("north");
  for (const bool multi_az : {true, false}) {
    spec.multi_az = multi_az;
    ModelSample s = with_instance(spec);
    s.constant_s("rds.failover_multi_az", 85).constant_s("rds.failover_dns_visible", 20);
    s.constant_s("rds.host_replacement", 600).constant_s("aurora.client_pool_reconnect", 30);
    const Plan plan = s.plan();
    const Played played = play(plan, {on(plan, 10, Operation::kFaultWriterFailure, kDb)}, 900)[0];
    CHECK(played.share_at(10.001) == 0);
    CHECK(played.reaches(1.0, 11) == (multi_az ? 145 : 660));
  }
}

TEST_CASE("a lost zone is left to the standby; without one it is waited for", "[rds]") {
  RdsInstanceSpec spec = instance_in("north");
  for (const bool multi_az : {true, false}) {
    spec.multi_az = multi_az;
    ModelSample s = with_instance(spec);
    s.constant_s("rds.failover_multi_az", 85);
    const Plan plan = s.plan();
    const PlannedCall zone = lost_zone(plan, "north", 0);
    const Played played = play(plan, {{10, zone}, {1000, zone, true}}, 2000)[0];
    const double back = played.reaches(0.5, 11);  // half of the tasks are in the other zone
    CHECK(back == (multi_az ? 95 : 1000));
  }
}

TEST_CASE("a snapshot loses what came after it, evenly spread over the interval", "[rds]") {
  // Lost at 100 s, restored from 200 to 1100 s, used by new tasks from 1200 s on. The newest
  // snapshot is as old as its phase says: uniform over an hour, 1800 s in the mean with a standard
  // deviation of 3600 / sqrt(12) = 1039; of 256 drills 65, and 4 of those are 260.
  ModelSample s = restorable();
  const Plan plan = s.plan();
  const std::vector<Move> moves = {
      on(plan, 100, Operation::kFaultInstanceLost, kDb),
      on(plan, 200, Operation::kRdsRestoreInstanceFromSnapshot, "copy"),
      on(plan, 1099, Operation::kRdsModifyInstance, "copy"),
      on(plan, 1150, Operation::kSecretsUpdateAddress, "copy"), restart(plan, 1200)};
  double sum = 0;
  for (const Played& played : play(plan, moves, 2000, 256)) {
    REQUIRE(lost_s(played) >= 0);
    REQUIRE(lost_s(played) <= 3600);
    CHECK(played.replies[2].outcome.why == Failure::kRefused);  // still being made
    CHECK(played.share_at(1199) == 0);
    CHECK(played.reaches(1.0, 1199) >= 1200);
    sum += lost_s(played);
  }
  CHECK(std::abs(sum / 256 - 1800) < 260);
}

TEST_CASE("a restore to a point in time loses the logs that were not saved yet", "[rds]") {
  // 240 s before the loss, however late the restore begins.
  ModelSample s = restorable();
  const Plan plan = s.plan();
  const std::vector<Move> moves = {
      on(plan, 1000, Operation::kFaultInstanceLost, kDb),
      on(plan, 2000, Operation::kRdsRestoreInstanceToPointInTime, "copy"),
      on(plan, 3600, Operation::kSecretsUpdateAddress, "copy"), restart(plan, 3700)};
  const Played played = play(plan, moves, 5000)[0];
  CHECK(lost_s(played) == Approx(240));
  CHECK(played.reaches(1.0, 1001) >= 3700);
}

TEST_CASE("a promoted replica lacks its lag, and what its source goes on taking", "[rds]") {
  // Behind by 5 s. Promoted at 100 s while the source works on until it is closed at 400: 5 + 300.
  // Closed at 97 s and promoted at 100, it has had three more seconds to catch up: 2 s are missing.
  RdsInstanceSpec replica = instance_in("south");
  replica.replicates_from = {std::string(kDb), {}};
  ModelSample s = with_instance(instance_in("north"));
  add_member(s, "replica", replica);
  s.constant_s("rds.replica_lag_cross_region", 5);
  const Plan plan = s.plan();
  const auto played = [&](double closed_s) {
    return play(plan,
                {on(plan, closed_s, Operation::kAppStopWrites, kDb),
                 on(plan, 100, Operation::kRdsPromoteInstanceReplica, "replica")},
                1000)[0];
  };
  CHECK(lost_s(played(400)) == Approx(305).margin(0.01));
  CHECK(lost_s(played(97)) == Approx(2).margin(0.01));
}

TEST_CASE("sessions that are left open leave too few connections for the others", "[rds]") {
  // Three quarters are held at 10 s, and 0.3 are needed: 0.25 / 0.3 of the requests get one. With
  // half of them sent to readers 0.15 are needed; ended, none is held.
  for (const Operation remedy :
       {Operation::kDatabaseReadElsewhere, Operation::kDatabaseEndIdleSessions}) {
    ModelSample s = with_instance(instance_in("north"));
    const Plan plan = s.plan();
    PlannedCall leak = call_on(plan, Operation::kFaultConnectionLeak, kDb);
    leak.share = 0.75;
    PlannedCall cure = call_on(plan, remedy, kDb);
    cure.share = 0.5;
    const Played played = play(plan, {{10, leak}, {20, cure}}, 100)[0];
    CHECK(played.share_at(15) == Approx(0.25 / 0.3));
    CHECK(played.reaches(1.0, 15) == 20);
  }
}

TEST_CASE("a cache that is empty sends its misses to the database until it has filled", "[cache]") {
  // H = 0.8, m = 0.5 of a load of 0.5. While the node is gone nothing hits: 0.5 + 0.5 / 0.2 = 3
  // times the load, 1.5, of which 2/3 are answered. The node is back at 430, empty, with tau = 200
  // s: at 490 h = 0.8 (1 - exp(-0.3)) = 0.2073, the load 0.5 (0.5 + 0.5 * 0.7927 / 0.2) = 1.2409.
  // It is 1 where h = 0.4, after 200 ln 2 = 139 s, seen at the third look a minute apart.
  RdsInstanceSpec db = instance_in("north");
  db.cpu_at_rest = {0.5};
  ModelSample s = with_instance(db);
  CacheClusterSpec cache;
  cache.region = {"north", {}};
  cache.needed_by = {0};
  cache.hit_share = {0.8};
  cache.spares = {std::string(kDb), {}};
  cache.misses_of_load = {0.5};
  s.system.components.push_back(component("cache", cache));
  s.constant_s("redis.node_replacement", 420).constant_s("redis.cache_warmup", 600);
  const Plan plan = s.plan();
  const Played played =
      play(plan, {on(plan, 10, Operation::kFaultWriterFailure, "cache")}, 3000)[0];
  CHECK(played.share_at(100) == Approx(2.0 / 3));
  CHECK(played.share_at(490.5) == Approx(1 / 1.2409).epsilon(1e-4));
  CHECK(played.reaches(1.0, 11) == Approx(430 + 180));
}

TEST_CASE("requests that need a lost cache fail until another is used", "[cache]") {
  // A quarter fails from 10 s on. Created from 100 to 580 s from an hourly snapshot, used at 700.
  ModelSample s;
  CacheClusterSpec cache;
  cache.region = {"north", {}};
  cache.needed_by = {0.25};
  cache.snapshot_interval = Duration::hours(1);
  cache.entry_life = Duration::minutes(10);
  s.system.components.push_back(component("cache", cache));
  cache.exists = false;
  cache.stands_in_for = {"cache", {}};
  s.system.components.push_back(component("other", cache));
  s.system.stores.push_back({{"sessions", {}}, {{"cache", {}}, {"other", {}}}});
  s.shop().stores.push_back({"sessions", {}});
  s.constant_s("redis.restore_from_snapshot", 480);
  const Plan plan = s.plan();
  PlannedCall create = call_on(plan, Operation::kCacheCreateCluster, "other");
  create.flag = true;
  const std::vector<Move> moves = {on(plan, 10, Operation::kFaultInstanceLost, "cache"),
                                   on(plan, 50, Operation::kCacheTestFailover, "cache"),
                                   {100, create},
                                   on(plan, 700, Operation::kSecretsUpdateAddress, "other"),
                                   restart(plan, 701)};
  for (const Played& played : play(plan, moves, 2000, 20)) {
    CHECK(played.replies[1].outcome.why == Failure::kRefused);  // there is no replica
    CHECK(played.share_at(11) == Approx(0.75));
    CHECK(played.share_at(700) == Approx(0.75));
    CHECK(played.reaches(1.0, 700) >= 701);
    CHECK(lost_s(played) <= 600);  // nothing lives longer than ten minutes
  }
}

TEST_CASE("a queue without workers grows by what arrives, and is worked off by the rest",
          "[queue]") {
  // a = 6, c = 0 for 100 s: 600 wait, the oldest 100 s. Then c = 8: gone after 600 / 2 = 300 s. The
  // age is 50 s after 50, and again when A(t - 50) = D(t): 6 (t - 50) = 8 (t - 100), t = 250.
  MessageFluid fluid;
  fluid.set_rates(at_s(0), 6, 0);
  CHECK(fluid.age_passes(at_s(0), Duration::seconds(50)).us == Approx(at_s(50).us).margin(5));
  CHECK(fluid.depth_passes(at_s(0), 300) == at_s(50));
  fluid.set_rates(at_s(100), 6, 8);
  CHECK(fluid.depth(at_s(100)) == Approx(600));
  CHECK(to_seconds(fluid.age_of_oldest(at_s(100))) == Approx(100));
  CHECK(fluid.depth(at_s(250)) == Approx(300));
  CHECK(to_seconds(fluid.age_of_oldest(at_s(250))) == Approx(50));
  CHECK(fluid.age_passes(at_s(100), Duration::seconds(50)).us == Approx(at_s(250).us).margin(5));
  CHECK(fluid.depth(at_s(400)) == 0);
  CHECK(fluid.age_of_oldest(at_s(500)) == Duration{});
}

namespace {

/// Four tasks of the shop work on a queue, at 2 /s each.
ModelSample queued() {
  ModelSample s;
  QueueSpec queue;
  queue.region = {"north", {}};
  queue.workers = {"shop-north", {}};
  queue.arrival_rate = {6};
  queue.work_rate = {2};
  queue.late_after = Duration::seconds(300);
  s.system.components.push_back(component("jobs", queue));
  for (ComponentSpec& c : s.system.components) {
    if (c.name.text == "shop-north") c.needs.push_back({"jobs", {}});
  }
  return s;
}

double late_at(const ModelSample& sample, Operation fault, double factor, std::int64_t count = -1) {
  ModelSample s = sample;
  const Plan plan = s.plan();
  PlannedCall call = call_on(plan, fault, "jobs", count);
  call.factor = factor;
  const Played played = play(plan, {{100, call}}, 5000)[0];
  for (const auto& [when, share] : played.shares()) {
    if (when > 100 && share == 0) return when - 100;
  }
  return -1;
}

}  // namespace

TEST_CASE("messages are late L / (1 - c / a) after too many arrive", "[queue]") {
  // Twice the messages: a = 12, c = 8: the oldest ages a third of a second every second, 300 s at
  // 900. A third more are 8, which is just what the workers get through.
  CHECK(late_at(queued(), Operation::kFaultQueueSurge, 2) == Approx(900).margin(0.01));
  CHECK(late_at(queued(), Operation::kFaultQueueSurge, 4.0 / 3 - 1e-6) == -1);
}

TEST_CASE("a message that takes longer than it is hidden is handled again and again", "[queue]") {
  // At 70 times the half second a message takes 35 s, and is handed out twice in 30: c = 4 / 70,
  // a = 6. L / (1 - c / a) = 300 / (1 - 0.009524) = 302.88. Hidden for an hour, it is handled once:
  // c = 4 / 35, 305.83.
  CHECK(late_at(queued(), Operation::kFaultSlowWorkers, 70) == Approx(302.88).margin(0.01));
  ModelSample hidden = queued();
  hidden.detail<QueueSpec>("jobs").visibility_timeout = Duration::hours(1);
  CHECK(late_at(hidden, Operation::kFaultSlowWorkers, 70) == Approx(305.83).margin(0.01));
}

TEST_CASE("poison messages keep workers busy every time they are seen again", "[queue]") {
  // 120 of them take half a second of a worker every 30 s: two of four workers. c = 4, a = 6:
  // 300 / (1 - 4 / 6) = 900. Sixty take one worker, and three are enough.
  CHECK(late_at(queued(), Operation::kFaultPoisonMessages, 1, 120) == Approx(900).margin(0.01));
  CHECK(late_at(queued(), Operation::kFaultPoisonMessages, 1, 60) == -1);
}

TEST_CASE("a share of the answers moves a share of the clients", "[dns]") {
  // A tenth of the answers at 100 s, half of what is left besides at 200: 0.5 + 0.5 * 0.1 = 0.55.
  AnswerHolders holders({0}, Duration::seconds(60));
  holders.change(at_s(100), {1}, 0, 0.1);
  CHECK(holders.answer() == ComponentIndex{0});
  CHECK(holders.at(at_s(130), 0)[1].honouring == Approx(0.05));
  CHECK(holders.at(at_s(160), 0)[1].honouring == Approx(0.1));
  holders.change(at_s(200), {1}, 0, 0.5);
  CHECK(holders.answer() == ComponentIndex{1});
  CHECK(holders.at(at_s(260), 0)[1].honouring == Approx(0.55));
  holders.change(at_s(300), {1});
  CHECK(holders.at(at_s(360), 0)[1].honouring == 1);
}
