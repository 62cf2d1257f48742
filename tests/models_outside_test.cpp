// Audit logs with a copy elsewhere, and a provider of e-mail with what waits for it.
#include <catch2/catch.hpp>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

/// The shop logs what it does in the north, with a copy in the south.
ModelSample with_audit_log(const std::string& copies, Duration buffer = {}) {
  ModelSample s;
  AuditLogSpec log{{"north", {}}};
  log.copies = copies;
  log.buffer = buffer;
  AuditLogSpec copy{{"south", {}}, {"log-north", {}}};
  copy.copies = copies;
  s.system.components.push_back(component("log-north", log));
  s.system.components.push_back(component("log-south", copy));
  s.system.stores.push_back({{"log", {}}, {{"log-north", {}}, {"log-south", {}}}});
  s.shop().stores = {{"log", {}}};
  s.detail<EcsServiceSpec>("shop-south").desired_count = 4;
  return s;
}

/// Seconds of entries that are gone with the north.
std::vector<double> losses(const ModelSample& s, std::uint64_t drills) {
  const Plan plan = s.plan();
  std::vector<double> lost;
  for (const Played& played : play(plan, {{10, lost_region(plan, "north")}}, 20, drills)) {
    for (const Event& event : played.of(EventKind::kDataLoss)) {
      if (event.subject == 1) lost.push_back(event.value);
    }
  }
  return lost;
}

}  // namespace

TEST_CASE("a synchronous copy of an audit log loses nothing, another what it is behind by",
          "[audit]") {
  CHECK(losses(with_audit_log("synchronous"), 1) == std::vector<double>{0});
  ModelSample behind = with_audit_log("asynchronous");
  behind.constant_s("s3.replication_standard", 40);
  CHECK(losses(behind, 1) == std::vector<double>{40});
}

TEST_CASE("entries that wait with whoever writes them are lost up to the buffer", "[audit]") {
  // U(0, 60 s): the distance to the uniform distribution is below the critical value for 400.
  const std::vector<double> lost = losses(with_audit_log("synchronous", Duration::minutes(1)), 400);
  REQUIRE(lost.size() == 400);
  CHECK(ks_distance(lost, [](double x) { return x / 60; }) < ks_critical(400));
}

TEST_CASE("a synchronous log takes no entry while the link is cut, and none is ever changed",
          "[audit]") {
  for (const auto& [copies, share] : {std::pair{"synchronous", 0.0}, {"asynchronous", 1.0}}) {
    const Plan plan = with_audit_log(copies).plan();
    const Move wrong{5, call_on(plan, Operation::kFaultDataCorruption, "log-north")};
    const Played played =
        play(plan, {wrong, {10, cut_link(plan)}, {40, cut_link(plan), true}}, 60)[0];
    CHECK(played.share_at(9) == 1.0);
    CHECK(played.share_at(20) == share);
    CHECK(played.share_at(41) == 1.0);
    REQUIRE_FALSE(played.replies.empty());
    CHECK_FALSE(played.replies.front().outcome.ok());
  }
}

TEST_CASE("e-mail is late until what waited is sent: D L / (L - a) after the onset", "[email]") {
  // 60 s without it, 1 message a second and 4 at most: 60 wait, and are sent at 4 - 1 a second in
  // 20 s. 60 * 4 / 3 = 80 s after the onset.
  ModelSample s;
  s.system.components.push_back(component("mail", EmailProviderSpec{{1}, {4}}));
  for (ComponentSpec& spec : s.system.components) {
    if (spec.name.text == "shop-north") spec.needs = {{"mail", {}}};
  }
  const Plan plan = s.plan();
  const PlannedCall down = call_on(plan, Operation::kFaultComponentDown, "mail");
  const Played played = play(plan, {{10, down}, {70, down, true}}, 200)[0];
  CHECK(played.share_at(11) == 0.0);
  CHECK(played.reaches(1.0, 10) == Approx(90));
}
