// Steps that are done by commands of the AWS CLI, behind the same guards as calls. No command runs.
#include <catch2/catch.hpp>

#include "engine/live/live_plan.hpp"
#include "tests/support/platform_rig.hpp"

namespace firedrill::live {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kQueue = "arn:aws:sqs:eu-west-1:111122223333:orders";

/// The step of the shop's runbook is done by people, and by a command where that is allowed.
struct CommandRig : Rig {
  CommandRig() {
    shop.plan.steps.front().call = {};
    shop.plan.steps.front().call.operation = Operation::kHumanWork;
    shop.staging.limits.allow_commands = true;
    StagingCommandSpec slow_down;
    slow_down.step = {"scale/up", {}};
    slow_down.run = {"aws", "sqs", "set-queue-attributes", "--attributes", "DelaySeconds=60"};
    slow_down.region = {"eu-west-1", {}};
    slow_down.resource = kQueue;
    slow_down.look = {"aws", "sqs", "get-queue-attributes", "--attribute-names", "DelaySeconds"};
    slow_down.undo = {"aws", "sqs", "set-queue-attributes", "--attributes", "DelaySeconds=0"};
    shop.staging.commands = {slow_down};
    caller.says["Read"] = {answer({{"DelaySeconds", "0"}})};
    caller.says["Change"] = {answer(json::object())};
    caller.says["ChangeForGood"] = {answer(json::object())};
    tagged("allowed");
  }
  void tagged(const char* value) {
    caller.says["GetResources"] = {answer(
        {{"ResourceTagMappingList",
          {{{"ResourceARN", kQueue}, {"Tags", {{{"Key", "dr-drill"}, {"Value", value}}}}}}}})};
  }
  StagingCommandSpec& command() { return shop.staging.commands.front(); }
  bool changed() const { return caller.times("Change") + caller.times("ChangeForGood") > 0; }
};

}  // namespace

TEST_CASE("a command is run after a look, its tags and its inverse", "[unit]") {
  CommandRig rig;
  CHECK(rig.platform().performs(rig.shop.call(), StepIndex{0}));
  CHECK(rig.perform().ok());
  CHECK(rig.caller.asked["Change"]["argv"] == json(rig.command().run));
  CHECK(rig.caller.asked["GetResources"]["ResourceARNList"] == json({kQueue}));
  REQUIRE(rig.inverses.kept.size() == 1);
  CHECK(rig.inverses.kept.front().parameters["argv"] == json(rig.command().undo));
  const std::vector<std::string> order{"Read", "GetResources", "Change"};
  CHECK(std::search(rig.caller.made.begin(), rig.caller.made.end(), order.begin(), order.end()) !=
        rig.caller.made.end());
}

TEST_CASE("what a command has changed differs until its look says what it said before", "[unit]") {
  CommandRig rig;
  REQUIRE(rig.perform().ok());
  rig.caller.says["Read"] = {answer({{"DelaySeconds", "60"}})};
  const auto left = rig.platform().leftovers({});
  REQUIRE(left.size() == 1);
  CHECK(left.front().find("get-queue-attributes") != std::string::npos);
  CHECK(rig.platform().undo(rig.inverses.kept.front(), {}).ok());
  CHECK(rig.caller.asked["Change"]["argv"] == json(rig.command().undo));
  rig.caller.says["Read"] = {answer({{"DelaySeconds", "0"}})};
  CHECK(rig.platform().leftovers({}).empty());
}

TEST_CASE("without leave for commands a person does the step, and is told the words", "[unit]") {
  CommandRig rig;
  rig.shop.staging.limits.allow_commands = false;
  CHECK(!rig.platform().performs(rig.shop.call(), StepIndex{0}));
  CHECK(rig.platform().describe(rig.shop.call(), StepIndex{0}).find("aws sqs set-queue") !=
        std::string::npos);
  CHECK(!rig.perform().ok());
  // Nor is what an earlier run has left to be undone by a command.
  const Inverse undo{"aws-cli", "Change", "eu-west-1", {{"argv", rig.command().undo}}, "", ""};
  CHECK(!rig.platform().undo(undo, {}).ok());
  CHECK(rig.refused() == 16);
  CHECK(!rig.changed());
}

