#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "engine/base/random.hpp"
#include "engine/plan/circles.hpp"
#include "engine/plan/load.hpp"
#include "engine/plan/objectives.hpp"
#include "engine/plan/print.hpp"
#include "tests/support/plan_sample.hpp"

using namespace firedrill;
using namespace firedrill::test;

// ---------------------------------------------------------------------------------- vocabulary --

TEST_CASE("the vocabulary names every operation once", "[unit][plan]") {
  std::set<std::string_view> names;
  for (int i = 0; i < static_cast<int>(vocabulary().size()); ++i) {
    const OperationRule& rule = rule_of(static_cast<Operation>(i));
    CHECK(names.insert(rule.name).second);
    CHECK(find_operation(rule.name) == &rule);
    CHECK_FALSE(rule.meaning.empty());
  }
  CHECK(names.size() == vocabulary().size());
  CHECK(behaviours().size() == Plan{}.behaviour_probability.size());
}

namespace {

/// One component of each kind.
template <std::size_t... kind>
std::vector<ComponentDetail> one_of_each(std::index_sequence<kind...>) {
  return {ComponentDetail{std::in_place_index<kind>}...};
}

}  // namespace

TEST_CASE("every kind of component has a rule", "[unit][plan]") {
  const std::vector<ComponentDetail> details =
      one_of_each(std::make_index_sequence<std::variant_size_v<ComponentDetail>>());
  CHECK(component_kinds().size() == details.size());
  for (const ComponentDetail& detail : details) {
    CHECK(find_component_kind(kind_of(detail)) != nullptr);
  }
}

// --------------------------------------------------------------------------------------- plans --

TEST_CASE("a plan binds names and makes defaults explicit", "[unit][plan]") {
  const Plan plan = Sample().plan();
  CHECK(plan.persons == std::vector<std::string>{"ada", "ben"});
  CHECK(plan.roles[1].persons == std::vector{PersonIndex{1}});
  CHECK(plan.alarms[0].reported_in == RegionIndex{1});
  REQUIRE(plan.targets.size() == 2);
  CHECK(plan.targets[0].objective == Objective::kRto);
  CHECK(plan.targets[0].limit == Duration::minutes(15));
  CHECK(plan.targets[1].objective == Objective::kRpo);
  CHECK(plan.targets[1].at.line == 11);
  CHECK(plan.faults[0].call.region == RegionIndex{0});
  CHECK(plan.steps[1].needs == std::vector{StepIndex{0}});
  CHECK(plan.steps[0].hands_on_key == entity_key("failover/look/hands-on"));
  CHECK(plan.timing(plan.steps[0].hands_on).id == "people.verify_check");
  CHECK(plan.start.days.size() == 7);
  CHECK(plan.start.span == Duration::hours(24));
  CHECK(plan.probability(Behaviour::kQuotaForgotten) == 0.25);
  CHECK(plan.probability(Behaviour::kWaitForProvider) == 0.5);
  const PlannedComponent& replica = plan.component({9});
  CHECK(plan.component(replica.reference("replicates_from")).name == "orders-north");
  CHECK(replica.timing("replica_lag").valid());
  CHECK_FALSE(replica.timing("no-such-slot").valid());
}

TEST_CASE("times become seconds and later timings win", "[unit][plan]") {
  Sample sample;
  sample.system.timings = {constant("people.verify_check", "min", 2),
                           constant("aurora.global.replica_lag", "ms", 80)};
  Plan plan = sample.plan();
  const auto timing = [&](std::string_view id) {
    return plan.timing(plan.timing_by_id.find(id)->second);
  };
  CHECK(timing("people.verify_check").distribution.quantile(0.5) == 120);
  CHECK(timing("people.verify_check").unit == "s");
  CHECK(timing("people.verify_check").from_system);
  CHECK(timing("people.verify_check").used);
  CHECK(timing("aurora.global.replica_lag").distribution.quantile(0.5) == Approx(0.08));
  CHECK_FALSE(timing("terraform.apply_service_change").from_system);
  CHECK_FALSE(timing("cloudfront.update_distribution").used);

  sample.timings.push_back({{}, {constant("people.verify_check", "s", 7)}});
  plan = sample.plan();
  CHECK(timing("people.verify_check").distribution.quantile(0.5) == 7);
  CHECK_FALSE(timing("people.verify_check").from_system);
}

