// What the scenario says: faults, start, absent roles, how much of the error budget is used.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <set>

#include "engine/input/quantities.hpp"
#include "engine/plan/resolution.hpp"

namespace firedrill {
namespace {

// --------------------------------------------------------------------------------------- faults --

void check_ramp(Resolution& r, const std::string& owner, const FaultSpec& fault,
                const OperationRule& rule) {
  if (fault.ramp.us == 0) return;
  const bool grows = std::any_of(rule.parameters.begin(), rule.parameters.end(), [](const auto& p) {
    return p.type == ParameterType::kShare || p.type == ParameterType::kFactor;
  });
  if (!grows) {
    r.diagnostics.error(Rule::kImpossible, fault.uses.at,
                        fmt::format("{} has a ramp, but {} is there or not", owner, rule.name),
                        "remove \"ramp\"");
  } else if (fault.lasts && *fault.lasts < fault.ramp) {
    r.diagnostics.error(
        Rule::kImpossible, fault.uses.at,
        fmt::format("{} ends before its ramp of {} is over", owner, to_human(fault.ramp)),
        "shorten \"ramp\", or let it last longer");
  }
}

void resolve_faults(Resolution& r) {
  std::set<std::string_view> ids;
  for (const FaultSpec& fault : r.scenario.faults) {
    const std::string owner = "fault " + quoted(fault.id.text);
    if (!ids.insert(fault.id.text).second) {
      r.diagnostics.error(Rule::kDuplicateName, fault.id.at, owner + " is defined twice",
                          "rename one of them");
    }
    if (fault.at >= r.scenario.horizon) {
      r.diagnostics.error(Rule::kImpossible, fault.id.at,
                          fmt::format("{} begins after {}, when the drill has ended after {}",
                                      owner, to_human(fault.at), to_human(r.scenario.horizon)),
                          "begin it earlier, or raise \"horizon\"");
    }
    PlannedFault planned{fault.id.text, {},          fault.at,
                         fault.ramp,    fault.lasts, fault.probability.value};
    if (const OperationRule* rule =
            find_rule(r, owner + " uses", fault.uses, {OperationClass::kFault}, "fault")) {
      planned.call = resolve_call(r, owner, *rule, fault.with, fault.uses.at);
      planned.call.fault = {static_cast<std::uint32_t>(r.plan.faults.size())};
      check_ramp(r, owner, fault, *rule);
    }
    r.plan.faults.push_back(std::move(planned));
  }
}

// ---------------------------------------------------------------------------------------- start --

constexpr std::array<std::string_view, 7> kDays = {"monday", "tuesday",  "wednesday", "thursday",
                                                   "friday", "saturday", "sunday"};

struct DayRange {
  int first;
  int last;
};

std::optional<DayRange> days_of(std::string_view word) {
  if (word.empty() || word == "any") return DayRange{0, 6};
  if (word == "weekday") return DayRange{0, 4};
  if (word == "weekend") return DayRange{5, 6};
  const auto day = std::find(kDays.begin(), kDays.end(), word);
  if (day == kDays.end()) return std::nullopt;
  const int i = static_cast<int>(day - kDays.begin());
  return DayRange{i, i};
}

/// The part of the day from one time to another, past midnight if need be.
void set_hours(PlannedStart& start, std::string_view label, Duration from, Duration to) {
  start.from = from;
  start.span = from < to ? to - from : to + Duration::hours(24) - from;
  start.text += fmt::format(", {} ({} to {})", label, time_of_day_text(from), time_of_day_text(to));
}

/// False when the word is none that a start can have.
bool set_time(PlannedStart& start, std::string_view word, const PeopleSpec& people) {
  if (word.empty() || word == "any") {
    start.span = Duration::hours(24);
    start.text += ", any time";
  } else if (word == "office") {
    set_hours(start, "office hours", people.office_from, people.office_to);
  } else if (word == "asleep") {
    set_hours(start, "asleep", people.asleep_from, people.asleep_to);
  } else {
    const auto time = parse_time_of_day(word);
    if (!time || *time >= Duration::hours(24)) return false;
    start.from = *time;
    start.text += fmt::format(", {}", word);
  }
  return true;
}

/// Office hours hold from Monday to Friday, whatever day was asked for.
void keep_office_days(Resolution& r, const StartSpec& spec, DayRange& days) {
  if (days.first > 4) {
    r.diagnostics.error(Rule::kImpossible, spec.time.at,
                        fmt::format("there are no office hours on {}", quoted(spec.day.text)),
                        "choose another day, or a time of day");
  }
  days.last = std::min(days.last, 4);
}

std::string day_text(const DayRange& days, std::string_view word) {
  if (days.first == 0 && days.last == 6) return "any day";
  if (days.first == 0 && days.last == 4) return "Monday to Friday";
  if (days.first == 5 && days.last == 6) return "weekend";
  std::string day(word);
  if (!day.empty()) day[0] = static_cast<char>(day[0] - 'a' + 'A');
  return day;
}

/// "2026-03-31" to the day of a year of 365 days, and the day of the week it really is. A leap day
/// counts as the day before it. Nothing when it is no date.
std::optional<DayRange> set_date(PlannedStart& start, const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  char end = 0;
  if (text.size() != 10) return std::nullopt;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2u%c", &year, &month, &day, &end) != 3) {
    return std::nullopt;
  }
  using namespace std::chrono;
  const year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                            std::chrono::day{day}};
  if (!date.ok()) return std::nullopt;
  const bool leap_day = month == 2 && day == 29;
  const sys_days plain =
      std::chrono::year{2023} / static_cast<int>(month) / static_cast<int>(leap_day ? 28 : day);
  start.day_of_year = static_cast<int>((plain - sys_days{std::chrono::year{2023} / 1 / 1}).count());
  const int weekday = static_cast<int>(std::chrono::weekday{sys_days{date}}.iso_encoding()) - 1;
  return DayRange{weekday, weekday};
}

