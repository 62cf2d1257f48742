// Puts back what a run has changed, by the inverses that were kept before each change.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/live/journal.hpp"
#include "engine/live/live_driver.hpp"
#include "engine/live/platform.hpp"

namespace firedrill::live {

enum class RollbackStrategy {
  kAlways,
  kDeviated,  // when the run was stopped, aborted a runbook, or did not get steady
  kNever,
  kAsk,
};
/// always, deviated, never, ask.
std::optional<RollbackStrategy> rollback_strategy_of(std::string_view word);

/// Which inverses lead back to the state before the run, in the order in which they are made: of
/// several on one resource by one operation the first that was kept, since it holds the value from
/// before the run, and the last kept first. What is in `done` has been put back.
std::vector<Inverse> way_back(const std::vector<Inverse>& kept,
                              const std::set<std::string, std::less<>>& done = {});

/// What an inverse puts back: equal for inverses of which only the first counts.
std::string key_of(const Inverse& inverse);

struct PutBack {
  Inverse inverse;
  Outcome outcome;
};

/// Makes them one after another, whatever comes of each, and writes each down before and after. A
/// journal with a gap ends it: what is left is not tried. `step_limit` bounds each.
Task<void> put_back(LiveDriver& driver, Platform& platform, Journal& journal,
                    std::vector<Inverse> inverses, Duration step_limit,
                    std::vector<PutBack>& results);

}  // namespace firedrill::live
