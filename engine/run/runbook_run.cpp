#include "engine/run/runbook_run.hpp"

#include <algorithm>

namespace firedrill {

StepGraph::StepGraph(const Plan& p)
    : plan(p), successors(p.steps.size()), need_count(p.steps.size(), 0) {
  for (const PlannedRunbook& runbook : p.runbooks) {
    std::vector<StepIndex> first;
    std::vector<StepIndex> checks;
    std::uint32_t count = 0;
    for (std::uint32_t i = runbook.first_step.value; i < runbook.end_step.value; ++i) {
      const PlannedStep& step = p.steps[i];
      if (step.verifies) checks.push_back(StepIndex{i});
      if (step.is_fallback || step.verifies) continue;
      ++count;
      for (const StepIndex need : step.needs) successors[need.value].push_back(StepIndex{i});
      need_count[i] = static_cast<std::uint32_t>(step.needs.size());
      if (step.needs.empty()) first.push_back(StepIndex{i});
    }
    first_steps.push_back(std::move(first));
    verification.push_back(std::move(checks));
    step_count.push_back(count);
  }
}

RunbookRun::RunbookRun(const StepGraph& graph, World& world, EventLog& log, Responders& responders,
                       const Incidents& incidents)
    : graph_(graph),
      plan_(graph.plan),
      world_(world),
      log_(log),
      agenda_(world.agenda()),
      responders_(responders),
      incidents_(incidents),
      open_needs_(graph.need_count),
      books_(graph.plan.runbooks.size()),
      closed_gates_(graph.plan.steps.size(), false),
      book_changed_(agenda_) {}

Task<void> RunbookRun::run(RunbookIndex runbook) {
  Book& book = books_[runbook.value];
  if (const ChangeIndex change = plan_.runbooks[runbook.value].change; change.valid()) {
    Task<void> leave = leave_to_change(change, runbook, StepIndex{});
    co_await leave;
  }
  book.open_steps = graph_.step_count[runbook.value];
  for (const StepIndex first : graph_.first_steps[runbook.value]) {
    running_.spawn(step(first, StepIndex{}));
  }
  while (book.open_steps > 0) {
    auto change = book_changed_.wait();
    co_await change;
  }
  if (book.aborted) {
    Task<void> undo = roll_back(runbook);
    co_await undo;
  } else if (!book.decided_against) {
    book.open_steps = static_cast<std::uint32_t>(graph_.verification[runbook.value].size());
    for (const StepIndex check : graph_.verification[runbook.value]) {
      running_.spawn(verification_step(check));
    }
    while (book.open_steps > 0) {
      auto change = book_changed_.wait();
      co_await change;
    }
    if (!book.failed_check) {
      log_.add({.at = agenda_.now(), .subject = runbook.value, .kind = EventKind::kVerified});
    }
  }
  log_.add({.at = agenda_.now(), .subject = runbook.value, .kind = EventKind::kClosed});
}

Task<void> RunbookRun::step(StepIndex index, StepIndex released_by) {
  const PlannedStep& step = plan_.step(index);
  Book& book = books_[step.runbook.value];
  StepIndex last = index;
  if (book.aborted || waived(step)) {
    if (!book.aborted) shut(index);
    log_end(index, {}, true);
  } else {
    Task<Ended> work = worked_through(index, released_by);
    const Ended ended = co_await work;
    last = ended.by;
    if (aborts(ended) && !book.aborted) {
      book.aborted = true;
      log_.add({.at = agenda_.now(),
                .subject = step.runbook.value,
                .object = last.value,
                .kind = EventKind::kRunbookAborted});
    }
  }
  release(index, last);
}

/// A decision that is not asked for leaves nothing to verify.
void RunbookRun::shut(StepIndex gate) {
  closed_gates_[gate.value] = true;
  if (plan_.step(gate).decides) books_[plan_.step(gate).runbook.value].decided_against = true;
}

/// What lies behind a gate that stayed shut is not done.
bool RunbookRun::waived(const PlannedStep& step) const {
  return std::any_of(step.needs.begin(), step.needs.end(),
                     [&](StepIndex need) { return closed_gates_[need.value]; });
}

Task<void> RunbookRun::verification_step(StepIndex index) {
  Task<Ended> work = worked_through(index, StepIndex{});
  const Ended ended = co_await work;
  Book& book = books_[plan_.step(index).runbook.value];
  if (!ended.outcome.ok()) book.failed_check = true;
  if (--book.open_steps == 0) book_changed_.raise();
}

/// A step from ready to ended: its condition, its attempts, and what replaces it when they fail.
Task<RunbookRun::Ended> RunbookRun::worked_through(StepIndex index, StepIndex released_by) {
  const PlannedStep& step = plan_.step(index);
  log_.add({.at = agenda_.now(),
            .subject = index.value,
            .object = released_by.value,
            .kind = EventKind::kStepReady});
  if (step.when) {
    Task<bool> condition = wanted(step);
    if (!co_await condition) {
      if (step.gates) shut(index);
      log_end(index, {}, true);
      co_return Ended{{}, index};
    }
  }
  if (step.change.valid()) {
    Task<void> leave = leave_to_change(step.change, step.runbook, index);
    co_await leave;
  }
  Outcome outcome;
  for (std::uint32_t round = 0; round < step.attempts; ++round) {
    if (round > 0) {
      auto pause = sleep_for(agenda_, step.retry_delay);
      co_await pause;
    }
    Task<Outcome> once = attempt(index, round);
    outcome = co_await once;
    if (outcome.ok()) break;
  }
  log_end(index, outcome, false);
  books_[step.runbook.value].done.push_back(index);
  if (outcome.ok() && step.decides) {
    log_.add({.at = agenda_.now(), .subject = index.value, .kind = EventKind::kDecided});
  }
  if (!outcome.ok() && step.on_failure == OnFailure::kGoTo) {
    Task<Ended> instead = fall_back(index);
    co_return co_await instead;
  }
  co_return Ended{outcome, index};
}

/// What a category of changes asks for, in its order: the lead time, the approval, the window.
/// `step` is invalid for the runbook as a whole.
Task<void> RunbookRun::leave_to_change(ChangeIndex index, RunbookIndex runbook, StepIndex step) {
  const PlannedChange& change = plan_.changes[index.value];
  const TimePoint asked = agenda_.now();
  if (change.approved_by.valid()) {
    auto lead = sleep_for(agenda_, change.lead_time);
    co_await lead;
    Task<Responders::Present> coming = responders_.present(change.approved_by);
    const Responders::Present approver = co_await coming;
    const std::string& name = plan_.runbooks[runbook.value].name;
    const std::string path = step.valid() ? name + "/" + plan_.step(step).id : name;
    Task<Answer> approval = world_.ask({.kind = AskKind::kApprove,
                                        .role = approver.role,
                                        .severity = incidents_.severity(runbook),
                                        .time = change.approval,
                                        .key = entity_key(path + "/approval")});
    const Answer answer = co_await approval;
    log_.add({.at = agenda_.now(),
              .value = to_seconds(agenda_.now() - asked),
              .subject = runbook.value,
              .object = answer.person.value,
              .cause = step.value,
              .kind = EventKind::kApproved});
  }
  if (change.in_window) {
    Task<void> window = await_window(runbook, step);
    co_await window;
  }
}

Task<void> RunbookRun::await_window(RunbookIndex runbook, StepIndex step) {
  static const PlannedCall window{.operation = Operation::kWaitChangeWindow};
  const TimePoint since = agenda_.now();
  Task<Outcome> open = world_.perform(window, step);
  co_await open;
  log_.add({.at = agenda_.now(),
            .value = to_seconds(agenda_.now() - since),
            .subject = runbook.value,
            .cause = step.value,
            .kind = EventKind::kChangeWindow});
}

Task<bool> RunbookRun::wanted(const PlannedStep& step) {
  Task<Observation> look = world_.observe(step.when->probe);
  const Observation seen = co_await look;
  // What cannot be seen is taken as not so: an operator who cannot tell that DNS has moved moves
  // it.
  co_return (seen.known && seen.holds) == step.when->is;
}

Task<Outcome> RunbookRun::attempt(StepIndex index, std::uint32_t round) {
  const PlannedStep& step = plan_.step(index);
  if (step.hands_on.valid()) {
    Task<Responders::Present> coming = responders_.present(step.role);
    const Responders::Present who = co_await coming;
    const OperationRule& rule = rule_of(step.call.operation);
    const bool decides = step.call.operation == Operation::kHumanDecide;
    const auto stand_in = plan_.people_timings.find("stand_in_decision");
    Task<Answer> hands =
        world_.ask({.kind = decides ? AskKind::kDecide : AskKind::kWork,
                    .role = who.role,
                    .severity = incidents_.severity(step.runbook),
                    .time = decides && who.stands_in && stand_in != plan_.people_timings.end()
                                ? stand_in->second
                                : step.hands_on,
                    .key = step.hands_on_key,
                    .error_key = step.error_key,
                    .step = index,
                    .error_prone = rule.mutating,
                    .round = round});
    const Answer answer = co_await hands;
    if (round == 0) {
      log_.add({.at = answer.started,
                .subject = index.value,
                .object = answer.person.value,
                .cause = answer.freed_by.value,
                .kind = EventKind::kStepStarted});
    }
    log_.add({.at = agenda_.now(), .subject = index.value, .kind = EventKind::kStepActing});
  }
  if (!step.timeout && !step.verify) {
    Task<Outcome> call = world_.perform(step.call, index);
    co_return co_await call;
  }
  Task<Outcome> action = act(step, index);
  if (!step.timeout) co_return co_await action;
  Within<Outcome> limited(agenda_, agenda_.now() + *step.timeout, action);
  if (co_await limited) co_return action.result();
  // The call was under way: nobody knows whether it has taken effect.
  co_return Outcome::unknown(Failure::kTimedOut);
}

Task<Outcome> RunbookRun::act(const PlannedStep& step, StepIndex index) {
  Task<Outcome> call = world_.perform(step.call, index);
  Outcome outcome = co_await call;
  if (step.verify) {
    Task<Observation> look = world_.observe(step.verify->probe);
    const Observation seen = co_await look;
    const bool holds = seen.known && seen.holds == step.verify->is;
    // The check outranks the reply: a lost reply may have taken effect, a good one may not.
    if (holds) outcome = Outcome{};
    if (!holds && outcome.ok()) outcome = Outcome::failed(Failure::kNotVerified);
  }
  co_return outcome;
}

/// Whether this outcome ends the runbook: by the rule of the step that came last, which for a
/// fallback is its own.
bool RunbookRun::aborts(const Ended& ended) const {
  return !ended.outcome.ok() && plan_.step(ended.by).on_failure == OnFailure::kAbort;
}

Task<RunbookRun::Ended> RunbookRun::fall_back(StepIndex failed) {
  Task<Ended> instead = after_prerequisites(plan_.step(failed).fallback, failed);
  co_return co_await instead;
}

/// A fallback or rollback, after the fallback steps that it needs, in their order. One of these
/// that aborts is how the whole comes out.
Task<RunbookRun::Ended> RunbookRun::after_prerequisites(StepIndex index, StepIndex released_by) {
  for (const StepIndex need : plan_.step(index).needs) {
    if (!plan_.step(need).is_fallback) continue;
    Task<Ended> before = after_prerequisites(need, released_by);
    const Ended ended = co_await before;
    if (aborts(ended)) co_return ended;
    released_by = ended.by;
  }
  Task<Ended> work = worked_through(index, released_by);
  co_return co_await work;
}

void RunbookRun::release(StepIndex ended, StepIndex last) {
  Book& book = books_[plan_.step(ended).runbook.value];
  for (const StepIndex next : graph_.successors[ended.value]) {
    if (--open_needs_[next.value] == 0) running_.spawn(step(next, last));
  }
  if (--book.open_steps == 0) book_changed_.raise();
}

Task<void> RunbookRun::roll_back(RunbookIndex runbook) {
  Book& book = books_[runbook.value];
  for (std::size_t i = book.done.size(); i-- > 0;) {
    const StepIndex undo = plan_.step(book.done[i]).rollback;
    if (!undo.valid()) continue;
    Task<Ended> work = after_prerequisites(undo, book.done[i]);
    co_await work;
  }
}

void RunbookRun::log_end(StepIndex index, Outcome outcome, bool skipped) {
  log_.add({.at = agenda_.now(),
            .subject = index.value,
            .kind = EventKind::kStepEnded,
            .outcome = outcome,
            .skipped = skipped});
}

}  // namespace firedrill
