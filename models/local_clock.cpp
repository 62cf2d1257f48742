#include "models/local_clock.hpp"

#include <algorithm>
#include <array>

namespace firedrill {
namespace {

constexpr Duration kDay = Duration::days(1);
constexpr int kSaturday = 5;
constexpr int kDaysOfYear = 365;
constexpr std::array kDaysOfMonth = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

/// Days from this one to the last of its month.
int days_left_in_month(int day_of_year) {
  int last = -1;
  for (const int days : kDaysOfMonth) {
    last += days;
    if (day_of_year <= last) break;
  }
  return last - day_of_year;
}

}  // namespace

LocalClock::LocalClock(const Plan& plan, const DrillDraws& draws) : plan_(plan) {
  Stream stream(draws, entity_key("drill/start"));
  const auto& days = plan.start.days;
  const auto pick = static_cast<std::size_t>(stream.next() * static_cast<double>(days.size()));
  const int day = days.empty() ? 0 : days[std::min(pick, days.size() - 1)];
  const Duration within = duration_from_seconds(stream.next() * to_seconds(plan.start.span));
  start_of_week_ = kDay * day + Duration{(plan.start.from + within).us % kDay.us};
  const double u = draws.uniform(entity_key("drill/date"), 0);
  day_of_year_ = plan.start.day_of_year >= 0
                     ? plan.start.day_of_year
                     : std::min(static_cast<int>(u * kDaysOfYear), kDaysOfYear - 1);
}

Duration LocalClock::of_week(TimePoint now) const {
  return Duration{(start_of_week_.us + now.us) % (kDay * 7).us};
}
Duration LocalClock::of_day(TimePoint now) const { return Duration{of_week(now).us % kDay.us}; }

bool LocalClock::office(TimePoint now) const {
  const Duration time = of_day(now);
  return of_week(now) < kDay * kSaturday && time >= plan_.people.office_from &&
         time < plan_.people.office_to;
}

bool LocalClock::asleep(TimePoint now) const {
  const Duration time = of_day(now);
  const Duration from = plan_.people.asleep_from;
  const Duration to = plan_.people.asleep_to;
  return from < to ? time >= from && time < to : time >= from || time < to;
}

/// Whether so many days after instant zero is one of the last business days of its month: a weekend
/// after all of them is none itself, and has no window either.
bool LocalClock::blackout(std::int64_t days_on) const {
  const int left = days_left_in_month(static_cast<int>((day_of_year_ + days_on) % kDaysOfYear));
  const std::int64_t today = start_of_week_.us / kDay.us + days_on;
  std::int64_t business = 0;
  for (int day = 0; day <= left; ++day) business += (today + day) % 7 < kSaturday ? 1 : 0;
  return business <= plan_.blackout_business_days;
}

TimePoint LocalClock::next_time_of_week(Duration of_week, TimePoint now) const {
  const std::int64_t week = (kDay * 7).us;
  const std::int64_t since = (this->of_week(now).us - of_week.us + week) % week;
  return now + Duration{week - since};
}

std::int64_t LocalClock::week(Duration of_week, TimePoint now) const {
  const Duration year_to_start = kDay * day_of_year_ + Duration{start_of_week_.us % kDay.us};
  const TimePoint last = next_time_of_week(of_week, now) - kDay * 7;
  const std::int64_t us = year_to_start.us + (last - TimePoint{}).us;
  const std::int64_t length = (kDay * 7).us;
  return us >= 0 ? us / length : -((-us + length - 1) / length);
}

TimePoint LocalClock::next_change_window(TimePoint now) const {
  const TimePoint midnight = TimePoint{} - Duration{start_of_week_.us % kDay.us};
  const std::int64_t today = (now - midnight).us / kDay.us;
  TimePoint next = TimePoint::never();
  // In two months there are days of every kind outside of any blackout.
  for (std::int64_t days_on = today; days_on < today + 62 && next == TimePoint::never();
       ++days_on) {
    if (plan_.blackout_business_days > 0 && blackout(days_on)) continue;
    const auto weekday = static_cast<std::size_t>((start_of_week_.us / kDay.us + days_on) % 7);
    const TimePoint begin = midnight + kDay * days_on;
    for (const PlannedChangeWindow& window : plan_.change_windows) {
      if (!window.on[weekday] || now >= begin + window.to) continue;
      next = std::min(next, std::max(now, begin + window.from));
    }
  }
  return next;
}

}  // namespace firedrill
