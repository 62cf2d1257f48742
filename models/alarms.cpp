#include "models/alarms.hpp"

#include <algorithm>
#include <string>

namespace firedrill {

std::optional<double> ComponentMetrics::read(const PlannedAlarm& alarm) const {
  switch (alarm.metric) {
    case Operation::kMetricTarget5xx:
      return paths_.target_error_share(alarm.of);
    case Operation::kMetricSyntheticsFailed:
      return paths_.failed_share(alarm.of);
    default:
      return alarm.of.valid() ? parts_.at(alarm.of).metric(alarm.metric) : std::nullopt;
  }
}

Alarms::Alarms(DrillContext& context, const Regions& regions, const MetricSource& metrics)
    : context_(context), regions_(regions), metrics_(metrics), fired_changed_(context.agenda) {
  for (std::uint32_t i = 0; i < context.plan.alarms.size(); ++i) {
    const bool pushed = context.plan.alarms[i].metric == Operation::kMetricHealthEvent;
    tasks_.spawn(pushed ? watch_events(AlarmIndex{i}) : watch(AlarmIndex{i}));
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

Duration Alarms::draw(std::string_view slot, AlarmIndex index, std::uint32_t round) const {
  const TimingIndex timing = context_.plan.people_timings.find(slot)->second;
  const EntityKey key{entity_key(context_.plan.alarms[index.value].name).value ^
                      entity_key(slot).value};
  return duration_from_seconds(
      context_.plan.timing(timing).distribution.quantile(context_.draws.uniform(key, round)));
}

/// Periods are counted only while there is something to see: a quiet alarm costs nothing.
Task<void> Alarms::watch(AlarmIndex index) {
  const PlannedAlarm& alarm = context_.plan.alarms[index.value];
  const Duration phase = duration_from_seconds(
      context_.draws.uniform(entity_key(alarm.name + "/phase"), 0) * to_seconds(alarm.period));
  std::int64_t breaching = 0;
  bool in_alarm = false;
  std::uint32_t round = 0;
  for (;;) {
    const std::optional<double> value = metrics_.read(alarm);
    if (value.value_or(0.0) <= 0.0) {  // at rest, or no data: look again when something changes
      breaching = 0;
      in_alarm = in_alarm && value.has_value() ? false : in_alarm;
      auto change = context_.changed.wait();
      co_await change;
      continue;
    }
    if (in_alarm && *value > alarm.threshold) {  // nothing new until it changes
      auto change = context_.changed.wait();
      co_await change;
      continue;
    }
    const std::int64_t periods = (context_.now().us + phase.us) / alarm.period.us + 1;
    const TimePoint end{periods * alarm.period.us - phase.us};
    Task<std::optional<double>> averaging = average_until(index, end);
    const std::optional<double> average = co_await averaging;
    if (!average) continue;
    breaching = *average > alarm.threshold ? breaching + 1 : 0;
    if (breaching == 0) in_alarm = false;
    if (breaching >= alarm.datapoints && !in_alarm) {
      in_alarm = true;
      tasks_.spawn(deliver(index, round++));
    }
  }
}

/// Average over the period that ends at `period_end`; before now the metric was at rest. Nothing
/// when the data ended within the period.
Task<std::optional<double>> Alarms::average_until(AlarmIndex index, TimePoint period_end) {
  const PlannedAlarm& alarm = context_.plan.alarms[index.value];
  double integral = 0;
  while (context_.now() < period_end) {
    const TimePoint since = context_.now();
    const std::optional<double> value = metrics_.read(alarm);
    if (!value) co_return std::nullopt;
    Task<void> news = next_raise(context_.changed);
    Within<void> period(context_.agenda, period_end, news);
    co_await period;
    integral += *value * to_seconds(context_.now() - since);
  }
  co_return integral / to_seconds(alarm.period);
}

Task<void> Alarms::deliver(AlarmIndex index, std::uint32_t round) {
  const PlannedAlarm& alarm = context_.plan.alarms[index.value];
  auto delay = sleep_for(context_.agenda, draw("metric_delivery", index, round) +
                                              draw("alarm_tick", index, round) +
                                              draw("alarm_action", index, round));
  co_await delay;
  if (!monitoring_alive(alarm.reported_in)) {
    context_.note(Note::kMonitoringBlind, kNobody, {});
    co_return;
  }
  if (alarm.pages) fire(index);
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

/// The provider publishes an event some time after a region is lost, and pushes it to the page.
Task<void> Alarms::watch_events(AlarmIndex index) {
  const PlannedAlarm& alarm = context_.plan.alarms[index.value];
  for (std::uint32_t round = 0;; ++round) {
    while (regions_.up(alarm.of_region)) {
      auto change = context_.changed.wait();
      co_await change;
    }
    auto published = sleep_for(context_.agenda, draw("health_publication", index, round) +
                                                    draw("health_delivery", index, round));
    co_await published;
    if (alarm.pages) fire(index);
    while (!regions_.up(alarm.of_region)) {
      auto change = context_.changed.wait();
      co_await change;
    }
  }
}

}  // namespace firedrill
