// Attacks and surges, firewalls, scaling.
#include <catch2/catch.hpp>
#include <cmath>

#include "models/web_acl.hpp"
#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

/// The sample with a firewall in front of the north's load balancer.
ModelSample with_firewall(WebAclSpec firewall = {}, double keeps_out = 0) {
  ModelSample s;
  IpSetSpec blocked{{"north", {}}, keeps_out};
  firewall.region = {"north", {}};
  firewall.ip_set = {"blocked", {}};
  s.system.components.push_back(component("blocked", blocked));
  s.system.components.push_back(component("waf", firewall));
  s.detail<LoadBalancerSpec>("alb-north").web_acl = {"waf", {}};
  return s;
}

PlannedCall flood(const Plan& plan, double factor, std::map<std::string, double> traits) {
  PlannedCall attack = call_on(plan, Operation::kFaultDdosAttack, "dns");
  attack.fault = {0};
  attack.factor = factor;
  attack.traits.insert(traits.begin(), traits.end());
  return attack;
}

PlannedCall worded(const Plan& plan, Operation operation, std::string_view component,
                   std::string word) {
  PlannedCall call = call_on(plan, operation, component, kCountUnchanged);
  call.word = std::move(word);
  return call;
}

PlannedCall limit(const Plan& plan, std::int64_t requests) {
  return call_on(plan, Operation::kWafUpdateWebAcl, "waf", requests);
}

constexpr double kNever = -1;

}  // namespace

TEST_CASE("fast addresses send (1 + L/m) exp(-L/m) of the requests", "[traffic]") {
  // By parts: the integral from L of x exp(-x/m) dx is m (L + m) exp(-L/m); from 0 it is m^2.
  CHECK(share_above_rate(500, 500) == Approx(2 * std::exp(-1)));
  CHECK(share_above_rate(2000, 500) == Approx(5 * std::exp(-4)));
  CHECK(share_above_rate(0, 500) == 1.0);
  CHECK(share_above_rate(500, 0) == 0.0);
  // Numerically, for L = 700 and m = 300.
  double above = 0;
  double all = 0;
  for (double x = 0.5; x < 20000; x += 1) {
    const double requests = x * std::exp(-x / 300);
    all += requests;
    if (x > 700) above += requests;
  }
  CHECK(share_above_rate(700, 300) == Approx(above / all).epsilon(1e-5));
}

TEST_CASE("tasks answer customers and attackers alike: n / (L d)", "[traffic]") {
  // 4 tasks carry the usual load; five times the requests: 4 / (4 * 5). A surge is no different.
  const Plan plan = ModelSample().plan();
  const Played attacked = play(plan, {{10, flood(plan, 5, {})}}, 30)[0];
  CHECK(attacked.share_at(5) == 1.0);
  CHECK(attacked.share_at(20) == Approx(0.2));
  PlannedCall surge = call_on(plan, Operation::kFaultTrafficSurge, "dns");
  surge.factor = 1.25;
  const Played more = play(plan, {{10, surge}, {20, surge, true}}, 30)[0];
  CHECK(more.share_at(15) == Approx(0.8));
  CHECK(more.share_at(25) == 1.0);
}

TEST_CASE("what rules in place know never reaches the tasks; the rest does", "[traffic]") {
  // 10 times: the attack is 9 of the usual, of which 1 - 0.9 get through: 1 / 1.9.
  const Plan plan = with_firewall().plan();
  const Played played = play(plan, {{10, flood(plan, 10, {{"caught_by_rules", 0.9}})}}, 30)[0];
  CHECK(played.share_at(20) == Approx(1 / 1.9));
}

TEST_CASE("the rate limit works once it has counted, and a new one once it is in force",
          "[traffic]") {
  // Addresses with a mean of 500: a limit of 2000 catches 5 exp(-4), one of 500 catches 2 exp(-1).
  // Counting takes 30 s, a change of rules 20 s. The attack is 4 times the usual, from 10 s on.
  ModelSample s = with_firewall();
  s.constant_s("waf.rate_rule_reaction", 30).constant_s("waf.web_acl_update", 20);
  const Plan plan = s.plan();
  const PlannedCall read = call_on(plan, Operation::kWafGetWebAcl, "waf");
  const Played played = play(
      plan,
      {{10, flood(plan, 5, {{"requests_per_address", 500}})}, {100, read}, {101, limit(plan, 500)}},
      300)[0];
  CHECK(played.share_at(20) == Approx(1.0 / 5));
  const double first = 1 + 4 * (1 - 5 * std::exp(-4));
  CHECK(played.reaches(1 / first - 1e-9, 11) == Approx(40));
  CHECK(played.share_at(140) == Approx(1 / first));
  const double second = 1 + 4 * (1 - 2 * std::exp(-1));
  CHECK(played.reaches(1 / second - 1e-9, 41) == Approx(101 + 20 + 30).margin(0.01));
}

