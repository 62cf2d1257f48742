// Laws that hold for every platform: random small systems, the same luck in both variants of each.
#include <catch2/catch.hpp>
#include <functional>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

constexpr int kSystems = 8;
constexpr std::uint64_t kDrills = 6;

/// Numbers that a system is made of; the same for every variant of it.
class Dice {
 public:
  explicit Dice(std::uint64_t system) : stream_(DrillDraws(2026, system), entity_key("system")) {}
  double between(double low, double high) { return low + stream_.next() * (high - low); }

 private:
  Stream stream_;
};

/// Two regions, a service, timings that spread.
ModelSample random_system(Dice& dice) {
  ModelSample s;
  const auto spread = [&](const char* id, double most) {
    const double p50 = dice.between(most / 10, most);
    s.timing(id, family("lognormal", {{"p50", p50}, {"p95", p50 * dice.between(1.5, 4)}}));
  };
  spread("aurora.failover_in_region", 60);
  spread("aurora.endpoint_dns_update", 30);
  spread("aurora.client_pool_reconnect", 90);
  spread("aurora.global.unplanned_failover", 300);
  spread("aurora.global.replica_lag", 1);
  spread("aurora.pitr_restore_fixed", 1200);
  spread("aurora.create_instance", 600);
  spread("rds.rename_instance_dns", 600);
  spread("ecs.app_boot_to_healthy_endpoint", 120);
  spread("ecs.fargate.image_pull_per_gb", 90);
  spread("ecs.service.scheduler_reaction", 20);
  s.constant_s("aurora.pitr_restore_per_gb", dice.between(0.1, 3));
  s.system.links[0].bandwidth = {dice.between(2e6, 50e6)};
  s.system.links[0].latency = duration_from_seconds(dice.between(0.002, 0.05));
  for (const char* name : {"orders-north", "orders-south"}) {
    s.detail<AuroraClusterSpec>(name).write_rate = {dice.between(0.2e6, 1.5e6)};
    s.detail<AuroraClusterSpec>(name).engine = "aurora-mysql";
  }
  s.detail<DnsRecordSpec>("dns").ttl = duration_from_seconds(dice.between(5, 300));
  const auto tasks = static_cast<std::int64_t>(dice.between(3, 12));
  s.detail<EcsServiceSpec>("shop-north").desired_count = tasks;
  s.detail<EcsServiceSpec>("shop-north").production_count = tasks;
  s.detail<EcsServiceSpec>("shop-south").production_count = tasks;
  s.detail<EcsServiceSpec>("shop-south").desired_count = 1;
  s.shop().full_load_tasks = tasks;
  return s;
}

using Variant = std::function<void(ModelSample&)>;
using Measure = std::function<std::vector<double>(const Plan&)>;

/// In every drill of every system the measure of `less` is at most that of `more`, and somewhere
/// below it.
void check_never_longer(const Variant& less, const Variant& more, const Measure& measure) {
  int shorter = 0;
  for (std::uint64_t system = 0; system < kSystems; ++system) {
    std::vector<std::vector<double>> measured;
    for (const Variant& variant : {less, more}) {
      Dice dice(system);
      ModelSample s = random_system(dice);
      variant(s);
      measured.push_back(measure(s.plan()));
    }
    REQUIRE(measured[0].size() == measured[1].size());
    for (std::size_t i = 0; i < measured[0].size(); ++i) {
      INFO("system " << system << ", drill " << i);
      REQUIRE(measured[0][i] >= 0);
      CHECK(measured[0][i] <= measured[1][i] + 1e-5);
      shorter += measured[0][i] < measured[1][i] - 1e-5 ? 1 : 0;
    }
  }
  CHECK(shorter > 0);
}

Move on(const Plan& plan, double at_s, Operation operation, std::string_view component,
        std::int64_t count = -1) {
  return {at_s, call_on(plan, operation, component, count)};
}

