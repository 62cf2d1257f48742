#include "engine/live/journaled_world.hpp"

#include <fmt/format.h>

#include "engine/plan/print.hpp"

namespace firedrill::live {
namespace {

JournalJson outcome_fields(Outcome outcome) {
  return {{"outcome", static_cast<int>(outcome.kind)}, {"why", static_cast<int>(outcome.why)}};
}

Outcome outcome_from(const JournalJson& fields) {
  return {static_cast<OutcomeKind>(fields.at("outcome").get<int>()),
          static_cast<Failure>(fields.at("why").get<int>())};
}

}  // namespace

class JournaledWorld::Pending {
 public:
  Pending(JournaledWorld& world, const char* port, std::string key, std::string account)
      : world_(world), port_(port), key_(std::move(key)), account_(std::move(account)) {}
  ~Pending() {
    if (ended_) return;
    try {
      write({{"dropped", true}});
    } catch (const JournalError&) {
      // The journal is broken, which ends the run anyway.
    }
  }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  /// A journal with a gap ends the run at its next turn.
  void end(const JournalJson& fields) {
    ended_ = true;
    try {
      write(fields);
    } catch (const JournalError&) {
    }
  }

 private:
  void write(const JournalJson& fields) {
    JournalJson line = {{"port", port_}, {"key", key_}, {"us", world_.world_.agenda().now().us}};
    if (!account_.empty()) {
      line[account_.starts_with("fault") ? "fault" : "step"] = account_;
    }
    line.update(fields);
    world_.journal_.write("result", line);
  }

  JournaledWorld& world_;
  const char* port_;
  std::string key_;
  std::string account_;
  bool ended_ = false;
};

JournaledWorld::JournaledWorld(const Plan& plan, LiveWorld& world, Journal& journal,
                               const JournalContent* before)
    : plan_(plan), world_(world), journal_(journal), before_(before), never_(world.agenda()) {
  if (before == nullptr) return;
  unsettled_ = before->unsettled;
  std::vector<AlarmIndex> known;
  for (const RecordedResult& alarm : before->alarms) {
    known.push_back({alarm.fields.at("alarm").get<std::uint32_t>()});
  }
  world.alarms_known(known);
}

std::string JournaledWorld::numbered(std::string key) {
  const int round = ++asked_[key];
  return fmt::format("{} #{}", key, round);
}

const RecordedResult* JournaledWorld::recorded(const std::string& key) const {
  if (before_ == nullptr) return nullptr;
  const auto found = before_->results.find(key);
  return found == before_->results.end() ? nullptr : &found->second;
}

Task<void> JournaledWorld::forever() {
  auto never = never_.wait();
  co_await never;
}

Task<Outcome> JournaledWorld::perform(const PlannedCall& call, StepIndex by) {
  const std::string account = by.valid() ? step_path(plan_, by) : fault_path(plan_, call);
  return deed(numbered("perform " + account), account, world_.perform(call, by), call, by);
}

Task<Outcome> JournaledWorld::revert(const PlannedCall& fault) {
  const std::string account = fault_path(plan_, fault);
  return deed(numbered("revert " + account), account, world_.revert(fault), fault, {});
}

Task<Outcome> JournaledWorld::deed(std::string key, std::string account, Task<Outcome> anew,
                                   PlannedCall call, StepIndex by) {
  if (const RecordedResult* result = recorded(key)) {
    if (result->fields.contains("dropped")) {
      Task<void> never = forever();
      co_await never;
    }
    auto then = sleep_until(agenda(), result->at);
    co_await then;
    co_return outcome_from(result->fields);
  }
  Pending pending(*this, "perform", std::move(key), account);
  if (unsettled_.erase(account) > 0) {
    Task<Outcome> look = world_.settle(call, by);
    const Outcome settled = co_await look;
    if (settled.kind != OutcomeKind::kFailed) {
      pending.end(outcome_fields(settled));
      co_return settled;
    }
  }
  const Outcome outcome = co_await anew;
  pending.end(outcome_fields(outcome));
  co_return outcome;
}

Task<Observation> JournaledWorld::observe(const PlannedCall& probe) {
  return observed(numbered("observe " + describe_call(plan_, probe)), world_.observe(probe));
}

Task<Observation> JournaledWorld::observed(std::string key, Task<Observation> anew) {
  if (const RecordedResult* result = recorded(key); result && !result->fields.contains("dropped")) {
    auto then = sleep_until(agenda(), result->at);
    co_await then;
    co_return Observation{result->fields.at("known").get<bool>(),
                          result->fields.at("holds").get<bool>()};
  }
  Pending pending(*this, "observe", std::move(key), {});
  const Observation seen = co_await anew;
  pending.end({{"known", seen.known}, {"holds", seen.holds}});
  co_return seen;
}

Task<Answer> JournaledWorld::ask(const Ask& request) {
  const std::string& role = plan_.roles[request.role.value].name;
  const std::string about = request.step.valid() ? step_path(plan_, request.step)
                                                 : fmt::format("{:x}", request.key.value);
  return asked(numbered(fmt::format("ask {} {} {}", static_cast<int>(request.kind), role, about)),
               world_.ask(request));
}

Task<Answer> JournaledWorld::asked(std::string key, Task<Answer> anew) {
  if (const RecordedResult* result = recorded(key)) {
    if (result->fields.contains("dropped")) {
      Task<void> never = forever();
      co_await never;
    }
    auto then = sleep_until(agenda(), result->at);
    co_await then;
    co_return Answer{.person = {result->fields.at("person").get<std::uint32_t>()},
                     .started = {result->fields.at("started_us").get<std::int64_t>()},
                     .freed_by = {}};
  }
  Pending pending(*this, "ask", std::move(key), {});
  const Answer answer = co_await anew;
  pending.end({{"person", answer.person.value}, {"started_us", answer.started.us}});
  co_return answer;
}

void JournaledWorld::severity_raised(RunbookIndex runbook, SeverityIndex severity) {
  world_.severity_raised(runbook, severity);
}

Task<AlarmIndex> JournaledWorld::next_alarm() {
  if (before_ != nullptr && next_alarm_ < before_->alarms.size()) {
    const RecordedResult& alarm = before_->alarms[next_alarm_++];
    auto then = sleep_until(agenda(), alarm.at);
    co_await then;
    co_return AlarmIndex{alarm.fields.at("alarm").get<std::uint32_t>()};
  }
  Task<AlarmIndex> next = world_.next_alarm();
  const AlarmIndex alarm = co_await next;
  try {
    journal_.write("result", {{"port", "alarm"},
                              {"alarm", alarm.value},
                              {"name", plan_.alarms[alarm.value].name},
                              {"us", agenda().now().us}});
  } catch (const JournalError&) {
    // A journal with a gap ends the run at its next turn.
  }
  co_return alarm;
}

Task<void> JournaledWorld::until_steady() { return world_.until_steady(); }

}  // namespace firedrill::live
