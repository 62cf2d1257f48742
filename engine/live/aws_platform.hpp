// The platform that is an AWS account: bindings behind the guards.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "engine/live/aws_session.hpp"
#include "engine/live/guards.hpp"
#include "engine/live/platform.hpp"

namespace firedrill::live {

/// Told of what a guard refused and of what could not be read.
using Tell = std::function<void(const std::string& text)>;

/// What the platform acts through. All of it outlives it.
struct AwsPlatformParts {
  const Resources& resources;
  Caller& caller;
  InverseRecord& inverses;
  Tell tell;
};

/// Every look that decides about a change: made with the same steps for a plan and for a run.
struct Looked {
  BoundCall call;
  Prepared prepared;
  Verdict refused;         // by a guard
  std::string unreadable;  // the look, or the tags, could not be read
  Failure why = Failure::kNone;
};

class AwsPlatform final : public Platform {
 public:
  explicit AwsPlatform(AwsPlatformParts parts);

  bool performs(const PlannedCall& call, StepIndex by) const override;
  std::string describe(const PlannedCall& call, StepIndex by) const override;
  Outcome perform(const PlannedCall& call, StepIndex by, const CallControl& control) override;
  Outcome revert(const PlannedCall& fault, const CallControl& control) override;
  Outcome settle(const PlannedCall& call, StepIndex by, const CallControl& control) override;
  Outcome undo(const Inverse& inverse, const CallControl& control) override;
  bool observes(const PlannedCall& probe) const override;
  Observation observe(const PlannedCall& probe, const CallControl& control) override;
  std::optional<std::vector<AlarmIndex>> alarms_on(const CallControl& control) override;
  StopCheck stop_conditions(const CallControl& control) override;
  std::vector<std::string> leftovers(const CallControl& control) override;

  /// The look before a call, with every guard that can be checked then; nothing is changed.
  Looked look(BoundCall call, const std::string& step, const CallControl& control);
  /// Where a call goes and who makes it, before anything is sent there.
  Verdict check_place(const AwsRequest& request, const CallControl& control);
  /// What guards have refused so far, in order.
  std::vector<Refusal> refusals() const;

 private:
  struct Changed {
    BoundCall call;
    Prepared before;
  };
  std::optional<std::string> difference_now(const Changed& first, const CallControl& control);

  Outcome make(BoundCall call, const std::string& step, const PlannedCall& planned,
               const CallControl& control);
  Outcome send(const AwsRequest& request, const CallControl& control);
  Outcome heard(const AwsRequest& request, const aws::Reply& reply);
  void keep_late(const std::vector<Inverse>& inverses, const PlannedCall& planned);
  Verdict check_identity(const CallControl& control);
  void read_tags(Looked& looked, const CallControl& control);
  Outcome refused(const Refusal& refusal);

  AwsPlatformParts parts_;
  BlastRadius radius_;
  mutable std::mutex mutex_;
  std::string known_key_;
  Identity identity_;
  std::vector<Refusal> refusals_;
  std::vector<Changed> changed_;
  std::map<FaultIndex, std::vector<Inverse>> fault_inverses_;
};

/// What the executor is told of what AWS has answered.
Outcome outcome_of(const aws::Outcome& outcome);

}  // namespace firedrill::live
