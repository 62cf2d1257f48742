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
  for (std::uint32_t round = 0; !lead_.valid(); ++round) {
    if (plan_.escalation.empty()) {  // nobody is ever paged: wait for what cannot come
      Task<void> never = until_lead();
      co_await never;
    }
    for (const PlannedEscalation& level : plan_.escalation) {
      calls_.spawn(page(level.role, round));
      Task<void> answer = until_lead();
      Within<void> in_time(agenda_, agenda_.now() + level.acknowledge_within, answer);
      if (co_await in_time) break;
    }
  }
  for (const PlannedEscalation& level : plan_.escalation) {
    if (state_[level.role.value] == State::kCalled) acting_[level.role.value] = lead_;
  }
  someone_came_.raise();
  co_return lead_;
}

Task<void> Responders::until_lead() {
  while (!lead_.valid()) {
    auto change = someone_came_.wait();
    co_await change;
  }
}

Task<void> Responders::until_here(RoleIndex role) {
  while (state_[role.value] != State::kHere) {
    auto change = someone_came_.wait();
    co_await change;
  }
}

Task<void> Responders::page(RoleIndex role, std::uint32_t round) {
  if (state_[role.value] == State::kNotCalled) state_[role.value] = State::kCalled;
  log_.add({.at = agenda_.now(),
            .value = static_cast<double>(round),
            .subject = role.value,
            .kind = EventKind::kPaged});
  Task<Answer> asked = world_.ask({.kind = AskKind::kAcknowledge, .role = role, .round = round});
  const Answer answer = co_await asked;
  // An earlier page was answered meanwhile. Whoever is at work for a planned procedure still leads.
  if (state_[role.value] == State::kHere && lead_.valid()) co_return;
  if (!lead_.valid()) lead_ = role;
  arrived(role, answer.person, EventKind::kAcknowledged);
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
  for (std::uint32_t round = 0; state_[role.value] != State::kHere; ++round) {
    calls_.spawn(page(role, round));
    Task<void> coming = until_here(role);
    Within<void> in_time(agenda_, agenda_.now() + kRepeatPage, coming);
    co_await in_time;
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
