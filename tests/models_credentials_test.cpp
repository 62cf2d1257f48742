// Credentials, the secrets that store them, the tasks that hold them, and encryption keys.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

/// The shop's four tasks in the north hold the password of a user of the database.
ModelSample with_secret(const std::string& form = "database-user", bool overlap = false) {
  ModelSample s;
  CredentialSpec user;
  user.form = form;
  user.overlap = overlap;
  s.system.components.push_back(component("user", user));
  s.system.components.push_back(component("secret", SecretSpec{{"north", {}}, {"user", {}}}));
  for (ComponentSpec& c : s.system.components) {
    if (c.name.text == "shop-north") c.needs = {{"secret", {}}};
  }
  return s;
}

SecretSpec& secret(ModelSample& s) { return s.detail<SecretSpec>("secret"); }

Move on_user(const Plan& plan, double at_s, Operation operation) {
  return {at_s, call_on(plan, operation, "user")};
}
Move on_secret(const Plan& plan, double at_s, Operation operation) {
  return {at_s, call_on(plan, operation, "secret")};
}
Move tasks(const Plan& plan, double at_s, std::int64_t count) {
  return {at_s, call_on(plan, Operation::kEcsUpdateService, "shop-north", count)};
}

}  // namespace

TEST_CASE("a single user's rotation leaves running tasks their sessions: 1 - t / life",
          "[credentials]") {
  // Life 1000 s, looked at every twentieth of it: 0.5 after 500 s, 0.1 after 900 s, nothing after
  // 1000 s.
  ModelSample s = with_secret();
  s.constant_s("auth.session_life", 1000);
  const Plan plan = s.plan();
  const Played played = play(plan, {on_secret(plan, 100, Operation::kSecretsRotate)}, 1200)[0];
  CHECK(played.share_at(99) == 1);
  CHECK(played.share_at(600) == Approx(0.5));
  CHECK(played.share_at(1000) == Approx(0.1));
  CHECK(played.share_at(1101) == Approx(0).margin(1e-9));
}

TEST_CASE("new tasks bring back the share that they are of all", "[credentials]") {
  // The sessions end at once. Four new tasks beside the four old ones: 4 / 8; with the old ones
  // stopped, the oldest first, all.
  const Plan plan = with_secret().plan();
  const Played played = play(
      plan,
      {on_secret(plan, 100, Operation::kSecretsRotate), tasks(plan, 200, 8), tasks(plan, 300, 4)},
      400)[0];
  CHECK(played.share_at(150) == 0);
  CHECK(played.share_at(290) == Approx(0.5));
  CHECK(played.share_at(310) == 1);
}

TEST_CASE("a second user in turn costs nobody anything, for one rotation", "[credentials]") {
  // The version of before the last one is refused by the rotation after it.
  const Plan plan = with_secret("database-user", true).plan();
  const Played played = play(plan,
                             {on_secret(plan, 100, Operation::kSecretsRotate),
                              on_secret(plan, 200, Operation::kSecretsRotate)},
                             300)[0];
  CHECK(played.share_at(199) == 1);
  CHECK(played.share_at(201) == 0);
}

TEST_CASE("caches that end bring it back, evenly over their life", "[credentials]") {
  // Sessions end at once, caches live 1000 s: t / 1000.
  ModelSample s = with_secret();
  secret(s).read = "cached";
  s.constant_s("secrets.app_cache_life", 1000);
  const Plan plan = s.plan();
  const Played played = play(plan, {on_secret(plan, 100, Operation::kSecretsRotate)}, 1200)[0];
  CHECK(played.share_at(101) == Approx(0).margin(1e-9));
  CHECK(played.share_at(600) == Approx(0.5));
  CHECK(played.share_at(1101) == 1);
}