TEST_CASE("a probability that spreads is used by its median and can be drawn", "[unit][plan]") {
  Sample sample;
  TimingEntry spread = constant("human.step_default_error", "probability", 0);
  spread.distribution.family = "lognormal";
  spread.distribution.parameters = {{"p50", 0.012}, {"p95", 0.06}};
  sample.system.timings = {spread};
  Plan plan = sample.plan();
  const auto i = static_cast<std::size_t>(Behaviour::kHumanError);
  CHECK(plan.behaviour_probability[i] == Approx(0.012));
  CHECK(plan.behaviour_timing[i].valid());

  sample.scenario.behaviours = {{at_line("people.error", 50), {0}}};
  plan = sample.plan();
  CHECK(plan.behaviour_probability[i] == 0);
  CHECK_FALSE(plan.behaviour_timing[i].valid());
}

TEST_CASE("a start is days and a part of the day", "[unit][plan]") {
  Sample sample;
  sample.scenario.start = {at_line("saturday", 50), at_line("03:30", 51)};
  CHECK(sample.plan().start.days == std::vector<int>{5});
  CHECK(sample.plan().start.from == Duration::minutes(210));
  CHECK(sample.plan().start.span == Duration{});
  CHECK(sample.plan().start.text == "Saturday, 03:30");

  sample.scenario.start = {at_line("any", 50), at_line("office", 51)};
  CHECK(sample.plan().start.days.size() == 5);
  CHECK(sample.plan().start.text == "Monday to Friday, office hours (09:00 to 17:30)");

  // From 23:00 past midnight to 07:00: eight hours.
  sample.scenario.start = {at_line("weekend", 50), at_line("asleep", 51)};
  CHECK(sample.plan().start.span == Duration::hours(8));
}

TEST_CASE("a fallback, and what only it needs, run only when a step fails", "[unit][plan]") {
  Sample sample;
  StepSpec promote = step("promote", {"decide"});
  promote.on_failure = at_line("step:other-way", 60);
  auto& steps = sample.runbooks[0].steps;
  steps.insert(steps.end(), {promote, step("find-way"), step("think", {"find-way"}),
                             step("other-way", {"think", "decide"}), step("wait", {"promote"})});
  const Plan plan = sample.plan();
  std::string marked;
  for (const PlannedStep& s : plan.steps) marked += s.is_fallback ? s.id + " " : "";
  CHECK(marked == "find-way think other-way ");
  CHECK(plan.steps[2].on_failure == OnFailure::kGoTo);
  CHECK(plan.step(plan.steps[2].fallback).id == "other-way");
}

TEST_CASE("a call binds several components, counts and what it points to", "[unit][plan]") {
  Sample sample;
  sample.first_step().uses.text = "ecs:CreateService";
  sample.first_step().with = {argument("services", "shop-north, shop-south"),
                              argument("desired_count", "production")};
  StepSpec& second = sample.runbooks[0].steps[1];
  second.uses.text = "route53:ChangeResourceRecordSets";
  second.with = {argument("record", "dns"), argument("to", "alb-south")};
  const Plan plan = sample.plan();
  CHECK(plan.steps[0].call.components.size() == 2);
  CHECK(plan.steps[0].call.count == -1);
  CHECK(plan.component(plan.steps[1].call.target).name == "alb-south");
  CHECK(describe_call(plan, plan.steps[1].call) ==
        "route53:ChangeResourceRecordSets dns, to alb-south");
}

