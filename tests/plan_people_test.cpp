// Documents to plan: severities, impact, escalation, deputies.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/plan_sample.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

SeveritySpec severity(std::string name, std::uint32_t line) {
  SeveritySpec spec;
  spec.name = at_line(std::move(name), line);
  return spec;
}

/// The sample with two severities, the worse one for an outage of tier 1.
Sample with_severities() {
  Sample sample;
  sample.system.severities = {severity("SEV-1", 70), severity("SEV-2", 72)};
  sample.system.severities[0].when = {{at_line("tier-1", 71), {0}}};
  sample.system.severities[1].when = {{at_line("tier-1", 73), {0.95}}};
  return sample;
}

}  // namespace

TEST_CASE("a system without severities has four that say nothing", "[unit][plan]") {
  const Plan plan = Sample().plan();
  REQUIRE(plan.severities.size() == 4);
  CHECK(plan.severities[3].name == "SEV-4");
  CHECK_FALSE(plan.severities[0].respond_within);
  CHECK(plan.runbooks[0].severity == SeverityIndex{0});
  CHECK(plan.runbooks[0].impacts.empty());
}

TEST_CASE("rules of impact become a probe for each service behind an alarm", "[unit][plan]") {
  Sample sample = with_severities();
  // Another service of the tier, in which nothing that the alarm watches has a part.
  ServiceSpec other = sample.shop();
  other.name = at_line("other", 13);
  other.entry = {};
  other.sites = {{"shop-south", {}}};
  other.stores = {};
  sample.system.services.push_back(other);
  // And one that needs the shop, and so has a part in whatever it has.
  ServiceSpec checkout = other;
  checkout.name = at_line("checkout", 13);
  checkout.needs = {{"shop", {}}};
  sample.system.services.push_back(checkout);
  const Plan plan = sample.plan();
  const auto& impacts = plan.runbooks[0].impacts;
  REQUIRE(impacts.size() == 4);
  CHECK(impacts[0].severity == SeverityIndex{0});
  CHECK(plan.service(impacts[0].probe.service).name == "shop");
  CHECK(impacts[0].probe.share == 0);
  CHECK(plan.service(impacts[1].probe.service).name == "checkout");
  CHECK(impacts[2].severity == SeverityIndex{1});
  CHECK(impacts[2].probe.share == 0.95);
}

TEST_CASE("pages of a severity come in their order, unresolved ones by time", "[unit][plan]") {
  Sample sample = with_severities();
  SeveritySpec& worst = sample.system.severities[0];
  worst.pages = {at_line("commander", 74), at_line("on-call", 74)};
  worst.unresolved = {{at_line("on-call", 75), Duration::minutes(60)},
                      {at_line("commander", 76), Duration::minutes(30)}};
  worst.respond_within = Duration::minutes(5);
  const Plan plan = sample.plan();
  CHECK(plan.severities[0].pages == std::vector<RoleIndex>{{1}, {0}});
  CHECK(plan.severities[0].unresolved[0].role == RoleIndex{1});
  CHECK(plan.severities[0].unresolved[0].after == Duration::minutes(30));
  CHECK(plan.severities[0].respond_within == Duration::minutes(5));
}

TEST_CASE("what severities and escalation name must exist", "[unit][plan]") {
  Sample sample = with_severities();
  sample.system.severities[0].pages = {at_line("comander", 74)};
  sample.system.severities[0].unresolved = {{at_line("cto", 75), Duration::minutes(60)}};
  sample.system.severities[1].when[0].tier = at_line("tier-9", 76);
  sample.system.severities.push_back(severity("SEV-2", 77));
  sample.runbooks[0].severity = at_line("SEV-3", 78);
  sample.runbooks[0].pages = {at_line("security", 79)};
  CriterionSpec criterion;
  criterion.when.observe = at_line("service:serves", 80);
  criterion.when.with = {argument("service", "shop")};
  sample.runbooks[0].escalation = {criterion};
  const std::string errors = sample.errors();
  INFO(errors);
  for (const char* expected :
       {"74: FD012 \"pages\" of severity \"SEV-1\" names unknown role \"comander\" (did you mean "
        "\"commander\"?)",
        "75: FD012 \"unresolved\" of severity \"SEV-1\" names unknown role \"cto\"",
        "76: FD012 \"when\" of severity \"SEV-2\" names unknown tier \"tier-9\"",
        "77: FD011 severity \"SEV-2\" is defined twice",
        "78: FD012 \"severity\" of runbook \"failover\" names unknown severity",
        "79: FD012 \"pages\" of runbook \"failover\" names unknown role \"security\"",
        "80: FD007 \"escalation\" of runbook \"failover\" has a rule without effect"}) {
    CAPTURE(expected);
    CHECK(errors.find(expected) != std::string::npos);
  }
}

