// Human error by kind of step: when it is noticed, what it costs, and what it costs on average.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/model_rig.hpp"

using namespace firedrill;
using namespace firedrill::test;

namespace {

constexpr const char* kOdds[] = {"human.hep.therp_misread_status", "human.hep.heart_F",
                                 "human.step_default_error", "human.hep.heart_D",
                                 "human.hep.therp_wrong_identical_control"};

/// A runbook of one step of 100 s, whose id says what the script does with it, and a check of 40 s.
/// Noticing an error takes 30 s, recovery 50 s, looking up what is left to do 20 s.
ModelSample one_step(const std::string& id) {
  ModelSample s;
  StepSpec work = step(id);
  work.uses = at_line("human:work", 22);
  work.time = at_line("people.triage_initial", 22);
  StepSpec check = step("check", {id});
  check.time = at_line("people.ack.night", 22);
  s.runbooks[0].steps = {work, check};
  s.constant_s("people.triage_initial", 100).constant_s("people.ack.night", 40);
  s.constant_s("human.error_detect_time", 30).constant_s("human.error_recover_time", 50);
  s.constant_s("people.cli_step.first_time_or_placeholder_lookup", 20);
  std::erase_if(s.scenario.behaviours,
                [](const BehaviourSpec& b) { return b.name.text == "people.error"; });
  for (const char* odds : kOdds) s.constant_s(odds, 0);
  return s;
}

/// Does every step in its order and tells how long each took. "change..." changes something,
/// "...-together" is done after the commander has come.
Task<void> all_steps(Stage stage) {
  for (std::uint32_t i = 0; i < stage.plan.steps.size(); ++i) {
    const PlannedStep& planned = stage.plan.steps[i];
    if (planned.id.ends_with("-together")) {
      Task<Answer> page = stage.world.ask({.kind = AskKind::kJoin, .role = {1}});
      co_await page;
    }
    const TimePoint begin = stage.world.agenda().now();
    Task<Answer> work = stage.world.ask({.kind = AskKind::kWork,
                                         .role = {0},
                                         .time = planned.hands_on,
                                         .key = planned.hands_on_key,
                                         .error_key = planned.error_key,
                                         .step = {i},
                                         .error_prone = planned.id.starts_with("change")});
    co_await work;
    stage.out.push_back(to_seconds(stage.world.agenda().now() - begin));
  }
}

std::vector<double> seconds_of(ModelSample& s, bool missed) {
  s.constant_s("human.hep.checker_misses_error", missed ? 1 : 0);
  return play_script(s.plan(), all_steps);
}

}  // namespace

TEST_CASE("each kind of step has odds of its own", "[people]") {
  // Only the odds of the kind itself make it go wrong: of five, one.
  struct Kind {
    const char* step;
    const char* odds;
    bool planned = false;
    bool irreversible = false;
  };
  for (const Kind& kind :
       {Kind{"look-around", "human.hep.therp_misread_status"},
        Kind{"change", "human.hep.heart_F", true},
        Kind{"change-together", "human.step_default_error"}, Kind{"change", "human.hep.heart_D"},
        Kind{"change", "human.hep.therp_wrong_identical_control", false, true}}) {
    int wrong = 0;
    for (const char* odds : kOdds) {
      ModelSample s = one_step(kind.step);
      s.runbooks[0].steps[0].irreversible = kind.irreversible;
      if (kind.planned) s.runbooks[0].trigger.alarms.clear();
      s.constant_s(odds, 1);
      const bool goes_wrong = seconds_of(s, false).at(0) > 100;
      CAPTURE(kind.step, kind.odds, odds);
      CHECK(goes_wrong == (std::string(odds) == kind.odds));
      wrong += goes_wrong ? 1 : 0;
    }
    CHECK(wrong == 1);
  }
}

TEST_CASE("an error costs what noticing, recovery and doing it again take, by hand", "[people]") {
  ModelSample change = one_step("change");
  change.constant_s("human.hep.heart_D", 1);
  // Noticed at once: 100 + 30 + 50. Missed: the check takes 40, recovery 50, and the step 100
  // again.
  CHECK(seconds_of(change, false) == std::vector<double>{180, 40});
  CHECK(seconds_of(change, true) == std::vector<double>{100, 190});
  // A condition that the step itself verifies shows what was missed at once: 100 + 50 + 100.
  ConditionSpec serves;
  serves.observe = at_line("service:serves", 24);
  serves.with = {argument("service", "shop")};
  change.runbooks[0].steps[0].verify = serves;
  CHECK(seconds_of(change, true) == std::vector<double>{250, 40});
  // What cannot be undone takes 20 s more to see what is left to do, whenever it shows.
  ModelSample promote = one_step("change");
  promote.runbooks[0].steps[0].irreversible = true;
  promote.constant_s("human.hep.therp_wrong_identical_control", 1);
  CHECK(seconds_of(promote, false) == std::vector<double>{200, 40});
  CHECK(seconds_of(promote, true) == std::vector<double>{100, 210});
  // Misread: there is nothing to undo. The check is misread as well, which nobody sees in the end.
  ModelSample look = one_step("look-around");
  look.constant_s("human.hep.therp_misread_status", 1);
  CHECK(seconds_of(look, false) == std::vector<double>{230, 110});
  CHECK(seconds_of(look, true) == std::vector<double>{100, 140});
}

TEST_CASE("the mean cost of errors is the formula's", "[people]") {
  // p = 0.3, m = 0.4: 0.3 (0.6 (30 + 50) + 0.4 (50 + 100)) = 32.4 s on top of 140. The extra is 80
  // with probability 0.18 and 150 with 0.12: variance 3852 - 32.4^2 = 2802; 4 standard errors.
  ModelSample s = one_step("change");
  s.constant_s("human.hep.heart_D", 0.3).constant_s("human.hep.checker_misses_error", 0.4);
  constexpr int kDrills = 2000;
  double sum = 0;
  for (const double time : play_script(s.plan(), all_steps, kDrills)) sum += time;
  CHECK(std::abs(sum / kDrills - 172.4) < 4 * std::sqrt(2802.0 / kDrills));
}

TEST_CASE("a scenario that sets people.error sets it for every kind", "[people]") {
  ModelSample s = one_step("change");
  s.constant_s("human.hep.heart_D", 1).behaviour("people.error", 0);
  CHECK(seconds_of(s, false) == std::vector<double>{100, 40});
  s.behaviour("people.error", 1);  // the check too: 40 + 30 + 40
  CHECK(seconds_of(s, false) == std::vector<double>{180, 110});
}