// -------------------------------------------------------------------------------------- errors --

TEST_CASE("every wrong reference is reported where it stands, in one pass", "[unit][plan]") {
  Sample sample;
  sample.shop().tier.text = "tier-11";
  sample.shop().entry.text = "alb-north";
  sample.first_step().role.text = "nobody";
  sample.runbooks[0].trigger.alarms[0].text = "shop";
  CHECK(sample.errors() ==
        "3: FD016 \"trigger\" of runbook \"failover\" names \"shop\", which is a service and not "
        "an alarm / use unreachable\n"
        "11: FD012 \"tier\" of service \"shop\" names unknown tier \"tier-11\" (did you mean "
        "\"tier-1\"?) / use tier-1\n"
        "12: FD016 \"entry\" of service \"shop\" names \"alb-north\", which is an "
        "elbv2:load-balancer and not a route53:record or cloudfront:distribution / use dns\n"
        "21: FD012 \"role\" of step \"look\" names unknown role \"nobody\" / use one of: on-call, "
        "commander");
}

TEST_CASE("unknown steps, actions and probes are named with a suggestion", "[unit][plan]") {
  Sample sample;
  sample.runbooks[0].steps[1].needs[0].text = "loook";
  CHECK(sample.errors() ==
        "23: FD012 step \"decide\" depends on unknown step \"loook\" (did you mean \"look\"?) / "
        "use one of: look, decide");
  sample = Sample();
  sample.first_step().uses.text = "ecs:UpdateServices";
  CHECK(sample.errors() ==
        "22: FD012 step \"look\" uses unknown action \"ecs:UpdateServices\" (did you mean "
        "\"ecs:UpdateService\"?)");
  sample = Sample();
  sample.first_step().uses.text = "rds:is-writer";
  CHECK(sample.errors() ==
        "22: FD016 step \"look\" uses \"rds:is-writer\", which is a probe and not an action");
  sample = Sample();
  sample.scenario.faults[0].uses.text = "fault:region-los";
  CHECK(sample.errors() ==
        "41: FD012 fault \"lost\" uses unknown fault \"fault:region-los\" (did you mean "
        "\"fault:region-loss\"?)");
}

TEST_CASE("arguments are held to the parameters of the action", "[unit][plan]") {
  Sample sample;
  sample.first_step().uses.text = "ecs:UpdateService";
  sample.first_step().with = {argument("servce", "shop-north"), argument("desired_count", 1.5)};
  std::string takes;
  for (const ParameterRule& parameter : rule_of(Operation::kEcsUpdateService).parameters) {
    takes += (takes.empty() ? "" : ", ") + std::string(parameter.name);
  }
  CHECK(sample.errors() ==
        "22: FD007 step \"look\" uses ecs:UpdateService without \"service\" / add it to \"with\": "
        "the service\n"
        "30: FD006 step \"look\" gives ecs:UpdateService an unknown argument \"servce\" (did you "
        "mean \"service\"?) / use one of: " +
            takes +
            "\n"
            "30: FD008 \"desired_count\" of step \"look\" must be a whole number from 0 to "
            "1,000,000, "
            "or \"production\" / tasks wanted; \"production\" for its production count");
  sample.first_step().with = {argument("service", "orders-north")};
  CHECK(sample.errors() ==
        "30: FD016 \"service\" of step \"look\" names \"orders-north\", which is an aurora:cluster "
        "and not an ecs:service / use one of: shop-north, shop-south");
  sample = Sample();
  sample.first_step().uses.text = "wait:since-detection";
  sample.first_step().with = {argument("at_least", "5 minutes")};
  CHECK(sample.errors() ==
        "30: FD008 \"at_least\" of step \"look\" must be an ISO-8601 duration such as \"PT15M\" / "
        "how long after detection");
}

