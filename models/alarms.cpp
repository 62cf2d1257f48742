#include "models/alarms.hpp"

#include <algorithm>
#include <string>

namespace firedrill {
namespace {

/// Whether the value is on the alarm's side of its threshold; nothing when there is none and the
/// alarm makes nothing of that.
std::optional<bool> breaches(const PlannedAlarm& alarm, const std::optional<double>& value) {
  if (value) return alarm.below ? *value < alarm.threshold : *value > alarm.threshold;
  if (alarm.missing == MissingData::kKeepsState) return std::nullopt;
  return alarm.missing == MissingData::kBreaches;
}

/// The period that is under way: what the average of its metric is going to be.
class Period {
 public:
  Period(Duration length, Duration phase, TimePoint now) : length_(length), phase_(phase) {
    begin_at(now);
  }

  TimePoint end() const { return begin_ + length_; }
  /// Something in it speaks for another state of the alarm.
  bool telling() const { return telling_; }

  /// The metric had this value from the last call until now.
  void had(const std::optional<double>& value, bool telling, TimePoint now) {
    if (now > end()) begin_at(now);  // periods have passed in which nothing happened
    if (now <= since_) return;
    const double lasted = to_seconds(now - since_);
    since_ = now;
    telling_ = telling_ || telling;
    if (!value) return;
    integral_ += *value * lasted;
    covered_s_ += lasted;
  }
  std::optional<double> average() const {
    if (covered_s_ <= 0) return std::nullopt;
    return integral_ / covered_s_;
  }
  void next() { begin_at(end()); }

 private:
  void begin_at(TimePoint now) {
    const std::int64_t periods = (now.us + phase_.us) / length_.us;
    since_ = begin_ = TimePoint{periods * length_.us - phase_.us};
    integral_ = covered_s_ = 0;
    telling_ = false;
  }

