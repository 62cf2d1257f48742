// What a service runs on in one region: tasks, pods, or the concurrency of a function.
//
// Its capacity comes in units that serve the same load each. Of the requests that get to it,
//   healthy / max(healthy + dead_targets, load)
// are answered, where the load is in units too (`full_load_tasks` of the service times its
// traffic). `passes` of the component then takes what the units themselves fail.
#pragma once

#include "models/component.hpp"

namespace firedrill {

class ServiceSite : public Component {
 public:
  using Component::Component;

  /// False for what a step of a runbook has yet to create.
  virtual bool exists() const = 0;
  /// Units that are asked for.
  virtual std::int64_t desired() const = 0;
  /// Units that answer.
  virtual std::int64_t healthy() const = 0;
  /// Units that are gone but still get their share of the requests.
  virtual std::int64_t dead_targets() const { return 0; }
  /// What takes the requests for it in its region.
  virtual ComponentIndex front() const = 0;

  /// Whether it works with its load, and is to be told of it, in units that carry it.
  virtual bool follows_load() const { return false; }
  virtual void see(double) {}
};

}  // namespace firedrill