TEST_CASE("work needs somebody and a time", "[unit][plan]") {
  Sample sample;
  sample.first_step().uses.text = "human:work";
  sample.first_step().role = {};
  CHECK(sample.errors() ==
        "20: FD007 step \"look\" uses human:work, but has no \"role\" / name the role whose hands "
        "it needs\n"
        "20: FD007 step \"look\" uses human:work, but has no \"time\" / name the timing that says "
        "how long it takes");
  sample = Sample();
  sample.first_step().time = at_line("human.step_default_error", 24);
  CHECK(sample.errors() ==
        "24: FD016 \"time\" of step \"look\" names \"human.step_default_error\", which is a "
        "probability and not a duration");
}

TEST_CASE("circles are named, and the closing dependence is shown", "[unit][plan]") {
  Sample sample;
  sample.first_step().needs = {at_line("decide", 19)};
  CHECK(sample.errors() ==
        "23: FD013 steps of runbook \"failover\" depend on each other in a circle: look -> decide "
        "-> look / remove one of these dependences");
  sample = Sample();
  ServiceSpec login = sample.shop();
  login.name = at_line("login", 9);
  login.needs = {at_line("shop", 8)};
  sample.shop().needs = {at_line("login", 13)};
  sample.system.services.push_back(login);
  CHECK(sample.errors() ==
        "8: FD013 services depend on each other in a circle: shop -> login -> shop / remove one of "
        "these dependences");
  sample = Sample();
  sample.runbooks[0].steps[1].on_failure = at_line("step:look", 25);
  CHECK(sample.errors() ==
        "23: FD013 steps of runbook \"failover\" depend on each other in a circle: look -> decide "
        "-> look / remove one of these dependences");
}

TEST_CASE("what contradicts itself is impossible", "[unit][plan]") {
  Sample sample;
  sample.detail<EcsServiceSpec>("shop-south").cluster = at_line("cluster-north", 70);
  sample.detail<AuroraClusterSpec>("orders-south").zones = {at_line("north-a", 71)};
  sample.scenario.faults[0].at = Duration::hours(24);
  CHECK(sample.errors() ==
        "40: FD014 fault \"lost\" begins after 1d, when the drill has ended after 1d / begin it "
        "earlier, or raise \"horizon\"\n"
        "70: FD014 \"cluster\" of component \"shop-south\" names \"cluster-north\", which is in "
        "another region, north / name one of the same region\n"
        "71: FD014 \"zones\" of component \"orders-south\" names \"north-a\", which is not in "
        "south / use one of: south-a, south-b");
  sample = Sample();
  sample.scenario.start = {at_line("sunday", 50), at_line("office", 51)};
  CHECK(sample.errors() ==
        "51: FD014 there are no office hours on \"sunday\" / choose another day, or a time of day");
  sample = Sample();
  sample.shop().sites[1] = at_line("shop-north", 13);
  CHECK(sample.errors() ==
        "13: FD011 \"sites\" of service \"shop\" names \"shop-north\" twice / remove one of them\n"
        "13: FD014 service \"shop\" has two sites in north / a service has one site in a region");
  sample = Sample();
  sample.runbooks[0].verification = {step("look-again", {"look"})};
  CHECK(sample.errors() ==
        "23: FD014 verification step \"look-again\" has \"needs\", but runs after every other step "
        "/ remove \"needs\"");
}

TEST_CASE("values out of range, and choices that nothing knows", "[unit][plan]") {
  Sample sample;
  sample.system.alarms[0].threshold = 5;
  sample.system.alarms[0].severity.text = "SEV-11";
  CHECK(
      sample.errors() ==
      "15: FD009 alarm \"unreachable\" has threshold 5, but synthetics:failed_share is a share "
      "from 0 to 1\n"
      "18: FD012 \"severity\" of alarm \"unreachable\" names unknown severity \"SEV-11\" (did you "
      "mean \"SEV-1\"?) / use one of: SEV-1, SEV-2, SEV-3, SEV-4");
  sample = Sample();
  sample.system.alarms[0].reported_in = {};
  CHECK(sample.errors() ==
        "14: FD007 alarm \"unreachable\" needs \"reported_in\" / its metric is global, and the "
        "system has no region us-east-1");
}

