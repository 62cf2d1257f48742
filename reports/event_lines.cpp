#include "reports/event_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/plan/print.hpp"
#include "engine/plan/print_text.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

/// Names of what events point to. An index that the plan does not have is shown as a number: a log
/// may come from a file.
class Names {
 public:
  explicit Names(const Plan& plan) : plan_(plan) {}

  std::string fault(std::uint32_t i) const {
    return of(plan_.faults, i, [](const auto& f) { return f.id; });
  }
  std::string service(std::uint32_t i) const { return named(plan_.services, i); }
  std::string store(std::uint32_t i) const { return named(plan_.stores, i); }
  std::string alarm(std::uint32_t i) const { return named(plan_.alarms, i); }
  std::string role(std::uint32_t i) const { return named(plan_.roles, i); }
  std::string runbook(std::uint32_t i) const { return named(plan_.runbooks, i); }
  std::string component(std::uint32_t i) const { return named(plan_.components, i); }
  std::string severity(std::uint32_t i) const { return named(plan_.severities, i); }
  std::string person(std::uint32_t i) const {
    return of(plan_.persons, i, [](const auto& p) { return p; });
  }
  std::string step(std::uint32_t i) const {
    return of(plan_.steps, i, [](const auto& s) { return s.id; });
  }

  /// What the subject of an event of this kind is called; the object likewise.
  std::string subject(const Event& e) const {
    switch (e.kind) {
      case EventKind::kFaultStarted:
      case EventKind::kFaultEnded:
        return fault(e.subject);
      case EventKind::kServedShare:
        return service(e.subject);
      case EventKind::kAlarm:
        return alarm(e.subject);
      case EventKind::kPaged:
      case EventKind::kAcknowledged:
      case EventKind::kJoined:
      case EventKind::kHandedOver:
        return role(e.subject);
      case EventKind::kDeclared:
      case EventKind::kSeverityRaised:
      case EventKind::kApproved:
      case EventKind::kChangeWindow:
      case EventKind::kStatusUpdate:
      case EventKind::kRunbookAborted:
      case EventKind::kVerified:
      case EventKind::kClosed:
        return runbook(e.subject);
      case EventKind::kDecided:
      case EventKind::kStepReady:
      case EventKind::kStepStarted:
      case EventKind::kStepActing:
      case EventKind::kStepPreempted:
      case EventKind::kStepResumed:
      case EventKind::kStepEnded:
        return step(e.subject);
      case EventKind::kDataLoss:
      case EventKind::kDataLossShape:
        return store(e.subject);
      case EventKind::kReplicaLag:
      case EventKind::kNote:
        return component(e.subject);
      case EventKind::kDrillEnded:
        break;
    }
    return {};
  }
  std::string object(const Event& e) const {
    switch (e.kind) {
      case EventKind::kAcknowledged:
      case EventKind::kJoined:
      case EventKind::kHandedOver:
      case EventKind::kStepStarted:
      case EventKind::kStepPreempted:
      case EventKind::kStepResumed:
      case EventKind::kApproved:
      case EventKind::kStatusUpdate:
        return person(e.object);
      case EventKind::kDeclared:
      case EventKind::kSeverityRaised:
        return severity(e.object);
      case EventKind::kStepReady:
      case EventKind::kRunbookAborted:
        return step(e.object);
      case EventKind::kNote:
        return std::string(to_word(static_cast<Note>(e.object)));
      case EventKind::kDrillEnded:
        return std::string(to_word(static_cast<DrillEnd>(e.object)));
      default:
        return {};
    }
  }

 private:
  template <class List, class F>
  static std::string of(const List& list, std::uint32_t i, F name) {
    if (i == kNobody) return {};
    return i < list.size() ? name(list[i]) : fmt::format("#{}", i);
  }
  template <class List>
  static std::string named(const List& list, std::uint32_t i) {
    return of(list, i, [](const auto& item) { return item.name; });
  }

  const Plan& plan_;
};

std::string outcome_words(const Outcome& outcome) {
  if (outcome.ok()) return "done";
  const auto* const kind = outcome.kind == OutcomeKind::kFailed ? "failed" : "outcome unknown";
  return outcome.why == Failure::kNone ? kind : fmt::format("{}: {}", kind, to_word(outcome.why));
}

std::string_view lag_words(double change) {
  if (change == 0) return "and stays so";
  return change > 0 ? "and falls further behind" : "and catches up";
}

