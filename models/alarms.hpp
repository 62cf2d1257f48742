// CloudWatch alarms, and the events that the provider pushes.
//
// A metric is averaged over periods whose phase is drawn once a drill; one that is published as it
// is now and then (`sampled`) shows its newest value at the end of the period. An alarm fires after
// M breaching periods in a row; then the datapoint's delivery, the next evaluation and the
// notification add their delays, and one delay more where the metric is published only while it is
// not zero (`sparse`). For a step from 0 to 1 at a uniform phase, threshold h, period P and M
// periods, the last period needed ends (M - 1) P + (P - x) after the step, where x < P is the time
// already gone in the period, if (P - x) / P > h, and one period later otherwise: with u = x / P
// uniform, its mean is P (M - 1/2 + h).
//
// What breaches when the drill begins is in ALARM already and calls nobody. A period without data
// counts as the alarm says: as breaching, as not breaching, or not at all, and then the alarm stays
// as it is. Back to OK goes an alarm after the first period that does not breach, and not sooner
// after the last breaching one than the library says.
#pragma once

#include <deque>
#include <memory>
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
  /// When it will be on the other side of the threshold though nothing changes; never() if not.
  virtual TimePoint crosses(const PlannedAlarm& alarm) const = 0;

 protected:
  ~MetricSource() = default;
};

/// Reads a metric off the component that it is of, or off the paths of the services.
class ComponentMetrics final : public MetricSource {
 public:
  ComponentMetrics(const ServicePaths& paths, const PlatformParts& parts)
      : paths_(paths), parts_(parts) {}
  std::optional<double> read(const PlannedAlarm& alarm) const override;
  TimePoint crosses(const PlannedAlarm& alarm) const override;

 private:
  const ServicePaths& paths_;
  const PlatformParts& parts_;
};

class Alarms {
 public:
  Alarms(DrillContext& context, const Regions& regions, const MetricSource& metrics);

  /// The next alarm that pages, in the order of firing.
  Task<AlarmIndex> next();
  /// Ends once no metric moves towards a threshold by itself, within the drill: a certificate's
  /// days run down though nothing happens.
  Task<void> until_quiet();

 private:
  /// What an alarm's metric says now, and when it will say something else by itself.
  struct Seen {
    std::optional<double> value;
    TimePoint crosses;
    bool operator==(const Seen&) const = default;
  };
  Seen look(const PlannedAlarm& alarm) const;
  /// Wakes those alarms whose metric a change has moved: most changes move few.
  Task<void> watch_changes();
  Task<void> watch(AlarmIndex index);
  Task<void> watch_events(AlarmIndex index);
  Task<void> watch_pushed(AlarmIndex index);
  TimePoint next_look(const PlannedAlarm& alarm, const std::optional<double>& value, bool in_alarm,
                      bool counting) const;
  Task<void> deliver(AlarmIndex index, std::uint32_t round);
  Task<void> clear(AlarmIndex index, TimePoint last_breach, std::uint32_t round);
  void set(AlarmIndex index, bool on);
  void fire(AlarmIndex index);
  bool monitoring_alive(RegionIndex region) const;
  Duration draw(std::string_view slot, AlarmIndex index, std::uint32_t round) const;

  DrillContext& context_;
  const Regions& regions_;
  const MetricSource& metrics_;
  std::vector<bool> in_alarm_;  // by what the periods say; what the alarm shows follows later
  std::vector<bool> approaching_;
  std::vector<Seen> seen_;
  std::vector<std::unique_ptr<Signal>> moved_;
  std::deque<AlarmIndex> fired_;
  Signal fired_changed_;
  TaskSet tasks_;
};

}  // namespace firedrill
