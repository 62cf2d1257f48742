// Writes down what a world answers, and answers itself what a journal has the answer to: a run that
// is taken up again goes through all that has ended as it was, at its old instants, and then on.
#pragma once

#include <map>
#include <set>
#include <string>

#include "engine/live/journal_reader.hpp"
#include "engine/live/live_world.hpp"

namespace firedrill::live {

class JournaledWorld : public World {
 public:
  /// `before` is what an earlier part of this run left behind; it may be null.
  JournaledWorld(const Plan& plan, LiveWorld& world, Journal& journal,
                 const JournalContent* before);

  Agenda& agenda() override { return world_.agenda(); }
  /// A change that was under way in a crash is looked at before anything else: one that took effect
  /// is done, one that did not is done again, and of any other the outcome stays unknown.
  Task<Outcome> perform(const PlannedCall& call, StepIndex by) override;
  Task<Outcome> revert(const PlannedCall& fault) override;
  Task<Observation> observe(const PlannedCall& probe) override;
  Task<Answer> ask(const Ask& request) override;
  void severity_raised(RunbookIndex runbook, SeverityIndex severity) override;
  Task<AlarmIndex> next_alarm() override;
  Task<void> until_steady() override;

 private:
  /// Tells the journal when nobody waited for the result: it is not asked for again either.
  class Pending;

  const RecordedResult* recorded(const std::string& key) const;
  std::string numbered(std::string key);
  Task<Outcome> deed(std::string key, std::string account, Task<Outcome> anew, PlannedCall call,
                     StepIndex by);
  Task<Observation> observed(std::string key, Task<Observation> anew);
  Task<Answer> asked(std::string key, Task<Answer> anew);
  Task<void> forever();

  const Plan& plan_;
  LiveWorld& world_;
  Journal& journal_;
  const JournalContent* before_;
  std::map<std::string, int, std::less<>> asked_;  // how often, by key
  std::set<std::string, std::less<>> unsettled_;
  std::size_t next_alarm_ = 0;
  Signal never_;
};

}  // namespace firedrill::live
