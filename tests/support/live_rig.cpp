#include "tests/support/live_rig.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace firedrill::test {

void JumpingClock::wait(std::unique_lock<std::mutex>& lock, std::condition_variable& wake,
                        TimePoint until, std::size_t calls) {
  if (calls > 0) {
    wake.wait(lock);
  } else if (until < TimePoint::never()) {
    now_ = until;
  }
}

std::vector<std::string> ScriptedPlatform::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void ScriptedPlatform::keep(const std::string& call) {
  const std::lock_guard lock(mutex_);
  calls_.push_back(call);
}

std::string ScriptedPlatform::describe(const PlannedCall& call, StepIndex) const {
  return std::string(rule_of(call.operation).name);
}

std::string ScriptedPlatform::name_of(const PlannedCall& call, StepIndex by) const {
  return by.valid() ? live::step_path(plan_, by) : live::fault_path(plan_, call);
}

bool ScriptedPlatform::reachable(const PlannedCall& call) const {
  const std::lock_guard lock(mutex_);
  return !call.region.valid() || !lost_[call.region.value];
}

Outcome ScriptedPlatform::perform(const PlannedCall& call, StepIndex by,
                                  const live::CallControl& control) {
  const std::string name = name_of(call, by);
  keep("perform " + name);
  if (inverses != nullptr) {
    inverses->keep({"test", "Put", "north", {{"value", 1}}, name, "put back " + name});
  }
  if (const auto found = on_call.find(name); found != on_call.end()) found->second(control);
  if (call.operation == Operation::kFaultRegionLoss) {
    const std::lock_guard lock(mutex_);
    lost_[call.region.value] = true;
    return {};
  }
  if (const auto found = outcomes.find(name); found != outcomes.end()) return found->second;
  return reachable(call) ? Outcome{} : Outcome::failed(Failure::kUnreachable);
}

Outcome ScriptedPlatform::revert(const PlannedCall& fault, const live::CallControl&) {
  keep("revert " + name_of(fault, {}));
  const std::lock_guard lock(mutex_);
  if (fault.region.valid()) lost_[fault.region.value] = false;
  return {};
}

Outcome ScriptedPlatform::settle(const PlannedCall& call, StepIndex by, const live::CallControl&) {
  const std::string name = name_of(call, by);
  keep("settle " + name);
  const auto found = settled.find(name);
  return found == settled.end() ? Outcome::unknown(Failure::kLostReply) : found->second;
}

Outcome ScriptedPlatform::undo(const live::Inverse& inverse, const live::CallControl& control) {
  keep("undo " + inverse.resource);
  const auto found = on_call.find("undo " + inverse.resource);
  if (found != on_call.end()) found->second(control);
  const auto outcome = outcomes.find("undo " + inverse.resource);
  return outcome == outcomes.end() ? Outcome{} : outcome->second;
}

Observation ScriptedPlatform::observe(const PlannedCall& probe, const live::CallControl&) {
  return reachable(probe) ? Observation{true, true} : Observation{};
}

std::optional<std::vector<AlarmIndex>> ScriptedPlatform::alarms_on(const live::CallControl&) {
  const std::lock_guard lock(mutex_);
  for (const bool lost : lost_) {
    if (lost && alarms) return std::vector<AlarmIndex>{AlarmIndex{0}};
  }
  return std::vector<AlarmIndex>{};
}

live::StopCheck ScriptedPlatform::stop_conditions(const live::CallControl&) {
  return stop ? stop() : live::StopCheck{};
}

std::vector<std::string> ScriptedPlatform::leftovers(const live::CallControl&) { return {}; }

std::optional<double> ScriptedPlatform::served_share(ServiceIndex service,
                                                     const live::CallControl&) {
  if (share) return share(service);
  const std::lock_guard lock(mutex_);
  for (const bool lost : lost_) {
    if (lost) return 0;
  }
  return 1;
}

ScratchFolder::ScratchFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "firedrill-test-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch folder");
  path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::vector<live::JournalJson> records(const std::string& path, const std::string& record) {
  std::vector<live::JournalJson> found;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto json = live::JournalJson::parse(line);
    if (json.at("record") == record) found.push_back(json);
  }
  return found;
}

}  // namespace firedrill::test