/// The days of the week on which a drill can start. Nothing when they have been refused.
std::optional<DayRange> start_days(Resolution& r, const StartSpec& spec) {
  if (spec.date.empty()) return days_of(spec.day.text);
  const auto day = set_date(r.plan.start, spec.date.text);
  if (!day) {
    r.diagnostics.error(Rule::kImpossible, spec.date.at,
                        fmt::format("\"date\" is {}, which is no date", quoted(spec.date.text)),
                        "write it as \"2026-03-31\"");
  } else if (spec.day.text != "any") {
    r.diagnostics.error(Rule::kImpossible, spec.day.at,
                        "the start has both a \"day\" and a \"date\"", "keep one of them");
  }
  return day ? day : DayRange{0, 6};
}

void resolve_start(Resolution& r) {
  const StartSpec& spec = r.scenario.start;
  PlannedStart& start = r.plan.start;
  auto days = start_days(r, spec);
  if (!days) {
    r.diagnostics.error(Rule::kUnknownChoice, spec.day.at,
                        fmt::format("\"day\" is {}", quoted(spec.day.text)),
                        "use a day of the week, \"weekday\", \"weekend\" or \"any\"");
    return;
  }
  if (spec.time.text == "office") keep_office_days(r, spec, *days);
  for (int day = days->first; day <= days->last; ++day) start.days.push_back(day);
  start.text = day_text(*days, spec.date.empty() ? spec.day.text : kDays[days->first]);
  if (!spec.date.empty()) start.text += " " + spec.date.text;
  if (!set_time(start, spec.time.text, r.system.people)) {
    r.diagnostics.error(Rule::kUnknownChoice, spec.time.at,
                        fmt::format("\"time\" is {}", quoted(spec.time.text)),
                        "use \"HH:MM\" before 24:00, \"office\", \"asleep\" or \"any\"");
  }
}

}  // namespace

void resolve_scenario(Resolution& r) {
  resolve_faults(r);
  resolve_start(r);
  for (const RoleIndex role :
       r.names.bind_all<RoleIndex>("\"absent\" names", r.scenario.absent, {Thing::kRole})) {
    r.plan.roles[role.value].absent = true;
  }
  resolve_targets(r);
  r.plan.error_budget = r.system.error_budget;
  if (r.scenario.error_budget_used) r.plan.error_budget.used = *r.scenario.error_budget_used;
}

}  // namespace firedrill
