// What the events of a log say, kind by kind: the one table that writing them and reading them back
// go by.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "engine/plan/plan.hpp"
#include "engine/run/event_log.hpp"

namespace firedrill {

/// Which list of the plan, or which enumeration, an event points into.
enum class Refers : std::uint8_t {
  kNothing,
  kFault,
  kService,
  kStore,
  kAlarm,
  kRole,
  kPerson,
  kRunbook,
  kStep,
  kComponent,
  kSeverity,
  kNote,
  kDrillEnd,
};

struct EventShape {
  std::string_view word;  // "step-ended"
  Refers subject = Refers::kNothing;
  Refers object = Refers::kNothing;
  int values = 0;  // how many of `value` and `value2` say something
};

const EventShape& shape_of(EventKind kind);

/// Nothing for a word that is none.
std::optional<EventKind> event_kind_by_word(std::string_view word);
std::optional<Failure> failure_by_word(std::string_view word);
std::optional<Note> note_by_word(std::string_view word);
std::optional<DrillEnd> drill_end_by_word(std::string_view word);

/// Names of what events point to, both ways. A step is called by its id, and `RUNBOOK/STEP` where
/// several runbooks have a step of that id.
class EventNames {
 public:
  explicit EventNames(const Plan& plan);

  /// Empty for kNobody. An index that the plan does not have is shown as a number: a log may come
  /// from a file.
  std::string name(Refers refers, std::uint32_t index) const;
  /// Nothing for a name that the plan does not have.
  std::optional<std::uint32_t> index(Refers refers, std::string_view name) const;

  std::string subject(const Event& e) const { return name(shape_of(e.kind).subject, e.subject); }
  std::string object(const Event& e) const { return name(shape_of(e.kind).object, e.object); }

 private:
  std::string listed(Refers refers, std::uint32_t index) const;
  std::uint32_t size_of(Refers refers) const;

  const Plan& plan_;
  std::set<std::string_view> shared_ids_;  // of steps of several runbooks
  std::map<Refers, std::map<std::string, std::uint32_t, std::less<>>> indices_;
};

}  // namespace firedrill
