#include "tests/support/scripted_drill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace firedrill::test {
namespace {

const std::string& id_of(const Plan& plan, std::uint32_t step) { return plan.steps[step].id; }

/// In the order of `Failure`.
constexpr std::array kFailures = {
    "",          "timed out", "gave up",     "refused",      "unreachable",
    "throttled", "not found", "no capacity", "not verified", "lost reply"};

std::string outcome_of(const Event& event) {
  if (event.skipped) return "skipped";
  if (event.outcome.ok()) return "ok";
  const bool failed = event.outcome.kind == OutcomeKind::kFailed;
  return fmt::format("{}: {}", failed ? "failed" : "unknown",
                     kFailures.at(static_cast<std::size_t>(event.outcome.why)));
}

std::string words(const Plan& plan, const Event& e) {
  switch (e.kind) {
    case EventKind::kFaultStarted:
      return "fault " + plan.faults[e.subject].id;
    case EventKind::kFaultEnded:
      return "fault ended " + plan.faults[e.subject].id;
    case EventKind::kAlarm:
      return "alarm " + plan.alarms[e.subject].name;
    case EventKind::kPaged:
      return fmt::format("page {} round {}", plan.roles[e.subject].name, e.value);
    case EventKind::kAcknowledged:
      return "ack " + plan.roles[e.subject].name + " by " + plan.persons[e.object];
    case EventKind::kJoined:
      return "joined " + plan.roles[e.subject].name + " by " + plan.persons[e.object];
    case EventKind::kDeclared:
      return "declared " + plan.runbooks[e.subject].name +
             (e.object == plan.runbooks[e.subject].severity.value
                  ? ""
                  : " as " + plan.severities[e.object].name);
    case EventKind::kSeverityRaised:
      return "raised " + plan.runbooks[e.subject].name + " to " + plan.severities[e.object].name;
    case EventKind::kApproved:
      return "approved " + plan.runbooks[e.subject].name + " by " + plan.persons[e.object];
    case EventKind::kChangeWindow:
      return "window " + plan.runbooks[e.subject].name;
    case EventKind::kStatusUpdate:
      return "update " + plan.runbooks[e.subject].name + " by " + plan.persons[e.object];
    case EventKind::kStepPreempted:
      return "preempted " + id_of(plan, e.subject) + " of " + plan.persons[e.object] +
             (e.cause == kNobody ? "" : " by " + id_of(plan, e.cause));
    case EventKind::kStepResumed:
      return "resumed " + id_of(plan, e.subject) + " by " + plan.persons[e.object];
    case EventKind::kDecided:
      return "decided " + id_of(plan, e.subject);
    case EventKind::kStepReady:
      return "ready " + id_of(plan, e.subject) +
             (e.object == kNobody ? "" : " after " + id_of(plan, e.object));
    case EventKind::kStepStarted:
      return "start " + id_of(plan, e.subject) +
             (e.object == kNobody ? "" : " by " + plan.persons[e.object]) +
             (e.cause == kNobody ? "" : " freed by " + id_of(plan, e.cause));
    case EventKind::kStepActing:
      return "act " + id_of(plan, e.subject);
    case EventKind::kStepEnded:
      return "end " + id_of(plan, e.subject) + " " + outcome_of(e);
    case EventKind::kRunbookAborted:
      return "aborted " + plan.runbooks[e.subject].name + " by " + id_of(plan, e.object);
    case EventKind::kVerified:
      return "verified " + plan.runbooks[e.subject].name;
    case EventKind::kClosed:
      return "closed " + plan.runbooks[e.subject].name;
    case EventKind::kDrillEnded:
      return "over";
    default:
      return "other";
  }
}

}  // namespace

void ScriptedDrill::run(std::vector<bool> occurs) {
  end = run_scripted(plan, world, log, std::move(occurs));
}

Lines ScriptedDrill::told(std::initializer_list<EventKind> kinds) const {
  Lines lines;
  for (const Event& event : log.events()) {
    if (std::find(kinds.begin(), kinds.end(), event.kind) == kinds.end()) continue;
    lines.push_back(fmt::format("{}s {}", event.at.us / 1'000'000, words(plan, event)));
  }
  return lines;
}

PlanBuilder planned(const std::vector<BuiltStep>& steps) {
  PlanBuilder builder;
  builder.role("operator", {"ada"}).role("other", {"ben"});
  builder.runbook("book", {}, steps);
  return builder;
}

PlanBuilder incident(const std::vector<BuiltStep>& steps) {
  PlanBuilder builder;
  builder.role("primary", {"ada"}).role("secondary", {"ben"}).role("manager", {"cy"});
  builder.pages("primary", seconds(300)).pages("secondary", seconds(300));
  builder.alarm("down").alarm("late");
  builder.fault("lost", seconds(100));
  builder.runbook("book", {"down"}, steps);
  return builder;
}

}  // namespace firedrill::test
