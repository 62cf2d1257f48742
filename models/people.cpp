#include "models/people.hpp"

#include <algorithm>
#include <string>

namespace firedrill {
namespace {

constexpr double kNightLoginFactor = 1.5;  // note of people.login_vpn_mfa_ready
// Draws of one request are numbered from round * kDrawsPerRound on, so that repeating is a new
// draw.
constexpr std::uint32_t kDrawsPerRound = 16;
constexpr std::uint32_t kInterruptionsMax = 256;  // of one request; draws repeat beyond

}  // namespace

People::People(DrillContext& context)
    : context_(context),
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

Duration People::draw(std::string_view slot, EntityKey key, std::uint32_t round) const {
  const TimingIndex timing = context_.plan.people_timings.find(slot)->second;
  const EntityKey own{key.value ^ entity_key(slot).value};
  return duration_from_seconds(context_.plan.timing(timing).distribution.quantile(
      context_.draws.uniform(own, round * kDrawsPerRound)));
}

double People::ratio(std::string_view slot) const {
  return context_.plan.timing(context_.plan.people_timings.find(slot)->second).distribution.mean();
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
    return draw(paging_down_ > 0 ? "ack_phone" : slot, key, request.round);
  }
  const Duration joining = draw(office ? "join_office" : "join_asleep", key, request.round);
  const double slower = chat_down_ > 0 ? ratio("chat_down") : 1.0;
  const Duration reached = paging_down_ > 0 ? draw("ack_phone", key, request.round) : Duration{};
  return reached + duration_from_seconds(to_seconds(joining) * slower);
}

