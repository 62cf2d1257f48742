// CloudWatch alarms, and the events that the provider pushes.
//
// A metric is averaged over periods whose phase is drawn once a drill. An alarm fires after M
// breaching periods in a row; then the datapoint's delivery, the next evaluation and the
// notification add their delays. For a step from 0 to 1 at a uniform phase, threshold h, period P
// and M periods, the last period needed ends (M - 1) P + (P - x) after the step, where x < P is the
// time already gone in the period, if (P - x) / P > h, and one period later otherwise: with u = x /
// P uniform, its mean is P (M - 1/2 + h). A metric without data (nothing answers any more) yields
// no datapoint: the alarm stays as it is.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "models/drill_context.hpp"
#include "models/regions.hpp"
#include "models/service_paths.hpp"

namespace firedrill {

/// What a metric reads now; nothing when there is no data.
class MetricSource {
 public:
  virtual std::optional<double> read(const PlannedAlarm& alarm) const = 0;

 protected:
  ~MetricSource() = default;
};

/// Reads a metric off the component that it is of, or off the paths of the services.
class ComponentMetrics final : public MetricSource {
 public:
  ComponentMetrics(const ServicePaths& paths, const PlatformParts& parts)
      : paths_(paths), parts_(parts) {}
  std::optional<double> read(const PlannedAlarm& alarm) const override;

 private:
  const ServicePaths& paths_;
  const PlatformParts& parts_;
};

class Alarms {
 public:
  Alarms(DrillContext& context, const Regions& regions, const MetricSource& metrics);

  /// The next alarm that pages, in the order of firing.
  Task<AlarmIndex> next();

 private:
  Task<void> watch(AlarmIndex index);
  Task<void> watch_events(AlarmIndex index);
  Task<std::optional<double>> average_until(AlarmIndex index, TimePoint period_end);
  Task<void> deliver(AlarmIndex index, std::uint32_t round);
  void fire(AlarmIndex index);
  bool monitoring_alive(RegionIndex region) const;
  Duration draw(std::string_view slot, AlarmIndex index, std::uint32_t round) const;

  DrillContext& context_;
  const Regions& regions_;
  const MetricSource& metrics_;
  std::deque<AlarmIndex> fired_;
  Signal fired_changed_;
  TaskSet tasks_;
};

}  // namespace firedrill
