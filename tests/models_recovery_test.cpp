// Failover within a region, the pools of clients, wrong data, restores, switch-overs, and links
// that are slow or lose packets.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

constexpr double kMb = 1e6;

AuroraClusterSpec& orders(ModelSample& s, const std::string& region = "north") {
  return s.detail<AuroraClusterSpec>("orders-" + region);
}

/// A cluster with a reader; nothing takes time unless set.
ModelSample clustered() {
  ModelSample s;
  orders(s).zones = {{"north-a", {}}, {"north-b", {}}};
  for (const char* region : {"north", "south"}) {
    orders(s, region).write_rate = {kMb};
    orders(s, region).engine = "aurora-mysql";
  }
  s.system.links[0].bandwidth = {100 * kMb};
  s.system.links[0].latency = Duration{};
  s.detail<DnsRecordSpec>("dns").ttl = Duration{};
  return s;
}

/// Another service on the same cluster, with tasks of its own.
void add_service(ModelSample& s, const std::string& name) {
  s.system.components.push_back(component(name + "-north", s.detail<EcsServiceSpec>("shop-north")));
  ServiceSpec service = s.shop();
  service.name = {name, {}};
  service.sites = {{name + "-north", {}}};
  s.system.services.push_back(service);
}

PlannedCall with_share(PlannedCall call, double share) {
  call.share = share;
  return call;
}

PlannedCall with_factor(PlannedCall call, double factor) {
  call.factor = factor;
  return call;
}

PlannedCall on_link(Operation operation, double share) {
  PlannedCall call;
  call.operation = operation;
  call.link = {0};
  call.share = share;
  return call;
}

Move writer_fails(const Plan& plan, double at_s) {
  return {at_s, call_on(plan, Operation::kFaultWriterFailure, "orders-north")};
}

/// A copy of the cluster that can be restored from its backups.
ModelSample restorable(double gigabytes) {
  ModelSample s = clustered();
  orders(s).size = {gigabytes * 1e9};
  AuroraClusterSpec copy = orders(s);
  copy.exists = false;
  copy.stands_in_for = {"orders-north", {}};
  s.system.components.push_back(component("orders-restored", copy));
  s.system.stores[0].members.push_back({"orders-restored", {}});
  s.constant_s("aurora.pitr_restore_fixed", 600).constant_s("aurora.pitr_restore_per_gb", 0.5);
  s.constant_s("aurora.create_instance", 400).constant_s("rds.rename_instance_dns", 100);
  s.constant_s("aurora.latest_restorable_age", 240);
  return s;
}

Move restore(const Plan& plan, double at_s, double before_s = 0) {
  PlannedCall call = call_on(plan, Operation::kRdsRestoreToPointInTime, "orders-restored");
  call.duration = duration_from_seconds(before_s);
  return {at_s, call};
}

Move on(const Plan& plan, double at_s, Operation operation, std::string_view component) {
  return {at_s, call_on(plan, operation, component)};
}

/// Seconds of writes that the south misses when the north is lost at `lost_s`.
double lost_writes(const Plan& plan, std::vector<Move> moves, double lost_s) {
  moves.push_back({lost_s, lost_region(plan, "north")});
  moves.push_back(on(plan, lost_s + 1, Operation::kRdsFailoverGlobal, "orders-south"));
  const auto losses = play(plan, moves, lost_s + 100)[0].of(EventKind::kDataLoss);
  return losses.empty() ? -1 : losses[0].value;
}

}  // namespace

TEST_CASE("a failed writer costs election, endpoint and reconnection", "[aurora]") {
  // 18 + 10 + 30 s after 10.
  ModelSample s = clustered();
  s.constant_s("aurora.failover_in_region", 18).constant_s("aurora.endpoint_dns_update", 10);
  s.constant_s("aurora.client_pool_reconnect", 30);
  s.constant_s("aurora.failover_no_replica", 330);
  const Plan plan = s.plan();
  const Played played = play(plan, {writer_fails(plan, 10)}, 200)[0];
  CHECK(played.share_at(10.001) == 0);
  CHECK(played.reaches(1.0, 11) == 68);
  // With no reader the provider makes a writer: 330 + 10 + 30.
  orders(s).zones = {{"north-a", {}}};
  const Plan single = s.plan();
  CHECK(play(single, {writer_fails(single, 10)}, 900)[0].reaches(1.0, 11) == 380);
}

