#include "reports/drill_calendar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kDate = 10;
constexpr std::size_t kVerdict = 12;  // `inconclusive`

bool exercises(const DrillRecordDocument& record, const std::string& tier) {
  return std::any_of(record.tiers.begin(), record.tiers.end(),
                     [&](const Name& name) { return name.text == tier; });
}

CalendarRow row_of(const DrillIntervalSpec& interval,
                   const std::vector<const DrillRecordDocument*>& records, Date today) {
  CalendarRow row;
  row.tier = interval.tier.text;
  row.every_months = interval.every_months;
  const DrillRecordDocument* newest = nullptr;
  for (const DrillRecordDocument* record : records) {
    if (!exercises(*record, row.tier)) continue;
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
  row.due = months_after(newest->date, interval.every_months);
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
  std::size_t tier = 4;
  for (const CalendarRow& row : calendar.rows) tier = std::max(tier, columns(clean(row.tier)));
  tier = std::min<std::size_t>(tier, 11);
  std::string page =
      wrapped(fmt::format("{}: recovery drills on {}, {} on record", clean(calendar.system),
                          to_text(calendar.today), calendar.records),
              0, 2, width);
  page += '\n' +
          paint(Ink::kStrong, cell("TIER", tier + 2) + right_cell("EVERY", 10) + "  " +
                                  cell("LAST", kDate) + "  " + cell("VERDICT", kVerdict) + "  " +
                                  cell("DUE", kDate) + "  STATE") +
          '\n';
  for (const CalendarRow& row : calendar.rows) {
    const std::string every =
        fmt::format("{} month{}", row.every_months, row.every_months == 1 ? "" : "s");
    page += cell(clean(row.tier), tier + 2) + right_cell(every, 10) + "  " +
            cell(row.last ? to_text(*row.last) : "-", kDate) + "  " +
            cell(row.last ? row.verdict : "-", kVerdict) + "  " +
            cell(row.due ? to_text(*row.due) : "-", kDate) + "  " +
            paint(ink_of(row), state_text(row)) + '\n';
  }
  const char* before = "\n";
  for (const CalendarRow& row : calendar.rows) {
    if (!row.to_track) continue;
    page +=
        std::exchange(before, "") +
        wrapped(fmt::format("{}: the drill of {} ({}) was {}: track it as a SEV-3.",
                            clean(row.tier), to_text(*row.last), clean(row.scenario), row.verdict),
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
  json["format_version"] = "1.0";
  json["kind"] = "DrillCalendar";
  json["system"] = calendar.system;
  json["today"] = to_text(calendar.today);
  json["records"] = calendar.records;
  json["overdue"] = calendar.overdue;
  json["tiers"] = nlohmann::ordered_json::array();
  for (const CalendarRow& row : calendar.rows) {
    nlohmann::ordered_json entry = {
        {"tier", row.tier},       {"every_months", row.every_months}, {"state", to_word(row.state)},
        {"last", date(row.last)}, {"scenario", row.scenario},         {"verdict", row.verdict},
        {"due", date(row.due)},   {"track_as_sev_3", row.to_track}};
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
