#include "models/people.hpp"

#include <algorithm>
#include <string>

namespace firedrill {
namespace {

constexpr Duration kDay = Duration::days(1);
constexpr int kSaturday = 5;
constexpr double kNightLoginFactor = 1.5;  // note of people.login_vpn_mfa_ready
// Draws of one request are numbered from round * kDrawsPerRound on, so that repeating is a new
// draw.
constexpr std::uint32_t kDrawsPerRound = 16;

}  // namespace

LocalClock::LocalClock(const Plan& plan, const DrillDraws& draws) : hours_(plan.people) {
  Stream stream(draws, entity_key("drill/start"));
  const auto& days = plan.start.days;
  const auto pick = static_cast<std::size_t>(stream.next() * static_cast<double>(days.size()));
  const int day = days.empty() ? 0 : days[std::min(pick, days.size() - 1)];
  const Duration within = duration_from_seconds(stream.next() * to_seconds(plan.start.span));
  start_of_week_ = kDay * day + Duration{(plan.start.from + within).us % kDay.us};
}

Duration LocalClock::of_week(TimePoint now) const {
  return Duration{(start_of_week_.us + now.us) % (kDay * 7).us};
}
Duration LocalClock::of_day(TimePoint now) const { return Duration{of_week(now).us % kDay.us}; }

bool LocalClock::office(TimePoint now) const {
  const Duration time = of_day(now);
  return of_week(now) < kDay * kSaturday && time >= hours_.office_from && time < hours_.office_to;
}

bool LocalClock::asleep(TimePoint now) const {
  const Duration time = of_day(now);
  const Duration from = hours_.asleep_from;
  const Duration to = hours_.asleep_to;
  return from < to ? time >= from && time < to : time >= from || time < to;
}

People::People(DrillContext& context)
    : context_(context),
      clock_(context.plan, context.draws),
      persons_(context.plan.persons.size()),
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

/// Paging does not need free hands: a phone is answered between two other things.
Task<Answer> People::answer_page(Ask request) {
  const PlannedRole& role = context_.plan.roles[request.role.value];
  const EntityKey key = entity_key(role.name);
  const bool never = request.kind == AskKind::kAcknowledge &&
                     behaves(context_, Behaviour::kPrimaryNeverAnswers,
                             role.name + "/" + std::to_string(request.round));
  const bool off_duty =
      role.office_hours_only && !clock_.office(context_.now()) && request.round == 0;
  if (never) context_.note(Note::kPrimaryNeverAnswered, kNobody, {});
  const bool silent = never || off_duty || role.absent || role.persons.empty();
  if (silent) {
    auto forever = never_.wait();
    co_await forever;
  }
  if (!pager_back_at_) {
    pager_back_at_ = context_.now();
    if (behaves(context_, Behaviour::kPagingDelayed, "provider")) {
      pager_back_at_ = context_.now() + draw("notify_delayed", entity_key("provider"), 0);
    }
  }
  const TimePoint sent = std::max(context_.now(), *pager_back_at_);
  auto notified = sleep_until(context_.agenda, sent + draw("notify", key, request.round));
  co_await notified;
  const bool office = clock_.office(context_.now());
  const bool asleep = clock_.asleep(context_.now());
  const std::string_view slot = request.kind == AskKind::kJoin
                                    ? (office ? "join_office" : "join_asleep")
                                : office ? "ack_office"
                                : asleep ? "ack_asleep"
                                         : "ack_awake";
  auto reacted = sleep_for(context_.agenda, draw(slot, key, request.round));
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
  Turn turn(*this, request.role);
  const PersonIndex who = co_await turn;
  Person& person = persons_[who.value];
  const Answer answer{.person = who, .started = context_.now(), .freed_by = person.last_step};
  const Lease lease(*this, who, request.step);
  auto done = sleep_for(context_.agenda, hands_on(request, person));
  co_await done;
  co_return answer;
}

Duration People::hands_on(const Ask& request, Person& person) {
  Duration total;
  if (person.needs_login && request.kind != AskKind::kDecide) {
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
    total += duration_from_seconds(seconds * slowdown(person));
  }
  if (request.error_prone) total += rework(request, person);
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
Duration People::rework(const Ask& request, const Person& person) {
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
  if (stream.next() >= probability) return {};
  context_.note(Note::kHumanError, kNobody, request.step);
  return draw("error_notice", request.error_key, request.round) +
         draw("error_recover", request.error_key, request.round);
}

bool People::fills(PersonIndex person, RoleIndex role) const {
  const auto& list = context_.plan.roles[role.value].persons;
  return std::find(list.begin(), list.end(), person) != list.end();
}

PersonIndex People::free_person(RoleIndex role) const {
  for (const PersonIndex person : context_.plan.roles[role.value].persons) {
    if (!persons_[person.value].busy) return person;
  }
  return {};
}

void People::release(PersonIndex person, StepIndex step) {
  Person& freed = persons_[person.value];
  freed.busy = false;
  freed.last_step = step;
  const auto next = std::find_if(queue_.begin(), queue_.end(),
                                 [&](const Turn* turn) { return fills(person, turn->role_); });
  if (next == queue_.end()) return;
  Turn& turn = **next;
  queue_.erase(next);
  turn.waiting_ = false;
  turn.person_ = person;
  turn.taken_ = true;
  freed.busy = true;
  context_.agenda.schedule(turn.entry_, context_.now(), turn.handle_);
}

bool People::Turn::await_ready() {
  person_ = people_.free_person(role_);
  if (!person_.valid()) return false;
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
  taken_ = false;  // from here on a lease holds the person
  return person_;
}

People::Turn::~Turn() {
  if (waiting_) std::erase(people_.queue_, this);
  people_.context_.agenda.cancel(entry_);
  if (taken_) people_.release(person_, {});
}

}  // namespace firedrill