TEST_CASE("services reconnect one by one: the last of n is the largest of n draws", "[aurora]") {
  // Exponential draws of mean 30 s: the last of four follows (1 - exp(-t / 30))^4, its mean is
  // 30 (1 + 1/2 + 1/3 + 1/4) = 62.5 s. Critical values: see ks_critical.
  ModelSample s = clustered();
  for (const char* name : {"cart", "search", "mail"}) add_service(s, name);
  s.timing("aurora.client_pool_reconnect", family("exponential", {{"mean", 30}}));
  const Plan plan = s.plan();
  std::vector<double> first;
  std::vector<double> last;
  for (const Played& played : play(plan, {writer_fails(plan, 10)}, 2000, 1500)) {
    std::vector<double> back;
    for (std::uint32_t i = 0; i < 4; ++i) back.push_back(played.reaches(1.0, 10.0000001, i) - 10);
    first.push_back(back[0]);
    last.push_back(*std::max_element(back.begin(), back.end()));
  }
  CHECK(ks_distance(first, [](double t) { return 1 - std::exp(-t / 30); }) < ks_critical(1500));
  CHECK(ks_distance(last, [](double t) { return std::pow(1 - std::exp(-t / 30), 4); }) <
        ks_critical(1500));
}

TEST_CASE("a pool misses the new writer with its probability, never after a promotion",
          "[aurora]") {
  // 0.3 of 1500 drills: 450, with a standard deviation of sqrt(1500 * 0.3 * 0.7) = 17.7; 4 of them.
  ModelSample s = clustered();
  s.detail<EcsServiceSpec>("shop-south").desired_count = 4;
  s.constant_s("aurora.pool_stuck_needs_restart_probability", 0.3);
  const Plan plan = s.plan();
  int stuck = 0;
  for (const Played& played : play(plan, {writer_fails(plan, 10)}, 5000, 1500)) {
    stuck += played.share_at(5000) < 1 ? 1 : 0;
  }
  CHECK(std::abs(stuck - 450) < 71);
  const std::vector<Move> promoted = {{10, lost_region(plan, "north")},
                                      on(plan, 20, Operation::kRdsFailoverGlobal, "orders-south")};
  for (const Played& played : play(plan, promoted, 5000, 100)) CHECK(played.share_at(5000) == 1);
}

TEST_CASE("a planned failover needs a reader, and is short", "[aurora]") {
  ModelSample s = clustered();
  s.constant_s("aurora.failover_planned", 12).constant_s("aurora.endpoint_dns_update", 10);
  const Plan plan = s.plan();
  const Move move = on(plan, 10, Operation::kRdsFailoverCluster, "orders-north");
  const Played played = play(plan, {move}, 100)[0];
  CHECK(played.replies[0].outcome.ok());
  CHECK(played.share_at(31.9) == 0);
  CHECK(played.reaches(1.0, 11) == 32);
  orders(s).zones = {{"north-a", {}}};
  const Plan single = s.plan();
  CHECK(play(single, {move}, 100)[0].replies[0].outcome.why == Failure::kRefused);
}

TEST_CASE("a stuck failover ends with the fault, or when the provider has helped", "[aurora]") {
  ModelSample s = clustered();
  s.constant_s("aws.support.response_business_critical", 480);
  const Plan plan = s.plan();
  const PlannedCall stuck = call_on(plan, Operation::kFaultFailoverStuck, "orders-north");
  CHECK(play(plan, {{5, stuck}, writer_fails(plan, 10)}, 9000)[0].share_at(9000) == 0);
  CHECK(play(plan, {{5, stuck}, writer_fails(plan, 10), {700, stuck, true}}, 9000)[0].reaches(
            1.0, 11) == 700);
  const Move asks = on(plan, 310, Operation::kSupportCreateCase, "orders-north");
  CHECK(play(plan, {{5, stuck}, writer_fails(plan, 10), asks}, 9000)[0].reaches(1.0, 11) == 790);
}

