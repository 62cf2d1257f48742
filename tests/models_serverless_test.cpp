// Functions, the interfaces in front of them, web front ends, user pools, provisioned tables and
// what edges have cached.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

// The 95th percentile of a lognormal quantity with median 1 and sigma 1: exp(1.6448536).
const double kP95OfSigma1 = std::exp(1.6448536269514722);

Duration of_s(double seconds) { return duration_from_seconds(seconds); }

/// The service runs on the function "code" behind the REST API "gate", with a load of four
/// invocations at once; requests come in by the name "name", 100 a second.
ModelSample with_function(const LambdaFunctionSpec& like = {}) {
  ModelSample s;
  const Name north{"north", {}};
  LambdaFunctionSpec function = like;
  function.region = north;
  function.account = {"account", {}};
  function.api = {"gate", {}};
  RestApiSpec gate;
  gate.region = north;
  gate.authorizer = {"users", {}};
  UserPoolSpec users{north};
  users.token_life = of_s(1000);
  s.system.components.push_back(component("account", LambdaAccountSpec{north, 1000}));
  s.system.components.push_back(component("users", users));
  s.system.components.push_back(component("gate", gate));
  s.system.components.push_back(component("code", function));
  s.system.components.push_back(component("name", DnsRecordSpec{{"gate", {}}}));
  s.shop().entry = {"name", {}};
  s.shop().sites = {{"code", {}}};
  s.shop().stores.clear();
  s.constant_s("apigw.integration_timeout_max", 29);
  return s;
}

/// Every invocation takes exactly one second, and no request ever waits too long.
LambdaFunctionSpec exactly_one_second() {
  LambdaFunctionSpec function;
  function.duration_p50 = function.duration_p95 = of_s(1);
  function.cpu_bound = {0};
  function.timeout = of_s(900);
  function.peak_memory_p95 = function.peak_memory_p50;
  return function;
}

/// Durations of sigma 1 around a second, given up after ten.
LambdaFunctionSpec lognormal_second() {
  LambdaFunctionSpec function = exactly_one_second();
  function.duration_p95 = of_s(kP95OfSigma1);
  function.timeout = of_s(10);
  return function;
}

PlannedCall with_factor(PlannedCall fault, double factor) {
  fault.factor = factor;
  return fault;
}
PlannedCall with_share(PlannedCall fault, double share) {
  fault.share = share;
  return fault;
}
PlannedCall with_word(PlannedCall call, std::string word) {
  call.word = std::move(word);
  return call;
}