std::string loss_words(const Event& e) {
  if (e.value <= 0) return "nothing lost";
  std::string text = fmt::format("{} of writes lost", to_human(duration_from_seconds(e.value)));
  if (e.value2 >= 0) text += fmt::format(" ({} writes)", thousands(std::llround(e.value2)));
  return text;
}

std::string with(std::string_view before, const std::string& name) {
  return name.empty() ? std::string() : fmt::format("{}{}", before, name);
}

std::string step_sentence(const Event& e, const Names& names) {
  const std::string step = names.step(e.subject);
  switch (e.kind) {
    case EventKind::kDecided:
      return fmt::format("decided: {}", step);
    case EventKind::kStepReady:
      return fmt::format("step {} ready{}", step, with(", released by ", names.step(e.object)));
    case EventKind::kStepStarted:
      return fmt::format("step {} started{}{}", step, with(" by ", names.person(e.object)),
                         with(", who was busy with ", names.step(e.cause)));
    case EventKind::kStepActing:
      return fmt::format("step {} runs on by itself", step);
    case EventKind::kStepPreempted:
      return fmt::format("step {} interrupted: {} is needed{}", step, names.person(e.object),
                         with(" for ", names.step(e.cause)));
    case EventKind::kStepResumed:
      return fmt::format("step {} taken up again{}", step, with(" by ", names.person(e.object)));
    default:
      return fmt::format("step {} {}", step, e.skipped ? "skipped" : outcome_words(e.outcome));
  }
}

std::string sentence(const Event& e, const Plan& plan, const Names& names) {
  const std::string subject = names.subject(e);
  switch (e.kind) {
    case EventKind::kFaultStarted:
      return e.subject < plan.faults.size()
                 ? fmt::format("fault {}: {}", subject,
                               describe_call(plan, plan.faults[e.subject].call))
                 : fmt::format("fault {}", subject);
    case EventKind::kFaultEnded:
      return fmt::format("fault {} is over", subject);
    case EventKind::kServedShare:
      return fmt::format("service {} serves {} of requests{}", subject, percent(e.value),
                         e.value2 == e.value
                             ? std::string()
                             : fmt::format(" ({} with old DNS answers)", percent(e.value2)));
    case EventKind::kAlarm:
      return fmt::format("alarm {}", subject);
    case EventKind::kPaged:
      return fmt::format("{} is called{}", subject,
                         e.value >= 1 ? fmt::format(" again (call {})", std::llround(e.value) + 1)
                                      : std::string());
    case EventKind::kAcknowledged:
      return fmt::format("{} acknowledges{}", subject, with(": ", names.person(e.object)));
    case EventKind::kJoined:
      return fmt::format("{} joins{}", subject, with(": ", names.person(e.object)));
    case EventKind::kHandedOver:
      return fmt::format("{} hands over to {}, {} until briefed", subject, names.object(e),
                         to_human(duration_from_seconds(e.value)));
    case EventKind::kDeclared:
      return fmt::format("incident declared{}, runbook {}", with(" as ", names.object(e)), subject);
    case EventKind::kSeverityRaised:
      return fmt::format("incident raised to {}, runbook {}", names.object(e), subject);
    case EventKind::kApproved:
      return fmt::format("change of {} approved{}, {} after asking",
                         e.cause == kNobody ? subject : names.step(e.cause),
                         with(" by ", names.object(e)), to_human(duration_from_seconds(e.value)));
    case EventKind::kChangeWindow:
      return fmt::format("change window open for {}, after {}",
                         e.cause == kNobody ? subject : names.step(e.cause),
                         to_human(duration_from_seconds(e.value)));
    case EventKind::kStatusUpdate:
      return fmt::format("status update for {} posted{}, after {}{}", subject,
                         with(" by ", names.object(e)), to_human(duration_from_seconds(e.value)),
                         e.value2 > 0
                             ? fmt::format(", {} late", to_human(duration_from_seconds(e.value2)))
                             : std::string());
    case EventKind::kRunbookAborted:
      return fmt::format("runbook {} aborted{}", subject, with(" by step ", names.step(e.object)));
    case EventKind::kVerified:
      return fmt::format("runbook {}: every check holds", subject);
    case EventKind::kClosed:
      return fmt::format("runbook {} closed", subject);
    case EventKind::kDataLoss:
      return fmt::format("store {}: {}", subject, loss_words(e));
    case EventKind::kDataLossShape:
      return fmt::format("store {}: 99 % of the missing writes are younger than {}", subject,
                         to_human(duration_from_seconds(e.value)));
    case EventKind::kReplicaLag:
      return fmt::format("replica {} is {} behind, {}", subject,
                         to_human(duration_from_seconds(e.value)), lag_words(e.value2));
    case EventKind::kNote:
      return fmt::format("note: {}{}{}", names.object(e), with(" at ", subject),
                         with(" in step ", names.step(e.cause)));
    case EventKind::kDrillEnded:
      return fmt::format("drill ended: {}", names.object(e));
    default:
      return step_sentence(e, names);
  }
}

