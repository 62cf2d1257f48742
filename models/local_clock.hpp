// The local clock and calendar of the rotation: instant zero of the drill falls on a day of the
// week, a time of day, and a day of the year.
//
// The day of the week and the day of the year are drawn apart: over the years every date falls on
// every day of the week nearly as often. A year has 365 days.
#pragma once

#include "engine/base/random.hpp"
#include "engine/plan/plan.hpp"

namespace firedrill {

class LocalClock {
 public:
  LocalClock(const Plan& plan, const DrillDraws& draws);

  bool office(TimePoint now) const;
  bool asleep(TimePoint now) const;
  /// `now` inside a change window, else when the next begins; never() without any. The last
  /// business days of each month have none, as many as the plan says.
  TimePoint next_change_window(TimePoint now) const;
  /// The first instant after `now` at this time of the week, counted from Monday 0:00.
  TimePoint next_time_of_week(Duration of_week, TimePoint now) const;
  /// Which week, counted by hand-overs at this time of the week: one more at each. The week of
  /// the first one in the year of the drill's start is week 0.
  std::int64_t week(Duration of_week, TimePoint now) const;

 private:
  Duration of_week(TimePoint now) const;
  Duration of_day(TimePoint now) const;
  bool blackout(std::int64_t days_on) const;

  const Plan& plan_;
  Duration start_of_week_;  // from Monday 0:00 to instant zero
  int day_of_year_;         // on which instant zero falls
};

}  // namespace firedrill