std::int64_t notes(const Played& played, Note note) {
  std::int64_t count = 0;
  for (const Event& event : played.of(EventKind::kNote)) {
    count += event.object == static_cast<std::uint32_t>(note) ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("what is reserved is what a function gets at most", "[serverless]") {
  // Four at once are needed: 2 / 4 is half, and less than the 1,000 of before. 901 would leave 99.
  const Plan plan = with_function(exactly_one_second()).plan();
  const Played played = play(plan,
                             {{10, call_on(plan, Operation::kLambdaPutConcurrency, "code", 2)},
                              {20, call_on(plan, Operation::kLambdaPutConcurrency, "code", 901)},
                              {30, call_on(plan, Operation::kLambdaPutConcurrency, "code", 900)},
                              {40, call_on(plan, Operation::kLambdaPutConcurrency, "code", 3)},
                              {50, call_on(plan, Operation::kLambdaDeleteConcurrency, "code")}},
                             60)[0];
  CHECK(played.share_at(5) == 1.0);
  CHECK(played.share_at(15) == Approx(0.5));
  CHECK(notes(played, Note::kLimitLowered) == 2);
  CHECK(played.replies[1].outcome.why == Failure::kRefused);
  CHECK(played.share_at(35) == 1.0);
  CHECK(played.share_at(45) == Approx(0.75));
  CHECK(played.share_at(55) == 1.0);
}

TEST_CASE("slower invocations need more concurrency, by Little's law", "[serverless]") {
  // 4 at once, 500 times as long: 2,000 are needed of 1,000.
  ModelSample s = with_function(exactly_one_second());
  std::get<RestApiSpec>(s.system.components[s.system.components.size() - 3].detail)
      .integration_timeout = of_s(900);
  const Plan plan = s.plan();
  const PlannedCall slow = with_factor(call_on(plan, Operation::kFaultFunctionSlow, "code"), 500);
  const Played played = play(plan, {{10, slow}, {20, slow, true}}, 30)[0];
  CHECK(played.share_at(15) == Approx(0.5));
  CHECK(played.share_at(25) == 1.0);
}

TEST_CASE("invocations fail that take longer than anybody waits", "[serverless]") {
  // P(D > 10) = 1 - Phi(ln 10) = 0.010651; ten times as long, ln(10 / 10) = 0: one half.
  const double usually = 1 - 0.5 * std::erfc(std::log(10.0) / std::sqrt(2.0));
  CHECK(usually == Approx(0.989349).margin(1e-6));
  const Plan plan = with_function(lognormal_second()).plan();
  const PlannedCall slow = with_factor(call_on(plan, Operation::kFaultFunctionSlow, "code"), 10);
  const Played played = play(plan, {{10, slow}}, 30)[0];
  CHECK(played.share_at(5) == Approx(usually));
  CHECK(played.share_at(15) == Approx(0.5));

  // A longer timeout of the function is no use beyond what the interface waits: here the same ten.
  LambdaFunctionSpec patient = lognormal_second();
  patient.timeout = of_s(300);
  ModelSample s = with_function(patient);
  std::get<RestApiSpec>(s.system.components[s.system.components.size() - 3].detail)
      .integration_timeout = of_s(10);
  CHECK(play(s.plan(), {{10, slow}}, 30)[0].share_at(15) == Approx(0.5));
}

TEST_CASE("invocations are killed that need more memory than there is", "[serverless]") {
  // 256 MiB in the median, sigma 1, times 4, of 1,024 MiB: one half.
  LambdaFunctionSpec function = exactly_one_second();
  function.peak_memory_p50 = {256.0 * 1024 * 1024};
  function.peak_memory_p95 = {256.0 * 1024 * 1024 * kP95OfSigma1};
  const Plan plan = with_function(function).plan();
  const PlannedCall more = with_factor(call_on(plan, Operation::kFaultFunctionMemory, "code"), 4);
  CHECK(play(plan, {{10, more}}, 30)[0].share_at(15) == Approx(0.5));
}

TEST_CASE("a changed configuration reaches nobody before the alias is moved", "[serverless]") {
  // Timeout 1 s instead of 10: half of the invocations fail once it is in force.
  const Plan plan = with_function(lognormal_second()).plan();
  PlannedCall shorter = call_on(plan, Operation::kLambdaUpdateConfiguration, "code");
  shorter.duration = of_s(1);
  const PlannedCall move =
      with_word(call_on(plan, Operation::kLambdaUpdateAlias, "code"), "newest");
  const PlannedCall back =
      with_word(call_on(plan, Operation::kLambdaUpdateAlias, "code"), "previous");
  const Played played = play(plan,
                             {{10, shorter},
                              {20, call_on(plan, Operation::kLambdaPublishVersion, "code")},
                              {30, move},
                              {40, back},
                              {50, back}},
                             60)[0];
  CHECK(notes(played, Note::kChangeWithoutEffect) == 1);
  CHECK(played.share_at(25) > 0.98);
  CHECK(played.share_at(35) == Approx(0.5));
  CHECK(played.share_at(45) > 0.98);
  CHECK(played.replies.back().outcome.why == Failure::kNotFound);
}

TEST_CASE("a bad version is gone with the alias that points to it", "[serverless]") {
  // After the alias has moved, all environments are new: 2 s of initialisation leave 8 of 10 s, so
  // that Phi(ln 8) = 0.981207 are answered in time, and afterwards Phi(ln 10).
  ModelSample s = with_function(lognormal_second());
  s.constant_s("lambda.cold_start", 2);
  const Plan plan = s.plan();
  const PlannedCall bad =
      with_share(call_on(plan, Operation::kFaultBadFunctionVersion, "code"), 0.4);
  const PlannedCall back =
      with_word(call_on(plan, Operation::kLambdaUpdateAlias, "code"), "previous");
  const Played played = play(plan, {{10, bad}, {50, back}}, 60)[0];
  CHECK(played.share_at(20) == Approx(0.6 * 0.989349).margin(1e-5));
  CHECK(played.share_at(51) == Approx(0.981207).margin(1e-5));
  CHECK(played.share_at(55) == Approx(0.989349).margin(1e-5));
}

TEST_CASE("an interface takes what its limit allows", "[serverless]") {
  // 100 requests a second come in: a limit of 50 takes half. Twice as many, a limit of 150: 3 / 4.
  const Plan plan = with_function(exactly_one_second()).plan();
  const PlannedCall surge = with_factor(call_on(plan, Operation::kFaultTrafficSurge, "name"), 2);
  const Played played = play(plan,
                             {{10, call_on(plan, Operation::kApiUpdateStage, "gate", 50)},
                              {20, call_on(plan, Operation::kApiUpdateStage, "gate", 150)},
                              {30, surge}},
                             40)[0];
  CHECK(played.share_at(15) == Approx(0.5));
  CHECK(notes(played, Note::kLimitLowered) == 1);
  CHECK(played.share_at(25) == 1.0);
  CHECK(played.share_at(35) == Approx(0.75));
}

TEST_CASE("an integration is changed once it is deployed", "[serverless]") {
  // The interface waits for 1 s instead of 29: of sigma 1 around a second, half are given up.
  const Plan plan = with_function(lognormal_second()).plan();
  PlannedCall shorter = call_on(plan, Operation::kApiUpdateIntegration, "gate");
  shorter.duration = of_s(1);
  PlannedCall too_long = shorter;
  too_long.duration = of_s(30);
  const Played played = play(
      plan,
      {{10, shorter}, {20, call_on(plan, Operation::kApiCreateDeployment, "gate")}, {30, too_long}},
      40)[0];
  CHECK(played.share_at(15) > 0.98);
  CHECK(notes(played, Note::kChangeWithoutEffect) == 1);
  CHECK(played.share_at(25) == Approx(0.5));
  CHECK(played.replies[2].outcome.why == Failure::kRefused);
}

TEST_CASE("tokens that were issued carry customers until they end", "[serverless]") {
  // Life 1,000 s: half of them have ended after 500 s. With renewals alone going on it is a fifth
  // of that.
  const Plan plan = with_function(exactly_one_second()).plan();
  const PlannedCall fails = call_on(plan, Operation::kFaultSignIns, "users");
  const PlannedCall repair = call_on(plan, Operation::kCognitoUpdateClient, "users");
  const Played client =
      play(plan, {{100, with_word(fails, "client-changed")}, {700, repair}}, 2000)[0];
  CHECK(client.share_at(90) == 1.0);
  CHECK(client.share_at(600) == Approx(0.5));
  CHECK(client.share_at(701) == 1.0);
  const Played codes =
      play(plan, {{100, with_word(fails, "second-factor")}, {700, repair}}, 2000)[0];
  CHECK(codes.share_at(600) == Approx(0.9));
  CHECK(codes.share_at(1500) == Approx(0.8));
}

TEST_CASE("a provisioned table lives on what it has not used, for a while", "[serverless]") {
  // 50 of 100 reads are used, so that 300 s * 50 are in reserve; four times as many ask for 200,
  // and it lasts 15,000 / 100 = 150 s. Then half are taken, until 200 are provided.
  ModelSample s = with_function(exactly_one_second());
  DynamoTableSpec table{{"north", {}}, {"carts", {}}};
  table.capacity_mode = "provisioned";
  table.reads = {50};
  table.read_capacity = {100};
  table.writes = {1};
  table.write_capacity = {100};
  s.system.components.push_back(component("carts", table));
  s.system.stores.push_back({{"carts", {}}, {{"carts", {}}}});
  s.shop().stores = {{"carts", {}}};
  s.constant_s("ddb.autoscaling_target", 0.7).constant_s("ddb.autoscaling_reaction", 180);
  const Plan plan = s.plan();
  const PlannedCall load = with_factor(call_on(plan, Operation::kFaultTableTraffic, "carts"), 4);
  PlannedCall set = call_on(plan, Operation::kDynamoUpdateTable, "carts");
  set.traits["read_capacity"] = 200;
  const Played by_hand = play(plan, {{100, load}, {400, set}}, 600)[0];
  CHECK(by_hand.share_at(249) == 1.0);
  CHECK(by_hand.share_at(251) == Approx(0.5));
  CHECK(by_hand.share_at(401) == 1.0);

  // A policy up to 150 reaches that 180 s after it was made, not the 200 / 0.7 that it aims at; one
  // for the writes changes nothing for the reads.
  const PlannedCall policy = call_on(plan, Operation::kDynamoPutScalingPolicy, "carts", 150);
  const Played by_itself =
      play(plan, {{100, load}, {260, with_word(policy, "write")}, {300, with_word(policy, "read")}},
           600)[0];
  CHECK(by_itself.share_at(479) == Approx(0.5));
  CHECK(by_itself.share_at(481) == Approx(0.75));

  PlannedCall less = set;
  less.traits["read_capacity"] = 40;
  const Played lowered = play(plan, {{100, less}}, 2000)[0];
  CHECK(notes(lowered, Note::kLimitLowered) == 1);
  // The reserve is cut to 300 s * 40 and lasts 12,000 / 10 = 1,200 s; then 40 / 50.
  CHECK(lowered.share_at(1299) == 1.0);
  CHECK(lowered.share_at(1301) == Approx(0.8));
}

TEST_CASE("a table on demand has no throughput to set", "[serverless]") {
  ModelSample s = with_function(exactly_one_second());
  s.system.components.push_back(component("carts", DynamoTableSpec{{"north", {}}, {"carts", {}}}));
  const Plan plan = s.plan();
  PlannedCall set = call_on(plan, Operation::kDynamoUpdateTable, "carts");
  set.traits["read_capacity"] = 200;
  const Played played = play(plan, {{10, set}, {20, with_word(set, "provisioned")}}, 30)[0];
  CHECK(played.replies[0].outcome.why == Failure::kRefused);
  CHECK(notes(played, Note::kImpossibleCommand) == 1);
  CHECK(played.replies[1].outcome.ok());
}

TEST_CASE("the last release that succeeded is the bad one", "[serverless]") {
  ModelSample s = with_function(exactly_one_second());
  s.system.components.push_back(component("web", AmplifyAppSpec{{"north", {}}}));
  s.system.components.push_back(component("www", DnsRecordSpec{{"web", {}}}));
  s.shop().entry = {"www", {}};
  s.shop().sites = {{"web", {}}};
  const Plan plan = s.plan();
  const PlannedCall bad = with_share(
      with_word(call_on(plan, Operation::kFaultBadRelease, "web"), "answers-with-errors"), 0.4);
  const PlannedCall job = call_on(plan, Operation::kAmplifyStartJob, "web");
  const PlannedCall artefacts =
      with_word(call_on(plan, Operation::kAmplifyStartDeployment, "web"), "last-succeeded");
  const Played back = play(plan,
                           {{10, bad},
                            {20, artefacts},
                            {30, with_word(job, "last-succeeded")},
                            {40, with_word(job, "one-before")}},
                           50)[0];
  CHECK(back.replies[1].outcome.why == Failure::kRefused);
  CHECK(notes(back, Note::kImpossibleCommand) == 1);
  CHECK(notes(back, Note::kChangeWithoutEffect) == 1);
  CHECK(back.share_at(35) == Approx(0.6));
  CHECK(back.share_at(45) == 1.0);

  // Tests hold a bad release back; without them it is out with the next job.
  const PlannedCall held = with_word(bad, "tests-fail");
  PlannedCall skip = call_on(plan, Operation::kAmplifyUpdateBranch, "web");
  skip.flag = true;
  const Played skipped = play(plan, {{10, held}, {20, job}, {30, skip}, {40, job}}, 50)[0];
  CHECK_FALSE(skipped.replies[1].outcome.ok());
  CHECK(skipped.share_at(35) == 1.0);
  CHECK(skipped.share_at(45) == Approx(0.6));
}

TEST_CASE("what edges hold ends with its life, or with an invalidation", "[serverless]") {
  // Life 1,000 s and half of the requests at first: a quarter after 500 s.
  ModelSample s = with_function(exactly_one_second());
  DistributionPointSpec edge;
  edge.origin = {"gate", {}};
  edge.cache_life = of_s(1000);
  s.system.components.push_back(component("edge", edge));
  s.shop().entry = {"edge", {}};
  s.constant_s("cloudfront.invalidation", 30);
  const Plan plan = s.plan();
  const PlannedCall stale = with_share(call_on(plan, Operation::kFaultStaleCache, "edge"), 0.5);
  const Played played = play(plan, {{100, stale}}, 1200)[0];
  CHECK(played.share_at(100) == Approx(0.5));
  CHECK(played.share_at(600) == Approx(0.75));
  CHECK(played.share_at(1101) == 1.0);
  const PlannedCall forget = call_on(plan, Operation::kCloudFrontInvalidate, "edge");
  CHECK(play(plan, {{100, stale}, {200, forget}}, 400)[0].share_at(231) == 1.0);
}