TEST_CASE("a scenario that judges nothing is refused", "[unit][plan]") {
  Sample sample;
  sample.shop().judged = false;
  CHECK(sample.errors() ==
        "1: FD017 scenario \"north-lost\" has no target, so there is nothing to judge / give the "
        "system a service that is judged");
  sample.scenario.targets_from_tiers = false;
  TargetSpec listed = target("rto");
  listed.service = at_line("shop", 60);
  sample.scenario.targets = {listed};
  CHECK(sample.plan().targets.size() == 1);
  sample.scenario.targets[0].service.text = "shopp";
  CHECK(sample.errors() ==
        "60: FD012 a target names unknown service \"shopp\" (did you mean \"shop\"?) / use shop");
}

TEST_CASE("a target names what its objective speaks of", "[unit][plan]") {
  Sample sample;
  sample.scenario.targets_from_tiers = false;
  TargetSpec step = target("completion");
  step.runbook = at_line("failover", 61);
  step.step = at_line("look", 62);
  step.from = "detected";
  TargetSpec whole = step;
  whole.step = {};
  TargetSpec severity = target("response");
  severity.severity = at_line("SEV-1", 63);
  sample.scenario.targets = {step, whole, severity, target("resolve")};
  const Plan plan = sample.plan();
  REQUIRE(plan.targets.size() == 4);
  CHECK(plan.targets[0].runbook == RunbookIndex{0});
  CHECK(plan.targets[0].step == StepIndex{0});
  CHECK(plan.targets[0].from == TargetStart::kDetected);
  CHECK(plan.targets[0].subject == "failover: look");
  CHECK_FALSE(plan.targets[1].step.valid());
  CHECK(plan.targets[2].severity == SeverityIndex{0});
  CHECK(plan.targets[3].subject == "any severity");
  CHECK(target_text(Objective::kCompletion, TargetStart::kDetected, Duration::minutes(15)) ==
        "completion from detected <= PT15M");
}

TEST_CASE("a target that does not fit its objective is refused", "[unit][plan]") {
  Sample sample;
  sample.scenario.targets_from_tiers = false;
  TargetSpec wrong = target("completion");
  wrong.service = at_line("shop", 61);
  sample.scenario.targets = {wrong};
  CHECK(sample.errors() ==
        "60: FD007 a target of objective \"completion\" names no runbook / add \"runbook\"\n"
        "60: FD014 a target of objective \"completion\" names a service / remove \"service\"");
  TargetSpec lost = target("completion");
  lost.runbook = at_line("failover", 61);
  lost.step = at_line("loook", 62);
  sample.scenario.targets = {lost};
  CHECK(sample.errors().find("62: FD012 a target names unknown step \"loook\" of runbook "
                             "\"failover\" (did you mean \"look\"?)") == 0);
}

TEST_CASE("the error budget is the system's, its use the scenario's", "[unit][plan]") {
  Sample sample;
  sample.system.error_budget.used.value = 0.25;
  CHECK(sample.plan().error_budget.used.value == 0.25);
  sample.scenario.error_budget_used = Share{0.5};
  CHECK(sample.plan().error_budget.used.value == 0.5);
  CHECK(sample.plan().error_budget.window == Duration::days(30));
}

TEST_CASE("names are unique within their kind", "[unit][plan]") {
  Sample sample;
  sample.runbooks[0].steps[1].id = at_line("look", 28);
  sample.runbooks[0].steps[1].needs.clear();
  sample.runbooks.push_back(sample.runbooks[0]);
  sample.runbooks[1].steps = {step("look")};
  sample.runbooks[1].metadata.name.at.line = 5;
  CHECK(sample.errors() ==
        "5: FD011 runbook \"failover\" is defined twice / rename one of them; the other is in line "
        "2\n"
        "28: FD011 step \"look\" is defined twice / rename one of them; the other is in line 20");
}

