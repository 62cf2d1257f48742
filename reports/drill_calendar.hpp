// Which recovery drills are due: the intervals of a system against the drills on record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/date.hpp"
#include "engine/input/documents.hpp"
#include "reports/text.hpp"

namespace firedrill {

enum class DrillDue : std::uint8_t {
  kDone,     // the next one is not due yet
  kOverdue,  // its day has passed
  kNever,    // none is on record
};

/// One entry of the calendar: a tier, drilled by any scenario, or a scenario.
struct CalendarRow {
  std::string tier;   // empty: it is about
  std::string drill;  // this scenario
  std::int64_t every_months = 0;
  std::int64_t every_weeks = 0;
  DrillDue state = DrillDue::kNever;
  // Of the newest drill of it; empty when none is on record.
  std::optional<Date> last;
  std::string scenario;
  std::string verdict;
  std::optional<Date> due;
  std::int64_t days_left = 0;  // until it is due; negative: since it was
  /// The drill did not meet its targets, which is an incident to follow up.
  bool to_track = false;
};

struct DrillCalendar {
  std::string system;
  Date today{};
  std::vector<CalendarRow> rows;  // in the order of the document
  std::size_t records = 0;        // that count: of this system, not after today
  bool overdue = false;           // one at least; a drill never held is overdue
};

/// A drill is due so long after the last one of its tier or scenario, whatever the verdict of that:
/// a failed drill was held, and is tracked. Records of other systems and of days after today do not
/// count.
DrillCalendar make_calendar(const SystemDocument& system,
                            const std::vector<DrillRecordDocument>& records, Date today);

std::string render_calendar(const DrillCalendar& calendar, const TextOptions& options);
std::string render_calendar_json(const DrillCalendar& calendar);

std::string_view to_word(DrillDue state);

}  // namespace firedrill
