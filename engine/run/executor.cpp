#include "engine/run/executor.hpp"

#include <algorithm>

namespace firedrill {
namespace {

constexpr int kRampParts = 10;

/// One drill. Everything it starts lives in its task set and ends with it.
class Drill {
 public:
  Drill(const StepGraph& graph, World& world, EventLog& log)
      : plan_(graph.plan),
        world_(world),
        log_(log),
        agenda_(world.agenda()),
        responders_(plan_, world, log),
        incidents_(plan_, world, log, responders_),
        runbooks_(graph, world, log, responders_, incidents_),
        started_(plan_.runbooks.size(), false),
        changed_(agenda_) {}

  Task<void> run(const std::vector<bool>& occurs);

 private:
  Task<void> fault(FaultIndex index);
  Task<void> grow(const PlannedFault& fault);
  Task<void> watch_alarms();
  Task<void> incident();
  Task<void> runbook(RunbookIndex index);
  Task<void> declared_runbook(RunbookIndex index);
  Task<void> later_runbook(RunbookIndex index, SeverityIndex severity);
  Task<Answer> triage(RoleIndex lead, SeverityIndex severity, EntityKey key);
  void start_planned();
  void start_triggered();
  void start_later(AlarmIndex alarm);
  bool triggered(const PlannedRunbook& runbook) const;

