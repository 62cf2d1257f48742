// Plans without documents, with only what a test of the executor or of measuring cares about.
//
// A step waits for its call for `wait`, after `work` of its role's hands; without a role it needs
// nobody's. Its condition is probed under the word "ID/when", its check under "ID/verify".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"

namespace firedrill::test {

struct BuiltStep {
  std::string id;
  std::string role = {};  // empty: nobody's hands are needed
  Duration work = {};
  Duration wait = {};
  std::vector<std::string> needs = {};
  OnFailure on_failure = OnFailure::kAbort;
  std::string fallback = {};
  std::string rollback = {};
  bool is_fallback = false;  // also set for what `fallback` and `rollback` name
  std::optional<bool> when = {};
  std::optional<bool> verify = {};
  std::optional<Duration> timeout = {};
  std::int64_t attempts = 1;
  Duration retry_delay = {};
  bool decides = false;
  bool gates = false;
  bool verifies = false;
  Operation operation = Operation::kWaitFor;
};

class PlanBuilder {
 public:
  PlanBuilder();

  /// By default a role has one person of its own name. People of several roles are named in each.
  PlanBuilder& role(const std::string& name, const std::vector<std::string>& persons = {});
  PlanBuilder& absent(const std::string& role);
  PlanBuilder& joins_bridge(const std::string& role);
  /// The next level of the ladder.
  PlanBuilder& pages(const std::string& role, Duration acknowledge_within);
  PlanBuilder& called_on(const std::string& severity, const std::string& role);
  PlanBuilder& deputy(const std::string& role, const std::string& stands_in, Duration after);
  /// A category of changes; `approval` by `role`.
  PlanBuilder& change(const std::string& name, Duration lead_time, const std::string& role,
                      Duration approval, bool in_window);
  PlanBuilder& step_change(const std::string& step, const std::string& change);
  PlanBuilder& runbook_change(const std::string& change);  // the newest runbook's
  PlanBuilder& stand_in_decision(Duration takes);
  PlanBuilder& unresolved(const std::string& severity, const std::string& role, Duration after);
  PlanBuilder& updates(const std::string& severity, Duration every, Duration takes,
                       const std::string& role = {});
  /// The newest runbook's.
  PlanBuilder& severity(const std::string& name);
  /// An incident of the newest runbook is of this severity while the probe `word` holds.
  PlanBuilder& impact(const std::string& severity, const std::string& word);
  PlanBuilder& criterion(const std::string& word, Duration lasts, const std::string& severity,
                         const std::string& pages = {});
  PlanBuilder& triage(Duration takes);
  PlanBuilder& alarm(const std::string& name, const std::string& severity = "SEV-4");
  PlanBuilder& fault(const std::string& id, Duration at, std::optional<Duration> lasts = {});
  PlanBuilder& strikes(const std::string& fault, Operation operation);
  PlanBuilder& store(const std::string& name);
  PlanBuilder& service(const std::string& name, Duration hold,
                       const std::vector<std::string>& stores = {});
  PlanBuilder& not_judged(const std::string& service);
  /// Triggered by `alarms`; planned when there are none. Severity "SEV-1".
  PlanBuilder& runbook(const std::string& name, const std::vector<std::string>& alarms,
                       const std::vector<BuiltStep>& steps);
  PlanBuilder& horizon(Duration span);
  PlanBuilder& target(PlannedTarget target);

  const Plan& plan() const { return plan_; }
  StepIndex step(const std::string& id) const;

 private:
  TimingIndex timing(Duration span);
  PersonIndex person(const std::string& name);
  SeverityIndex severity_index(const std::string& name) const;
  RoleIndex role_index(const std::string& name) const;
  void add_step(const BuiltStep& built, RunbookIndex runbook);
  void bind_step(const BuiltStep& built, StepIndex index);
  Plan plan_;
};

}  // namespace firedrill::test
