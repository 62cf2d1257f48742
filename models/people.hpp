// People: who can be reached, how long they take, and that each does one thing at a time.
//
// Office hours, the evening and the night differ in how long it takes to acknowledge; who is woken
// needs longer to log in, and works slower for half an hour (sleep inertia). Whoever is asked while
// busy takes the requests of the worst incident first, and of one severity in the order in which
// they came: c people, first come, first served, with preemptive priority. Work that is interrupted
// goes on where it was, by the same person, after they have found back into it:
//   end = begin + work + interruptions + a resumption for each.
#pragma once

#include <vector>

#include "engine/run/world.hpp"
#include "models/duty_roster.hpp"
#include "models/human_error.hpp"
#include "models/people_timings.hpp"

namespace firedrill {

class People {
 public:
  explicit People(DrillContext& context);

  Task<Answer> ask(const Ask& request);
  /// What is being asked for steps of the runbook is of this severity from now on, and may take
  /// hands from lesser work.
  void raise(RunbookIndex runbook, SeverityIndex severity);
  /// Begins or ends a fault that strikes people.
  Outcome strike(const PlannedCall& fault, bool begins);

 private:
  class Stint;
  struct Person {
    bool busy = false;
    Stint* stint = nullptr;    // the work under way
    bool reached = false;      // has been called, and has come
    bool needs_login = false;  // was paged, and has not worked since
    TimePoint woken = TimePoint::never();
    std::uint32_t logins = 0;
    StepIndex last_step;
  };

  /// `co_await`: works for so long with a person's hands; true when done, false when a worse
  /// incident took the person first. Gives the hands back, unless they were taken, when it goes out
  /// of scope.
  class [[nodiscard]] Stint {
   public:
    Stint(People& people, PersonIndex person, Ask& request, Duration span);
    ~Stint();
    Stint(const Stint&) = delete;
    Stint& operator=(const Stint&) = delete;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle);
    bool await_resume() const { return !taken_; }
    Duration left() const { return left_; }

   private:
    friend class People;
    void interrupt(StepIndex by);
    People& people_;
    PersonIndex person_;
    Ask& request_;
    Duration left_;
    TimePoint end_;
    bool taken_ = false;
    std::coroutine_handle<> handle_;
    AgendaEntry entry_;
  };

  /// `co_await`: until one of the role's people is free, or does something less severe. With
  /// `only`, until that one is. Gives nobody when the role's duty changes meanwhile.
  class [[nodiscard]] Turn {
   public:
    Turn(People& people, Ask& request, std::uint64_t order, PersonIndex only)
        : people_(people), request_(request), order_(order), only_(only) {}
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    bool await_ready();
    void await_suspend(std::coroutine_handle<> handle);
    PersonIndex await_resume();

   private:
    friend class People;
    void get(PersonIndex person);
    bool fits(PersonIndex person) const;
    bool before(const Turn& other) const;
    PersonIndex free_person() const;
    PersonIndex least_severe_busy() const;
    People& people_;
    Ask& request_;
    std::uint64_t order_;  // of asking; kept by what was interrupted
    PersonIndex only_;
    PersonIndex person_;
    bool waiting_ = false;
    bool taken_ = false;
    std::coroutine_handle<> handle_;
    AgendaEntry entry_;
  };

  Task<Answer> answer_page(Ask request);
  Task<void> until_back(RoleIndex role);
  Duration reaction(const Ask& request, bool office, bool asleep) const;
  bool asleep(RoleIndex role) const;
  Task<Answer> work(Ask request);
  Duration hands_on(const Ask& request, Person& person);
  double slowdown(const Person& person) const;
  bool just_woken(const Person& person) const;
  HumanError::Doer doer(const Ask& request, const Person& person) const;
  Duration take_over(const Ask& request, Person& person);
  bool off_duty(const Ask& request) const;
  bool belongs_to(const Ask& request, RunbookIndex runbook) const;
  Duration resumption(const Ask& request, std::uint32_t interruption) const;
  void log(EventKind kind, const Ask& request, PersonIndex person, StepIndex cause);
  bool yields(PersonIndex person, const Ask& request);
  Turn* next_turn(PersonIndex person) const;
  void release(PersonIndex person, StepIndex step);

  DrillContext& context_;
  PeopleTimings timings_;
  DutyRoster roster_;
  HumanError errors_;
  std::vector<Person> persons_;
  std::vector<Turn*> queue_;
  std::uint64_t asked_ = 0;
  std::optional<TimePoint> pager_back_at_;  // pages sent before are delivered then
  // Faults in force, counted: the same may strike twice.
  std::vector<int> absent_;  // by role
  std::vector<int> asleep_;  // by role
  std::vector<int> wrong_;   // by step
  int paging_down_ = 0;
  int chat_down_ = 0;
  Signal someone_is_back_;
  Signal never_;
};

}  // namespace firedrill
