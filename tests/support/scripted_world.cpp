#include "tests/support/scripted_world.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/run/executor.hpp"

namespace firedrill::test {
namespace {

/// The next scripted reply; the last one stays for whatever comes after.
template <class Reply>
std::optional<Reply> next_reply(std::map<std::string, std::deque<Reply>>& scripted,
                                const std::string& key) {
  const auto found = scripted.find(key);
  if (found == scripted.end() || found->second.empty()) return std::nullopt;
  const Reply reply = found->second.front();
  if (found->second.size() > 1) found->second.pop_front();
  return reply;
}

Task<void> next_change(Signal& signal) {
  auto change = signal.wait();
  co_await change;
}

}  // namespace

class ScriptedWorld::Turn {
 public:
  /// The work for the worst incident comes first; nothing is interrupted.
  Turn(ScriptedWorld& world, RoleIndex role, SeverityIndex severity, StepIndex step)
      : world_(world), role_(role), severity_(severity), step_(step) {
    const auto lesser = std::find_if(world_.queue_.begin(), world_.queue_.end(),
                                     [&](const Turn* turn) { return turn->severity_ > severity; });
    world_.queue_.insert(lesser, this);
  }
  ~Turn() {
    std::erase(world_.queue_, this);
    if (person_.valid()) {
      world_.hands_[person_.value].busy = false;
      world_.hands_[person_.value].last_step = step_;
    }
    world_.hands_freed_.raise();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  /// Takes the first free person of the role whom nobody before in the queue could take.
  bool take() {
    for (const PersonIndex person : world_.plan_.roles[role_.value].persons) {
      if (world_.hands_[person.value].busy || wanted_before(person)) continue;
      person_ = person;
      world_.hands_[person.value].busy = true;
      std::erase(world_.queue_, this);
      return true;
    }
    return false;
  }
  PersonIndex person() const { return person_; }

 private:
  bool wanted_before(PersonIndex person) const {
    for (const Turn* turn : world_.queue_) {
      if (turn == this) return false;
      const auto& fill = world_.plan_.roles[turn->role_.value].persons;
      if (std::find(fill.begin(), fill.end(), person) != fill.end()) return true;
    }
    return false;
  }

  ScriptedWorld& world_;
  RoleIndex role_;
  SeverityIndex severity_;
  StepIndex step_;
  PersonIndex person_;
};

ScriptedWorld::ScriptedWorld(const Plan& plan, EventLog& log)
    : plan_(plan),
      log_(log),
      served_(plan.services.size(), 1.0),
      serves_since_(plan.services.size(), TimePoint{}),
      hands_(plan.persons.size()),
      never_(agenda_),
      alarm_fired_(agenda_),
      share_changed_(agenda_),
      hands_freed_(agenda_) {}

void ScriptedWorld::on_perform(const std::string& id, std::vector<CallReply> replies) {
  calls_[id] = {replies.begin(), replies.end()};
}
void ScriptedWorld::on_revert(const std::string& id, CallReply reply) { reverts_[id] = reply; }
void ScriptedWorld::on_observe(const std::string& word, std::vector<Observation> replies) {
  observations_[word] = {replies.begin(), replies.end()};
}
void ScriptedWorld::on_page(const std::string& role, std::vector<PersonReply> replies) {
  pages_[role] = {replies.begin(), replies.end()};
}
void ScriptedWorld::on_work(const std::string& id, std::vector<PersonReply> replies) {
  works_[id] = {replies.begin(), replies.end()};
}
void ScriptedWorld::alarm_at(Duration when, AlarmIndex alarm) {
  alarms_.push_back({TimePoint{} + when, alarm});
}
void ScriptedWorld::serve_at(Duration when, ServiceIndex service, double share) {
  serve_at(when, service, share, share);
}
void ScriptedWorld::serve_at(Duration when, ServiceIndex service, double share, double of_all) {
  shares_.push_back({TimePoint{} + when, service, share, of_all});
}

DrillEnd ScriptedWorld::drive(Task<void>& root, Duration horizon) {
  for (std::uint32_t i = 0; i < served_.size(); ++i) set_share({i}, 1.0, 1.0, {});
  background_.spawn(change_shares());
  background_.spawn(raise_alarms());
  root.start(nullptr);
  const TimePoint end = TimePoint{} + horizon;
  while (!root.done() && !agenda_.empty() && agenda_.earliest() < end) {
    agenda_.run_until(agenda_.earliest());
  }
  DrillEnd how = DrillEnd::kCompleted;
  if (!root.done()) how = agenda_.empty() ? DrillEnd::kStalled : DrillEnd::kPastHorizon;
  const TimePoint when = how == DrillEnd::kPastHorizon ? end : agenda_.now();
  root.cancel();
  background_.clear();
  log_.add({.at = when,
            .object = static_cast<std::uint32_t>(how),
            .kind = EventKind::kDrillEnded,
            .outcome = {}});
  return how;
}

Task<void> ScriptedWorld::raise_alarms() {
  std::stable_sort(alarms_.begin(), alarms_.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  for (const ScheduledAlarm& next : alarms_) {
    auto due = sleep_until(agenda_, next.at);
    co_await due;
    fired_.push_back(next.alarm);
    alarm_fired_.raise();
  }
}

Task<void> ScriptedWorld::change_shares() {
  std::stable_sort(shares_.begin(), shares_.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  for (const ScheduledShare& next : shares_) {
    auto due = sleep_until(agenda_, next.at);
    co_await due;
    set_share(next.service, next.share, next.of_all, {});
  }
}

void ScriptedWorld::set_share(ServiceIndex service, double share, double of_all, StepIndex by) {
  served_[service.value] = share;
  TimePoint& since = serves_since_[service.value];
  if (share < plan_.service(service).threshold) {
    since = TimePoint::never();
  } else if (since == TimePoint::never()) {
    since = agenda_.now();
  }
  log_.add({.at = agenda_.now(),
            .value = share,
            .value2 = of_all,
            .subject = service.value,
            .cause = by.value,
            .kind = EventKind::kServedShare,
            .outcome = {}});
  share_changed_.raise();
}

void ScriptedWorld::record(const std::string& what) {
  requests_.push_back(fmt::format("{}s {}", agenda_.now().us / 1'000'000, what));
}

std::string ScriptedWorld::fault_id(const PlannedCall& call) const {
  for (const PlannedFault& fault : plan_.faults) {
    if (&fault.call == &call) return fault.id;
  }
  return "call";
}

Task<Outcome> ScriptedWorld::perform(const PlannedCall& call, StepIndex by) {
  const std::string id = by.valid() ? plan_.step(by).id : fault_id(call);
  record("perform " + id);
  CallReply reply = next_reply(calls_, id).value_or(CallReply{});
  if (!reply.after) reply.after = call.duration.value_or(Duration{});
  return ended(reply, by);
}

Task<Outcome> ScriptedWorld::revert(const PlannedCall& fault) {
  const std::string id = fault_id(fault);
  record("revert " + id);
  const auto scripted = reverts_.find(id);
  return ended(scripted == reverts_.end() ? CallReply{} : scripted->second, {});
}

Task<Outcome> ScriptedWorld::ended(CallReply reply, StepIndex by) {
  if (reply.never) {
    auto forever = never_.wait();
    co_await forever;
  }
  auto done = sleep_for(agenda_, reply.after.value_or(Duration{}));
  co_await done;
  if (reply.served) set_share({0}, *reply.served, *reply.served, by);
  co_return reply.outcome;
}

Task<Observation> ScriptedWorld::observe(const PlannedCall& probe) {
  record("observe " + probe.word);
  const auto seen = next_reply(observations_, probe.word).value_or(Observation{true, true});
  auto looked = sleep_for(agenda_, Duration{});
  co_await looked;
  co_return seen;
}

Task<Answer> ScriptedWorld::ask(const Ask& request) {
  const bool page = request.kind == AskKind::kAcknowledge || request.kind == AskKind::kJoin;
  return page ? answer_page(request) : work(request);
}

Task<Answer> ScriptedWorld::answer_page(Ask request) {
  const PlannedRole& role = plan_.roles[request.role.value];
  record("page " + role.name);
  const PersonReply reply = next_reply(pages_, role.name).value_or(PersonReply{});
  if (reply.never || role.absent || role.persons.empty()) {
    auto forever = never_.wait();
    co_await forever;
  }
  auto reacted = sleep_for(agenda_, reply.after.value_or(Duration{}));
  co_await reacted;
  co_return Answer{.person = role.persons[0], .started = agenda_.now(), .freed_by = {}};
}

Task<Answer> ScriptedWorld::work(Ask request) {
  const PlannedRole& role = plan_.roles[request.role.value];
  const std::string id = request.step.valid() ? plan_.step(request.step).id : "triage";
  record(fmt::format("ask {} for {}", role.name, id));
  const PersonReply reply = next_reply(works_, id).value_or(PersonReply{});
  if (reply.never || role.absent) {
    auto forever = never_.wait();
    co_await forever;
  }
  Turn turn(*this, request.role, request.severity, request.step);
  StepIndex freed_by;
  while (!turn.take()) {
    auto freed = hands_freed_.wait();
    co_await freed;
    for (const PersonIndex person : role.persons) {
      if (!hands_[person.value].busy) freed_by = hands_[person.value].last_step;
    }
  }
  const Answer answer{.person = turn.person(), .started = agenda_.now(), .freed_by = freed_by};
  Duration takes = reply.after.value_or(Duration{});
  if (!reply.after && request.time.valid()) {
    takes = duration_from_seconds(plan_.timing(request.time).distribution.mean());
  }
  auto done = sleep_for(agenda_, takes);
  co_await done;
  co_return answer;
}

void ScriptedWorld::severity_raised(RunbookIndex runbook, SeverityIndex severity) {
  record(fmt::format("raise {} to {}", plan_.runbooks[runbook.value].name,
                     plan_.severity(severity).name));
}

Task<AlarmIndex> ScriptedWorld::next_alarm() {
  while (fired_.empty()) {
    auto fired = alarm_fired_.wait();
    co_await fired;
  }
  const AlarmIndex alarm = fired_.front();
  fired_.pop_front();
  co_return alarm;
}

Task<void> ScriptedWorld::until_steady() {
  for (;;) {
    TimePoint steady = agenda_.now();
    for (std::uint32_t i = 0; i < serves_since_.size(); ++i) {
      if (!plan_.services[i].judged) continue;
      const TimePoint since = serves_since_[i];
      steady = since == TimePoint::never() || steady == TimePoint::never()
                   ? TimePoint::never()
                   : std::max(steady, since + plan_.services[i].hold);
    }
    if (steady <= agenda_.now()) co_return;
    Task<void> news = next_change(share_changed_);
    Within<void> wait(agenda_, steady, news);
    co_await wait;
  }
}

DrillEnd run_scripted(const Plan& plan, ScriptedWorld& world, EventLog& log,
                      std::vector<bool> occurs) {
  if (occurs.empty()) occurs.assign(plan.faults.size(), true);
  const StepGraph graph(plan);
  Task<void> drill = run_drill(graph, world, log, std::move(occurs));
  return world.drive(drill, plan.horizon);
}

}  // namespace firedrill::test
