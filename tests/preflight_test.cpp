// What is looked at before the first step, and the lock across machines, over a caller whose every
// answer the test has written.
#include "engine/live/preflight.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "engine/live/account_lock.hpp"
#include "engine/live/aws/timestamp.hpp"
#include "tests/support/platform_rig.hpp"

namespace firedrill::live {
namespace {

using Catch::Contains;

const Identity kDrills = {"111122223333", "arn:aws:sts::111122223333:assumed-role/drills/run-1"};

json decided(const char* action, const char* decision, const json& missing = json::array()) {
  return {
      {"EvalActionName", action}, {"EvalDecision", decision}, {"MissingContextValues", missing}};
}

AskedCall scale(const char* arn) {
  return {request_of("ecs", "UpdateService", "eu-west-1", json::object()), arn};
}

PreflightCheck permissions(ScriptedCaller& caller, const std::vector<AskedCall>& calls) {
  const Shop shop;
  PreflightChecks checks;
  check_permissions(shop.staging, kDrills, calls, caller, {}, checks);
  REQUIRE(checks.size() == 1);
  CHECK(checks.front().guard == 9);
  return checks.front();
}

}  // namespace

TEST_CASE("IAM is asked of each resource by itself, page by page, as if tagged", "[unit]") {
  ScriptedCaller caller;
  caller.says["SimulatePrincipalPolicy"] = {
      answer({{"EvaluationResults", {decided("ecs:UpdateService", "allowed")}},
              {"IsTruncated", true},
              {"Marker", "page 2"}}),
      answer({{"EvaluationResults", {decided("ecs:UpdateService", "allowed")}}})};
  const AskedCall failover = {
      request_of("elbv2", "DescribeTargetHealth", "eu-west-1", json::object()), ""};
  const PreflightCheck check = permissions(caller, {scale(kArn), failover, scale(kArn)});
  CHECK(check.passed);
  CHECK(check.why.empty());
  REQUIRE(caller.sent.size() == 3);  // without a resource first, then two pages of the service
  CHECK(caller.sent[0].parameters["ActionNames"] ==
        json::array({"elasticloadbalancing:DescribeTargetHealth"}));
  CHECK_FALSE(caller.sent[0].parameters.contains("ResourceArns"));
}

TEST_CASE("IAM's second page is asked for by its marker", "[unit]") {
  ScriptedCaller caller;
  caller.says["SimulatePrincipalPolicy"] = {
      answer({{"EvaluationResults", {decided("ecs:UpdateService", "allowed")}},
              {"IsTruncated", true},
              {"Marker", "page 2"}}),
      answer({{"EvaluationResults", {decided("ecs:StopTask", "explicitDeny")}}})};
  const AskedCall stop = {request_of("ecs", "StopTask", "eu-west-1", json::object()), kArn};
  const PreflightCheck check = permissions(caller, {scale(kArn), stop});
  CHECK_FALSE(check.passed);
  CHECK_THAT(check.why, Contains("drills may not ecs:StopTask on " + std::string(kArn)));
  REQUIRE(caller.sent.size() == 2);
  const json& first = caller.sent[0].parameters;
  CHECK(first["PolicySourceArn"] == "arn:aws:iam::111122223333:role/drills");
  CHECK(first["ActionNames"] == json::array({"ecs:StopTask", "ecs:UpdateService"}));
  CHECK(first["ResourceArns"] == json::array({kArn}));
  CHECK(first["ContextEntries"][0]["ContextKeyValues"] == json::array({"eu-west-1"}));
  CHECK(first["ContextEntries"][1]["ContextKeyName"] == "aws:ResourceTag/dr-drill");
  CHECK(first["ContextEntries"][1]["ContextKeyValues"] == json::array({"allowed"}));
  CHECK(caller.sent[1].parameters["Marker"] == "page 2");
}

TEST_CASE("what IAM cannot decide beforehand is told, and what it denies is refused", "[unit]") {
  const auto said = [](const json& result, const char* arn) {
    ScriptedCaller caller;
    caller.says["SimulatePrincipalPolicy"] = {answer({{"EvaluationResults", {result}}})};
    return permissions(caller, {scale(arn)});
  };
  CHECK_FALSE(said(decided("ecs:UpdateService", "implicitDeny"), kArn).passed);
  CHECK_FALSE(said(decided("ecs:UpdateService", "explicitDeny"), "").passed);
  // A policy about one cluster does not say "allowed" of every resource there is.
  const PreflightCheck open = said(decided("ecs:UpdateService", "implicitDeny"), "");
  CHECK(open.passed);
  CHECK_THAT(open.why, Contains("ecs:UpdateService"));
  const json missing = json::array({"ecs:ResourceTag/dr-drill"});
  CHECK(said(decided("ecs:UpdateService", "implicitDeny", missing), kArn).passed);
}

TEST_CASE("where IAM does not simulate, that is told", "[unit]") {
  ScriptedCaller caller;
  const PreflightCheck check = permissions(caller, {scale(kArn)});
  CHECK(check.passed);
  CHECK_THAT(check.what, Contains("not asked"));
}

namespace {

/// The shop restores from a snapshot and makes a replica the primary.
struct DataShop : Shop {
  ScriptedCaller caller;
  aws::UtcInstant now = aws::parse_utc("2026-11-02T12:00:00Z").value();

