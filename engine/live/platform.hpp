// The seam between the live world and the platform it acts on. What is behind it blocks and may be
// called from several threads at once; what is before it never blocks and is one thread.
//
// The guards stand behind it: whatever is refused there comes back as an outcome of
// Failure::kRefused and is told to the journal. What could not be written down is not done: the
// record of a call throws `JournalError`, which the live world takes as the end of the run.
#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/run/world.hpp"

namespace firedrill::live {

/// What bounds a call, all its attempts and looks together.
struct CallControl {
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  /// Whoever asked no longer waits: a look may end. A change under way is finished, since its
  /// outcome would be unknown otherwise. May be empty.
  std::function<bool()> cancelled;
};

/// A call that puts back what a change is about to change, with the values read before it. It holds
/// no secret, since the journal keeps it: a change that only a secret could undo has no inverse.
struct Inverse {
  std::string service;    // "ecs"
  std::string operation;  // "UpdateService"
  std::string region;
  nlohmann::json parameters;
  /// What it puts back, by ARN or name. Of several inverses of one operation on one resource only
  /// the first leads back to the state before the drill.
  std::string resource;
  std::string what;  // for people: "service payments-api: desiredCount back to 4"
};

/// Where a platform leaves the inverse, before it makes the change. Throws when it cannot be kept:
/// the change is then not made. Safe to call from the thread that performs.
class InverseRecord {
 public:
  virtual ~InverseRecord() = default;
  virtual void keep(const Inverse& inverse) = 0;
};

/// What the stop conditions say.
struct StopCheck {
  bool stop = false;
  std::string why;  // "alarm payments-5xx is in ALARM", "alarm payments-5xx cannot be read"
};

class Platform {
 public:
  virtual ~Platform() = default;

  /// Whether a machine does that; if not, a person is asked to. `by` is invalid for a fault. Never
  /// blocks.
  virtual bool performs(const PlannedCall& call, StepIndex by) const = 0;
  /// What a person is told of a call: which resource, which values. Never blocks.
  virtual std::string describe(const PlannedCall& call, StepIndex by) const = 0;

  /// Carries out an action or a fault. `by` is invalid for a fault.
  virtual Outcome perform(const PlannedCall& call, StepIndex by, const CallControl& control) = 0;
  /// Ends what `perform` of a fault began.
  virtual Outcome revert(const PlannedCall& fault, const CallControl& control) = 0;
  /// Looks whether a change whose reply was lost has taken effect, and changes nothing. `unknown`
  /// where that cannot be seen.
  virtual Outcome settle(const PlannedCall& call, StepIndex by, const CallControl& control) = 0;
  /// Puts back what was there before, behind the same guards.
  virtual Outcome undo(const Inverse& inverse, const CallControl& control) = 0;

  /// Whether a machine can look at that; services are looked at by ServiceProbes. Never blocks.
  virtual bool observes(const PlannedCall& probe) const = 0;
  virtual Observation observe(const PlannedCall& probe, const CallControl& control) = 0;
  /// Alarms of the plan that are in ALARM now; nothing when they cannot be read.
  virtual std::optional<std::vector<AlarmIndex>> alarms_on(const CallControl& control) = 0;
  virtual StopCheck stop_conditions(const CallControl& control) = 0;

  /// What differs from before the drill and what goes on costing money, one line each, in the order
  /// of the plan. Asked once, at the end.
  virtual std::vector<std::string> leftovers(const CallControl& control) = 0;
};

/// Whether a probe is about what a service serves, which ServiceProbes see.
constexpr bool is_service_probe(Operation probe) {
  return probe == Operation::kProbeServiceServes || probe == Operation::kProbeServedAtMost;
}

/// The share of a service's requests that would succeed now, as far as probes tell: 0 to 1. Blocks;
/// may be asked for different services at once.
class ServiceProbes {
 public:
  virtual ~ServiceProbes() = default;
  /// Whether anything looks at that service. Never blocks.
  virtual bool watches(ServiceIndex service) const = 0;
  /// Nothing when it cannot be told.
  virtual std::optional<double> served_share(ServiceIndex service, const CallControl& control) = 0;
};

}  // namespace firedrill::live
