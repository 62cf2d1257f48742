#include "engine/live/live_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace firedrill::live {
namespace {

Task<void> ask_once(Console& console, Prompt prompt, PromptEnd& said) {
  Task<PromptAnswer> asking = console.ask(std::move(prompt));
  const PromptAnswer answer = co_await asking;
  said = answer.end;
}

/// People were to be called to an outage, and no alarm called them. A drill of planned procedures
/// alone waits for no alarm.
bool went_undetected(const Plan& plan, const EventLog& log) {
  const auto waits = [](const PlannedRunbook& runbook) { return !runbook.trigger.empty(); };
  bool outage = false;
  for (const Event& event : log.events()) {
    if (event.kind == EventKind::kAlarm) return false;
    outage = outage || (event.kind == EventKind::kFaultStarted &&
                        !strikes_people(plan.faults[event.subject].call.operation));
  }
  return outage && std::any_of(plan.runbooks.begin(), plan.runbooks.end(), waits);
}

class Run {
 public:
  Run(const LiveRunParts& parts, const LiveRunOptions& options, const LiveRunHooks& hooks,
      const JournalContent* before, EventLog& log)
      : parts_(parts), options_(options), hooks_(hooks), before_(before), log_(log) {
    if (before != nullptr) known_events_ = before->events;
  }

  LiveRunResult run(const LiveScript& script) {
    parts_.journal.restore(before_ == nullptr ? std::vector<Inverse>{} : before_->inverses);
    if (before_ != nullptr && (before_->stopped || before_->ended)) {
      result_.end = DriveEnd::kStopped;
      result_.stopped = before_->stopped.value_or("the run had ended");
    } else {
      drill(script);
    }
    lead_back();
    take_stock();
    return std::move(result_);
  }

 private:
  void drill(const LiveScript& script);
  void write_events();
  void turned();
  /// What follows the drill is not stopped: it leads back.
  LiveDriver::Hooks after_hooks() const { return {.stop = {}, .turned = hooks_.turned}; }
  std::string stop_wanted() const;
  void log_end();
  void lead_back();
  bool wants_way_back(const std::vector<Inverse>& way);
  bool confirmed(const std::vector<Inverse>& way);
  void wait_until_steady();
  void take_stock();
  void keep(std::string_view record, const JournalJson& fields);

