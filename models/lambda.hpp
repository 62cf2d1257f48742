// AWS Lambda: functions, their versions, and the concurrency that the functions of a region share.
//
// Concurrency. A load of L invocations at once (requests a second times mean duration, Little's
// law), which now take s times as long, needs L s. A function with reserved concurrency has that
// much and never more. The others share what the account has left: P - (what the others need) if
// all get what they need, else their part of P in proportion to what they ask. What is not granted
// is throttled: the served share is min(1, granted / (L s)).
//
// Duration D of an invocation is lognormal, times f: slower code, or less processor, which comes in
// proportion to the memory up to one whole processor at 1,769 MB. An invocation fails that takes
// longer than T, the shorter of the function's timeout and the one of the interface in front:
//   P(f D > T) = 1 - Phi((ln(T / f) - mu) / sigma),
// and it holds its environment for E[min(f D, own timeout)], which is where s comes from. One whose
// peak memory exceeds the size is killed: P(M > size), M lognormal too.
//
// Versions. An alias points to a published version, code and configuration together. A change of
// the configuration changes the latest, unpublished one: behind an alias it reaches nobody before
// a version has been published and the alias moved (Lambda developer guide, configuration-versions:
// a published version's configuration cannot be changed).
//
// Cold start. After every change of what is invoked all environments are new: for the time of one
// initialisation requests take that much longer, and those of them fail that then take longer than
// T. The initialisation of single environments as the load grows is left out: it lengthens one
// request of each.
#pragma once

#include <limits>
#include <vector>

#include "models/managed_api.hpp"
#include "models/service_site.hpp"

namespace firedrill {

class LambdaFunction;

class LambdaAccount : public Component {
 public:
  using Component::Component;

  void join(const LambdaFunction& function) { functions_.push_back(&function); }
  /// Invocations of the function that may run at once now.
  double granted(const LambdaFunction& to) const;
  /// Whether so much can be reserved for it: 100 always stay for the functions that have none.
  bool can_reserve(const LambdaFunction& to, std::int64_t concurrency) const;

 private:
  double pool() const;

  std::vector<const LambdaFunction*> functions_;
};

/// What a function of two numbers gave last: settings change seldom, and are looked at whenever
/// anything changes.
class LastResult {
 public:
  template <class F>
  double of(double x, double y, F function) const {
    if (x_ != x || y_ != y) {
      value_ = function();
      x_ = x;
      y_ = y;
    }
    return value_;
  }

 private:
  mutable double x_ = std::numeric_limits<double>::quiet_NaN();  // equal to nothing
  mutable double y_ = 0;
  mutable double value_ = 0;
};

class LambdaFunction : public ServiceSite {
 public:
  LambdaFunction(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  double passes(const Path& path) const override;
  std::vector<TimePoint> task_starts() const override { return {environments_since_}; }

  bool exists() const override { return true; }
  std::int64_t desired() const override { return healthy(); }
  /// The usual invocations that it could run at once.
  std::int64_t healthy() const override;
  ComponentIndex front() const override { return planned().reference("api"); }
  bool follows_load() const override { return true; }
  void see(double load) override { load_ = load; }

  /// 0: none.
  std::int64_t reserved() const { return reserved_; }
  /// Invocations that would run at once if none were throttled.
  double needed() const { return load_ * slowdown(); }

 private:
  struct Version {
    double error_share = 0;
    Duration timeout;
    double memory_bytes = 0;
  };

  const LambdaFunctionSpec& spec() const { return spec_as<LambdaFunctionSpec>(); }
  const Version& active() const { return spec().invoked_by_alias ? versions_[alias_] : latest_; }
  double granted() const { return account_->granted(*this); }
  double throttled_share() const;
  double duration_factor(const Version& version) const;
  double mean_duration_s(const Version& version, double factor) const;
  double slowdown() const;
  double timed_out_share() const;
  double killed_share() const;
  double failing_share() const;
  Outcome configure(const PlannedCall& call, StepIndex by);
  Outcome point_alias(const PlannedCall& call, StepIndex by);
  Outcome reserve(const PlannedCall& call, StepIndex by);
  void strike_version(const PlannedCall& fault, bool begins);
  void begin_anew(StepIndex by);
  Task<void> warm_up(StepIndex by);

  SlotDraws cold_start_;
  LambdaAccount* account_ = nullptr;
  const ManagedApi* api_ = nullptr;
  Version latest_;
  std::vector<Version> versions_;
  std::size_t alias_ = 0;
  std::optional<std::size_t> struck_;  // the version that the present fault made bad
  std::int64_t reserved_;
  double load_ = 0;
  double slow_factor_ = 1;
  double memory_factor_ = 1;
  LastResult slowdown_;
  LastResult timed_out_;
  LastResult killed_;
  double initialising_s_ = 0;  // what every request waits for at present
  TimePoint environments_since_;
  Task<void> warming_up_;
  TaskSet tasks_;
};

}  // namespace firedrill
