#include "models/people.hpp"

#include <algorithm>
#include <string>

namespace firedrill {
namespace {

constexpr double kNightLoginFactor = 1.5;         // note of people.login_vpn_mfa_ready
constexpr std::uint32_t kInterruptionsMax = 256;  // of one request; draws repeat beyond

}  // namespace

People::People(DrillContext& context)
    : context_(context),
      timings_(context),
      roster_(context),
      errors_(context),
      persons_(context.plan.persons.size()),
      absent_(context.plan.roles.size(), 0),
      asleep_(context.plan.roles.size(), 0),
      wrong_(context.plan.steps.size(), 0),
      someone_is_back_(context.agenda),
      never_(context.agenda) {}

Task<Answer> People::ask(const Ask& request) {
  const bool page = request.kind == AskKind::kAcknowledge || request.kind == AskKind::kJoin;
  return page ? answer_page(request) : work(request);
}

Outcome People::strike(const PlannedCall& fault, bool begins) {
  const int change = begins ? 1 : -1;
  switch (fault.operation) {
    case Operation::kFaultRoleAbsent:
      absent_[fault.role.value] += change;
      someone_is_back_.raise();
      return {};
    case Operation::kFaultRoleAsleep:
      asleep_[fault.role.value] += change;
      return {};
    case Operation::kFaultPagingDown:
      paging_down_ += change;
      return {};
    case Operation::kFaultChatDown:
      chat_down_ += change;
      return {};
    case Operation::kFaultWrongStep:
      wrong_[fault.step.value] += change;
      return {};
    default:
      return Outcome::failed(Failure::kRefused);
  }
}

Task<void> People::until_back(RoleIndex role) {
  while (absent_[role.value] > 0) {
    auto back = someone_is_back_.wait();
    co_await back;
  }
}

bool People::asleep(RoleIndex role) const {
  return asleep_[role.value] > 0 || context_.clock.asleep(context_.now());
}

/// From a page that has arrived to the answer.
Duration People::reaction(const Ask& request, bool office, bool asleep) const {
  const EntityKey key = entity_key(context_.plan.roles[request.role.value].name);
  if (request.kind == AskKind::kAcknowledge) {
    const char* const slot = office ? "ack_office" : asleep ? "ack_asleep" : "ack_awake";
    return timings_.draw(paging_down_ > 0 ? "ack_phone" : slot, key, request.round);
  }
  const Duration joining =
      timings_.draw(office ? "join_office" : "join_asleep", key, request.round);
  const double slower = chat_down_ > 0 ? timings_.ratio("chat_down") : 1.0;
  const Duration reached =
      paging_down_ > 0 ? timings_.draw("ack_phone", key, request.round) : Duration{};
  return reached + duration_from_seconds(to_seconds(joining) * slower);
}

/// Paging does not need free hands: a phone is answered between two other things.
Task<Answer> People::answer_page(Ask request) {
  const PlannedRole& role = context_.plan.roles[request.role.value];
  const EntityKey key = entity_key(role.name);
  const bool never = request.kind == AskKind::kAcknowledge &&
                     behaves(context_, Behaviour::kPrimaryNeverAnswers,
                             role.name + "/" + std::to_string(request.round));
  if (never) context_.note(Note::kPrimaryNeverAnswered, kNobody, {});
  const bool silent = never || off_duty(request) || role.absent || role.persons.empty();
  if (silent) {
    auto forever = never_.wait();
    co_await forever;
  }
  Task<void> back = until_back(request.role);
  co_await back;
  if (!pager_back_at_) {
    pager_back_at_ = context_.now();
    if (behaves(context_, Behaviour::kPagingDelayed, "provider")) {
      pager_back_at_ = context_.now() + timings_.draw("notify_delayed", entity_key("provider"), 0);
    }
  }
  const TimePoint sent = std::max(context_.now(), *pager_back_at_);
  // Whoever phones around does not wait for the provider of the pages.
  const TimePoint arrives =
      paging_down_ > 0 ? context_.now() : sent + timings_.draw("notify", key, request.round);
  auto notified = sleep_until(context_.agenda, arrives);
  co_await notified;
  const bool asleep = this->asleep(request.role);
  const bool office = asleep_[request.role.value] == 0 && context_.clock.office(context_.now());
  auto reacted = sleep_for(context_.agenda, reaction(request, office, asleep));
  co_await reacted;
  roster_.engage(request.role);
  const PersonIndex answering = roster_.on_duty(request.role)[0];
  Person& person = persons_[answering.value];
  person.reached = true;
  person.needs_login = true;
  if (asleep && person.woken == TimePoint::never()) person.woken = context_.now();
  co_return Answer{.person = answering, .started = context_.now()};
}

Task<Answer> People::work(Ask request) {
  if (context_.plan.roles[request.role.value].absent) {
    auto forever = never_.wait();
    co_await forever;
  }
  Task<void> back = until_back(request.role);
  co_await back;
  const std::uint64_t order = asked_++;
  Answer answer;
  Duration left;
  for (std::uint32_t interruptions = 0;;) {
    const bool stays = answer.person.valid() && roster_.is_on_duty(request.role, answer.person);
    Turn turn(*this, request, order, stays ? answer.person : PersonIndex{});
    const PersonIndex who = co_await turn;
    if (!who.valid() || yields(who, request)) continue;
    roster_.engage(request.role);
    if (interruptions == 0) {
      Person& person = persons_[who.value];
      answer = {.person = who, .started = context_.now(), .freed_by = person.last_step};
      left = hands_on(request, person);
    } else {
      answer.person = who;
      log(EventKind::kStepResumed, request, who, {});
      left += resumption(request, interruptions) + take_over(request, persons_[who.value]);
    }
    Stint stint(*this, who, request, left);
    if (co_await stint) co_return answer;
    left = stint.left();
    ++interruptions;
  }
}

/// Somebody worse off may have asked while the hands were on their way here: they go on to them.
bool People::yields(PersonIndex person, const Ask& request) {
  const Turn* next = next_turn(person);
  if (next == nullptr || next->request_.severity >= request.severity) return false;
  release(person, persons_[person.value].last_step);
  return true;
}

/// Finding back into what was interrupted. A draw for each interruption.
Duration People::resumption(const Ask& request, std::uint32_t interruption) const {
  const EntityKey key{request.key.value ^ entity_key("resumption").value};
  return timings_.draw("resume", key, request.round * kInterruptionsMax + interruption);
}

void People::log(EventKind kind, const Ask& request, PersonIndex person, StepIndex cause) {
  if (!request.step.valid()) return;  // triage and messages are no steps
  context_.log.add({.at = context_.now(),
                    .subject = request.step.value,
                    .object = person.value,
                    .cause = cause.value,
                    .kind = kind});
}

Duration People::hands_on(const Ask& request, Person& person) {
  Duration total = take_over(request, person);
  const bool on_the_platform = request.kind == AskKind::kWork || request.kind == AskKind::kTriage;
  if (person.needs_login && on_the_platform) {
    const EntityKey key{entity_key("login").value ^ request.role.value};
    const double at_night = person.woken == TimePoint::never() ? 1.0 : kNightLoginFactor;
    const std::uint32_t before = person.logins++;
    total += duration_from_seconds(to_seconds(timings_.draw("login", key, before)) * at_night);
    person.needs_login = false;
  }
  if (request.kind == AskKind::kDecide &&
      behaves(context_, Behaviour::kWaitForProvider, "decision")) {
    total += timings_.draw("hesitation", request.key, request.round);
  }
  if (request.time.valid()) {
    const double seconds =
        context_.drawn(request.time, request.key, request.round * kDrawsPerRound);
    const bool message = request.kind == AskKind::kPost && chat_down_ > 0;
    total += duration_from_seconds(seconds * slowdown(person) *
                                   (message ? timings_.ratio("chat_down") : 1));
  }
  return total + errors_.extra(request, doer(request, person));
}

double People::slowdown(const Person& person) const {
  if (person.woken == TimePoint::never()) return 1.0;
  const Duration awake = context_.now() - person.woken;
  if (awake < Duration::minutes(3)) return timings_.ratio("inertia_0_3min");
  if (awake < Duration::minutes(10)) return timings_.ratio("inertia_3_10min");
  if (awake < Duration::minutes(30)) return timings_.ratio("inertia_10_30min");
  return 1.0;
}

bool People::just_woken(const Person& person) const {
  return person.woken != TimePoint::never() &&
         context_.now() - person.woken < Duration::minutes(30);
}

HumanError::Doer People::doer(const Ask& request, const Person& person) const {
  const bool alone = std::none_of(persons_.begin(), persons_.end(), [&](const Person& other) {
    return other.reached && &other != &person;
  });
  return {.alone = alone,
          .just_woken = just_woken(person),
          .slowdown = slowdown(person),
          .fails = request.step.valid() && wrong_[request.step.value] > 0};
}

/// Whoever has just come on duty in an incident is briefed first, and opens a session of their own.
Duration People::take_over(const Ask& request, Person& person) {
  if (roster_.takes_over(request.role)) {
    person.reached = true;
    person.needs_login = true;
    if (asleep(request.role) && person.woken == TimePoint::never()) person.woken = context_.now();
  }
  return std::max(roster_.briefed_at(request.role) - context_.now(), Duration{});
}

bool People::off_duty(const Ask& request) const {
  return context_.plan.roles[request.role.value].office_hours_only && !request.escalated &&
         !context_.clock.office(context_.now());
}

bool People::belongs_to(const Ask& request, RunbookIndex runbook) const {
  return request.step.valid() && context_.plan.step(request.step).runbook == runbook;
}

void People::raise(RunbookIndex runbook, SeverityIndex severity) {
  for (Person& person : persons_) {
    if (person.stint == nullptr || !belongs_to(person.stint->request_, runbook)) continue;
    person.stint->request_.severity = std::min(person.stint->request_.severity, severity);
  }
  for (Turn* turn : queue_) {
    if (!belongs_to(turn->request_, runbook)) continue;
    turn->request_.severity = std::min(turn->request_.severity, severity);
  }
  for (;;) {
    Turn* first = nullptr;
    for (Turn* turn : queue_) {
      const bool can = belongs_to(turn->request_, runbook) && turn->least_severe_busy().valid();
      if (can && (first == nullptr || turn->before(*first))) first = turn;
    }
    if (first == nullptr) return;
    const PersonIndex person = first->least_severe_busy();
    persons_[person.value].stint->interrupt(first->request_.step);
    persons_[person.value].last_step = {};
    first->get(person);
  }
}

People::Turn* People::next_turn(PersonIndex person) const {
  Turn* next = nullptr;
  for (Turn* turn : queue_) {
    if (turn->fits(person) && (next == nullptr || turn->before(*next))) next = turn;
  }
  return next;
}

void People::release(PersonIndex person, StepIndex step) {
  Person& freed = persons_[person.value];
  freed.busy = false;
  freed.last_step = step;
  Turn* const next = next_turn(person);
  if (next == nullptr) return;
  next->get(person);
}

/// What waited has hands now, and goes on.
void People::Turn::get(PersonIndex person) {
  std::erase(people_.queue_, this);
  waiting_ = false;
  person_ = person;
  taken_ = true;
  people_.persons_[person.value].busy = true;
  people_.context_.agenda.cancel(entry_);
  people_.context_.agenda.schedule(entry_, people_.context_.now(), handle_);
}

bool People::Turn::fits(PersonIndex person) const {
  if (only_.valid()) return person == only_;
  return people_.roster_.is_on_duty(request_.role, person);
}

bool People::Turn::before(const Turn& other) const {
  if (request_.severity != other.request_.severity) {
    return request_.severity < other.request_.severity;
  }
  return order_ < other.order_;
}

PersonIndex People::Turn::free_person() const {
  for (const PersonIndex person : people_.roster_.on_duty(request_.role)) {
    if (fits(person) && !people_.persons_[person.value].busy) return person;
  }
  return {};
}

/// Of those who work for a less severe incident than this, whoever does the least severe work.
PersonIndex People::Turn::least_severe_busy() const {
  PersonIndex least;
  SeverityIndex severity = request_.severity;
  for (const PersonIndex person : people_.roster_.on_duty(request_.role)) {
    const Stint* stint = people_.persons_[person.value].stint;
    if (!fits(person) || stint == nullptr || stint->request_.severity <= severity) continue;
    least = person;
    severity = stint->request_.severity;
  }
  return least;
}

bool People::Turn::await_ready() {
  person_ = free_person();
  if (!person_.valid()) {
    person_ = least_severe_busy();
    if (!person_.valid()) return false;
    people_.persons_[person_.value].stint->interrupt(request_.step);
  }
  people_.persons_[person_.value].busy = true;
  people_.persons_[person_.value].last_step = {};  // nobody had to be waited for
  taken_ = true;
  return true;
}

void People::Turn::await_suspend(std::coroutine_handle<> handle) {
  handle_ = handle;
  waiting_ = true;
  people_.queue_.push_back(this);
  const TimePoint change = people_.roster_.next_change(request_.role);
  if (change != TimePoint::never()) people_.context_.agenda.schedule(entry_, change, handle);
}

PersonIndex People::Turn::await_resume() {
  if (waiting_) {  // others are on duty now
    std::erase(people_.queue_, this);
    waiting_ = false;
    return {};
  }
  taken_ = false;  // from here on a stint holds the person
  return person_;
}

People::Turn::~Turn() {
  if (waiting_) std::erase(people_.queue_, this);
  people_.context_.agenda.cancel(entry_);
  if (taken_) people_.release(person_, {});
}

People::Stint::Stint(People& people, PersonIndex person, Ask& request, Duration span)
    : people_(people), person_(person), request_(request), left_(span) {}

void People::Stint::await_suspend(std::coroutine_handle<> handle) {
  handle_ = handle;
  end_ = people_.context_.now() + left_;
  people_.persons_[person_.value].stint = this;
  people_.context_.agenda.schedule(entry_, end_, handle);
}

void People::Stint::interrupt(StepIndex by) {
  taken_ = true;
  left_ = end_ - people_.context_.now();
  people_.persons_[person_.value].stint = nullptr;
  people_.context_.agenda.cancel(entry_);
  people_.log(EventKind::kStepPreempted, request_, person_, by);
  people_.context_.agenda.schedule(entry_, people_.context_.now(), handle_);
}

People::Stint::~Stint() {
  people_.context_.agenda.cancel(entry_);
  if (taken_) return;
  people_.persons_[person_.value].stint = nullptr;
  people_.release(person_, request_.step);
}

}  // namespace firedrill
