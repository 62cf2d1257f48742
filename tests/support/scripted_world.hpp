// A world whose every answer the test has written: virtual time, no resources, no randomness.
//
// Unscripted, everything goes well: hands-on work takes the mean of its timing, a call takes its
// planned duration, probes hold, pages are answered at once, every service serves from instant
// zero. A test scripts what differs, and reads in `requests` what the executor asked for.
//
// People do one thing at a time, first come first served, as in every world.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/run/event_log.hpp"
#include "engine/run/world.hpp"

namespace firedrill::test {

/// How a call ends. `never`: only by being dropped.
struct CallReply {
  std::optional<Duration> after = {};  // nothing: the planned duration of the call
  Outcome outcome = {};
  bool never = false;
  /// When it ends, the first service is served to this share.
  std::optional<double> served = {};
};

/// How a page or a request for work ends.
struct PersonReply {
  std::optional<Duration> after = {};  // nothing: the timing's mean; zero for pages
  bool never = false;
};

class ScriptedWorld : public World {
 public:
  /// `plan` and `log` must outlive it.
  ScriptedWorld(const Plan& plan, EventLog& log);

  // Replies are used up in the order in which they were given; the last one stays.

  /// Calls on account of the step, or of the fault, with this id.
  void on_perform(const std::string& id, std::vector<CallReply> replies);
  /// A fault is ended with this outcome.
  void on_revert(const std::string& id, CallReply reply);
  /// Probes whose `word` this is; see PlanBuilder for which words it gives them.
  void on_observe(const std::string& word, std::vector<Observation> replies);
  /// Pages of, and calls to, a role.
  void on_page(const std::string& role, std::vector<PersonReply> replies);
  /// Work on the step with this id; "triage" for the triage.
  void on_work(const std::string& id, std::vector<PersonReply> replies);
  void alarm_at(Duration when, AlarmIndex alarm);
  void serve_at(Duration when, ServiceIndex service, double share);
  void serve_at(Duration when, ServiceIndex service, double share, double of_all_clients);

  /// Everything asked for, one entry a request, as "12s perform scale", in order of asking.
  const std::vector<std::string>& requests() const { return requests_; }

  /// Starts what was scripted and `root`, and runs until `root` ends, the horizon passes, or
  /// nothing is left to happen. Writes how it ended to the log, as every world's driver does.
  DrillEnd drive(Task<void>& root, Duration horizon);

  Agenda& agenda() override { return agenda_; }
  Task<Outcome> perform(const PlannedCall& call, StepIndex by) override;
  Task<Outcome> revert(const PlannedCall& fault) override;
  Task<Observation> observe(const PlannedCall& probe) override;
  Task<Answer> ask(const Ask& request) override;
  void severity_raised(RunbookIndex runbook, SeverityIndex severity) override;
  Task<AlarmIndex> next_alarm() override;
  Task<void> until_steady() override;

 private:
  struct Hands {
    bool busy = false;
    StepIndex last_step;
  };
  struct ScheduledAlarm {
    TimePoint at;
    AlarmIndex alarm;
  };
  struct ScheduledShare {
    TimePoint at;
    ServiceIndex service;
    double share;
    double of_all;
  };
  /// A place in the queue for hands, then the hands themselves; given up when dropped.
  class Turn;

  Task<void> raise_alarms();
  Task<void> change_shares();
  Task<Outcome> ended(CallReply reply, StepIndex by);
  Task<Answer> answer_page(Ask request);
  Task<Answer> work(Ask request);
  void set_share(ServiceIndex service, double share, double of_all, StepIndex by);
  void record(const std::string& what);
  std::string fault_id(const PlannedCall& call) const;

  const Plan& plan_;
  EventLog& log_;
  Agenda agenda_;
  std::map<std::string, std::deque<CallReply>> calls_;
  std::map<std::string, CallReply> reverts_;
  std::map<std::string, std::deque<Observation>> observations_;
  std::map<std::string, std::deque<PersonReply>> pages_;
  std::map<std::string, std::deque<PersonReply>> works_;
  std::vector<ScheduledAlarm> alarms_;
  std::vector<ScheduledShare> shares_;
  std::deque<AlarmIndex> fired_;
  std::vector<double> served_;
  std::vector<TimePoint> serves_since_;
  std::vector<Hands> hands_;
  std::vector<Turn*> queue_;
  std::vector<std::string> requests_;
  Signal never_;
  Signal alarm_fired_;
  Signal share_changed_;
  Signal hands_freed_;
  TaskSet background_;
};

/// One drill of the executor in a scripted world, with every fault occurring unless told otherwise.
DrillEnd run_scripted(const Plan& plan, ScriptedWorld& world, EventLog& log,
                      std::vector<bool> occurs = {});

}  // namespace firedrill::test