TEST_CASE("deputies must exist, and must not stand in for each other", "[unit][plan]") {
  Sample sample;
  auto& roles = sample.system.people.roles;
  roles[0].deputy = at_line("comander", 62);
  CHECK(sample.errors().starts_with(
      "62: FD012 \"deputy\" of role \"on-call\" names unknown role \"comander\""));
  roles[0].deputy = at_line("commander", 62);
  roles[0].deputy_after = Duration::minutes(7);
  const Plan plan = sample.plan();
  CHECK(plan.roles[0].deputy == RoleIndex{1});
  CHECK(plan.roles[0].deputy_after == Duration::minutes(7));
  CHECK_FALSE(plan.roles[1].deputy.valid());
  roles[1].deputy = at_line("on-call", 63);
  CHECK(sample.errors().find("FD013 deputies depend on each other in a circle: on-call -> "
                             "commander -> on-call") != std::string::npos);
}

TEST_CASE("a rotation needs somebody to hand over to", "[unit][plan]") {
  Sample sample;
  auto& roles = sample.system.people.roles;
  roles[0].rotation = RotationSpec{at_line("wednesday", 64), Duration::hours(8)};
  CHECK(sample.plan().roles[0].hand_over == Duration::hours(2 * 24 + 8));
  CHECK_FALSE(sample.plan().roles[1].hand_over);
  roles[1].rotation = RotationSpec{};
  CHECK(sample.errors().starts_with("61: FD014 role \"commander\" has a rotation of one person"));
}

TEST_CASE("change categories need a window that exists, and both halves of an approval",
          "[unit][plan]") {
  Sample sample;
  ChangeCategorySpec category;
  category.name = at_line("normal", 90);
  category.approved_by = at_line("comander", 91);
  category.in_window = true;
  sample.system.changes.categories = {category};
  sample.runbooks[0].change = at_line("norml", 92);
  sample.first_step().change = at_line("standard", 93);
  const std::string errors = sample.errors();
  INFO(errors);
  for (const char* expected :
       {"90: FD014 change category \"normal\" waits for a window, and the system has none",
        "90: FD007 change category \"normal\" has only one of",
        "91: FD012 \"approved_by\" of change category \"normal\" names unknown role \"comander\"",
        "92: FD012 \"change\" of runbook \"failover\" names unknown change category \"norml\" (did "
        "you mean \"normal\"?)",
        "93: FD012 \"change\" of step \"look\" names unknown change category \"standard\""}) {
    CAPTURE(expected);
    CHECK(errors.find(expected) != std::string::npos);
  }
}

TEST_CASE("faults of people name roles and steps that exist", "[unit][plan]") {
  Sample sample;
  FaultSpec fault;
  fault.id = at_line("away", 40);
  fault.uses = at_line("fault:role-absent", 41);
  fault.with = {argument("role", "comander")};
  sample.scenario.faults.push_back(fault);
  fault.id = at_line("wrong", 42);
  fault.uses = at_line("fault:wrong-step", 43);
  fault.with = {argument("step", "lok")};
  sample.scenario.faults.push_back(fault);
  const std::string errors = sample.errors();
  INFO(errors);
  CHECK(errors.find("names unknown role \"comander\" (did you mean \"commander\"?)") !=
        std::string::npos);
  CHECK(errors.find("names unknown step \"lok\" (did you mean \"look\"?)") != std::string::npos);
  sample.scenario.faults[1].with = {argument("role", "commander")};
  sample.scenario.faults[2].with = {argument("step", "decide")};
  const Plan plan = sample.plan();
  CHECK(plan.faults[1].call.role == RoleIndex{1});
  CHECK(plan.faults[2].call.step == StepIndex{1});
}