/// `1:02:03.456`
std::string clock(std::int64_t us) {
  const std::int64_t ms = us / 1000;
  return fmt::format("{}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                     ms % 1000);
}

/// `+1:02:03`, `+0:03`
std::string since(std::int64_t us) {
  const std::int64_t s = us / 1'000'000;
  if (s < 3600) return fmt::format("+{}:{:02}", s / 60, s % 60);
  return fmt::format("+{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

using Json = nlohmann::ordered_json;

Json event_json(const Event& e, const Names& names) {
  Json json = {{"t_s", static_cast<double>(e.at.us) / 1e6}, {"event", to_word(e.kind)}};
  if (e.subject != kNobody) json["subject"] = names.subject(e);
  if (e.object != kNobody) json["object"] = names.object(e);
  if (e.cause != kNobody) json["cause"] = names.step(e.cause);
  if (e.kind == EventKind::kServedShare || e.kind == EventKind::kDataLoss ||
      e.kind == EventKind::kReplicaLag || e.kind == EventKind::kStatusUpdate) {
    json["value"] = e.value;
    json["value2"] = e.value2;
  } else if (e.kind == EventKind::kPaged || e.kind == EventKind::kDataLossShape ||
             e.kind == EventKind::kApproved || e.kind == EventKind::kChangeWindow) {
    json["value"] = e.value;
  }
  if (e.kind == EventKind::kStepEnded) {
    const char* const kinds[] = {"ok", "failed", "unknown"};
    json["outcome"] = kinds[static_cast<std::size_t>(e.outcome.kind)];
    if (e.outcome.why != Failure::kNone) json["why"] = to_word(e.outcome.why);
    if (e.skipped) json["skipped"] = true;
  }
  if (e.knowledge == Knowledge::kSimulatorOnly) json["simulator_only"] = true;
  return json;
}

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace

std::vector<Event> events_in_order(std::vector<Event> events) {
  std::stable_sort(events.begin(), events.end(),
                   [](const Event& a, const Event& b) { return a.at < b.at; });
  return events;
}

std::string event_sentence(const Plan& plan, const Event& event) {
  return sentence(event, plan, Names(plan));
}

TimePoint onset_of(const Plan& plan, const std::vector<Event>& events) {
  for (const Event& e : events) {
    if (e.kind != EventKind::kFaultStarted) continue;
    const bool known = e.subject < plan.faults.size();
    if (!known || !strikes_people(plan.faults[e.subject].call.operation)) return e.at;
  }
  return TimePoint::never();
}

std::string event_lines(const Plan& plan, const std::vector<Event>& events, bool unicode) {
  const Names names(plan);
  const TimePoint onset = onset_of(plan, events);
  std::string text;
  for (const Event& e : events_in_order(events)) {
    const std::string after = e.at < onset ? std::string() : since((e.at - onset).us);
    text += fmt::format("{:>12}  {:>9}  {}\n", clock(e.at.us), after,
                        printable(sentence(e, plan, names), unicode));
  }
  return text;
}

std::string event_json_lines(const Plan& plan, const std::vector<Event>& events,
                             const EventLogHeader& header) {
  const Names names(plan);
  std::string text =
      line_of({{"format_version", kEventLogFormat},
               {"kind", "EventLog"},
               {"scenario", {{"name", plan.scenario}, {"sha256", plan.scenario_sha256}}},
               {"seed", header.seed},
               {"replication", header.replication},
               {"commit", header.commit},
               {"back_end", header.back_end}});
  for (const Event& e : events_in_order(events)) text += line_of(event_json(e, names));
  return text;
}

}  // namespace firedrill