  Duration length_;
  Duration phase_;
  TimePoint begin_;
  TimePoint since_;
  double integral_ = 0;
  double covered_s_ = 0;
  bool telling_ = false;
};

}  // namespace

std::optional<double> ComponentMetrics::read(const PlannedAlarm& alarm) const {
  switch (alarm.metric) {
    case Operation::kMetricTarget5xx:
    case Operation::kMetricApi5xx:
      return paths_.target_error_share(alarm.of);
    case Operation::kMetricSyntheticsFailed:
      return paths_.failed_share(alarm.of);
    case Operation::kMetricRequestRatio:
      return paths_.request_ratio(alarm.of);
    case Operation::kMetricWafBlocked:
      return 60.0 * paths_.blocked_per_s(alarm.of);
    default:
      if (!alarm.of.valid() || parts_.at(alarm.of).down()) return std::nullopt;
      return parts_.at(alarm.of).metric(alarm.metric);
  }
}

TimePoint ComponentMetrics::crosses(const PlannedAlarm& alarm) const {
  if (!alarm.of.valid()) return TimePoint::never();
  return parts_.at(alarm.of).metric_crosses(alarm.metric, alarm.threshold);
}

Alarms::Alarms(DrillContext& context, const Regions& regions, const MetricSource& metrics)
    : context_(context),
      regions_(regions),
      metrics_(metrics),
      in_alarm_(context.plan.alarms.size(), false),
      approaching_(context.plan.alarms.size(), false),
      fired_changed_(context.agenda) {
  tasks_.spawn(watch_changes());
  for (std::uint32_t i = 0; i < context.plan.alarms.size(); ++i) {
    const Operation metric = context.plan.alarms[i].metric;
    moved_.push_back(std::make_unique<Signal>(context.agenda));
    seen_.push_back(look(context.plan.alarms[i]));
    if (metric == Operation::kMetricHealthEvent) {
      tasks_.spawn(watch_events(AlarmIndex{i}));
    } else {
      tasks_.spawn(rule_of(metric).pushed ? watch_pushed(AlarmIndex{i}) : watch(AlarmIndex{i}));
    }
  }
}

Alarms::Seen Alarms::look(const PlannedAlarm& alarm) const {
  if (alarm.metric == Operation::kMetricHealthEvent) return {};
  return {metrics_.read(alarm), metrics_.crosses(alarm)};
}

Task<void> Alarms::watch_changes() {
  for (;;) {
    auto change = context_.changed.wait();
    co_await change;
    for (std::uint32_t i = 0; i < seen_.size(); ++i) {
      const Seen seen = look(context_.plan.alarms[i]);
      if (seen == seen_[i]) continue;
      seen_[i] = seen;
      moved_[i]->raise();
    }
  }
}

Task<AlarmIndex> Alarms::next() {
  while (fired_.empty()) {
    auto change = fired_changed_.wait();
    co_await change;
  }
  const AlarmIndex alarm = fired_.front();
  fired_.pop_front();
  co_return alarm;
}

Task<void> Alarms::until_quiet() {
  while (std::find(approaching_.begin(), approaching_.end(), true) != approaching_.end()) {
    auto change = context_.changed.wait();
    co_await change;
  }
}

Duration Alarms::draw(std::string_view slot, AlarmIndex index, std::uint32_t round) const {
  const TimingIndex timing = context_.plan.people_timings.find(slot)->second;
  const EntityKey key{entity_key(context_.plan.alarms[index.value].name).value ^
                      entity_key(slot).value};
  return context_.drawn_duration(timing, key, round);
}

/// When there is something to see next: nothing speaks for another state before that.
TimePoint Alarms::next_look(const PlannedAlarm& alarm, const std::optional<double>& value,
                            bool in_alarm, bool counting) const {
  const std::optional<bool> breach = breaches(alarm, value);
  if (breach && (*breach != in_alarm || counting)) return TimePoint{};
  const TimePoint date = metrics_.crosses(alarm);
  // Nothing after the drill is waited for.
  return date <= TimePoint{} + context_.plan.horizon ? date : TimePoint::never();
}

/// Periods are counted only while there is something to see: a quiet alarm costs nothing.
Task<void> Alarms::watch(AlarmIndex index) {
  const PlannedAlarm& alarm = context_.plan.alarms[index.value];
  const bool sampled = rule_of(alarm.metric).metric.sampled;
  const Duration phase = duration_from_seconds(
      context_.draws.uniform(entity_key(alarm.name + "/phase"), 0) * to_seconds(alarm.period));
  Period period(alarm.period, phase, context_.now());
  std::optional<double> value = metrics_.read(alarm);
  // What breaches as the drill begins has fired before, and whoever it called knows.
  if (breaches(alarm, value).value_or(false)) {
    in_alarm_[index.value] = context_.alarm_is_on[index.value] = true;
  }
  std::int64_t breaching = 0;
  std::uint32_t round = 0;
  for (;;) {
    const bool in_alarm = in_alarm_[index.value];
    TimePoint until = period.end();
    if (!period.telling()) {
      const TimePoint look = next_look(alarm, value, in_alarm, breaching > 0 && !in_alarm);
      if (look > TimePoint{}) {
        until = look;
        // Until an alarm has been delivered it is waited for; a metric that turned back before its
        // level is not any longer.
        const bool approaching = in_alarm ? approaching_[index.value] : look < TimePoint::never();
        if (approaching_[index.value] && !approaching) context_.changed.raise();
        approaching_[index.value] = approaching;
      }
    }
    Task<void> news = next_raise(*moved_[index.value]);
    Within<void> wait(context_.agenda, until, news);
    co_await wait;
    period.had(value, breaches(alarm, value).value_or(in_alarm) != in_alarm, context_.now());
    seen_[index.value] = look(alarm);
    value = seen_[index.value].value;
    if (context_.now() < period.end()) continue;
    const std::optional<bool> breach = breaches(alarm, sampled ? value : period.average());
    period.next();
    if (!breach) continue;
    breaching = *breach ? breaching + 1 : 0;
    if (in_alarm && !*breach) {
      in_alarm_[index.value] = false;
      tasks_.spawn(clear(index, context_.now() - alarm.period, round));
    } else if (!in_alarm && breaching >= alarm.datapoints) {
      in_alarm_[index.value] = true;
      tasks_.spawn(deliver(index, round++));
    }
  }
}

/// An event: nothing is collected, and what delays it lies in the component that publishes it.
Task<void> Alarms::watch_pushed(AlarmIndex index) {
  const PlannedAlarm& alarm = context_.plan.alarms[index.value];
  for (std::uint32_t round = 0;; ++round) {
    while (!breaches(alarm, metrics_.read(alarm)).value_or(false)) {
      approaching_[index.value] = metrics_.crosses(alarm) < TimePoint::never();
      auto change = context_.changed.wait();
      co_await change;
    }
    auto told = sleep_for(context_.agenda, draw("alarm_action", index, round));
    co_await told;
    approaching_[index.value] = false;
    if (alarm.pages) fire(index);  // before whoever waits for quiet looks again
    set(index, true);
    while (breaches(alarm, metrics_.read(alarm)).value_or(true)) {
      auto change = context_.changed.wait();
      co_await change;
    }
    set(index, false);
  }
}

Task<void> Alarms::deliver(AlarmIndex index, std::uint32_t round) {
  const PlannedAlarm& alarm = context_.plan.alarms[index.value];
  Duration takes = draw("metric_delivery", index, round) + draw("alarm_tick", index, round);
  if (rule_of(alarm.metric).metric.sparse) takes = takes + draw("alarm_sparse", index, round);
  auto evaluated = sleep_for(context_.agenda, takes + draw("alarm_action", index, round));
  co_await evaluated;
  approaching_[index.value] = false;
  if (!monitoring_alive(alarm.reported_in)) {
    context_.note(Note::kMonitoringBlind, kNobody, {});
    context_.change({});
    co_return;
  }
  if (alarm.pages) fire(index);
  set(index, true);
}

/// The state is OK again some time after the last breaching period, and not before a period that
/// does not breach.
Task<void> Alarms::clear(AlarmIndex index, TimePoint last_breach, std::uint32_t round) {
  auto evaluated = sleep_until(
      context_.agenda, std::max(context_.now(), last_breach + draw("alarm_clear", index, round)));
  co_await evaluated;
  if (!in_alarm_[index.value]) set(index, false);
}

/// What the alarm shows to those who look it up.
void Alarms::set(AlarmIndex index, bool on) {
  context_.alarm_is_on[index.value] = on;
  context_.change({});
}

void Alarms::fire(AlarmIndex index) {
  context_.detected = std::min(context_.detected, context_.now());
  fired_.push_back(index);
  fired_changed_.raise();
}

/// A lost region evaluates its own alarms late or not at all, with the probability of the
/// behaviour.
bool Alarms::monitoring_alive(RegionIndex region) const {
  if (regions_.up(region)) return true;
  return !behaves(context_, Behaviour::kMonitoringBlind, context_.plan.regions[region.value].name);
}

/// The provider publishes an event some time after something is wrong with a region, and pushes it
/// to the page.
Task<void> Alarms::watch_events(AlarmIndex index) {
  const PlannedAlarm& alarm = context_.plan.alarms[index.value];
  for (std::uint32_t round = 0;; ++round) {
    while (!regions_.troubled(alarm.of_region)) {
      auto change = context_.changed.wait();
      co_await change;
    }
    auto published = sleep_for(context_.agenda, draw("health_publication", index, round) +
                                                    draw("health_delivery", index, round));
    co_await published;
    set(index, true);
    if (alarm.pages) fire(index);
    while (regions_.troubled(alarm.of_region)) {
      auto change = context_.changed.wait();
      co_await change;
    }
    set(index, false);
  }
}

}  // namespace firedrill