  const Plan& plan_;
  World& world_;
  EventLog& log_;
  Agenda& agenda_;
  Responders responders_;
  Incidents incidents_;
  RunbookRun runbooks_;
  std::vector<bool> started_;
  std::vector<AlarmIndex> fired_;
  std::uint32_t open_faults_ = 0;  // not yet started, or to be ended
  std::uint32_t open_runbooks_ = 0;
  bool incident_open_ = false;  // somebody has been or is being paged, and it is not yet closed
  bool triaged_ = false;
  Signal changed_;
  TaskSet tasks_;  // last member: dropped before what its tasks refer to
};

Task<void> Drill::run(const std::vector<bool>& occurs) {
  start_planned();
  for (std::uint32_t i = 0; i < plan_.faults.size(); ++i) {
    if (!occurs[i]) continue;
    ++open_faults_;
    tasks_.spawn(fault(FaultIndex{i}));
  }
  tasks_.spawn(watch_alarms());
  do {
    while (open_faults_ > 0 || open_runbooks_ > 0 || incident_open_) {
      auto change = changed_.wait();
      co_await change;
    }
    Task<void> steady = world_.until_steady();
    // Nobody works on it any more, but time goes on: what never comes back takes the horizon.
    Within<void> wait(agenda_, TimePoint{} + plan_.horizon + Duration{1}, steady);
    co_await wait;
  } while (open_faults_ > 0 || open_runbooks_ > 0 || incident_open_);
}

Task<void> Drill::fault(FaultIndex index) {
  const PlannedFault& fault = plan_.faults[index.value];
  auto onset = sleep_until(agenda_, TimePoint{} + fault.at);
  co_await onset;
  log_.add({.at = agenda_.now(), .subject = index.value, .kind = EventKind::kFaultStarted});
  Task<void> growth = grow(fault);
  co_await growth;
  if (fault.lasts) {
    auto end = sleep_until(agenda_, TimePoint{} + fault.at + *fault.lasts);
    co_await end;
    Task<Outcome> stop = world_.revert(fault.call);
    co_await stop;
    log_.add({.at = agenda_.now(), .subject = index.value, .kind = EventKind::kFaultEnded});
  }
  --open_faults_;
  changed_.raise();
}

/// A fault with a ramp strikes in equal parts, the first at its onset; one without, all at once.
Task<void> Drill::grow(const PlannedFault& fault) {
  for (int part = 1; fault.ramp.us > 0 && part < kRampParts; ++part) {
    const PlannedCall smaller = at_intensity(fault.call, static_cast<double>(part) / kRampParts);
    Task<Outcome> grown = world_.perform(smaller, StepIndex{});
    co_await grown;
    auto next =
        sleep_until(agenda_, TimePoint{} + fault.at + Duration{fault.ramp.us * part / kRampParts});
    co_await next;
  }
  Task<Outcome> whole = world_.perform(fault.call, StepIndex{});
  co_await whole;
}

Task<void> Drill::watch_alarms() {
  for (;;) {
    Task<AlarmIndex> next = world_.next_alarm();
    const AlarmIndex alarm = co_await next;
    log_.add({.at = agenda_.now(), .subject = alarm.value, .kind = EventKind::kAlarm});
    fired_.push_back(alarm);
    incidents_.alarm(alarm);
    if (triaged_) {
      start_later(alarm);
    } else if (!incident_open_) {
      incident_open_ = true;
      tasks_.spawn(incident());
    }
    changed_.raise();
  }
}

Task<void> Drill::incident() {
  Task<RoleIndex> paging = responders_.page_ladder();
  const RoleIndex lead = co_await paging;
  static const EntityKey triage_key = entity_key("incident/triage");
  // How severe it is nobody knows yet: whoever is asked looks at once.
  Task<Answer> looking = triage(lead, {0}, triage_key);
  co_await looking;
  triaged_ = true;
  start_triggered();
  while (open_runbooks_ > 0) {
    auto change = changed_.wait();
    co_await change;
  }
  incident_open_ = false;
  changed_.raise();
}

/// A runbook without a trigger is a planned procedure: it starts with the drill, whoever it names
/// at work.
void Drill::start_planned() {
  for (std::uint32_t i = 0; i < plan_.runbooks.size(); ++i) {
    if (!plan_.runbooks[i].trigger.empty()) continue;
    responders_.at_work_for({i});
    started_[i] = true;
    ++open_runbooks_;
    tasks_.spawn(runbook(RunbookIndex{i}));
  }
}

void Drill::start_triggered() {
  for (std::uint32_t i = 0; i < plan_.runbooks.size(); ++i) {
    if (started_[i] || !triggered(plan_.runbooks[i])) continue;
    started_[i] = true;
    ++open_runbooks_;
    tasks_.spawn(declared_runbook(RunbookIndex{i}));
  }
}

/// Runbooks of an alarm that comes when others have been triaged: another incident, which whoever
/// leads looks into as soon as its severity allows.
void Drill::start_later(AlarmIndex alarm) {
  for (std::uint32_t i = 0; i < plan_.runbooks.size(); ++i) {
    if (started_[i] || !triggered(plan_.runbooks[i])) continue;
    started_[i] = true;
    ++open_runbooks_;
    tasks_.spawn(later_runbook(RunbookIndex{i}, plan_.alarms[alarm.value].severity));
  }
}

Task<void> Drill::later_runbook(RunbookIndex index, SeverityIndex severity) {
  const EntityKey key = entity_key(plan_.runbooks[index.value].name + "/triage");
  Task<Answer> looking = triage(responders_.here_or_lead({}), severity, key);
  co_await looking;
  Task<void> declared = declared_runbook(index);
  co_await declared;
}

Task<Answer> Drill::triage(RoleIndex lead, SeverityIndex severity, EntityKey key) {
  const auto time = plan_.people_timings.find("triage");
  Task<Answer> looking =
      world_.ask({.kind = AskKind::kTriage,
                  .role = lead,
                  .severity = severity,
                  .time = time == plan_.people_timings.end() ? TimingIndex{} : time->second,
                  .key = key});
  co_return co_await looking;
}

bool Drill::triggered(const PlannedRunbook& runbook) const {
  return std::any_of(runbook.trigger.begin(), runbook.trigger.end(), [&](AlarmIndex alarm) {
    return std::find(fired_.begin(), fired_.end(), alarm) != fired_.end();
  });
}

Task<void> Drill::declared_runbook(RunbookIndex index) {
  Task<void> declaring = incidents_.declare(index, fired_);
  co_await declaring;
  Task<void> whole = runbook(index);
  co_await whole;
}

Task<void> Drill::runbook(RunbookIndex index) {
  Task<void> whole = runbooks_.run(index);
  co_await whole;
  incidents_.close(index);
  --open_runbooks_;
  changed_.raise();
}

}  // namespace

Task<void> run_drill(const StepGraph& graph, World& world, EventLog& log,
                     std::vector<bool> occurs) {
  Drill drill(graph, world, log);
  Task<void> whole = drill.run(occurs);
  co_await whole;
}

}  // namespace firedrill
