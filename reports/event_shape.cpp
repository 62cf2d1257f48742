#include "reports/event_shape.hpp"

#include <fmt/format.h>

#include <array>

#include "reports/event_lines.hpp"

namespace firedrill {
namespace {

using enum Refers;

// In the order of the enumeration.
constexpr std::array<EventShape, 28> kShapes = {{
    {"fault-started", kFault, kNothing, 0},
    {"fault-ended", kFault, kNothing, 0},
    {"served-share", kService, kNothing, 2},
    {"alarm", kAlarm, kNothing, 0},
    {"paged", kRole, kNothing, 1},
    {"acknowledged", kRole, kPerson, 0},
    {"joined", kRole, kPerson, 0},
    {"declared", kRunbook, kSeverity, 0},
    {"severity-raised", kRunbook, kSeverity, 0},
    {"approved", kRunbook, kPerson, 1},
    {"change-window", kRunbook, kNothing, 1},
    {"status-update", kRunbook, kPerson, 2},
    {"decided", kStep, kNothing, 0},
    {"handed-over", kRole, kPerson, 1},
    {"step-ready", kStep, kStep, 0},
    {"step-started", kStep, kPerson, 0},
    {"step-acting", kStep, kNothing, 0},
    {"step-preempted", kStep, kPerson, 0},
    {"step-resumed", kStep, kPerson, 0},
    {"step-ended", kStep, kNothing, 0},
    {"runbook-aborted", kRunbook, kStep, 0},
    {"verified", kRunbook, kNothing, 0},
    {"closed", kRunbook, kNothing, 0},
    {"data-loss", kStore, kComponent, 2},
    {"data-loss-shape", kStore, kNothing, 1},
    {"replica-lag", kComponent, kNothing, 2},
    {"note", kComponent, kNote, 0},
    {"drill-ended", kNothing, kDrillEnd, 0},
}};
static_assert(kShapes.size() == static_cast<std::size_t>(EventKind::kDrillEnded) + 1);

/// Of an enumeration that begins at 0 and whose words stop at "unknown".
template <class E>
std::optional<E> by_its_word(std::string_view word, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (to_word(static_cast<E>(i)) == word) return static_cast<E>(i);
  }
  return std::nullopt;
}

constexpr std::size_t kFailureWords = static_cast<std::size_t>(Failure::kConflict) + 1;
constexpr std::size_t kEndWords = static_cast<std::size_t>(DrillEnd::kStalled) + 1;

}  // namespace

const EventShape& shape_of(EventKind kind) {
  static constexpr EventShape none{.word = "unknown"};
  const auto i = static_cast<std::size_t>(kind);
  return i < kShapes.size() ? kShapes[i] : none;
}

std::string_view to_word(EventKind kind) { return shape_of(kind).word; }

std::optional<EventKind> event_kind_by_word(std::string_view word) {
  return by_its_word<EventKind>(word, kShapes.size());
}
std::optional<Failure> failure_by_word(std::string_view word) {
  return by_its_word<Failure>(word, kFailureWords);
}
std::optional<Note> note_by_word(std::string_view word) {
  return by_its_word<Note>(word, kNoteCount);
}
std::optional<DrillEnd> drill_end_by_word(std::string_view word) {
  return by_its_word<DrillEnd>(word, kEndWords);
}

EventNames::EventNames(const Plan& plan) : plan_(plan) {
  std::set<std::string_view> ids;
  for (const PlannedStep& step : plan.steps) {
    if (!ids.insert(step.id).second) shared_ids_.insert(step.id);
  }
  for (auto r = static_cast<int>(kFault); r <= static_cast<int>(kDrillEnd); ++r) {
    const auto refers = static_cast<Refers>(r);
    for (std::uint32_t i = 0; i < size_of(refers); ++i) {
      indices_[refers].emplace(listed(refers, i), i);
    }
  }
}

std::uint32_t EventNames::size_of(Refers refers) const {
  const auto size = [&]() -> std::size_t {
    switch (refers) {
      case kNothing:
        return 0;
      case kFault:
        return plan_.faults.size();
      case kService:
        return plan_.services.size();
      case kStore:
        return plan_.stores.size();
      case kAlarm:
        return plan_.alarms.size();
      case kRole:
        return plan_.roles.size();
      case kPerson:
        return plan_.persons.size();
      case kRunbook:
        return plan_.runbooks.size();
      case kStep:
        return plan_.steps.size();
      case kComponent:
        return plan_.components.size();
      case kSeverity:
        return plan_.severities.size();
      case kNote:
        return kNoteCount;
      case kDrillEnd:
        return kEndWords;
    }
    return 0;
  };
  return static_cast<std::uint32_t>(size());
}

std::string EventNames::listed(Refers refers, std::uint32_t i) const {
  switch (refers) {
    case kNothing:
      return {};
    case kFault:
      return plan_.faults[i].id;
    case kService:
      return plan_.services[i].name;
    case kStore:
      return plan_.stores[i].name;
    case kAlarm:
      return plan_.alarms[i].name;
    case kRole:
      return plan_.roles[i].name;
    case kPerson:
      return plan_.persons[i];
    case kRunbook:
      return plan_.runbooks[i].name;
    case kComponent:
      return plan_.components[i].name;
    case kSeverity:
      return plan_.severities[i].name;
    case kNote:
      return std::string(to_word(static_cast<Note>(i)));
    case kDrillEnd:
      return std::string(to_word(static_cast<DrillEnd>(i)));
    case kStep:
      break;
  }
  const PlannedStep& step = plan_.steps[i];
  if (!shared_ids_.contains(step.id)) return step.id;
  return plan_.runbooks[step.runbook.value].name + '/' + step.id;
}

std::string EventNames::name(Refers refers, std::uint32_t index) const {
  if (index == kNobody || refers == kNothing) return {};
  return index < size_of(refers) ? listed(refers, index) : fmt::format("#{}", index);
}

std::optional<std::uint32_t> EventNames::index(Refers refers, std::string_view name) const {
  const auto list = indices_.find(refers);
  if (list == indices_.end()) return std::nullopt;
  const auto found = list->second.find(name);
  return found == list->second.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace firedrill
