// One drill of a built plan in a scripted world, and its log as lines that a test can compare.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "tests/support/plan_builder.hpp"
#include "tests/support/scripted_world.hpp"

namespace firedrill::test {

using Lines = std::vector<std::string>;

constexpr Duration seconds(std::int64_t n) { return Duration::seconds(n); }

struct ScriptedDrill {
  explicit ScriptedDrill(const PlanBuilder& builder) : plan(builder.plan()), world(plan, log) {}
  ScriptedDrill(const ScriptedDrill&) = delete;
  ScriptedDrill& operator=(const ScriptedDrill&) = delete;

  /// Every fault occurs unless told otherwise.
  void run(std::vector<bool> occurs = {});

  /// The events of these kinds as lines such as "60s start scale by ada", in the order of the log.
  Lines told(std::initializer_list<EventKind> kinds) const;
  Lines ends() const { return told({EventKind::kStepEnded}); }
  Lines starts() const { return told({EventKind::kStepStarted}); }

  Plan plan;
  EventLog log;
  ScriptedWorld world;
  DrillEnd end = DrillEnd::kCompleted;
};

/// A planned runbook "book" of these steps; the roles "operator" (ada) and "other" (ben).
PlanBuilder planned(const std::vector<BuiltStep>& steps);

/// Fault "lost" at second 100, alarms "down" and "late", a ladder of primary (ada) and secondary
/// (ben) with 300 s each, a manager (cy) outside of it, and the runbook "book" for alarm "down".
PlanBuilder incident(const std::vector<BuiltStep>& steps);

inline constexpr AlarmIndex kDown{0};
inline constexpr AlarmIndex kLate{1};

inline CallReply after(std::int64_t s, Outcome outcome = {}) {
  return {.after = seconds(s), .outcome = outcome};
}
inline const CallReply kNeverEnds{.never = true};
inline const Outcome kRefusedCall = Outcome::failed(Failure::kRefused);
inline const Outcome kLostCall = Outcome::unknown(Failure::kLostReply);

}  // namespace firedrill::test