/// The north is lost; the south is scaled, failed over and pointed to: when it serves.
std::vector<double> evacuation(const Plan& plan) {
  PlannedCall repoint = call_on(plan, Operation::kRoute53ChangeRecord, "dns");
  repoint.target = component_of(plan, "alb-south");
  std::vector<double> back;
  for (const Played& played : play(plan,
                                   {{100, lost_region(plan, "north")},
                                    on(plan, 200, Operation::kEcsUpdateService, "shop-south"),
                                    on(plan, 200, Operation::kRdsFailoverGlobal, "orders-south"),
                                    {200, repoint}},
                                   40000, kDrills)) {
    back.push_back(played.reaches(0.9, 101));
  }
  return back;
}

/// Seconds of writes that are missing after a time on a link that has become worse.
std::vector<double> missing(const Plan& plan, Operation fault, double share) {
  PlannedCall worse;
  worse.operation = fault;
  worse.link = {0};
  worse.share = share;
  std::vector<double> lost;
  for (const Played& played : play(plan,
                                   {{50, worse},
                                    {400, lost_region(plan, "north")},
                                    on(plan, 401, Operation::kRdsFailoverGlobal, "orders-south")},
                                   20000, kDrills)) {
    const auto losses = played.of(EventKind::kDataLoss);
    lost.push_back(losses.empty() ? -1 : losses[0].value);
  }
  return lost;
}

}  // namespace

TEST_CASE("a restore of a larger database never ends sooner", "[laws]") {
  const auto sized = [](double factor) {
    return [factor](ModelSample& s) {
      AuroraClusterSpec& orders = s.detail<AuroraClusterSpec>("orders-north");
      orders.size = {200e9 * factor};
      AuroraClusterSpec copy = orders;
      copy.exists = false;
      copy.stands_in_for = {"orders-north", {}};
      s.system.components.push_back(component("orders-restored", copy));
      s.system.stores[0].members.push_back({"orders-restored", {}});
      s.constant_s("rds.waiter.poll", 1).constant_s("rds.waiter.timeout", 1e6);
    };
  };
  check_never_longer(sized(1), sized(3), [](const Plan& plan) {
    std::vector<double> done;
    for (const Played& played :
         play(plan,
              {on(plan, 10, Operation::kRdsRestoreToPointInTime, "orders-restored"),
               on(plan, 11, Operation::kWaitClusterAvailable, "orders-restored")},
              60000, kDrills)) {
      done.push_back(played.replies.size() < 2 ? -1 : played.replies.back().at_s);
    }
    return done;
  });
}

TEST_CASE("a lower time to live never lengthens the hand-over", "[laws]") {
  // Nothing but the name stands between the customers and a south that is ready.
  const auto ready = [](ModelSample& s) {
    EcsServiceSpec& south = s.detail<EcsServiceSpec>("shop-south");
    south.desired_count = south.production_count;
    s.shop().stores.clear();
  };
  const auto halved = [&](ModelSample& s) {
    ready(s);
    Duration& ttl = s.detail<DnsRecordSpec>("dns").ttl;
    ttl = Duration{ttl.us / 2};
  };
  check_never_longer(halved, ready, evacuation);
}

TEST_CASE("a warm standby at full scale never serves later than one at minimum scale", "[laws]") {
  const auto full = [](ModelSample& s) {
    EcsServiceSpec& south = s.detail<EcsServiceSpec>("shop-south");
    south.desired_count = south.production_count;
  };
  check_never_longer(
      full, [](ModelSample&) {}, evacuation);
}

TEST_CASE("a worse link never loses less", "[laws]") {
  for (const Operation fault : {Operation::kFaultLinkSlow, Operation::kFaultLinkLossy}) {
    int more = 0;
    for (std::uint64_t system = 0; system < kSystems; ++system) {
      Dice dice(system);
      const Plan plan = random_system(dice).plan();
      std::vector<double> before = missing(plan, fault, 0.0);
      for (const double share : {0.2, 0.6, 0.95}) {
        const std::vector<double> now = missing(plan, fault, share);
        for (std::size_t i = 0; i < now.size(); ++i) {
          INFO("system " << system << ", drill " << i << ", share " << share);
          REQUIRE(before[i] >= 0);
          CHECK(now[i] >= before[i] - 1e-3);
          more += now[i] > before[i] + 1e-3 ? 1 : 0;
        }
        before = now;
      }
    }
    CHECK(more > 0);
  }
}
