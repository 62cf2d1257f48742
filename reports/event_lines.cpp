#include "reports/event_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/plan/print.hpp"
#include "engine/plan/print_text.hpp"
#include "reports/event_shape.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

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

std::string step_sentence(const Event& e, const EventNames& names) {
  const std::string step = names.name(Refers::kStep, e.subject);
  switch (e.kind) {
    case EventKind::kDecided:
      return fmt::format("decided: {}", step);
    case EventKind::kStepReady:
      return fmt::format("step {} ready{}", step,
                         with(", released by ", names.name(Refers::kStep, e.object)));
    case EventKind::kStepStarted:
      return fmt::format("step {} started{}{}", step,
                         with(" by ", names.name(Refers::kPerson, e.object)),
                         with(", who was busy with ", names.name(Refers::kStep, e.cause)));
    case EventKind::kStepActing:
      return fmt::format("step {} runs on by itself", step);
    case EventKind::kStepPreempted:
      return fmt::format("step {} interrupted: {} is needed{}", step,
                         names.name(Refers::kPerson, e.object),
                         with(" for ", names.name(Refers::kStep, e.cause)));
    case EventKind::kStepResumed:
      return fmt::format("step {} taken up again{}", step,
                         with(" by ", names.name(Refers::kPerson, e.object)));
    default:
      return fmt::format("step {} {}", step, e.skipped ? "skipped" : outcome_words(e.outcome));
  }
}

std::string people_sentence(const Event& e, const std::string& subject, const EventNames& names) {
  switch (e.kind) {
    case EventKind::kPaged:
      return fmt::format("{} is called{}", subject,
                         e.value >= 1 ? fmt::format(" again (call {})", std::llround(e.value) + 1)
                                      : std::string());
    case EventKind::kAcknowledged:
      return fmt::format("{} acknowledges{}", subject,
                         with(": ", names.name(Refers::kPerson, e.object)));
    case EventKind::kJoined:
      return fmt::format("{} joins{}", subject, with(": ", names.name(Refers::kPerson, e.object)));
    default:
      return fmt::format("{} hands over to {}, {} until briefed", subject, names.object(e),
                         to_human(duration_from_seconds(e.value)));
  }
}

std::string sentence(const Event& e, const Plan& plan, const EventNames& names) {
  const std::string subject = names.subject(e);
  const auto changed = [&] {
    return e.cause == kNobody ? subject : names.name(Refers::kStep, e.cause);
  };
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
    case EventKind::kAcknowledged:
    case EventKind::kJoined:
    case EventKind::kHandedOver:
      return people_sentence(e, subject, names);
    case EventKind::kDeclared:
      return fmt::format("incident declared{}, runbook {}", with(" as ", names.object(e)), subject);
    case EventKind::kSeverityRaised:
      return fmt::format("incident raised to {}, runbook {}", names.object(e), subject);
    case EventKind::kApproved:
      return fmt::format("change of {} approved{}, {} after asking", changed(),
                         with(" by ", names.object(e)), to_human(duration_from_seconds(e.value)));
    case EventKind::kChangeWindow:
      return fmt::format("change window open for {}, after {}", changed(),
                         to_human(duration_from_seconds(e.value)));
    case EventKind::kStatusUpdate:
      return fmt::format("status update for {} posted{}, after {}{}", subject,
                         with(" by ", names.object(e)), to_human(duration_from_seconds(e.value)),
                         e.value2 > 0
                             ? fmt::format(", {} late", to_human(duration_from_seconds(e.value2)))
                             : std::string());
    case EventKind::kRunbookAborted:
      return fmt::format("runbook {} aborted{}", subject,
                         with(" by step ", names.name(Refers::kStep, e.object)));
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
                         with(" in step ", names.name(Refers::kStep, e.cause)));
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

Json event_json(const Event& e, const EventNames& names) {
  Json json = {{"t_s", static_cast<double>(e.at.us) / 1e6}, {"event", to_word(e.kind)}};
  const EventShape& shape = shape_of(e.kind);
  if (!names.subject(e).empty()) json["subject"] = names.subject(e);
  if (!names.object(e).empty()) json["object"] = names.object(e);
  if (e.cause != kNobody) json["cause"] = names.name(Refers::kStep, e.cause);
  if (shape.values >= 1) json["value"] = e.value;
  if (shape.values == 2) json["value2"] = e.value2;
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
  return sentence(event, plan, EventNames(plan));
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
  const EventNames names(plan);
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
  const EventNames names(plan);
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
