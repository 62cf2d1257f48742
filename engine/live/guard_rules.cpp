// The table of guardrails, and the page that is made of it.
#include <fmt/format.h>

#include "engine/live/guards.hpp"

namespace firedrill::live {

namespace {

constexpr GuardRule kRules[] = {
    {1, "plan-first", "Nothing changes without `live run PLANFILE --execute DIGEST`.", "run"},
    {2, "account", "STS says an account that is allowed and not blocked; nobody blocks nothing.",
     "plan, run, and after each renewal of credentials"},
    {3, "alias",
     "The account has the alias of the staging document, which is typed again, and "
     "which does not say production.",
     "plan, run"},
    {4, "region", "Every call goes to an allowed region, every ARN is of the account.",
     "plan, before each call"},
    {5, "endpoint", "Endpoints are all on this machine or none is, as the staging document says.",
     "plan, before each call"},
    {6, "opt-in-tag", "What is changed carries the opt-in tag. What is not found is a failure.",
     "plan, before each change"},
    {7, "role", "Calls are made by a session of the role made for drills.", "plan, run"},
    {8, "same-plan", "What is run is what was shown: each call with its inverse, under one digest.",
     "run"},
    {9, "preflight",
     "No day of a blackout, no other run (lock), no alarm of the scenario in ALARM; every service "
     "serves; snapshots, replicas, quotas within limits; permissions as IAM simulates them.",
     "plan, run"},
    {10, "veto", "A program of the user's can say no; no answer is a no.", "run"},
    {11, "approval", "What cannot be undone needs the name of who approves it.",
     "plan, before each change"},
    {12, "stop-conditions", "An alarm in ALARM, or one that cannot be read, ends the drill.",
     "plan, between and during steps"},
    {13, "emergency-stop",
     "A signal, a stop file or a deadline: no new change, rollback is offered.", "during"},
    {14, "blast-radius",
     "Resources changed, changes at a time, desired counts; no task at all and "
     "every address only by their own switches.",
     "before each change"},
    {15, "no-blind-repeat",
     "A change whose answer was lost is looked at, not sent again; lists are "
     "changed with the token of what was read.",
     "each change"},
    {16, "no-shell", "Words, never a shell; a name in brackets that nobody filled in is refused.",
     "plan, before each change"},
    {17, "rollback", "The inverse is kept before a change, and goes through the same guards.",
     "before each change, at the end"},
    {18, "journal",
     "What is done is on disk before it is done; what cannot be written is not done.", "each call"},
    {19, "steady-again",
     "Services serve again at the end; what differs and what costs money is "
     "listed.",
     "at the end"},
    {20, "rate", "No more calls a second to a service than the staging document says.",
     "each call"},
};

}  // namespace

std::span<const GuardRule> guard_rules() { return kRules; }

std::string guards_page() {
  std::string page =
      "# Guardrails of live mode\n\n| no. | name | what it holds | when |\n"
      "|---|---|---|---|\n";
  for (const GuardRule& rule : kRules) {
    page += fmt::format("| {} | `{}` | {} | {} |\n", rule.number, rule.name, rule.what, rule.when);
  }
  return page;
}

}  // namespace firedrill::live
