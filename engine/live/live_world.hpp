// The live world: the port of the executor over a platform, the people at the console and the
// probes of services. Everything that blocks runs on the driver's threads.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/live/console.hpp"
#include "engine/live/live_driver.hpp"
#include "engine/live/platform.hpp"
#include "engine/live/service_watch.hpp"
#include "engine/live/stop_switch.hpp"
#include "engine/run/event_log.hpp"
#include "engine/run/world.hpp"

namespace firedrill::live {

struct LiveOptions {
  /// Between two looks at alarms, at the stop conditions and for a waiter.
  Duration poll = Duration::seconds(15);
  Duration look_limit = Duration::seconds(60);  // of one look
  Duration step_limit = Duration::minutes(30);  // of a step; a step beyond it ends the run
  /// Machines cause the faults and look; everything else is done by people, and timed.
  bool game_day = false;
};

/// What the live world acts through. All of it outlives the driver's calls.
struct LiveParts {
  const Plan& plan;
  LiveDriver& driver;
  Platform& platform;
  Console& console;
  ServiceWatch& watch;
  StopSwitch& stop;
};

class LiveWorld : public World {
 public:
  LiveWorld(LiveParts parts, LiveOptions options);

  /// Begins to look at alarms, stop conditions and services.
  void begin();
  /// Alarms that were met before a crash: they are no news.
  void alarms_known(const std::vector<AlarmIndex>& alarms);

  /// Looks whether a change whose reply was lost has taken effect.
  Task<Outcome> settle(const PlannedCall& call, StepIndex by);

  Agenda& agenda() override { return parts_.driver.agenda(); }
  Task<Outcome> perform(const PlannedCall& call, StepIndex by) override;
  Task<Outcome> revert(const PlannedCall& fault) override;
  Task<Observation> observe(const PlannedCall& probe) override;
  Task<Answer> ask(const Ask& request) override;
  void severity_raised(RunbookIndex runbook, SeverityIndex severity) override;
  Task<AlarmIndex> next_alarm() override;
  Task<void> until_steady() override;

 private:
  enum class Deed { kPerform, kRevert, kSettle };

  Task<void> watch_alarms();
  Task<void> watch_stop_conditions();
  Task<void> first_alarm();
  void alarms_seen(const std::vector<AlarmIndex>& on, bool news);

  /// What `look` gives; where it throws, the run ends: the journal has a gap.
  template <class T, class F>
  T or_stop(T otherwise, F look) {
    try {
      return look();
    } catch (const std::exception& error) {
      parts_.stop.stop(error.what());
      return otherwise;
    }
  }

  bool by_person(const PlannedCall& call, StepIndex by) const;
  bool can_look_at(const PlannedCall& probe) const;
  Task<Observation> vouched_for(const PlannedStep& step, StepIndex index);
  Task<Observation> asked_about(const PlannedCall& probe, StepIndex index);
  void find_unseen();
  Outcome deed(Deed what, const PlannedCall& call, StepIndex by, const CallControl& control);
  Task<Outcome> by_machine(Deed what, PlannedCall call, StepIndex by);
  Task<Outcome> by_hand(PlannedCall call, StepIndex by, bool take_back = false);
  Task<Outcome> caused(Task<Outcome> work, PlannedCall fault);
  Task<Outcome> limited(Task<Outcome> work, StepIndex by, Duration span = {});
  Task<Outcome> pass_time(PlannedCall call, StepIndex by);
  Task<Outcome> poll(PlannedCall call, StepIndex by);
  Task<Outcome> hold_for(std::vector<PlannedCall> probes, bool is, Duration span);

  Task<Observation> service_seen(PlannedCall probe);
  Task<Observation> looked_at(PlannedCall probe);
  Task<Answer> machine_answer();
  Task<Outcome> known_outcome(Outcome outcome);
  Task<Answer> prompt(Ask request);
  void name_approvals();
  Prompt prompt_for(const Ask& request) const;
  Duration timing(std::string_view id) const;

  LiveParts parts_;
  LiveOptions options_;
  std::map<std::uint32_t, PromptAnswer> answered_;  // by step: what its person said last
  /// What nothing can look at: checks whose step is done by a person, who is taken at their word,
  /// and conditions of steps, which somebody is asked about.
  std::map<const PlannedCall*, StepIndex> vouched_for_;
  std::map<const PlannedCall*, StepIndex> asked_about_;
  std::map<std::uint32_t, PromptEnd> said_;         // by step, as `answered_`, and kept
  std::map<std::uint64_t, std::string> approvals_;  // their names by the key they are asked with
  std::vector<bool> alarm_on_;
  std::deque<AlarmIndex> fired_;
  TimePoint detected_ = TimePoint::never();
  TimePoint last_fault_{};
  Duration alarm_time_{};  // the longest that an alarm which starts a procedure takes to fire
  bool fault_begun_ = false;
  bool alarm_met_ = false;  // since the first fault, also before a crash
  Signal alarm_fired_;
  Signal never_;
  TaskSet watches_;  // last member: dropped before what its tasks refer to
};

/// How the journal and the people call a step: RUNBOOK/STEP; a fault: fault/ID.
std::string step_path(const Plan& plan, StepIndex step);
std::string fault_path(const Plan& plan, const PlannedCall& call);

/// The leave that changes of this plan need of somebody: RUNBOOK/approval, RUNBOOK/STEP/approval.
std::vector<std::string> approvals_of(const Plan& plan);

}  // namespace firedrill::live