TEST_CASE("timings that are missing or describe nothing are errors", "[unit][plan]") {
  Sample sample;
  auto& entries = sample.timings[0].timings;
  std::erase_if(entries,
                [](const TimingEntry& e) { return e.id.text == "page.delay_when_delayed"; });
  TimingEntry bad = constant("people.verify_check", "s", 0);
  bad.distribution.family = "uniform";
  bad.distribution.parameters = {{"min", -5}, {"max", 5}};
  bad.distribution.at.line = 80;
  sample.system.timings = {bad};
  CHECK(sample.errors() ==
        "1: FD012 people (added when the paging provider is slow) needs the timing "
        "\"page.delay_when_delayed\", which no document has / add it to \"timings\" of the system\n"
        "80: FD009 timing \"people.verify_check\" can be negative: uniform -5 to 5 / raise its "
        "minimum, or set truncate_min to 0");
  sample = Sample();
  bad.distribution.parameters = {{"min", 5}, {"max", 4}};
  sample.system.timings = {bad};
  CHECK(sample.errors().starts_with("80: FD014 timing \"people.verify_check\": "));
}

TEST_CASE("behaviours are known by name", "[unit][plan]") {
  Sample sample;
  sample.scenario.behaviours = {{at_line("people.eror", 50), {0.5}}};
  CHECK(sample.errors().starts_with(
      "50: FD012 \"behaviours\" names unknown behaviour \"people.eror\" (did you mean "
      "\"people.error\"?) / use one of: "));
}

TEST_CASE("any acyclic runbook resolves, and any back edge is refused", "[unit][plan]") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const DrillDraws draws(seed, 0);
    std::uint32_t number = 0;
    const auto below = [&](std::size_t n) {
      return static_cast<std::size_t>(draws.uniform(entity_key("dag"), number++) *
                                      static_cast<double>(n));
    };
    Sample sample;
    auto& steps = sample.runbooks[0].steps;
    steps.clear();
    const std::size_t count = 2 + below(30);
    for (std::size_t i = 0; i < count; ++i) {
      steps.push_back(step(fmt::format("s{}", i)));
      std::set<std::size_t> needs;
      // A chain through all steps makes every edge backwards a circle.
      if (i > 0) needs = {i - 1, below(i), below(i)};
      for (const std::size_t n : needs)
        steps[i].needs.push_back(at_line(fmt::format("s{}", n), 23));
    }
    INFO("seed " << seed);
    CHECK(sample.plan().steps.size() == count);
    const std::size_t from = below(count);
    const std::size_t to = from + below(count - from);
    steps[from].needs.push_back(at_line(fmt::format("s{}", to), 99));
    CHECK(sample.errors().find("FD013 steps of runbook \"failover\" depend on each other in a "
                               "circle: s") != std::string::npos);
  }
}

TEST_CASE("a chain of many thousand steps does not exhaust the stack", "[unit][plan]") {
  constexpr std::uint32_t kNodes = 300'000;
  DependenceGraph graph(kNodes);
  for (std::uint32_t i = 0; i + 1 < kNodes; ++i) graph.add(i, i + 1, {});
  CHECK(graph.circles().empty());
  graph.add(kNodes - 1, 0, {0, 7, 1});
  REQUIRE(graph.circles().size() == 1);
  CHECK(graph.circles()[0].nodes.size() == kNodes);
  CHECK(graph.circles()[0].at.line == 7);
}

// ------------------------------------------------------------------------------------ printing --

