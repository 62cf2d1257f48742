#include "reports/drill_calendar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kDate = 10;
constexpr std::size_t kVerdict = 12;  // `inconclusive`
constexpr std::size_t kEvery = 9;     // `12 months`
constexpr std::size_t kState = 16;    // `OVERDUE 365 days`
constexpr std::size_t kOtherColumns = 2 + kEvery + 2 + kDate + 2 + kVerdict + 2 + kState;

bool exercises(const DrillRecordDocument& record, const CalendarRow& row) {
  if (row.tier.empty()) return record.scenario == row.drill;
  return std::any_of(record.tiers.begin(), record.tiers.end(),
                     [&](const Name& name) { return name.text == row.tier; });
}

const std::string& name_of(const CalendarRow& row) {
  return row.tier.empty() ? row.drill : row.tier;
}

std::string every_text(const CalendarRow& row) {
  const bool months = row.every_months > 0;
  const std::int64_t n = months ? row.every_months : row.every_weeks;
  return fmt::format("{} {}{}", n, months ? "month" : "week", n == 1 ? "" : "s");
}

Date next_after(Date last, const CalendarRow& row) {
  if (row.every_months > 0) return months_after(last, row.every_months);
  return Date{std::chrono::sys_days{last} + std::chrono::days{7 * row.every_weeks}};
}

CalendarRow row_of(const DrillIntervalSpec& interval,
                   const std::vector<const DrillRecordDocument*>& records, Date today) {
  CalendarRow row;
  row.tier = interval.tier.text;
  row.drill = interval.scenario.text;
  row.every_months = interval.every_months;
  row.every_weeks = interval.every_weeks;
  const DrillRecordDocument* newest = nullptr;
  for (const DrillRecordDocument* record : records) {
    if (!exercises(*record, row)) continue;
    // Of several on one day the one that failed is told.
    const bool newer = newest == nullptr || record->date > newest->date ||
                       (record->date == newest->date && record->verdict != "met");
    if (newer) newest = record;
  }
  if (newest == nullptr) return row;
  row.last = newest->date;
  row.scenario = newest->scenario;
  row.verdict = newest->verdict;
  row.to_track = newest->verdict != "met";
  row.due = next_after(newest->date, row);
  row.days_left = days_between(today, *row.due);
  row.state = row.days_left < 0 ? DrillDue::kOverdue : DrillDue::kDone;
  return row;
}

std::string state_text(const CalendarRow& row) {
  const auto days = [](std::int64_t n) { return fmt::format("{} day{}", n, n == 1 ? "" : "s"); };
  switch (row.state) {
    case DrillDue::kOverdue:
      return "OVERDUE " + days(-row.days_left);
    case DrillDue::kDone:
      return row.days_left == 0 ? "due today" : "due in " + days(row.days_left);
    case DrillDue::kNever:
      break;
  }
  return "NEVER HELD";
}

Ink ink_of(const CalendarRow& row) {
  if (row.state != DrillDue::kDone) return Ink::kBad;
  return row.to_track ? Ink::kDoubtful : Ink::kGood;
}

}  // namespace

DrillCalendar make_calendar(const SystemDocument& system,
                            const std::vector<DrillRecordDocument>& records, Date today) {
  DrillCalendar calendar{system.metadata.name.text, today, {}, 0, false};
  std::vector<const DrillRecordDocument*> counted;
  for (const DrillRecordDocument& record : records) {
    if (record.system == calendar.system && record.date <= today) counted.push_back(&record);
  }
  calendar.records = counted.size();
  for (const DrillIntervalSpec& interval : system.drill_calendar) {
    calendar.rows.push_back(row_of(interval, counted, today));
    if (calendar.rows.back().state != DrillDue::kDone) calendar.overdue = true;
  }
  return calendar;
}

std::string render_calendar(const DrillCalendar& calendar, const TextOptions& options) {
  const Paint paint(options.color);
  const auto clean = [&](std::string_view text) { return printable(text, options.unicode); };
  const auto width = static_cast<std::size_t>(std::max(options.width, 40));
  std::size_t name = 5;
  for (const CalendarRow& row : calendar.rows) name = std::max(name, columns(clean(name_of(row))));
  name = std::min(name, std::max<std::size_t>(width, kOtherColumns + 11) - kOtherColumns);
  // The date gives way to the name: the state says in how many days that is.
  const bool with_due = name + kOtherColumns + 2 + kDate <= width;
  const auto due_cell = [&](std::string_view text) {
    return with_due ? cell(text, kDate) + "  " : std::string();
  };
  std::string page =
      wrapped(fmt::format("{}: recovery drills on {}, {} on record", clean(calendar.system),
                          to_text(calendar.today), calendar.records),
              0, 2, width);
  page += '\n' +
          paint(Ink::kStrong, cell("DRILL", name + 2) + right_cell("EVERY", kEvery) + "  " +
                                  cell("LAST", kDate) + "  " + cell("VERDICT", kVerdict) + "  " +
                                  due_cell("DUE") + "STATE") +
          '\n';
  for (const CalendarRow& row : calendar.rows) {
    page += cell(clean(name_of(row)), name + 2) + right_cell(every_text(row), kEvery) + "  " +
            cell(row.last ? to_text(*row.last) : "-", kDate) + "  " +
            cell(row.last ? row.verdict : "-", kVerdict) + "  " +
            due_cell(row.due ? to_text(*row.due) : "-") + paint(ink_of(row), state_text(row)) +
            '\n';
  }
  const char* before = "\n";
  for (const CalendarRow& row : calendar.rows) {
    if (!row.to_track) continue;
    page += std::exchange(before, "") +
            wrapped(fmt::format("{}: the drill of {} ({}) was {}: track it as a SEV-3.",
                                clean(name_of(row)), to_text(*row.last), clean(row.scenario),
                                row.verdict),
                    0, 2, width);
  }
  if (calendar.rows.empty()) page += "  the system names no intervals: add \"drill_calendar\"\n";
  return page;
}

std::string render_calendar_json(const DrillCalendar& calendar) {
  nlohmann::ordered_json json;
  const auto date = [](const std::optional<Date>& day) {
    return day ? nlohmann::ordered_json(to_text(*day)) : nlohmann::ordered_json(nullptr);
  };
  json["format_version"] = "1.1";
  json["kind"] = "DrillCalendar";
  json["system"] = calendar.system;
  json["today"] = to_text(calendar.today);
  json["records"] = calendar.records;
  json["overdue"] = calendar.overdue;
  json["tiers"] = nlohmann::ordered_json::array();
  for (const CalendarRow& row : calendar.rows) {
    nlohmann::ordered_json entry = {{"tier", row.tier},
                                    {"drill", row.drill},
                                    {"every_months", row.every_months},
                                    {"every_weeks", row.every_weeks},
                                    {"state", to_word(row.state)},
                                    {"last", date(row.last)},
                                    {"scenario", row.scenario},
                                    {"verdict", row.verdict},
                                    {"due", date(row.due)},
                                    {"track_as_sev_3", row.to_track}};
    entry["days_left"] = row.due ? nlohmann::ordered_json(row.days_left) : nullptr;
    json["tiers"].push_back(std::move(entry));
  }
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

std::string_view to_word(DrillDue state) {
  switch (state) {
    case DrillDue::kDone:
      return "done";
    case DrillDue::kOverdue:
      return "overdue";
    case DrillDue::kNever:
      break;
  }
  return "never";
}

}  // namespace firedrill
