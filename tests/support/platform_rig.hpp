// A platform over a shop of one ECS service and a caller whose every answer a test has written. No
// network.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/live/aws_platform.hpp"

namespace firedrill::live {

using nlohmann::json;

inline constexpr const char* kArn = "arn:aws:ecs:eu-west-1:111122223333:service/staging/api";

/// A shop of one ECS service, scaled by the one step of its runbook.
struct Shop {
  Plan plan;
  StagingDocument staging;

  Shop() {
    plan.system = "shop";
    plan.regions = {{"eu-west-1", {}}};
    plan.components = {
        {"api", "ecs:service", RegionIndex{0}, EcsServiceSpec{.production_count = 4}}};
    plan.runbooks = {{.name = "scale"}};
    PlannedStep step;
    step.runbook = {0};
    step.id = "up";
    step.call.operation = Operation::kEcsUpdateService;
    step.call.components = {ComponentIndex{0}};
    step.call.count = 4;
    plan.steps = {step};
    staging.system = "shop";
    staging.accounts = {
        {{"111122223333", {}}}, {{"999999999999", {}}}, "shop-staging", {"drills", {}}};
    staging.regions = {{"eu-west-1", {}}};
    staging.opt_in_tag = {"dr-drill", "allowed"};
    ResourceSpec api;
    api.component = {"api", {}};
    api.id = "api";
    api.cluster = "staging";
    api.known_good = "api:1";
    staging.resources = {api};
    staging.stop_conditions = {{"others-hurt", {"eu-west-1", {}}}};
  }

  Resources resources() const {
    Diagnostics diagnostics;
    auto bound = Resources::bind(plan, staging, diagnostics);
    REQUIRE(bound);
    return *bound;
  }
  const PlannedCall& call() const { return plan.steps.front().call; }
};

inline aws::Reply answer(json value) {
  aws::Reply reply;
  reply.outcome.state = aws::OutcomeState::kOk;
  reply.value = std::move(value);
  return reply;
}
inline aws::Reply failure(aws::FailureKind kind,
                          aws::OutcomeState state = aws::OutcomeState::kFailed) {
  aws::Reply reply;
  reply.outcome.state = state;
  reply.outcome.failure = aws::Failure{kind, "", "as the test says", 0};
  return reply;
}

inline json service(std::int64_t desired, const char* tag = "allowed") {
  return {{"services",
           {{{"serviceArn", kArn},
             {"status", "ACTIVE"},
             {"desiredCount", desired},
             {"runningCount", desired},
             {"taskDefinition", "arn:aws:ecs:eu-west-1:111122223333:task-definition/api:1"},
             {"deployments", {{{"id", "1"}}}},
             {"tags", {{{"key", "dr-drill"}, {"value", tag}}}}}}}};
}

class ScriptedCaller : public Caller {
 public:
  ScriptedCaller() {
    says["GetCallerIdentity"] = {answer(
        {{"Account", "111122223333"}, {"Arn", "arn:aws:sts::111122223333:assumed-role/drills/x"}})};
    says["ListAccountAliases"] = {answer({{"AccountAliases", {"shop-staging"}}})};
    says["DescribeServices"] = {answer(service(2))};
    says["UpdateService"] = {answer(json::object())};
  }
  aws::Reply call(const AwsRequest& request, const CallControl&) override {
    const std::string name(request.operation->name);
    made.push_back(name);
    sent.push_back(request);
    asked[name] = request.parameters;
    std::deque<aws::Reply>& replies = says[name];
    if (replies.empty()) return failure(aws::FailureKind::kUnsupported);
    const aws::Reply reply = replies.front();
    if (replies.size() > 1) replies.pop_front();  // the last is said for ever
    return reply;
  }
  aws::EndpointResult endpoint(std::string_view name, const std::string&) override {
    return {aws::ServiceEndpoint{{true, std::string(name) + ".example", 0}, "eu-west-1"}, ""};
  }
  std::string access_key_id() override { return key; }

  std::size_t times(const std::string& name) const {
    return static_cast<std::size_t>(std::count(made.begin(), made.end(), name));
  }

  std::map<std::string, std::deque<aws::Reply>> says;
  std::map<std::string, json> asked;
  std::vector<std::string> made;
  std::vector<AwsRequest> sent;  // as made, with all they say
  std::string key = "AKIA1";
};

class Inverses : public InverseRecord {
 public:
  void keep(const Inverse& inverse) override {
    if (broken) throw std::runtime_error("the disk is full");
    kept.push_back(inverse);
  }
  std::vector<Inverse> kept;
  bool broken = false;
};

/// A platform over the shop and the caller.
struct Rig {
  Shop shop;
  ScriptedCaller caller;
  Inverses inverses;
  std::vector<std::string> told;

  struct Made {
    Resources resources;
    AwsPlatform platform;
    Made(Rig& rig)
        : resources(rig.shop.resources()),
          platform({resources, rig.caller, rig.inverses,
                    [&rig](const std::string& text) { rig.told.push_back(text); }}) {}
  };
  std::optional<Made> made;

  AwsPlatform& platform() {
    if (!made) made.emplace(*this);
    return made->platform;
  }
  Outcome perform() { return platform().perform(shop.call(), StepIndex{0}, {}); }
  int refused() {
    const auto all = platform().refusals();
    return all.empty() ? 0 : all.back().guard;
  }
};

}  // namespace firedrill::live