TEST_CASE("a restore to a point in time takes a fixed part and the size, and loses what came after",
          "[restore]") {
  // Wrong data from 1000 s on, noticed; writes stopped at 3000. The restore begins at 3100, to 60 s
  // before the fault: 940. It takes 600 + 0.5 * 200 = 700 s, until 3800. An instance from 3900 to
  // 4300; the name from 4400 to 4500. Lost: 940 to 3000.
  ModelSample s = restorable(200);
  const Plan plan = s.plan();
  const std::string_view north = "orders-north";
  const std::string_view copy = "orders-restored";
  const std::vector<Move> moves = {{1000, call_on(plan, Operation::kFaultDataCorruption, north)},
                                   on(plan, 3000, Operation::kAppStopWrites, north),
                                   restore(plan, 3100, 60),
                                   on(plan, 3799, Operation::kRdsRenameCluster, copy),
                                   on(plan, 3900, Operation::kRdsCreateInstance, copy),
                                   on(plan, 4400, Operation::kRdsRenameCluster, copy)};
  const Played played = play(plan, moves, 6000)[0];
  CHECK(played.replies[3].outcome.why == Failure::kRefused);  // nothing there yet to answer queries
  CHECK(played.share_at(999) == 1);
  CHECK(played.share_at(1001) == 0);  // the data of every request are wrong
  CHECK(played.reaches(1.0, 1001) == 4500);
  const auto losses = played.of(EventKind::kDataLoss);
  REQUIRE(losses.size() == 1);
  CHECK(losses[0].value == Approx(3000 - 940));
}

TEST_CASE("a restore to before a migration brings the schema of before, and loses what came after",
          "[restore]") {
  // Migrated at 1,000 s by a deployment, restored from 2,000 s on: 600 s and 100 GB at 0.5 s are
  // 650 s. The instance takes 400 s from 2,700 s, the name 100 s from 3,400 s. Clients come at
  // 3,500 s to the tables of before; every write since 1,000 s is lost: 2,500 s.
  ModelSample s = restorable(100);
  s.system.components.push_back(component("schema", SchemaSpec{{"orders-north", {}}}));
  const Plan p = s.plan();
  PlannedCall bad = call_on(p, Operation::kFaultBadDeployment, "shop-north");
  bad.word = "answers-with-errors";
  bad.share = 0.0;
  bad.target = component_of(p, "schema");
  PlannedCall restore = call_on(p, Operation::kRdsRestoreBeforeMigration, "orders-restored");
  restore.target = component_of(p, "schema");
  const Played played = play(p,
                             {{900, restore},  // there is no snapshot yet
                              {1000, bad},
                              {2000, restore},
                              on(p, 2700, Operation::kRdsCreateInstance, "orders-restored"),
                              on(p, 3400, Operation::kRdsRenameCluster, "orders-restored"),
                              {3600, call_on(p, Operation::kSchemaMigrateDown, "schema")}},
                             4000)[0];
  CHECK(played.replies[0].outcome.why == Failure::kNotFound);
  CHECK(played.replies.back().outcome.why == Failure::kRefused);  // nothing is left to take back
  const auto losses = played.of(EventKind::kDataLoss);
  REQUIRE(losses.size() == 1);
  CHECK(losses[0].value == Approx(2500));
}

TEST_CASE("nothing later than the latest restorable time can be restored", "[restore]") {
  // Without wrong data the restore at 2000 gives what was there 240 s before; clients move at 3500,
  // with writes going on until then.
  ModelSample s = restorable(0.001);
  const Plan plan = s.plan();
  const std::vector<Move> moves = {restore(plan, 2000),
                                   on(plan, 2700, Operation::kRdsCreateInstance, "orders-restored"),
                                   on(plan, 3400, Operation::kRdsRenameCluster, "orders-restored")};
  const auto losses = play(plan, moves, 5000)[0].of(EventKind::kDataLoss);
  REQUIRE(losses.size() == 1);
  CHECK(losses[0].value == Approx(3500 - 1760));
}

