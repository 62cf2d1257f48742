// Guards one by one, and the platform behind them, over a caller whose every answer the test has
// written. No network.
#include <catch2/catch.hpp>
#include <set>

#include "engine/live/aws_platform.hpp"
#include "engine/live/guards.hpp"
#include "engine/live/live_plan.hpp"
#include "tests/support/platform_rig.hpp"

namespace firedrill::live {
namespace {

int guard_of(const Verdict& verdict) { return verdict ? verdict->guard : 0; }

}  // namespace

TEST_CASE("guards are numbered from 1 to 20", "[unit]") {
  int number = 0;
  std::set<std::string_view> names;
  for (const GuardRule& rule : guard_rules()) {
    CHECK(rule.number == ++number);
    names.insert(rule.name);
    CHECK(guards_page().find(rule.what) != std::string::npos);
  }
  CHECK(number == 20);
  CHECK(names.size() == 20);
}

TEST_CASE("guard 1: nothing without the digest of this plan", "[unit]") {
  CHECK(guard_of(check_execution("", "aa")) == 1);
  CHECK(guard_of(check_execution("ab", "aa")) == 1);
  CHECK(!check_execution("aa", "aa"));
}

TEST_CASE("guard 2: accounts", "[unit]") {
  AccountsSpec accounts = Shop().staging.accounts;
  CHECK(!check_account(accounts, {"111122223333", ""}));
  CHECK(guard_of(check_account(accounts, {"222233334444", ""})) == 2);
  CHECK(guard_of(check_account(accounts, {"999999999999", ""})) == 2);
  CHECK(guard_of(check_account(accounts, {"", ""})) == 2);
  accounts.blocked.push_back({"111122223333", {}});  // blocked wins over allowed
  CHECK(guard_of(check_account(accounts, {"111122223333", ""})) == 2);
  accounts.blocked.clear();
  CHECK(guard_of(check_account(accounts, {"111122223333", ""})) == 2);
}

TEST_CASE("guard 3: an alias that says production is refused as a word only", "[unit]") {
  AccountsSpec accounts = Shop().staging.accounts;
  const auto verdict = [&](const std::string& alias) {
    accounts.alias = alias;
    return guard_of(check_alias(accounts, {alias}, alias));
  };
  CHECK(verdict("shop-nonprod") == 0);
  CHECK(verdict("shop-preprod2") == 0);
  CHECK(verdict("shop-prod") == 3);
  CHECK(verdict("prod-shop") == 3);
  CHECK(verdict("shop-prod1") == 3);
  CHECK(verdict("shop-production-eu") == 3);
  CHECK(guard_of(check_alias(accounts, {}, "")) == 3);
  accounts.alias = "shop-staging";
  CHECK(guard_of(check_alias(accounts, {"shop-staging"}, "shop-stagin")) == 3);
}

TEST_CASE("guard 4: regions and ARNs", "[unit]") {
  const StagingDocument staging = Shop().staging;
  CHECK(guard_of(check_region(staging, "us-west-2")) == 4);
  CHECK(guard_of(check_region(staging, "")) == 4);
  CHECK(!check_arn(staging, "111122223333", kArn));
  CHECK(!check_arn(staging, "111122223333", "arn:aws:route53:::hostedzone/Z1"));
  CHECK(guard_of(check_arn(staging, "999999999999", kArn)) == 4);
  CHECK(guard_of(check_arn(staging, "111122223333",
                           "arn:aws:ecs:us-west-2:111122223333:service/a/b")) == 4);
  CHECK(guard_of(check_arn(staging, "111122223333", "api")) == 4);
}

TEST_CASE("guard 5: loopback and real endpoints are not mixed", "[unit]") {
  StagingDocument staging = Shop().staging;
  const auto at = [](const char* host) {
    return aws::EndpointResult{aws::ServiceEndpoint{{false, host, 5000}, "eu-west-1"}, ""};
  };
  CHECK(!check_endpoint(staging, at("ecs.eu-west-1.amazonaws.com")));
  CHECK(guard_of(check_endpoint(staging, at("127.0.0.1"))) == 5);
  CHECK(guard_of(check_endpoint(staging, at("localhost"))) == 5);
  staging.endpoints = "loopback";
  CHECK(!check_endpoint(staging, at("127.0.0.1")));
  CHECK(guard_of(check_endpoint(staging, at("ecs.eu-west-1.amazonaws.com"))) == 5);
  CHECK(guard_of(check_endpoint(staging, at("127.0.0.1.example.org"))) == 5);
}

TEST_CASE("guard 6: the tag, in every spelling of the services", "[unit]") {
  const OptInTagSpec tag{"dr-drill", "allowed"};
  for (const json& tags :
       {json{{"tags", {{{"key", "dr-drill"}, {"value", "allowed"}}}}},
        json{{"TagList",
              {{{"Key", "a"}, {"Value", "b"}}, {{"Key", "dr-drill"}, {"Value", "allowed"}}}}},
        json{{"Tags", {{{"TagKey", "dr-drill"}, {"TagValue", "allowed"}}}}}}) {
    CHECK(!check_tag(tag, tags, "x"));
  }
  for (const json& tags : {json::object(), json{{"tags", json::array()}},
                           json{{"tags", {{{"key", "dr-drill"}, {"value", "no"}}}}},
                           json{{"tags", {{{"key", "Dr-Drill"}, {"value", "allowed"}}}}}}) {
    CHECK(guard_of(check_tag(tag, tags, "x")) == 6);
  }
}

TEST_CASE("guard 7: only sessions of the role for drills", "[unit]") {
  StagingDocument staging = Shop().staging;
  CHECK(!check_role(staging, {"", "arn:aws:sts::111122223333:assumed-role/drills/run-1"}));
  CHECK(guard_of(check_role(staging, {"", "arn:aws:iam::111122223333:user/drills"})) == 7);
  CHECK(guard_of(check_role(staging, {"", "arn:aws:sts::1:assumed-role/drills2/run-1"})) == 7);
  staging.accounts.role = {};
  CHECK(guard_of(check_role(staging, {"", "arn:aws:sts::1:assumed-role/any/run-1"})) == 7);
}

TEST_CASE("guard 8: an altered plan file and a stale one", "[unit]") {
  LivePlan plan;
  plan.document = {{"format_version", "1.0"},
                   {"kind", "live-plan"},
                   {"scenario", {{"path", "s.json"}}},
                   {"staging", {{"path", "t.json"}}},
                   {"steps", {{{"step", "a/b"}, {"count", 2}}}}};
  plan.digest = digest_of(plan.document);
  const std::string text = plan_file_text(plan);
  std::string why;
  const auto file = read_plan_file(text, why);
  REQUIRE(file);
  CHECK(file->digest == plan.digest);
  CHECK(file->sources.scenario_path == "s.json");
  std::string altered = text;
  altered.replace(altered.find("\"count\": 2"), 10, "\"count\": 9");
  CHECK(!read_plan_file(altered, why));
  CHECK(why.find("altered") != std::string::npos);
  CHECK(!read_plan_file("{}", why));
  CHECK(!read_plan_file("{", why));
  CHECK(guard_of(check_same_plan(plan.digest, "other")) == 8);
  CHECK(!check_same_plan(plan.digest, plan.digest));
}

TEST_CASE("guard 10: anything but success is a veto", "[unit]") {
  CHECK(!check_veto({}));
  CHECK(!check_veto({"true"}));
  CHECK(guard_of(check_veto({"false"})) == 10);
  CHECK(guard_of(check_veto({"/nonexistent/program"})) == 10);
}

TEST_CASE("guard 14: counts, addresses and the number of resources", "[unit]") {
  LimitsSpec limits;
  BoundCall call;
  call.desired_count = 0;
  CHECK(guard_of(check_counts(limits, call)) == 14);
  limits.allow_scale_to_zero = true;
  CHECK(!check_counts(limits, call));
  call.desired_count = limits.desired_count + 1;
  CHECK(guard_of(check_counts(limits, call)) == 14);
  CHECK(guard_of(check_open_to_all(limits, {{"a", {{{"CidrIp", "0.0.0.0/0"}}}}})) == 14);
  CHECK(!check_open_to_all(limits, {{"CidrIp", "10.0.0.0/8"}}));
  limits.resources = 2;
  limits.concurrent = 1;
  BlastRadius radius(limits);
  CHECK(!radius.enter("a"));
  CHECK(guard_of(radius.enter("b")) == 14);  // one at a time
  radius.leave();
  CHECK(!radius.enter("b"));
  radius.leave();
  CHECK(guard_of(radius.enter("c")) == 14);  // two in all
  CHECK(!radius.enter("a"));                 // again the same
}

TEST_CASE("guard 15: lists are changed with the token of what was read", "[unit]") {
  AwsRequest request = request_of("cloudfront", "UpdateDistribution", "us-east-1", {{"Id", "E1"}});
  CHECK(guard_of(check_lock_token(request)) == 15);
  request.parameters["IfMatch"] = "";
  CHECK(guard_of(check_lock_token(request)) == 15);
  request.parameters["IfMatch"] = "ETAG";
  CHECK(!check_lock_token(request));
  CHECK(guard_of(check_lock_token(request_of("wafv2", "UpdateIPSet", "eu-west-1", {}))) == 15);
}

TEST_CASE("guard 16: what nobody filled in", "[unit]") {
  for (const char* text : {"<cluster>", "a-<b>", "$CLUSTER", "${cluster}", "x$_y"}) {
    CHECK(guard_of(check_placeholders({{"deep", {text}}})) == 16);
  }
  for (const char* text : {"costs 5 $", "a < b", "a > b", "plain"}) {
    CHECK(!check_placeholders({{"deep", {text}}}));
  }
}

TEST_CASE("a change is made after its inverse was kept", "[unit]") {
  Rig rig;
  CHECK(rig.perform().ok());
  REQUIRE(rig.inverses.kept.size() == 1);
  CHECK(rig.inverses.kept.front().parameters["desiredCount"] == 2);  // what was read
  CHECK(rig.caller.asked["UpdateService"]["desiredCount"] == 4);
  CHECK(rig.told.empty());
}

TEST_CASE("nothing is changed when its inverse cannot be kept", "[unit]") {
  Rig rig;
  rig.inverses.broken = true;
  CHECK_THROWS(rig.perform());
  CHECK(rig.caller.times("UpdateService") == 0);
}

TEST_CASE("what a guard refuses is not sent", "[unit]") {
  Rig rig;
  SECTION("tag") {
    rig.caller.says["DescribeServices"] = {answer(service(2, "no"))};
    CHECK(rig.perform().why == Failure::kRefused);
    CHECK(rig.refused() == 6);
  }
  SECTION("not there") {
    rig.caller.says["DescribeServices"] = {answer({{"services", json::array()}})};
    CHECK(rig.perform().why == Failure::kRefused);
    CHECK(rig.refused() == 6);
  }
  SECTION("account") {
    rig.shop.staging.accounts.allowed = {{"222233334444", {}}};
    CHECK(rig.perform().why == Failure::kRefused);
    CHECK(rig.refused() == 2);
  }
  SECTION("to no task at all") {
    rig.shop.plan.steps.front().call.count = 0;
    CHECK(rig.perform().why == Failure::kRefused);
    CHECK(rig.refused() == 14);
  }
  SECTION("not the first resource") {
    rig.shop.staging.limits.resources = 0;
    CHECK(rig.perform().why == Failure::kRefused);
    CHECK(rig.refused() == 14);
  }
  SECTION("the look fails") {
    rig.caller.says["DescribeServices"] = {failure(aws::FailureKind::kDenied)};
    CHECK(!rig.perform().ok());
  }
  CHECK(rig.caller.times("UpdateService") == 0);
  CHECK(rig.inverses.kept.empty());
  CHECK(rig.told.size() == 1);
}

TEST_CASE("who makes the calls is asked again after credentials were renewed", "[unit]") {
  Rig rig;
  CHECK(rig.perform().ok());
  CHECK(rig.perform().ok());
  CHECK(rig.caller.times("GetCallerIdentity") == 1);
  rig.caller.key = "AKIA2";
  rig.caller.says["GetCallerIdentity"] = {answer({{"Account", "999999999999"}, {"Arn", ""}})};
  CHECK(rig.perform().why == Failure::kRefused);
  CHECK(rig.refused() == 2);
  CHECK(rig.caller.times("UpdateService") == 2);
}

TEST_CASE("expired credentials and denied calls fail, and have no effect", "[unit]") {
  for (const auto kind : {aws::FailureKind::kExpired, aws::FailureKind::kDenied}) {
    Rig rig;
    rig.caller.says["UpdateService"] = {failure(kind)};
    const Outcome outcome = rig.perform();
    CHECK(outcome.kind == OutcomeKind::kFailed);
    CHECK(rig.caller.times("UpdateService") == 1);
  }
}

TEST_CASE("a lost reply is settled by a look", "[unit]") {
  Rig rig;
  rig.caller.says["UpdateService"] = {
      failure(aws::FailureKind::kInterrupted, aws::OutcomeState::kUnknown)};
  CHECK(rig.perform().kind == OutcomeKind::kUnknown);
  CHECK(rig.platform().settle(rig.shop.call(), StepIndex{0}, {}).kind == OutcomeKind::kFailed);
  rig.caller.says["DescribeServices"] = {answer(service(4))};
  CHECK(rig.platform().settle(rig.shop.call(), StepIndex{0}, {}).ok());
  CHECK(rig.caller.times("UpdateService") == 1);
  // A forced rollout looks like any other: nobody can tell whether it was begun.
  rig.shop.plan.steps.front().call.flag = true;
  CHECK(rig.platform().settle(rig.shop.call(), StepIndex{0}, {}).kind == OutcomeKind::kUnknown);
}

TEST_CASE("what still differs is told until it has been put back", "[unit]") {
  Rig rig;
  rig.perform();
  rig.caller.says["DescribeServices"] = {answer(service(4))};
  const auto left = rig.platform().leftovers({});
  REQUIRE(left.size() == 1);
  CHECK(left.front().find("desired count 2 -> 4") != std::string::npos);
  CHECK(rig.platform().undo(rig.inverses.kept.front(), {}).ok());
  CHECK(rig.caller.asked["UpdateService"]["desiredCount"] == 2);
  rig.caller.says["DescribeServices"] = {answer(service(2))};
  CHECK(rig.platform().leftovers({}).empty());
}

TEST_CASE("stop conditions: in ALARM, missing or unreadable", "[unit]") {
  Rig rig;
  const auto alarm = [](const char* state) {
    return answer({{"MetricAlarms", {{{"AlarmName", "others-hurt"}, {"StateValue", state}}}}});
  };
  rig.caller.says["DescribeAlarms"] = {alarm("OK")};
  CHECK(!rig.platform().stop_conditions({}).stop);
  rig.caller.says["DescribeAlarms"] = {alarm("ALARM")};
  CHECK(rig.platform().stop_conditions({}).stop);
  rig.caller.says["DescribeAlarms"] = {answer({{"MetricAlarms", json::array()}})};
  CHECK(rig.platform().stop_conditions({}).stop);
  rig.caller.says["DescribeAlarms"] = {failure(aws::FailureKind::kThrottled)};
  CHECK(rig.platform().stop_conditions({}).stop);
}

TEST_CASE("probes see what is there, and say when they cannot see", "[unit]") {
  Rig rig;
  PlannedCall probe;
  probe.operation = Operation::kProbeServicesStable;
  probe.components = {ComponentIndex{0}};
  const auto seen = [&] { return rig.platform().observe(probe, {}); };
  CHECK(seen().holds);
  json unstable = service(4);
  unstable["services"][0]["runningCount"] = 3;
  rig.caller.says["DescribeServices"] = {answer(unstable)};
  CHECK(seen().known);
  CHECK(!seen().holds);
  rig.caller.says["DescribeServices"] = {failure(aws::FailureKind::kNotFound)};
  CHECK(seen().known);
  CHECK(!seen().holds);
  rig.caller.says["DescribeServices"] = {failure(aws::FailureKind::kThrottled)};
  CHECK(!seen().known);
  probe.operation = Operation::kProbeDataIntact;  // nothing in AWS tells that
  CHECK(!seen().known);
}

namespace {

/// The shop, whose tasks an experiment stops.
struct ExperimentRig : Rig {
  ExperimentRig() {
    PlannedFault fault;
    fault.id = "crash";
    fault.call.operation = Operation::kFaultTasksCrash;
    fault.call.components = {ComponentIndex{0}};
    fault.call.fault = {0};
    fault.call.share = 0.5;
    shop.plan.faults = {fault};
    StagingFaultSpec cause;
    cause.fault = {"crash", {}};
    cause.cause = "fis";
    cause.role = "arn:aws:iam::111122223333:role/fis";
    shop.staging.faults = {cause};
    caller.says["CreateExperimentTemplate"] = {answer({{"experimentTemplate", {{"id", "EXT1"}}}})};
    caller.says["ListExperimentTemplates"] = {answer(
        {{"experimentTemplates",
          {{{"id", "EXT0"}, {"tags", {{"firedrill", "other"}}}},
           {{"id", "EXT1"}, {"tags", {{"firedrill", "crash"}, {"dr-drill", "allowed"}}}}}}})};
    caller.says["StartExperiment"] = {answer({{"experiment", {{"id", "EXP1"}}}})};
    caller.says["StopExperiment"] = {answer(json::object())};
    caller.says["DeleteExperimentTemplate"] = {answer(json::object())};
  }
  const PlannedCall& fault() const { return shop.plan.faults.front().call; }
  Outcome cause() { return platform().perform(fault(), {}, {}); }
};

TEST_CASE("no drill is run on a day of a blackout, its first and last day included") {
  using namespace std::chrono;
  StagingDocument staging;
  staging.blackouts = {{Date(2026y / 12 / 20), Date(2027y / 1 / 2), "year end", {}}};
  CHECK_FALSE(check_blackouts(staging, Date(2026y / 12 / 19)));
  CHECK_FALSE(check_blackouts(staging, Date(2027y / 1 / 3)));
  for (const Date day : {Date(2026y / 12 / 20), Date(2026y / 12 / 31), Date(2027y / 1 / 2)}) {
    const Verdict verdict = check_blackouts(staging, day);
    REQUIRE(verdict);
    CHECK(verdict->guard == 9);
    CHECK(verdict->why.find("year end") != std::string::npos);
  }
}

TEST_CASE("a drill causes faults in one region at a time") {
  CHECK_FALSE(check_one_region({}));
  CHECK_FALSE(check_one_region({"eu-west-1"}));
  const Verdict verdict = check_one_region({"eu-west-1", "eu-west-2"});
  REQUIRE(verdict);
  CHECK(verdict->guard == 14);
}

}  // namespace

TEST_CASE("a fault is an experiment made for the drill, and taken back whole", "[unit]") {
  ExperimentRig rig;
  CHECK(rig.cause().ok());
  const json& made = rig.caller.asked["CreateExperimentTemplate"];
  CHECK(made["stopConditions"][0]["value"] ==
        "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:others-hurt");
  CHECK(made["targets"]["targets"]["selectionMode"] == "PERCENT(50)");
  CHECK(made["actions"]["fault"]["actionId"] == "aws:ecs:stop-task");
  CHECK(rig.caller.asked["StartExperiment"]["experimentTemplateId"] == "EXT1");
  CHECK(rig.platform().revert(rig.fault(), {}).ok());
  CHECK(rig.caller.asked["StopExperiment"]["id"] == "EXP1");
  CHECK(rig.caller.asked["DeleteExperimentTemplate"]["id"] == "EXT1");
  CHECK(rig.caller.made.back() == "DeleteExperimentTemplate");  // last, as it came first
}

TEST_CASE("an experiment is not begun without targets, tag or stop condition", "[unit]") {
  ExperimentRig rig;
  SECTION("no target") {
    rig.caller.says["DescribeServices"] = {answer({{"services", json::array()}})};
  }
  SECTION("no tag") { rig.caller.says["DescribeServices"] = {answer(service(2, "no"))}; }
  SECTION("no stop condition in the region") {
    rig.shop.staging.stop_conditions.front().region = {"eu-west-2", {}};
  }
  SECTION("no role") { rig.shop.staging.faults.front().role.clear(); }
  SECTION("a template without a stop condition") {
    rig.shop.staging.faults.front().template_id = "EXT9";
    rig.caller.says["GetExperimentTemplate"] = {
        answer({{"experimentTemplate",
                 {{"id", "EXT9"},
                  {"tags", {{"dr-drill", "allowed"}}},
                  {"stopConditions", {{{"source", "none"}}}}}}})};
  }
  CHECK(rig.cause().why == Failure::kRefused);
  CHECK(rig.refused() == 6);
  CHECK(rig.caller.times("StartExperiment") == 0);
  CHECK(rig.caller.times("CreateExperimentTemplate") == 0);
}

TEST_CASE("every bound operation is called by an operation that the client has", "[unit]") {
  // request_of throws for what is missing; here each name of the table is looked up.
  for (const Binding* binding : bindings()) {
    INFO(binding->calls);
    const std::string_view calls = binding->calls;
    const auto blank = calls.find(' ');
    const auto end = calls.find_first_of(" ,", blank + 1);
    const auto name =
        calls.substr(blank + 1, end == std::string_view::npos ? end : end - blank - 1);
    CHECK(aws::find_operation(calls.substr(0, blank), name) != nullptr);
  }
}

}  // namespace firedrill::live
