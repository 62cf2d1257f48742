// People: who can be reached, how long they take, and that each does one thing at a time.
//
// Office hours, the evening and the night differ in how long it takes to acknowledge; who is woken
// needs longer to log in, and works slower for half an hour (sleep inertia). Whoever is asked while
// busy takes the requests in the order in which they came: c people, first come, first served.
#pragma once

#include <vector>

#include "engine/run/world.hpp"
#include "models/drill_context.hpp"

namespace firedrill {

/// The local clock of the rotation: instant zero of the drill falls on a day and a time of day.
class LocalClock {
 public:
  LocalClock(const Plan& plan, const DrillDraws& draws);

  bool office(TimePoint now) const;
  bool asleep(TimePoint now) const;

 private:
  Duration of_week(TimePoint now) const;
  Duration of_day(TimePoint now) const;
  const PeopleSpec& hours_;
  Duration start_of_week_;
};

class People {
 public:
  explicit People(DrillContext& context);

  Task<Answer> ask(const Ask& request);
  const LocalClock& clock() const { return clock_; }

 private:
  struct Person {
    bool busy = false;
    bool needs_login = false;  // was paged, and has not worked since
    TimePoint woken = TimePoint::never();
    StepIndex last_step;
  };

  /// A person's hands, given back when it goes out of scope.
  class Lease {
   public:
    Lease(People& people, PersonIndex person, StepIndex step)
        : people_(people), person_(person), step_(step) {}
    ~Lease() { people_.release(person_, step_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

   private:
    People& people_;
    PersonIndex person_;
    StepIndex step_;
  };

  /// `co_await`: until one of the role's people is free, in the order of asking.
  class [[nodiscard]] Turn {
   public:
    Turn(People& people, RoleIndex role) : people_(people), role_(role) {}
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    bool await_ready();
    void await_suspend(std::coroutine_handle<> handle);
    PersonIndex await_resume();

   private:
    friend class People;
    People& people_;
    RoleIndex role_;
    PersonIndex person_;
    bool waiting_ = false;
    bool taken_ = false;
    std::coroutine_handle<> handle_;
    AgendaEntry entry_;
  };

  Task<Answer> answer_page(Ask request);
  Task<Answer> work(Ask request);
  Duration hands_on(const Ask& request, Person& person);
  double slowdown(const Person& person) const;
  Duration rework(const Ask& request, const Person& person);
  Duration draw(std::string_view slot, EntityKey key, std::uint32_t round) const;
  double ratio(std::string_view slot) const;
  bool fills(PersonIndex person, RoleIndex role) const;
  PersonIndex free_person(RoleIndex role) const;
  void release(PersonIndex person, StepIndex step);

  DrillContext& context_;
  LocalClock clock_;
  std::vector<Person> persons_;
  std::vector<Turn*> queue_;
  std::optional<TimePoint> pager_back_at_;  // pages sent before are delivered then
  Signal never_;
};

}  // namespace firedrill