TEST_CASE("a password changed before it is stored fails the tasks that start in between",
          "[credentials]") {
  // Four new ones beside four whose sessions live on: they read the old password after it was
  // refused. Stored later, it does not help them, since they read at their start only.
  ModelSample s = with_secret();
  s.constant_s("auth.session_life", 1e6);
  const Plan plan = s.plan();
  const Played played =
      play(plan,
           {on_user(plan, 100, Operation::kPsqlAlterUser), tasks(plan, 200, 8),
            on_secret(plan, 300, Operation::kSecretsPutValue), tasks(plan, 400, 12)},
           500)[0];
  CHECK(played.share_at(190) == Approx(1).margin(1e-3));
  CHECK(played.share_at(290) == Approx(0.5).margin(1e-3));
  CHECK(played.share_at(390) == Approx(0.5).margin(1e-3));
  CHECK(played.share_at(490) == Approx(8.0 / 12).margin(1e-3));
}

TEST_CASE("an access key deactivated before there is another stops its users", "[credentials]") {
  const Plan plan = with_secret("access-key").plan();
  const Played wrong = play(
      plan,
      {on_user(plan, 100, Operation::kIamDeactivateAccessKey),
       on_user(plan, 200, Operation::kIamCreateAccessKey),
       on_secret(plan, 300, Operation::kSecretsPutValue), tasks(plan, 400, 8), tasks(plan, 500, 4)},
      600)[0];
  CHECK(wrong.share_at(150) == 0);
  CHECK(wrong.share_at(390) == 0);
  CHECK(wrong.share_at(590) == 1);
  const Played right =
      play(plan,
           {on_user(plan, 100, Operation::kIamCreateAccessKey),
            on_secret(plan, 200, Operation::kSecretsPutValue), tasks(plan, 300, 8),
            tasks(plan, 400, 4), on_user(plan, 500, Operation::kIamDeactivateAccessKey)},
           600)[0];
  for (const auto& [at, share] : right.shares()) CHECK(share == 1);
}

TEST_CASE("an identity has two access keys at most", "[credentials]") {
  const Plan plan = with_secret("access-key").plan();
  const Played played = play(plan,
                             {on_user(plan, 10, Operation::kIamCreateAccessKey),
                              on_user(plan, 20, Operation::kIamCreateAccessKey),
                              on_user(plan, 30, Operation::kPsqlAlterUser)},
                             40)[0];
  CHECK(played.replies[0].outcome.ok());
  CHECK(played.replies[1].outcome.why == Failure::kRefused);
  CHECK(played.replies[2].outcome.why == Failure::kRefused);
}

TEST_CASE("tokens: f n + (1 - f) ((1 - n) + n [overlap])", "[credentials]") {
  // Life 1000 s. At 100 s a new key is stored; at 200 s four new tasks join the four old ones: n =
  // 1/2, and at 700 s f = (1 - exp(-(700 - s) / 1000)) / 2, s being when they started, some seconds
  // after 200 s. At 800 s the old ones stop: n = 1. With an overlap: 1 - f (1 - n). Without: f n +
  // (1 - f)(1 - n) = 1/2 at n = 1/2, and f at n = 1.
  for (const bool overlap : {true, false}) {
    ModelSample s = with_secret("signing-key", overlap);
    s.constant_s("auth.session_life", 1000);
    s.detail<EcsServiceSpec>("shop-north").image_size = {1};
    const Plan plan = s.plan();
    const Played played = play(plan,
                               {on_secret(plan, 100, Operation::kSecretsPutValue),
                                tasks(plan, 200, 8),
                                {700, lost_zone(plan, "south", 0)},
                                tasks(plan, 800, 4)},
                               2000)[0];
    const double f700 = 0.5 * (1 - std::exp(-0.5));
    const double f1800 = 1 - std::exp(-1.6);
    CHECK(played.share_at(150) == 1);
    CHECK(played.share_at(705) == Approx(overlap ? 1 - f700 / 2 : 0.5).margin(2e-3));
    // After 800 s it is looked at every 50 s.
    CHECK(played.share_at(1800.5) == Approx(overlap ? 1 : f1800).margin(2e-2));
  }
}

