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
      called_at_(plan.roles.size(), TimePoint::never()),
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
      calls_.spawn(page(level.role, round, &level != plan_.escalation.data() || round > 0));
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

Task<void> Responders::page(RoleIndex role, std::uint32_t round, bool escalated) {
  called(role);
  log_.add({.at = agenda_.now(),
            .value = static_cast<double>(round),
            .subject = role.value,
            .kind = EventKind::kPaged});
  Task<Answer> asked = world_.ask(
      {.kind = AskKind::kAcknowledge, .role = role, .escalated = escalated, .round = round});
  const Answer answer = co_await asked;
  // An earlier page was answered meanwhile. Whoever is at work for a planned procedure still leads.
  if (state_[role.value] == State::kHere && lead_.valid()) co_return;
  if (!lead_.valid()) lead_ = role;
  arrived(role, answer.person, EventKind::kAcknowledged);
}

void Responders::call_for(const std::vector<RoleIndex>& roles) {
  for (const RoleIndex role : roles) {
    if (state_[role.value] == State::kNotCalled) calls_.spawn(call(role));
  }
}

Task<void> Responders::call(RoleIndex role) {
  called(role);
  if (plan_.roles[role.value].joins_bridge) {
    log_.add({.at = agenda_.now(), .subject = role.value, .kind = EventKind::kPaged});
    Task<Answer> joining = world_.ask({.kind = AskKind::kJoin, .role = role});
    const Answer answer = co_await joining;
    arrived(role, answer.person, EventKind::kJoined);
    co_return;
  }
  for (std::uint32_t round = 0; state_[role.value] != State::kHere; ++round) {
    calls_.spawn(page(role, round, round > 0));
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

Task<Responders::Present> Responders::present(RoleIndex role) {
  for (;;) {
    TimePoint until = TimePoint::never();
    const RoleIndex awaited = whom_to_await(role, until);
    if (state_[awaited.value] == State::kHere) {
      const bool own = awaited == role || awaited == acting_[role.value];
      co_return Present{awaited, !own};
    }
    Task<void> coming = until_someone_comes();
    Within<void> in_time(agenda_, until, coming);
    co_await in_time;
  }
}

/// Whoever does the work of `role` and is here; else the last of its deputies who has been called
/// by now, and until when they may be awaited before the next is called.
RoleIndex Responders::whom_to_await(RoleIndex role, TimePoint& until) {
  RoleIndex awaited = acting_[role.value];
  for (;;) {
    if (state_[awaited.value] == State::kNotCalled) calls_.spawn(call(awaited));
    const PlannedRole& planned = plan_.roles[awaited.value];
    if (state_[awaited.value] == State::kHere || !planned.deputy.valid()) return awaited;
    until = called_at_[awaited.value] + planned.deputy_after;
    if (agenda_.now() < until) return awaited;
    until = TimePoint::never();
    awaited = planned.deputy;
  }
}

Task<void> Responders::until_someone_comes() {
  auto change = someone_came_.wait();
  co_await change;
}

RoleIndex Responders::here_or_lead(RoleIndex role) const {
  const bool here = role.valid() && state_[role.value] == State::kHere;
  return here ? role : lead_;
}

void Responders::called(RoleIndex role) {
  if (state_[role.value] != State::kNotCalled) return;
  state_[role.value] = State::kCalled;
  called_at_[role.value] = agenda_.now();
}

void Responders::at_work_for(RunbookIndex runbook) {
  const PlannedRunbook& planned = plan_.runbooks[runbook.value];
  for (std::uint32_t i = planned.first_step.value; i < planned.end_step.value; ++i) {
    const RoleIndex role = plan_.steps[i].role;
    if (role.valid()) state_[role.value] = State::kHere;
  }
}

}  // namespace firedrill
