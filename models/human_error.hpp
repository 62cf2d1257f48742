// Human error: steps that are done wrongly, whether somebody notices, and doing them again.
//
// A step goes wrong with the probability of its kind: one that only looks (THERP: status misread),
// a changing one of planned work (HEART F), one in an incident (composed of HEART F), one in an
// incident with nobody else there to read it back (HEART D), and one that cannot be undone (THERP:
// wrong one of several alike, since everybody is careful there). More often just after waking. A
// scenario that sets the behaviour `people.error` sets it for every kind.
//
// An error is noticed at once, or missed with the probability m of a checker. A missed one shows at
// the next check of its runbook: a step of its verification, a human:check, or a condition that the
// step itself verifies; whoever checks then does the step again. With p for the error, T for the
// step's own time:
//   changing: E[extra] = p ((1 - m) (notice + recover) + m (recover + T))
//   looking:  E[extra] = p ((1 - m) (notice + T) + m T)
// What cannot be undone costs looking up what is left to do on top of `recover`. Its effect on the
// platform is that of a step done rightly: only the time is modelled.
#pragma once

#include <string_view>
#include <vector>

#include "engine/run/world.hpp"
#include "models/people_timings.hpp"

namespace firedrill {

class HumanError {
 public:
  /// Of whoever does the step, at the time.
  struct Doer {
    bool alone = false;  // nobody else has come
    bool just_woken = false;
    double slowdown = 1;
    bool fails = false;  // a fault says so
  };

  explicit HumanError(DrillContext& context) : context_(context), timings_(context) {}

  /// What errors add to the time of a request's hands: its own, and those that it brings to light.
  Duration extra(const Ask& request, const Doer& doer);

 private:
  struct Missed {
    StepIndex step;
    bool changes = false;
  };

  bool goes_wrong(const Ask& request, const Doer& doer) const;
  double probability(const Ask& request, const Doer& doer) const;
  std::string_view kind_of(const Ask& request, const Doer& doer) const;
  Duration brought_to_light(RunbookIndex runbook, const Doer& doer);
  Duration recovery(StepIndex step, bool changes, std::uint32_t round) const;
  Duration again(StepIndex step, const Doer& doer, std::uint32_t round) const;

  DrillContext& context_;
  PeopleTimings timings_;
  std::vector<Missed> missed_;  // in the order in which they were made
};

}  // namespace firedrill
