#include "engine/live/rollback.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace firedrill::live {

std::optional<RollbackStrategy> rollback_strategy_of(std::string_view word) {
  if (word == "always") return RollbackStrategy::kAlways;
  if (word == "deviated") return RollbackStrategy::kDeviated;
  if (word == "never") return RollbackStrategy::kNever;
  if (word == "ask") return RollbackStrategy::kAsk;
  return std::nullopt;
}

std::string key_of(const Inverse& inverse) {
  return fmt::format("{} {} {} {}", inverse.service, inverse.operation, inverse.region,
                     inverse.resource);
}

std::vector<Inverse> way_back(const std::vector<Inverse>& kept,
                              const std::set<std::string, std::less<>>& done) {
  std::set<std::string, std::less<>> known = done;
  std::vector<Inverse> way;
  for (const Inverse& inverse : kept) {
    if (known.insert(key_of(inverse)).second) way.push_back(inverse);
  }
  std::reverse(way.begin(), way.end());
  return way;
}

namespace {

Outcome undo_one(Platform& platform, Journal& journal, const Inverse& inverse,
                 const CallControl& control) {
  const OnAccountOf account("rollback", key_of(inverse));
  bool begun = false;
  try {
    JournalJson record = {{"what", inverse.what}, {"key", key_of(inverse)}};
    journal.write("rollback", record, Sync::kNow);
    begun = true;
    const Outcome outcome = platform.undo(inverse, control);
    record["outcome"] = static_cast<int>(outcome.kind);
    record["why"] = static_cast<int>(outcome.why);
    journal.write("rollback", record, Sync::kNow);
    return outcome;
  } catch (const std::exception&) {
    return begun ? Outcome::unknown(Failure::kLostReply) : Outcome::failed(Failure::kRefused);
  }
}

}  // namespace

Task<void> put_back(LiveDriver& driver, Platform& platform, Journal& journal,
                    std::vector<Inverse> inverses, Duration step_limit,
                    std::vector<PutBack>& results) {
  for (const Inverse& inverse : inverses) {
    if (journal.broken()) co_return;
    Task<Outcome> undo = driver.off_thread<Outcome>(
        [&platform, &journal, inverse](const CallControl& control) {
          return undo_one(platform, journal, inverse, control);
        },
        step_limit);
    const Outcome outcome = co_await undo;
    results.push_back({inverse, outcome});
  }
}

}  // namespace firedrill::live