TEST_CASE("the other region follows by replication, and refuses values by hand", "[credentials]") {
  ModelSample s = with_secret();
  SecretSpec copy{{"south", {}}, {"user", {}}, {"secret", {}}};
  s.system.components.push_back(component("copy", copy));
  s.constant_s("secrets.cross_region_replication", 60);
  const Plan plan = s.plan();
  const Played played = play(plan,
                             {on_secret(plan, 100, Operation::kSecretsRotate),
                              {120, call_on(plan, Operation::kSecretsPutValue, "copy")}},
                             200)[0];
  CHECK(played.replies[1].outcome.why == Failure::kRefused);
}

namespace {

/// When, in seconds after the password was changed, the exposed one is of no more use.
Task<void> exposure(Stage stage) {
  PlannedCall exposed = call_on(stage.plan, Operation::kFaultCredentialExposed, "user");
  PlannedCall alter = call_on(stage.plan, Operation::kPsqlAlterUser, "user");
  PlannedCall probe = call_on(stage.plan, Operation::kProbeExposedRefused, "user");
  PlannedCall terminate = call_on(stage.plan, Operation::kPsqlTerminateSessions, "user");
  for (PlannedCall* call : {&exposed, &alter}) {
    Task<Outcome> done = stage.world.perform(*call, {});
    co_await done;
  }
  for (int second = 0;; second += 10) {
    if (second == stage.plan.runs) {
      Task<Outcome> ended = stage.world.perform(terminate, {});
      co_await ended;
    }
    Task<Observation> look = stage.world.observe(probe);
    const Observation now = co_await look;
    if (now.holds) {
      stage.out.push_back(second);
      co_return;
    }
    auto pause = sleep_for(stage.world.agenda(), Duration::seconds(10));
    co_await pause;
  }
}

}  // namespace

TEST_CASE("an exposed password is of use until the last session with it has ended",
          "[credentials]") {
  // 1000 s, or when the sessions are ended by hand, after 300 s.
  ModelSample s = with_secret();
  s.constant_s("auth.session_life", 1000);
  CHECK(play_script(s.plan(), exposure)[0] == 1000);
  s.scenario.runs = 300;
  CHECK(play_script(s.plan(), exposure)[0] == 300);
}

namespace {

ModelSample with_key() {
  ModelSample s;
  KmsKeySpec key;
  key.region = {"north", {}};
  key.data = {2e12};
  s.system.components.push_back(component("key", key));
  for (ComponentSpec& c : s.system.components) {
    if (c.name.text == "orders-north") c.needs = {{"key", {}}};
  }
  s.constant_s("kms.data_key_cached", 600);
  s.constant_s("kms.reencrypt_per_tb", 1000);
  return s;
}

Move on_key(const Plan& plan, double at_s, Operation operation) {
  return {at_s, call_on(plan, operation, "key")};
}

}  // namespace

TEST_CASE("a key scheduled for deletion decrypts nothing, long before it is deleted", "[kms]") {
  // Cached data keys last 600 s; the deletion is taken back after 1000 s.
  const Plan plan = with_key().plan();
  const Played played = play(
      plan,
      {on_key(plan, 100, Operation::kKmsCreateKey), on_key(plan, 110, Operation::kKmsUpdateAlias),
       on_key(plan, 120, Operation::kKmsScheduleDeletion),
       on_key(plan, 1120, Operation::kKmsCancelDeletion)},
      1200)[0];
  CHECK(played.share_at(719) == 1);
  CHECK(played.share_at(721) == 0);
  CHECK(played.share_at(1121) == 1);
}

TEST_CASE("what is stored under the new key survives the old one", "[kms]") {
  // 2 TB at 1000 s each: all of it after 2000 s, half of it after 1000 s.
  for (const double deleted : {1150.0, 2200.0}) {
    const Plan plan = with_key().plan();
    const Played played = play(
        plan,
        {on_key(plan, 80, Operation::kKmsCreateKey), on_key(plan, 90, Operation::kKmsUpdateAlias),
         on_key(plan, 100, Operation::kKmsReEncrypt),
         on_key(plan, deleted, Operation::kKmsScheduleDeletion)},
        deleted + 700)[0];
    // The key is lost 600 s later: 1600 s of 2000 s, in whole twentieths, are done by then.
    CHECK(played.share_at(deleted + 650) == Approx(deleted < 2000 ? 0.8 : 1.0));
  }
}
