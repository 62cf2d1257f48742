// An outage put on a system: which faults it means there.
#include "engine/plan/outage.hpp"

#include <catch2/catch.hpp>

#include "engine/base/diagnostics.hpp"
#include "engine/input/reader.hpp"

namespace firedrill {
namespace {

constexpr const char* kTwoRegions = R"json({
  "apiVersion": "firedrill/v1", "kind": "System", "metadata": {"name": "two"},
  "regions": [{"name": "home", "zones": ["home-a", "home-b"]},
              {"name": "away", "zones": ["away-a"]}, {"name": "far", "zones": ["far-a"]}],
  "control_planes": [{"service": "route53", "hosted_in": "far"}],
  "tiers": [{"name": "t", "rto": "PT1H", "rpo": "PT1M"}],
  "components": [
    {"name": "carts-home", "kind": "dynamodb:table",
     "with": {"region": "home", "global_table": "c"}},
    {"name": "carts-away", "kind": "dynamodb:table",
     "with": {"region": "away", "global_table": "c"}},
    {"name": "lb", "kind": "elbv2:load-balancer", "with": {"region": "home"}},
    {"name": "edge", "kind": "cloudfront:distribution", "with": {"origin": "lb"}}],
  "services": []
})json";

SystemDocument two_regions() {
  SourceFiles sources;
  Diagnostics diagnostics;
  auto system = DocumentReader(sources, diagnostics).read_system_text("two", kTwoRegions);
  REQUIRE(system);
  return std::move(*system);
}

OutageDocument outage_of(OutageEffectSpec effect) {
  OutageDocument outage;
  outage.metadata.name.text = "that-day";
  outage.happened_in = "elsewhere";
  effect.id.text = "phase";
  outage.effects = {std::move(effect)};
  return outage;
}

std::string text_of(const FaultSpec& fault, std::string_view key) {
  for (const Argument& argument : fault.with) {
    if (argument.key.text == key) return std::get<std::string>(argument.value);
  }
  return {};
}

TEST_CASE("an outage strikes the first region of a system, whatever region it struck in truth") {
  OutageEffectSpec effect;
  effect.strikes.text = "components";
  effect.kinds = {{"dynamodb:table", {}}};
  effect.at = Duration::minutes(10);
  effect.lasts = Duration::minutes(172);
  effect.share = {0.5};
  const auto faults = faults_of(outage_of(effect), two_regions());
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].uses.text == "fault:component-degraded");
  CHECK(text_of(faults[0], "component") == "carts-home");
  CHECK(faults[0].at == kOutageOnset + Duration::minutes(10));
  CHECK(faults[0].lasts == Duration::minutes(172));
}

TEST_CASE("what happens everywhere strikes every region that has something of the kind") {
  OutageEffectSpec effect;
  effect.strikes.text = "components";
  effect.kinds = {{"dynamodb:table", {}}};
  effect.where = "everywhere";
  const auto faults = faults_of(outage_of(effect), two_regions());
  REQUIRE(faults.size() == 2);
  CHECK(text_of(faults[1], "component") == "carts-away");
  CHECK(faults[1].id.text == "phase-away");
}

TEST_CASE("what belongs to no region is struck with the platform's home") {
  OutageEffectSpec effect;
  effect.strikes.text = "components";
  effect.kinds = {{"elbv2:load-balancer", {}}, {"cloudfront:distribution", {}}};
  const auto faults = faults_of(outage_of(effect), two_regions());
  REQUIRE(faults.size() == 1);
  CHECK(text_of(faults[0], "component") == "lb,edge");
}

TEST_CASE("a platform that has nothing of what was hit has no fault") {
  OutageEffectSpec effect;
  effect.strikes.text = "components";
  effect.kinds = {{"s3:bucket", {}}};
  CHECK(faults_of(outage_of(effect), two_regions()).empty());
}

TEST_CASE("a control plane of one region is struck only where the outage was, or at home") {
  OutageEffectSpec effect;
  effect.strikes.text = "control-plane";
  effect.services = {{"ecs", {}}, {"route53", {}}};
  OutageDocument outage = outage_of(effect);
  // Route 53 takes its calls in "far", which is neither home nor where it happened.
  REQUIRE(faults_of(outage, two_regions()).size() == 1);
  outage.happened_in = "far";
  const auto faults = faults_of(outage, two_regions());
  REQUIRE(faults.size() == 2);
  CHECK(text_of(faults[1], "service") == "route53");
}

TEST_CASE("a zone of the home region is lost for as long as the power was") {
  OutageEffectSpec effect;
  effect.strikes.text = "zone";
  effect.lasts = Duration::minutes(88);
  const auto faults = faults_of(outage_of(effect), two_regions());
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].uses.text == "fault:zone-loss");
  CHECK(text_of(faults[0], "zone") == "home-a");
}

TEST_CASE("the drill goes on for a day after the last effect that ends") {
  OutageEffectSpec effect;
  effect.strikes.text = "zone";
  effect.at = Duration::hours(1);
  effect.lasts = Duration::hours(60);
  const ScenarioDocument scenario = scenario_of(outage_of(effect), two_regions());
  CHECK(scenario.horizon == Duration::hours(60 + 1 + 24) + kOutageOnset);
  CHECK(scenario.targets_from_tiers);
  CHECK(scenario.assumptions.size() == 1);
}

}  // namespace
}  // namespace firedrill