  const LiveRunParts& parts_;
  const LiveRunOptions& options_;
  const LiveRunHooks& hooks_;
  const JournalContent* before_;
  EventLog& log_;
  StopSwitch stop_{[this] { return stop_wanted(); }};
  std::size_t written_ = 0;  // events of the log that the journal has
  std::map<std::string, int, std::less<>> known_events_;
  LiveRunResult result_;
};

/// A record of what has happened anyway: a journal that cannot take it is known to have a gap.
void Run::keep(std::string_view record, const JournalJson& fields) {
  try {
    parts_.journal.write(record, fields, Sync::kNow);
  } catch (const JournalError& error) {
    stop_.stop(error.what());
  }
}

/// An event that an earlier part of this run has written is not written again.
void Run::write_events() {
  for (; written_ < log_.events().size(); ++written_) {
    const Event& event = log_.events()[written_];
    const JournalJson json = hooks_.event_json(event);
    const auto known = known_events_.find(json.dump());
    if (known != known_events_.end() && known->second-- > 0) continue;
    if (hooks_.happened) hooks_.happened(event);
    try {
      parts_.journal.write("event", {{"event", json}});
    } catch (const JournalError& error) {
      stop_.stop(error.what());
    }
  }
}

void Run::turned() {
  write_events();
  if (hooks_.turned) hooks_.turned();
}

std::string Run::stop_wanted() const {
  if (std::string signal = hooks_.signal ? hooks_.signal() : ""; !signal.empty()) return signal;
  if (!options_.stop_file.empty() && ::access(options_.stop_file.c_str(), F_OK) == 0) {
    return fmt::format("the stop file {} is there", options_.stop_file);
  }
  return parts_.journal.broken() ? "the journal cannot be written" : "";
}

void Run::drill(const LiveScript& script) {
  ServiceWatch watch(parts_.plan, log_, parts_.driver, parts_.probes,
                     {options_.service_interval, options_.world.look_limit});
  watch.on_change([this](ServiceIndex service, double share) {
    keep("result", {{"port", "share"},
                    {"service", service.value},
                    {"name", parts_.plan.service(service).name},
                    {"share", share},
                    {"us", parts_.driver.agenda().now().us}});
  });
  if (before_ != nullptr) {
    for (const RecordedResult& seen : before_->shares) {
      watch.restore({seen.fields.at("service").get<std::uint32_t>()}, seen.at,
                    seen.fields.at("share").get<double>());
    }
  }
  LiveWorld world({parts_.plan, parts_.driver, parts_.platform, parts_.console, watch, stop_},
                  options_.world);
  JournaledWorld journaled(parts_.plan, world, parts_.journal, before_);
  const LiveDriver::Hooks turn{.stop = [this] { return stop_.stopped(); },
                               .turned = [this] { turned(); }};
  const Duration limit = std::min(options_.run_limit, parts_.plan.horizon);
  world.begin();
  Task<void> root = script(journaled, log_);
  result_.end = parts_.driver.drive(root, TimePoint{} + limit, turn);
  result_.steady = result_.end == DriveEnd::kCompleted;
  if (result_.end == DriveEnd::kDeadline) stop_.stop("the run has taken longer than it may");
  result_.stopped = stop_.why();
  if (!result_.stopped.empty()) keep("stopped", {{"why", result_.stopped}});
  root.cancel();
  parts_.driver.finish_calls();
  if (hooks_.measured) hooks_.measured(log_, parts_.driver.agenda().now());
  log_end();
}

/// A drill that was stopped has an end like one whose horizon came.
void Run::log_end() {
  const DrillEnd end =
      result_.end == DriveEnd::kCompleted ? DrillEnd::kCompleted : DrillEnd::kPastHorizon;
  log_.add({.at = parts_.driver.agenda().now(),
            .object = static_cast<std::uint32_t>(end),
            .kind = EventKind::kDrillEnded});
  for (const Event& event : log_.events()) {
    if (event.kind == EventKind::kRunbookAborted) result_.aborted_runbook = true;
  }
  result_.undetected = result_.end != DriveEnd::kStopped && went_undetected(parts_.plan, log_);
  write_events();
}

bool Run::confirmed(const std::vector<Inverse>& way) {
  Prompt prompt;
  prompt.kind = PromptKind::kDecision;
  prompt.who = "operator";
  prompt.what = fmt::format("put back what the run has changed, {} change{}:", way.size(),
                            way.size() == 1 ? "" : "s");
  for (const Inverse& inverse : way) prompt.what += "\n- " + inverse.what;
  prompt.step = "rollback";
  PromptEnd said = PromptEnd::kSkipped;
  Task<void> asking = ask_once(parts_.console, prompt, said);
  const LiveDriver::Hooks hooks = after_hooks();
  parts_.driver.drive(asking, parts_.driver.agenda().now() + options_.world.step_limit, hooks);
  return said == PromptEnd::kDone;
}

bool Run::wants_way_back(const std::vector<Inverse>& way) {
  if (way.empty()) return false;
  const bool deviated =
      result_.end != DriveEnd::kCompleted || result_.aborted_runbook || result_.undetected;
  switch (options_.rollback) {
    case RollbackStrategy::kAlways:
      return true;
    case RollbackStrategy::kDeviated:
      return deviated;
    case RollbackStrategy::kNever:
      return false;
    case RollbackStrategy::kAsk:
      return confirmed(way);
  }
  return false;
}

/// After an abort as well, and behind the same guards; a second signal does no harm.
void Run::lead_back() {
  parts_.driver.finish_calls();
  parts_.driver.catch_up();
  const std::vector<Inverse> way =
      way_back(parts_.journal.inverses(),
               before_ == nullptr ? std::set<std::string, std::less<>>{} : before_->put_back);
  if (!wants_way_back(way)) {
    result_.left_changed = way;
    return;
  }
  Task<void> work = put_back(parts_.driver, parts_.platform, parts_.journal, way,
                             options_.world.step_limit, result_.put_back);
  const LiveDriver::Hooks hooks = after_hooks();
  parts_.driver.drive(work, TimePoint::never(), hooks);
  for (const Inverse& inverse : way) {
    const bool done =
        std::any_of(result_.put_back.begin(), result_.put_back.end(), [&](const PutBack& one) {
          return one.outcome.ok() && key_of(one.inverse) == key_of(inverse);
        });
    if (!done) result_.left_changed.push_back(inverse);
  }
  wait_until_steady();
}

/// Steady again, by looks of its own: what is seen after the drill is no part of its log.
void Run::wait_until_steady() {
  EventLog aside;
  ServiceWatch watch(parts_.plan, aside, parts_.driver, parts_.probes,
                     {options_.service_interval, options_.world.look_limit});
  parts_.driver.catch_up();
  const TimePoint since = parts_.driver.agenda().now();
  watch.begin();
  Task<void> steady = watch.until_steady(since);
  const LiveDriver::Hooks hooks = after_hooks();
  result_.steady =
      parts_.driver.drive(steady, since + options_.steady_limit, hooks) == DriveEnd::kCompleted;
}

void Run::take_stock() {
  parts_.driver.finish_calls();
  CallControl control;
  control.deadline =
      std::chrono::steady_clock::now() + std::chrono::microseconds(options_.world.look_limit.us);
  try {
    result_.leftovers = parts_.platform.leftovers(control);
  } catch (const std::exception& error) {
    result_.leftovers = {fmt::format("what is left could not be read: {}", error.what())};
  }
  JournalJson changed = JournalJson::array();
  for (const Inverse& inverse : result_.left_changed) changed.push_back(inverse.what);
  if (std::string left = hooks_.let_go ? hooks_.let_go() : ""; !left.empty()) {
    result_.leftovers.push_back(std::move(left));
  }
  const auto succeeded = std::ranges::count_if(
      result_.put_back, [](const PutBack& tried) { return tried.outcome.ok(); });
  const std::size_t earlier = before_ == nullptr ? 0 : before_->put_back.size();
  keep("end", {{"steady", result_.steady},
               {"undetected", result_.undetected},
               {"put_back", earlier + static_cast<std::size_t>(succeeded)},
               {"left_changed", changed},
               {"leftovers", result_.leftovers}});
  result_.journal_broken = parts_.journal.broken();
}

}  // namespace

LiveRunResult run_live(const LiveRunParts& parts, const LiveRunOptions& options,
                       const LiveRunHooks& hooks, const LiveScript& script,
                       const JournalContent* before, EventLog& log) {
  return Run(parts, options, hooks, before, log).run(script);
}

}  // namespace firedrill::live
