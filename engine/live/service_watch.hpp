// What services are seen to serve: each is looked at once an interval, and every change is logged
// as in simulation. The interval is the error of every time that is measured from it.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engine/live/live_driver.hpp"
#include "engine/live/platform.hpp"
#include "engine/run/event_log.hpp"

namespace firedrill::live {

class ServiceWatch {
 public:
  struct Options {
    Duration interval = Duration::seconds(15);
    Duration look_limit = Duration::seconds(60);
  };
  /// All of them outlive the driver's calls. `log` gets a `served_share` for every change.
  ServiceWatch(const Plan& plan, EventLog& log, LiveDriver& driver, ServiceProbes& probes,
               Options options);

  /// From now on. The services' first looks are spread over the interval.
  void begin();

  /// Whether anything looks at that service.
  bool watches(ServiceIndex service) const { return probes_.watches(service); }

  /// As last seen; nothing before the first look, and for a service that nothing looks at.
  std::optional<double> share(ServiceIndex service) const;

  /// Ends with the look that has seen every judged service serve for its hold time, that of the
  /// hold beginning at `since` at the earliest. A look that could tell nothing does not break the
  /// hold, but no hold ends with it.
  Task<void> until_steady(TimePoint since);

  /// Told of every change, before it is logged.
  void on_change(std::function<void(ServiceIndex, double)> told) { told_ = std::move(told); }
  /// What was seen before a crash, in order of time.
  void restore(ServiceIndex service, TimePoint at, double share);

 private:
  struct Seen {
    std::optional<double> share;
    TimePoint serves_since = TimePoint::never();
    TimePoint looked{};  // the last time that it could be told
  };
  Task<void> watch(ServiceIndex service, Duration phase);
  std::optional<double> seen_now(ServiceIndex service, const CallControl& control);
  void note(ServiceIndex service, TimePoint at, double share);
  bool steady(TimePoint since) const;

  const Plan& plan_;
  EventLog& log_;
  LiveDriver& driver_;
  ServiceProbes& probes_;
  Options options_;
  std::function<void(ServiceIndex, double)> told_;
  std::vector<Seen> seen_;  // by service
  Signal looked_;
  TaskSet watches_;  // last member: dropped before what its tasks refer to
};

}  // namespace firedrill::live