TEST_CASE("a restore to after the data became wrong restores them wrong", "[restore]") {
  ModelSample s = restorable(1);
  const Plan plan = s.plan();
  // The operator knows nothing of the fault when the restore begins at 900, before it.
  const Plan& p = plan;
  const std::vector<Move> early = {
      {1000, call_on(p, Operation::kFaultDataCorruption, "orders-north")},
      restore(p, 2000, 0),  // to the very moment: what is wrong from then on comes along
      on(p, 2700, Operation::kRdsCreateInstance, "orders-restored"),
      on(p, 3400, Operation::kRdsRenameCluster, "orders-restored")};
  CHECK(play(p, early, 5000)[0].share_at(5000) == 0);
}

TEST_CASE("wrong data show in no check from outside, until somebody reports them", "[restore]") {
  // The share of customers falls by the share that is spoilt; the synthetic alarm stays silent; the
  // report comes after 900 s.
  ModelSample s = restorable(1);
  s.constant_s("detect.customer_or_staff_report", 900);
  AlarmSpec report = s.system.alarms[0];
  report.name = {"reported", {}};
  report.metric = {"data:reported_wrong", {}};
  report.of = {"orders-north", {}};
  s.system.alarms[0].threshold = 0.01;
  s.system.alarms.push_back(report);
  const Plan plan = s.plan();
  const Played played =
      play(plan,
           {{100, with_share(call_on(plan, Operation::kFaultDataCorruption, "orders-north"), 0.4)}},
           3000)[0];
  CHECK(played.share_at(101) == Approx(0.6));
  const auto alarms = played.of(EventKind::kAlarm);
  REQUIRE(alarms.size() == 1);
  CHECK(alarms[0].subject == 1);
  CHECK(seconds(alarms[0].at) == 1000);
}

TEST_CASE("wrong data follow to the replica", "[restore]") {
  ModelSample s = clustered();
  s.detail<EcsServiceSpec>("shop-south").desired_count = 4;
  const Plan plan = s.plan();
  const std::vector<Move> moves = {
      {100, call_on(plan, Operation::kFaultDataCorruption, "orders-north")},
      {200, lost_region(plan, "north")},
      on(plan, 300, Operation::kRdsFailoverGlobal, "orders-south")};
  CHECK(play(plan, moves, 900)[0].share_at(900) == 0);
}

TEST_CASE("load beyond the processor is not answered, and takes connections and memory",
          "[aurora]") {
  // Usual shares 0.35 and 0.3. At 2.5 times the load: 0.875 and 0.75, memory (1 - 0.75) / (1 - 0.3)
  // of 7 GiB = 2.5. At 4 times 1.4 and 1.2: 1 / 1.4 / 1.2 of the requests get through.
  ModelSample s = clustered();
  orders(s).freeable_memory = {7.0 * 1024 * 1024 * 1024};
  const Plan plan = s.plan();
  const PlannedCall load = call_on(plan, Operation::kFaultDatabaseLoad, "orders-north");
  const Played played = play(
      plan, {{10, with_factor(load, 2.5)}, {20, with_factor(load, 4)}, {30, load, true}}, 50)[0];
  CHECK(played.share_at(15) == 1);
  CHECK(played.share_at(25) == Approx(1 / 1.4 / 1.2));
  CHECK(played.share_at(35) == 1);
}