  DataShop() {
    plan.regions.push_back({"eu-west-2", {}});
    plan.components.push_back({"db", "aurora:cluster", RegionIndex{0}, AuroraClusterSpec{}});
    plan.components.push_back({"db-dr", "aurora:cluster", RegionIndex{1}, AuroraClusterSpec{}});
    plan.components.back().references["replicates_from"] = ComponentIndex{1};
    plan.components.push_back({"copies", "backup:plan", {}, BackupPlanSpec{}});
    plan.components.back().references["restores"] = ComponentIndex{1};
    staging.regions = {{"eu-west-1", {}}, {"eu-west-2", {}}};
    for (const char* name : {"db", "db-dr", "copies"}) {
      ResourceSpec resource;
      resource.component = {name, {}};
      resource.id = std::string("shop-") + name;
      staging.resources.push_back(resource);
    }
    staging.resources.back().snapshot = "last-night";
    caller.says["DescribeDBClusterSnapshots"] = {
        answer({{"DBClusterSnapshots", {{{"SnapshotCreateTime", "2026-11-02T09:00:00Z"}}}}})};
    caller.says["GetMetricStatistics"] = {answer({{"Datapoints", json::array()}})};
  }
  PreflightCheck checked(std::uint32_t component) {
    plan.steps.front().call.components = {ComponentIndex{component}};
    const Resources bound = resources();
    PreflightChecks checks;
    check_data(bound, caller, now, {}, checks);
    REQUIRE(checks.size() == 1);
    CHECK(checks.front().guard == 9);
    return checks.front();
  }
  PreflightCheck snapshot() { return checked(3); }
  PreflightCheck replica() { return checked(2); }
};

json lag(double newest) {
  return {{"Datapoints",
           {{{"Timestamp", 1'793'620'740}, {"Maximum", newest}},
            {{"Timestamp", 1'793'620'680}, {"Maximum", 9e9}}}}};
}

}  // namespace

TEST_CASE("a snapshot that a step restores from is no older than allowed", "[unit]") {
  DataShop shop;
  CHECK(shop.snapshot().passed);  // without a limit it is only told
  CHECK_THAT(shop.snapshot().what, Contains("last-night is 3h old"));
  CHECK(shop.caller.sent.back().region == "eu-west-1");  // of what is restored
  shop.staging.limits.snapshot_age = Duration::hours(3);
  CHECK(shop.snapshot().passed);
  shop.now += std::chrono::seconds(1);
  CHECK_FALSE(shop.snapshot().passed);
  CHECK_THAT(shop.snapshot().why, Contains("allowed are 3h"));
}

TEST_CASE("a snapshot whose age cannot be read is refused under a limit alone", "[unit]") {
  DataShop shop;
  SECTION("denied") {
    shop.caller.says["DescribeDBClusterSnapshots"] = {failure(aws::FailureKind::kDenied)};
  }
  SECTION("not there") {
    shop.caller.says["DescribeDBClusterSnapshots"] = {
        answer({{"DBClusterSnapshots", json::array()}})};
  }
  SECTION("not finished") {
    shop.caller.says["DescribeDBClusterSnapshots"] = {
        answer({{"DBClusterSnapshots", {{{"Status", "creating"}}}}})};
  }
  CHECK(shop.snapshot().passed);
  CHECK_THAT(shop.snapshot().why, Contains("cannot be told"));
  shop.staging.limits.snapshot_age = Duration::hours(3);
  CHECK_FALSE(shop.snapshot().passed);
}

TEST_CASE("a replica that steps are about is no further behind than allowed", "[unit]") {
  DataShop shop;
  // Of the newest minute, in milliseconds: 1.5 s.
  shop.caller.says["GetMetricStatistics"] = {answer(lag(1'500))};
  CHECK_THAT(shop.replica().what, Contains("shop-db-dr is 1.5s behind"));
  const AwsRequest& first = shop.caller.sent.front();
  CHECK(first.region == "eu-west-2");
  CHECK(first.parameters["MetricName"] == "AuroraGlobalDBReplicationLag");
  CHECK(first.parameters["Dimensions"] ==
        json::array({{{"Name", "DBClusterIdentifier"}, {"Value", "shop-db-dr"}},
                     {{"Name", "SourceRegion"}, {"Value", "eu-west-1"}}}));
  shop.staging.limits.replica_lag = Duration::milliseconds(1'500);
  CHECK(shop.replica().passed);
  shop.staging.limits.replica_lag = Duration::milliseconds(1'499);
  CHECK_FALSE(shop.replica().passed);
}

TEST_CASE("the lag of a replica is read from the metric that has it, in its unit", "[unit]") {
  DataShop shop;
  const aws::Reply nothing = answer({{"Datapoints", json::array()}});
  shop.caller.says["GetMetricStatistics"] = {nothing, nothing, answer(lag(2))};
  CHECK_THAT(shop.replica().what, Contains("2s behind (AuroraBinlogReplicaLag)"));
  shop.caller.says["GetMetricStatistics"] = {nothing};
  CHECK(shop.replica().passed);
  CHECK_THAT(shop.replica().why, Contains("no metric of its lag has a datapoint"));
  shop.staging.limits.replica_lag = Duration::seconds(5);
  CHECK_FALSE(shop.replica().passed);
  shop.caller.says["GetMetricStatistics"] = {failure(aws::FailureKind::kThrottled)};
  CHECK_FALSE(shop.replica().passed);
}

TEST_CASE("what steps are not about is not looked at", "[unit]") {
  DataShop shop;
  shop.staging.limits.snapshot_age = Duration::seconds(1);
  const Resources bound = shop.resources();
  PreflightChecks checks;
  check_data(bound, shop.caller, shop.now, {}, checks);
  CHECK(checks.empty());
  CHECK(shop.caller.sent.empty());
}

namespace {

/// Services that serve as the test says.
class Serving : public ServiceProbes {
 public:
  bool watches(ServiceIndex service) const override { return shares.contains(service); }
  std::optional<double> served_share(ServiceIndex service, const CallControl&) override {
    return shares.at(service);
  }
  std::map<ServiceIndex, std::optional<double>> shares;
};

}  // namespace

TEST_CASE("a quota is as large as the drill needs, by what was raised or by its default",
          "[unit]") {
  Shop shop;
  ScriptedCaller caller;
  shop.staging.quotas = {{"fargate", "L-3032A538", {"eu-west-1", {}}, 100}};
  const auto quota = [](double value) {
    return answer({{"Quota", {{"QuotaName", "vCPU"}, {"Value", value}}}});
  };
  const auto check = [&] {
    PreflightChecks checks;
    check_quotas(shop.staging, caller, {}, checks);
    REQUIRE(checks.size() == 1);
    CHECK(checks.front().guard == 9);
    return checks.front();
  };
  caller.says["GetServiceQuota"] = {quota(100)};
  CHECK(check().passed);
  CHECK_THAT(check().what, Contains("L-3032A538 of fargate in eu-west-1 (vCPU) is 100"));
  caller.says["GetServiceQuota"] = {quota(99)};
  CHECK_THAT(check().why, Contains("is 99, the drill needs 100"));
  // What nobody has raised is not known by itself.
  caller.says["GetServiceQuota"] = {failure(aws::FailureKind::kNotFound)};
  caller.says["GetAWSDefaultServiceQuota"] = {quota(140)};
  CHECK(check().passed);
  caller.says["GetServiceQuota"] = {failure(aws::FailureKind::kDenied)};
  CHECK_FALSE(check().passed);
  CHECK_THAT(check().why, Contains("cannot be read"));
  caller.says["GetServiceQuota"] = {answer(json::object())};
  CHECK_THAT(check().why, Contains("it has no value"));
}

TEST_CASE("every judged service serves before anything is broken", "[unit]") {
  Plan plan;
  plan.services.resize(3);
  plan.services[0].name = "shop";
  plan.services[1].name = "mail";
  plan.services[1].judged = false;
  Serving serving;
  const auto check = [&](std::optional<double> shop) {
    serving.shares = {{ServiceIndex{0}, shop}, {ServiceIndex{1}, 0.0}};
    PreflightChecks checks;
    check_services(plan, serving, {}, checks);
    REQUIRE(checks.size() == 1);
    return checks.front();
  };
  CHECK(check(1.0).passed);  // nobody looks at the third, and the second is not judged
  CHECK_THAT(check(0.0).why, Contains("shop does not serve"));
  CHECK_THAT(check(std::nullopt).why, Contains("cannot be seen"));
}

namespace {

const LockHolder kMine = {"run-1", "arn:me", "here", "2026-11-02T03:04:05Z"};

/// The lock in an account where each call is allowed, or none.
struct LockRig {
  Shop shop;
  ScriptedCaller caller;
  Verdict place;
  AccountLock lock{shop.staging, caller,
                   [this](const AwsRequest&, const CallControl&) { return place; }};

  LockRig() {
    shop.staging.lock = StagingLockSpec{"/drills/lock", {"eu-west-1", {}}};
    caller.says["PutParameter"] = {answer({{"Version", 1}})};
    caller.says["DeleteParameter"] = {answer(json::object())};
    caller.says["ListTagsForResource"] = {
        answer({{"TagList", {{{"Key", "dr-drill"}, {"Value", "allowed"}}}}})};
    held_by("run-1");
  }
  void held_by(const std::string& run) {
    const json holder = {
        {"run_id", run}, {"who", "arn:somebody"}, {"where", "there"}, {"since", "yesterday"}};
    caller.says["GetParameter"] = {answer({{"Parameter", {{"Value", holder.dump()}}}})};
  }
};

}  // namespace

TEST_CASE("the lock is made without overwriting, tagged, and taken away again", "[unit]") {
  LockRig rig;
  CHECK_FALSE(rig.lock.take(kMine, {}));
  const json& put = rig.caller.asked["PutParameter"];
  CHECK(put["Overwrite"] == false);
  CHECK(put["Tags"][0] == json{{"Key", "dr-drill"}, {"Value", "allowed"}});
  const json said = json::parse(put["Value"].get<std::string>());
  CHECK(said == json{{"run_id", "run-1"},
                     {"who", "arn:me"},
                     {"where", "here"},
                     {"since", "2026-11-02T03:04:05Z"}});
  CHECK(rig.lock.release({}).empty());
  CHECK(rig.caller.made == std::vector<std::string>{"PutParameter", "GetParameter",
                                                    "ListTagsForResource", "DeleteParameter"});
  CHECK(rig.lock.release({}).empty());  // twice does no harm
  CHECK(rig.caller.times("DeleteParameter") == 1);
}

TEST_CASE("a lock that somebody else holds is a refusal that says whose it is", "[unit]") {
  LockRig rig;
  rig.held_by("run-2");
  rig.caller.says["PutParameter"] = {failure(aws::FailureKind::kConflict)};
  for (const Verdict& no : {rig.lock.free({}), rig.lock.take(kMine, {})}) {
    REQUIRE(no);
    CHECK(no->guard == 9);
    CHECK_THAT(no->why, Contains("arn:somebody") && Contains("since yesterday") &&
                            Contains("run-2") && Contains("delete-parameter"));
  }
  CHECK(rig.lock.release({}).empty());  // it was never this run's
  CHECK(rig.caller.times("DeleteParameter") == 0);
}

TEST_CASE("a run takes up its own lock, and a lost answer is settled by a look", "[unit]") {
  LockRig rig;
  SECTION("after a crash") {
    rig.caller.says["PutParameter"] = {failure(aws::FailureKind::kConflict)};
  }
  SECTION("the answer was lost") {
    rig.caller.says["PutParameter"] = {
        failure(aws::FailureKind::kInterrupted, aws::OutcomeState::kUnknown)};
  }
  CHECK_FALSE(rig.lock.take(kMine, {}));
  CHECK(rig.lock.release({}).empty());
  CHECK(rig.caller.times("DeleteParameter") == 1);
}

TEST_CASE("a lock that cannot be made, read or sent for is a refusal", "[unit]") {
  LockRig rig;
  rig.caller.says["PutParameter"] = {failure(aws::FailureKind::kDenied)};
  rig.caller.says["GetParameter"] = {failure(aws::FailureKind::kNotFound)};
  CHECK_FALSE(rig.lock.free({}));
  CHECK_THAT(rig.lock.take(kMine, {})->why, Contains("cannot be made"));
  rig.caller.says["GetParameter"] = {failure(aws::FailureKind::kThrottled)};
  CHECK_THAT(rig.lock.free({})->why, Contains("cannot be read"));
  CHECK_THAT(rig.lock.take(kMine, {})->why, Contains("cannot be read"));
  rig.place = Refusal{4, "the region is not allowed"};
  rig.caller.made.clear();
  CHECK(rig.lock.take(kMine, {})->guard == 4);
  CHECK(rig.lock.free({})->guard == 4);
  CHECK(rig.caller.made.empty());
}

TEST_CASE("a lock that is not this run's, or carries no tag, is left where it is", "[unit]") {
  LockRig rig;
  REQUIRE_FALSE(rig.lock.take(kMine, {}));
  SECTION("another run's") {
    rig.held_by("run-2");
    CHECK_THAT(rig.lock.release({}), Contains("run-2"));
  }
  SECTION("gone") {
    rig.caller.says["GetParameter"] = {failure(aws::FailureKind::kNotFound)};
    CHECK_THAT(rig.lock.release({}), Contains("taken the lock"));
  }
  SECTION("no tag") {
    rig.caller.says["ListTagsForResource"] = {answer({{"TagList", json::array()}})};
    CHECK_THAT(rig.lock.release({}), Contains("no tag") && Contains("delete-parameter"));
  }
  SECTION("of another account by now") {
    rig.place = Refusal{2, "account 1 is not allowed"};
    CHECK_THAT(rig.lock.release({}), Contains("is still there") && Contains("not allowed"));
  }
  CHECK(rig.caller.times("DeleteParameter") == 0);
}

TEST_CASE("without a lock in the staging document nothing is asked", "[unit]") {
  LockRig rig;
  rig.shop.staging.lock.reset();
  CHECK_FALSE(rig.lock.free({}));
  CHECK_FALSE(rig.lock.take(kMine, {}));
  CHECK(rig.lock.release({}).empty());
  CHECK(rig.lock.requests().empty());
  CHECK(rig.caller.made.empty());
}

}  // namespace firedrill::live