TEST_CASE("a guard refuses a command as it refuses a call", "[unit]") {
  CommandRig rig;
  int guard = 0;
  SECTION("another region") {
    rig.command().region = {"eu-west-2", {}};
    guard = 4;
  }
  SECTION("a resource of another account") {
    rig.command().resource = "arn:aws:sqs:eu-west-1:222233334444:orders";
    guard = 4;
  }
  SECTION("without the tag") {
    rig.tagged("no");
    guard = 6;
  }
  SECTION("not known to the service of tags") {
    rig.caller.says["GetResources"] = {answer({{"ResourceTagMappingList", json::array()}})};
    guard = 6;
  }
  SECTION("the tag of something else") {
    rig.command().resource = "arn:aws:sqs:eu-west-1:111122223333:others";
    guard = 6;
  }
  SECTION("nothing puts it back") {
    rig.command().undo.clear();
    guard = 11;
  }
  SECTION("a verb that nobody knows") {
    rig.command().run = {"aws", "sqs", "purge-everything"};
    guard = 11;
  }
  SECTION("to no task at all") {
    rig.command().run = {"aws", "ecs", "update-service", "--desired-count=0"};
    guard = 14;
  }
  SECTION("for every address") {
    rig.command().run = {"aws", "ec2", "modify-group", "--ip", "CidrIp=0.0.0.0/0,Description=x"};
    guard = 14;
  }
  SECTION("not filled in") {
    rig.command().run.emplace_back("<queue>");
    guard = 16;
  }
  SECTION("another endpoint") {
    rig.command().run.emplace_back("--endpoint-url=http://127.0.0.1");
    guard = 16;
  }
  SECTION("a secret among the words") {
    rig.command().run = {"aws", "secretsmanager", "update-secret", "--secret-string", "x"};
    guard = 16;
  }
  SECTION("a look that changes something") {
    rig.command().look = rig.command().run;
    guard = 6;
  }
  SECTION("no look") {
    rig.command().look.clear();
    guard = 6;
  }
  SECTION("a step that an operation does") {
    rig.shop.plan.steps.front().call.operation = Operation::kEcsUpdateService;
    guard = 6;
  }
  CHECK(rig.perform().why == Failure::kRefused);
  CHECK(rig.refused() == guard);
  CHECK(!rig.changed());
}

TEST_CASE("tags are looked for on every page, and only those of what is asked for", "[unit]") {
  CommandRig rig;
  json page = rig.caller.says["GetResources"].front().value;
  json first = page;
  first["ResourceTagMappingList"][0]["ResourceARN"] = "arn:aws:sqs:eu-west-1:111122223333:others";
  first["PaginationToken"] = "more";
  rig.caller.says["GetResources"] = {answer(first), answer(page)};
  CHECK(rig.perform().ok());
  CHECK(rig.caller.asked["GetResources"]["PaginationToken"] == "more");
  CHECK(rig.caller.times("GetResources") == 2);
}

TEST_CASE("a command whose answer was lost is for somebody to look at", "[unit]") {
  CommandRig rig;
  rig.caller.says["Change"] = {
      failure(aws::FailureKind::kInterrupted, aws::OutcomeState::kUnknown)};
  CHECK(rig.perform().kind == OutcomeKind::kUnknown);
  CHECK(rig.platform().settle(rig.shop.call(), StepIndex{0}, {}).kind == OutcomeKind::kUnknown);
  CHECK(rig.caller.times("Change") == 1);
}

TEST_CASE("a command that only reads needs neither resource nor look", "[unit]") {
  CommandRig rig;
  rig.command() = {};
  rig.command().step = {"scale/up", {}};
  rig.command().run = {"aws", "sqs", "list-queues"};
  rig.command().region = {"eu-west-1", {}};
  CHECK(rig.perform().ok());
  CHECK(rig.caller.asked["Read"]["argv"] == json(rig.command().run));
}

TEST_CASE("an approved command that nothing puts back is run", "[unit]") {
  CommandRig rig;
  rig.command().undo.clear();
  rig.shop.staging.approvals = {{{"scale/up", {}}, "head of platform", "a drill's own queue"}};
  CHECK(rig.perform().ok());
  CHECK(rig.inverses.kept.empty());
  CHECK(rig.changed());
}

}  // namespace firedrill::live