TEST_CASE("a table takes its headroom and doubles it in every window", "[dynamodb]") {
  // Headroom 2, load 7: 2/7 until 100 + 1800, 4/7 until 100 + 3600, all from then on. With the
  // throughput raised to 6 at 500: 6/7 from then on, and all after the first window.
  ModelSample s = clustered();
  DynamoTableSpec table;
  table.region = {"north", {}};
  table.global_table = {"carts", {}};
  s.system.components.push_back(component("carts-north", table));
  s.system.stores.push_back({{"carts", {}}, {{"carts-north", {}}}});
  s.shop().stores.push_back({"carts", {}});
  s.constant_s("ddb.on_demand_scaling_window", 1800);
  const Plan plan = s.plan();
  const PlannedCall rush =
      with_factor(call_on(plan, Operation::kFaultTableTraffic, "carts-north"), 7);
  const Played played = play(plan, {{100, rush}}, 9000)[0];
  CHECK(played.share_at(101) == Approx(2.0 / 7));
  CHECK(played.reaches(4.0 / 7, 101) == 1900);
  CHECK(played.reaches(1.0, 101) == 3700);
  const PlannedCall raise =
      with_factor(call_on(plan, Operation::kDynamoUpdateTable, "carts-north"), 6);
  const Played raised = play(plan, {{100, rush}, {500, raise}}, 9000)[0];
  CHECK(raised.reaches(6.0 / 7, 101) == 500);
  CHECK(raised.reaches(1.0, 101) == 1900);
}