TEST_CASE("a change needs the token of the last version", "[traffic]") {
  const Plan plan = with_firewall().plan();
  const Played played = play(plan,
                             {{10, limit(plan, 500)},
                              {20, call_on(plan, Operation::kWafGetWebAcl, "waf")},
                              {30, limit(plan, 500)},
                              {40, limit(plan, 400)}},
                             60)[0];
  CHECK(played.replies[0].outcome.why == Failure::kConflict);
  CHECK(played.replies[2].outcome.ok());
  CHECK(played.replies[3].outcome.ok());  // the reply of a change carries the next token
}

TEST_CASE("a tighter limit blocks customers behind shared addresses too", "[traffic]") {
  // 10 % of customers behind addresses with a mean of 500: at 500, 2 exp(-1) of them are blocked,
  // of whom 5 exp(-4) always were.
  WebAclSpec firewall;
  firewall.shared_address_share = {0.1};
  firewall.requests_per_shared_address = 500;
  firewall.customers_abroad = {0.03};
  const Plan plan = with_firewall(firewall).plan();
  PlannedCall countries = limit(plan, kCountUnchanged);
  countries.word = "expected-countries";
  const Played played = play(plan,
                             {{10, call_on(plan, Operation::kWafGetWebAcl, "waf")},
                              {20, limit(plan, 500)},
                              {30, countries}},
                             60)[0];
  CHECK(played.share_at(5) == 1.0);
  const double tight = (1 - 0.1 * 2 * std::exp(-1)) / (1 - 0.1 * 5 * std::exp(-4));
  CHECK(played.share_at(25) == Approx(tight));
  CHECK(played.share_at(40) == Approx(tight * 0.97));
}

TEST_CASE("a list takes out the addresses of a sample of what passes", "[traffic]") {
  // The attack is 4 of the usual; 0.75 of it can be listed: 1 / (1 + 4 * 0.25).
  const Plan plan = with_firewall().plan();
  const auto moves = [&](const std::string& action, const std::string& list) {
    return std::vector<Move>{{10, flood(plan, 5, {{"listable", 0.75}})},
                             {20, worded(plan, Operation::kLogsFilterEvents, "waf", action)},
                             {30, call_on(plan, Operation::kWafGetIpSet, "blocked")},
                             {40, worded(plan, Operation::kWafUpdateIpSet, "blocked", list)}};
  };
  CHECK(play(plan, moves("any", "extended"), 60)[0].share_at(50) == Approx(0.5));
  // A sample of what is blocked shows none that is not.
  const Played blind = play(plan, moves("blocked", "extended"), 60)[0];
  CHECK(blind.share_at(50) == Approx(0.2));
  CHECK(blind.of(EventKind::kNote).size() == 1);
}

TEST_CASE("a list that is replaced lets in what it had kept out", "[traffic]") {
  // Without any attack: 0.25 of the usual comes back, 1 / 1.25.
  const Plan plan = with_firewall({}, 0.25).plan();
  const auto after = [&](const std::string& list) {
    return play(plan,
                {{10, call_on(plan, Operation::kWafGetIpSet, "blocked")},
                 {20, worded(plan, Operation::kWafUpdateIpSet, "blocked", list)}},
                60)[0]
        .share_at(50);
  };
  CHECK(after("replaced") == Approx(0.8));
  CHECK(after("extended") == 1.0);
}

TEST_CASE("an attack on the load balancer itself hits whoever is behind it", "[traffic]") {
  const Plan plan = ModelSample().plan();
  PlannedCall attack = flood(plan, 2, {});
  attack.components = {component_of(plan, "alb-north")};
  CHECK(play(plan, {{10, attack}}, 30)[0].share_at(20) == Approx(0.5));
  // Nobody goes to the south.
  attack.components = {component_of(plan, "alb-south")};
  CHECK(play(plan, {{10, attack}}, 30)[0].share_at(20) == 1.0);
}

TEST_CASE("a scaling policy asks at once for what the load needs, up to its limit", "[traffic]") {
  // Twice the requests on 4 tasks: 8 wanted after the reaction of 60 s. The four new ones start at
  // once and pull 1 GB each over 5 Gbit/s together: 4 * 1e9 / (5e9 / 8) = 6.4 s. Ten
  // times: the limit of 10 tasks, 10 / 40.
  ModelSample s;
  ScalingPolicySpec policy{{"shop-north", {}}, 10, {1.0}};
  s.system.components.push_back(component("scaling", policy));
  s.constant_s("ecs.autoscaling.reaction", 60);
  const Plan plan = s.plan();
  PlannedCall surge = call_on(plan, Operation::kFaultTrafficSurge, "dns");
  surge.factor = 2;
  const Played twice = play(plan, {{10, surge}}, 200)[0];
  CHECK(twice.share_at(60) == Approx(0.5));
  CHECK(twice.reaches(1.0, 11) == Approx(10 + 60 + 6.4).margin(0.01));
  surge.factor = 10;
  const Played tenfold = play(plan, {{10, surge}}, 200)[0];
  CHECK(tenfold.share_at(150) == Approx(0.25));
  CHECK(tenfold.reaches(1.0, 11) == kNever);
}