TEST_CASE("the printed plan keeps to its width and to ASCII", "[unit][plan]") {
  Sample sample;
  sample.scenario.question = std::string(300, 'x') + " – how long until “shop” serves?\nReally?";
  sample.first_step().title = "A title that is far too long for a line of forty columns, or eighty";
  sample.scenario.assumptions = {{"hours", "any", "the document gives none", {}}};
  const Plan plan = sample.plan();
  for (const int width : {40, 80, 120}) {
    for (const bool unicode : {true, false}) {
      std::istringstream text(print_plan(plan, width, unicode));
      for (std::string line; std::getline(text, line);) {
        const auto columns = std::count_if(line.begin(), line.end(), [](char c) {
          return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
        });
        INFO(line);
        CHECK(columns <= width);
        CHECK((line.empty() || line.back() != ' '));
        if (!unicode) CHECK(static_cast<std::size_t>(columns) == line.size());
      }
    }
  }
  const std::string page = print_plan(plan, 80, true);
  for (const char* part :
       {"SCENARIO north-lost\n", "  shop        rto ≤ PT15M in 95 % of drills\n",
        "  lost        fault:region-loss north; at the start, for the whole drill, in 100\n",
        "\n  1 look: A title that is far too long", "     needs      look\n",
        "  - hours: any. the document gives none\n", "  escalation  on-call within 5m\n"}) {
    INFO(page);
    CHECK(page.find(part) != std::string::npos);
  }
}

// ------------------------------------------------------------------------------------- loading --

#ifdef FIREDRILL_SOURCE_DIR
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

const std::filesystem::path kSource = FIREDRILL_SOURCE_DIR;

}  // namespace

TEST_CASE("the library has every timing that the vocabulary names", "[unit][plan]") {
  const std::string text = text_of(kSource / "models/timings/library.json");
  for (const auto& [id, who] : needed_timings()) {
    INFO(who << " needs " << id);
    CHECK(text.find(fmt::format("\"{}\"", id)) != std::string::npos);
  }
}

TEST_CASE("a shipped scenario loads, and its digest is over every byte", "[unit][plan]") {
  const std::string scenario = (kSource / "scenarios/causeway/region-loss.json").string();
  const std::string library = text_of(kSource / "models/timings/library.json");
  const auto digest = [&](const std::string& text) {
    SourceFiles sources;
    Diagnostics diagnostics;
    const auto plan = load_plan(scenario, text, sources, diagnostics);
    for (const Diagnostic& d : diagnostics.list()) FAIL_CHECK(render(d, sources));
    return plan ? plan->scenario_sha256 : std::string();
  };
  CHECK(digest(library).size() == 64);
  CHECK(digest(library) == digest(library));
  CHECK(digest(library) != digest(library + "\n"));
}
#endif

TEST_CASE("paths of a scenario are relative to it and must exist", "[unit][plan]") {
  const auto folder =
      std::filesystem::temp_directory_path() / fmt::format("firedrill-plan-test-{}", getpid());
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "s.json").string();
  std::ofstream(path) << R"({"apiVersion": "firedrill/v1", "kind": "Scenario",
 "metadata": {"name": "s"},
 "system": "/etc/system.json",
 "runbooks": ["missing.json"],
 "faults": [], "targets": "tiers"})";
  SourceFiles sources;
  Diagnostics diagnostics;
  const auto plan = load_plan(path, "{}", sources, diagnostics);
  std::filesystem::remove_all(folder);
  CHECK_FALSE(plan);
  const auto reported = [&](Rule rule, std::uint32_t line, std::string_view head) {
    return std::any_of(diagnostics.list().begin(), diagnostics.list().end(), [&](const auto& d) {
      return d.rule == rule && d.origin.line == line && d.message.starts_with(head);
    });
  };
  CHECK(reported(Rule::kImpossible, 3, "\"system\" names the absolute path \"/etc/system.json\""));
  CHECK(
      reported(Rule::kCannotRead, 4, "\"runbooks\" names \"missing.json\", but there is no file"));
}