TEST_CASE("versions of n objects are restored in n / min(r, k / t)", "[s3]") {
  // 90,000 objects, 50 copies at once of 0.5 s each: 100 a second, 900 s; with 3,500 copies a
  // second and 5,000 at once the bucket is the limit: 90,000 / 3,500 = 25.714 s.
  ModelSample s = clustered();
  s.system.components.push_back(component("papers", S3BucketSpec{{"north", {}}}));
  s.system.stores.push_back({{"papers", {}}, {{"papers", {}}}});
  s.shop().stores.push_back({"papers", {}});
  s.constant_s("s3.copy_object", 0.5).constant_s("s3.copy_request_rate", 3500);
  for (const auto& [copies, takes] : {std::pair(50.0, 900.0), std::pair(5000.0, 90000.0 / 3500)}) {
    s.constant_s("s3.restore_parallel_copies", copies);
    const Plan plan = s.plan();
    const PlannedCall damage = call_on(plan, Operation::kFaultDataCorruption, "papers", 90'000);
    const Played played =
        play(plan, {{10, damage}, on(plan, 100, Operation::kS3RestoreVersions, "papers")}, 9000)[0];
    CHECK(played.share_at(99) == 0);
    CHECK(played.reaches(1.0, 99) == Approx(100 + takes).margin(1e-6));
    CHECK(played.of(EventKind::kDataLoss).empty());  // every version is still there
  }
}

TEST_CASE("a stalled replica falls behind by the time, and catches up at 8 times the writes",
          "[replication]") {
  // Stalled from 100 to 170: 70 s behind; then gone after 70 / 7 = 10 s.
  ModelSample s = clustered();
  const Plan plan = s.plan();
  const PlannedCall stall = call_on(plan, Operation::kFaultReplicationStall, "orders-south");
  const std::vector<Move> moves = {{100, stall}, {170, stall, true}};
  CHECK(lost_writes(plan, moves, 160) == Approx(60).margin(1e-3));
  CHECK(lost_writes(plan, moves, 175) == Approx(35).margin(1e-3));
  CHECK(lost_writes(plan, moves, 181) == Approx(0).margin(1e-3));
}

TEST_CASE("a slow link carries the rest of its bandwidth", "[replication]") {
  // 100 MB/s less 99.6 %: 0.4 of the 1 MB/s that is written. 0.6 s of lag a second from 100 to 200;
  // then 8 MB/s: 60 MB are gone after 60 / 7 = 8.57 s.
  ModelSample s = clustered();
  const Plan plan = s.plan();
  const PlannedCall slow = on_link(Operation::kFaultLinkSlow, 0.996);
  const std::vector<Move> moves = {{100, slow}, {200, slow, true}};
  CHECK(lost_writes(plan, moves, 150) == Approx(30).margin(1e-2));
  CHECK(lost_writes(plan, moves, 204) == Approx(60 - 4 * 7).margin(1e-2));
  CHECK(lost_writes(plan, moves, 209) == Approx(0).margin(1e-2));
}

TEST_CASE("a lossy link carries what its connections do", "[replication]") {
  // Mathis: 1460 bytes / 0.05 s * sqrt(1.5 / 0.06) = 29,200 * 5 = 146,000 bytes/s each; 4 of them
  // carry 0.584 MB/s of the 1 MB/s that is written: 0.416 s of lag a second.
  ModelSample s = clustered();
  s.system.links[0].latency = Duration::milliseconds(25);
  s.system.links[0].connections = 4;
  const Plan plan = s.plan();
  const PlannedCall lossy = on_link(Operation::kFaultLinkLossy, 0.06);
  CHECK(lost_writes(plan, {{100, lossy}}, 200) == Approx(41.6).epsilon(2e-3));
}

TEST_CASE("a table catches up over a link that is back, as every stream does", "[dynamodb]") {
  // 1 MB/s written, the link cut from 100 to 170 and back: at 175 70 - 5 * 7 = 35 s are missing, on
  // top of the 0.7 s of the table's own.
  ModelSample s = clustered();
  for (const char* region : {"north", "south"}) {
    DynamoTableSpec table;
    table.region = {region, {}};
    table.global_table = {"carts", {}};
    table.write_rate = {kMb};
    s.system.components.push_back(component(std::string("carts-") + region, table));
  }
  s.system.stores = {{{"carts", {}}, {{"carts-north", {}}, {"carts-south", {}}}}};
  s.shop().stores = {{"carts", {}}};
  s.constant_s("ddb.global_table_replication", 0.7);
  const Plan plan = s.plan();
  const std::vector<Move> moves = {
      {100, cut_link(plan)}, {170, cut_link(plan), true}, {175, lost_region(plan, "north")}};
  const auto losses = play(plan, moves, 300)[0].of(EventKind::kDataLoss);
  REQUIRE(losses.size() == 1);
  CHECK(losses[0].value == Approx(35.7).margin(1e-2));
}

TEST_CASE("a switch-over loses nothing and changes the roles", "[aurora]") {
  // Behind by 2 s of base lag: 110 + 2 s in which nobody writes. Then the north follows: lost in
  // its turn, the south's writes of the lag are what is missing.
  ModelSample s = clustered();
  s.detail<EcsServiceSpec>("shop-south").desired_count = 4;
  s.constant_s("aurora.global.replica_lag", 2).constant_s("aurora.global.switchover_planned", 110);
  const Plan plan = s.plan();
  const std::vector<Move> moves = {on(plan, 50, Operation::kRdsSwitchoverGlobal, "orders-south"),
                                   {500, lost_region(plan, "south")},
                                   on(plan, 510, Operation::kRdsFailoverGlobal, "orders-north")};
  const Played played = play(plan, moves, 900)[0];
  CHECK(played.replies[0].outcome.ok());
  CHECK(played.replies[2].outcome.ok());
  CHECK(played.share_at(49) == 1);
  CHECK(played.share_at(51) == 0);
  CHECK(played.reaches(1.0, 500) == 510);  // the north writes again
  const auto losses = played.of(EventKind::kDataLoss);
  REQUIRE(losses.size() == 1);  // of the store it is logged once: at the switch-over
  CHECK(losses[0].value == 0);
  CHECK(seconds(losses[0].at) == 162);
}

TEST_CASE("a new replica is the volume over the link, then what was written meanwhile",
          "[aurora]") {
  // 60 GB at 50 MB/s (of 100): 1200 s after the 45 s of its making. 1 MB/s written meanwhile: 1200
  // MB, gone at 7 MB/s net after 171.4 s. At 1245 + 100 the lag is 1200 - 700 = 500 s.
  ModelSample s = clustered();
  orders(s).size = {60e9};
  orders(s, "south").exists = false;
  s.constant_s("aurora.create_cluster_control", 45);
  s.constant_s("net.bandwidth.inter_region_practical_copy", 50);
  const Plan plan = s.plan();
  const Move create = on(plan, 0, Operation::kRdsCreateReplica, "orders-south");
  const Move instance = on(plan, 1300, Operation::kRdsCreateInstance, "orders-south");
  CHECK(lost_writes(plan, {create, instance}, 1345) == Approx(500).margin(0.1));
  CHECK(lost_writes(plan, {create, instance}, 1400) == Approx(1200 - 155 * 7).margin(0.1));
  CHECK(lost_writes(plan, {create, instance}, 1420) == Approx(0).margin(0.1));
}
