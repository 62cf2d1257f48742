#include "engine/run/responders.hpp"

namespace firedrill {
namespace {

/// How often somebody who was called outside of the ladder is paged again.
constexpr Duration kRepeatPage = Duration::minutes(5);

}  // namespace

Responders::Responders(const Plan& plan, World& world, EventLog& log)
    : plan_(plan),
      world_(world),
      log_(log),
      agenda_(world.agenda()),
      state_(plan.roles.size(), State::kNotCalled),
      someone_came_(agenda_) {
  for (std::uint32_t i = 0; i < plan.roles.size(); ++i) acting_.push_back(RoleIndex{i});
}

Task<RoleIndex> Responders::page_ladder() {
  std::vector<RoleIndex> silent;
  for (std::uint32_t round = 0;; ++round) {
    for (const PlannedEscalation& level : plan_.escalation) {
      Task<bool> page = page_once(level.role, level.acknowledge_within, round);
      if (co_await page) {
        for (const RoleIndex role : silent) acting_[role.value] = level.role;
        someone_came_.raise();
        co_return level.role;
      }
      if (round == 0) silent.push_back(level.role);
    }
    if (plan_.escalation.empty()) {  // nobody is ever paged: wait for what cannot come
      auto forever = someone_came_.wait();
      co_await forever;
    }
  }
}

Task<bool> Responders::page_once(RoleIndex role, Duration limit, std::uint32_t round) {
  state_[role.value] = State::kCalled;
  log_.add({.at = agenda_.now(),
            .value = static_cast<double>(round),
            .subject = role.value,
            .kind = EventKind::kPaged});
  Task<Answer> page = world_.ask({.kind = AskKind::kAcknowledge, .role = role, .round = round});
  Within<Answer> answered(agenda_, agenda_.now() + limit, page);
  const bool in_time = co_await answered;
  if (in_time) arrived(role, page.result().person, EventKind::kAcknowledged);
  co_return in_time;
}

void Responders::call_for(const std::string& severity) {
  const auto roles = plan_.pages_on_severity.find(severity);
  if (roles == plan_.pages_on_severity.end()) return;
  for (const RoleIndex role : roles->second) {
    if (state_[role.value] == State::kNotCalled) calls_.spawn(call(role));
  }
}

Task<void> Responders::call(RoleIndex role) {
  state_[role.value] = State::kCalled;
  if (plan_.roles[role.value].joins_bridge) {
    log_.add({.at = agenda_.now(), .subject = role.value, .kind = EventKind::kPaged});
    Task<Answer> joining = world_.ask({.kind = AskKind::kJoin, .role = role});
    const Answer answer = co_await joining;
    arrived(role, answer.person, EventKind::kJoined);
    co_return;
  }
  for (std::uint32_t round = 0;; ++round) {
    Task<bool> page = page_once(role, kRepeatPage, round);
    if (co_await page) co_return;
  }
}

void Responders::arrived(RoleIndex role, PersonIndex person, EventKind how) {
  state_[role.value] = State::kHere;
  acting_[role.value] = role;
  log_.add({.at = agenda_.now(), .subject = role.value, .object = person.value, .kind = how});
  someone_came_.raise();
}

Task<RoleIndex> Responders::present(RoleIndex role) {
  for (;;) {
    const RoleIndex acting = acting_[role.value];
    if (state_[acting.value] == State::kHere) co_return acting;
    if (state_[acting.value] == State::kNotCalled) calls_.spawn(call(acting));
    if (state_[acting.value] == State::kHere) continue;
    auto change = someone_came_.wait();
    co_await change;
  }
}

void Responders::everybody_is_here() {
  for (State& state : state_) state = State::kHere;
}

}  // namespace firedrill
