// A live world without a platform: a clock that jumps from one thing to happen to the next, and a
// platform whose answers the test has written.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "engine/live/journaled_world.hpp"
#include "engine/live/live_world.hpp"
#include "engine/run/executor.hpp"

namespace firedrill::test {

/// Time stands still while a call is under way, and else jumps to whatever comes next.
class JumpingClock final : public live::RunClock {
 public:
  TimePoint now() const override { return now_; }
  void wait(std::unique_lock<std::mutex>& lock, std::condition_variable& wake, TimePoint until,
            std::size_t calls) override;

 private:
  TimePoint now_;
};

/// Regions are up or lost; what is in a lost one cannot be reached. An alarm is on, and services
/// serve nobody, while a region is lost. Every call is kept in `calls`.
class ScriptedPlatform final : public live::Platform, public live::ServiceProbes {
 public:
  explicit ScriptedPlatform(const Plan& plan) : plan_(plan) {}

  /// Before a call of the step or fault is answered: may sleep, throw, or move the platform.
  std::map<std::string, std::function<void(const live::CallControl&)>> on_call;
  std::map<std::string, Outcome> outcomes;
  std::map<std::string, Outcome> settled;  // of a step; else unknown
  std::function<live::StopCheck()> stop;
  std::function<std::optional<double>(ServiceIndex)> share;
  live::InverseRecord* inverses = nullptr;
  bool machine = true;  // performs everything
  bool eyes = true;     // looks at everything
  bool alarms = true;   // fire while a region is lost

  std::vector<std::string> calls() const;

  bool performs(const PlannedCall& call, StepIndex) const override {
    return machine && rule_of(call.operation).kind != OperationClass::kHuman;
  }
  std::string describe(const PlannedCall& call, StepIndex by) const override;
  Outcome perform(const PlannedCall& call, StepIndex by, const live::CallControl& control) override;
  Outcome revert(const PlannedCall& fault, const live::CallControl& control) override;
  Outcome settle(const PlannedCall& call, StepIndex by, const live::CallControl& control) override;
  Outcome undo(const live::Inverse& inverse, const live::CallControl& control) override;
  bool observes(const PlannedCall&) const override { return eyes; }
  Observation observe(const PlannedCall& probe, const live::CallControl& control) override;
  std::optional<std::vector<AlarmIndex>> alarms_on(const live::CallControl& control) override;
  live::StopCheck stop_conditions(const live::CallControl& control) override;
  std::vector<std::string> leftovers(const live::CallControl& control) override;
  bool watches(ServiceIndex) const override { return eyes; }
  std::optional<double> served_share(ServiceIndex service,
                                     const live::CallControl& control) override;

 private:
  std::string name_of(const PlannedCall& call, StepIndex by) const;
  bool reachable(const PlannedCall& call) const;
  void keep(const std::string& call);

  const Plan& plan_;
  mutable std::mutex mutex_;
  std::vector<std::string> calls_;
  std::vector<bool> lost_ = std::vector<bool>(plan_.regions.size(), false);
};

/// A folder of its own that goes away with it.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Lines of a journal with that record.
std::vector<live::JournalJson> records(const std::string& path, const std::string& record);

}  // namespace firedrill::test