/// Paging does not need free hands: a phone is answered between two other things.
Task<Answer> People::answer_page(Ask request) {
  const PlannedRole& role = context_.plan.roles[request.role.value];
  const EntityKey key = entity_key(role.name);
  const bool never = request.kind == AskKind::kAcknowledge &&
                     behaves(context_, Behaviour::kPrimaryNeverAnswers,
                             role.name + "/" + std::to_string(request.round));
  const bool off_duty =
      role.office_hours_only && !context_.clock.office(context_.now()) && request.round == 0;
  if (never) context_.note(Note::kPrimaryNeverAnswered, kNobody, {});
  const bool silent = never || off_duty || role.absent || role.persons.empty();
  if (silent) {
    auto forever = never_.wait();
    co_await forever;
  }
  Task<void> back = until_back(request.role);
  co_await back;
  if (!pager_back_at_) {
    pager_back_at_ = context_.now();
    if (behaves(context_, Behaviour::kPagingDelayed, "provider")) {
      pager_back_at_ = context_.now() + draw("notify_delayed", entity_key("provider"), 0);
    }
  }
  const TimePoint sent = std::max(context_.now(), *pager_back_at_);
  // Whoever phones around does not wait for the provider of the pages.
  const TimePoint arrives =
      paging_down_ > 0 ? context_.now() : sent + draw("notify", key, request.round);
  auto notified = sleep_until(context_.agenda, arrives);
  co_await notified;
  const bool asleep = this->asleep(request.role);
  const bool office = asleep_[request.role.value] == 0 && context_.clock.office(context_.now());
  auto reacted = sleep_for(context_.agenda, reaction(request, office, asleep));
  co_await reacted;
  const PersonIndex answering = role.persons[0];
  Person& person = persons_[answering.value];
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
    Turn turn(*this, request, order, answer.person);
    const PersonIndex who = co_await turn;
    if (yields(who, request)) continue;
    if (interruptions == 0) {
      Person& person = persons_[who.value];
      answer = {.person = who, .started = context_.now(), .freed_by = person.last_step};
      left = hands_on(request, person);
    } else {
      log(EventKind::kStepResumed, request, who, {});
      left += resumption(request, interruptions);
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
  return draw("resume", key, request.round * kInterruptionsMax + interruption);
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
  Duration total;
  const bool on_the_platform = request.kind == AskKind::kWork || request.kind == AskKind::kTriage;
  if (person.needs_login && on_the_platform) {
    const EntityKey key{entity_key("login").value ^ request.role.value};
    const double at_night = person.woken == TimePoint::never() ? 1.0 : kNightLoginFactor;
    total += duration_from_seconds(to_seconds(draw("login", key, 0)) * at_night);
    person.needs_login = false;
  }
  if (request.kind == AskKind::kDecide &&
      behaves(context_, Behaviour::kWaitForProvider, "decision")) {
    total += draw("hesitation", request.key, request.round);
  }
  if (request.time.valid()) {
    const double u = context_.draws.uniform(request.key, request.round * kDrawsPerRound);
    const double seconds = context_.plan.timing(request.time).distribution.quantile(u);
    const bool message = request.kind == AskKind::kPost && chat_down_ > 0;
    total += duration_from_seconds(seconds * slowdown(person) * (message ? ratio("chat_down") : 1));
  }
  const bool wrong = request.step.valid() && wrong_[request.step.value] > 0;
  if (request.error_prone || wrong) total += rework(request, person, wrong);
  return total;
}

double People::slowdown(const Person& person) const {
  if (person.woken == TimePoint::never()) return 1.0;
  const Duration awake = context_.now() - person.woken;
  if (awake < Duration::minutes(3)) return ratio("inertia_0_3min");
  if (awake < Duration::minutes(10)) return ratio("inertia_3_10min");
  if (awake < Duration::minutes(30)) return ratio("inertia_10_30min");
  return 1.0;
}

/// Time lost to doing the step wrongly, noticing it, and doing it again.
Duration People::rework(const Ask& request, const Person& person, bool wrong) {
  const auto behaviour = static_cast<std::size_t>(Behaviour::kHumanError);
  Stream stream(context_.draws, request.error_key);
  double probability = context_.plan.behaviour_probability[behaviour];
  const TimingIndex spread = context_.plan.behaviour_timing[behaviour];
  const double how_prone = stream.next();
  if (probability > 0 && spread.valid()) {
    probability = context_.plan.timing(spread).distribution.quantile(how_prone);
  }
  const bool just_woken =
      person.woken != TimePoint::never() && context_.now() - person.woken < Duration::minutes(30);
  if (just_woken) probability *= ratio("night_error");
  if (stream.next() >= probability && !(wrong && request.round == 0)) return {};
  context_.note(Note::kHumanError, kNobody, request.step);
  return draw("error_notice", request.error_key, request.round) +
         draw("error_recover", request.error_key, request.round);
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
  std::erase(queue_, next);
  next->waiting_ = false;
  next->person_ = person;
  next->taken_ = true;
  freed.busy = true;
  context_.agenda.schedule(next->entry_, context_.now(), next->handle_);
}

bool People::Turn::fits(PersonIndex person) const {
  if (only_.valid()) return person == only_;
  const auto& list = people_.context_.plan.roles[request_.role.value].persons;
  return std::find(list.begin(), list.end(), person) != list.end();
}

bool People::Turn::before(const Turn& other) const {
  if (request_.severity != other.request_.severity) {
    return request_.severity < other.request_.severity;
  }
  return order_ < other.order_;
}

PersonIndex People::Turn::free_person() const {
  for (const PersonIndex person : people_.context_.plan.roles[request_.role.value].persons) {
    if (fits(person) && !people_.persons_[person.value].busy) return person;
  }
  return {};
}

/// Of those who work for a less severe incident than this, whoever does the least severe work.
PersonIndex People::Turn::least_severe_busy() const {
  PersonIndex least;
  SeverityIndex severity = request_.severity;
  for (const PersonIndex person : people_.context_.plan.roles[request_.role.value].persons) {
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
}

PersonIndex People::Turn::await_resume() {
  taken_ = false;  // from here on a stint holds the person
  return person_;
}

People::Turn::~Turn() {
  if (waiting_) std::erase(people_.queue_, this);
  people_.context_.agenda.cancel(entry_);
  if (taken_) people_.release(person_, {});
}

People::Stint::Stint(People& people, PersonIndex person, const Ask& request, Duration span)
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
