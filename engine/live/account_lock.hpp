// At most one live run an account, on whatever machine: a parameter of SSM that is there for as
// long as a run is under way, and says whose it is.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/live/aws_session.hpp"
#include "engine/live/guards.hpp"

namespace firedrill::live {

/// What the parameter says.
struct LockHolder {
  std::string run_id;
  std::string who;    // ARN of the identity that made it
  std::string where;  // name of the machine
  std::string since;  // UTC
};

/// Where a call goes and who makes it: asked before each.
using CheckPlace = std::function<Verdict(const AwsRequest& request, const CallControl& control)>;

class AccountLock {
 public:
  /// All of them outlive it. Without a lock in the staging document it does nothing.
  AccountLock(const StagingDocument& staging, Caller& caller, CheckPlace place);

  /// Looks whether somebody holds it, and changes nothing.
  Verdict free(const CallControl& control);
  /// Takes it, or takes up what the same run has taken before a crash. Guard 9 refuses where
  /// somebody else holds it, and says who, and where it cannot be made. Throws when the call cannot
  /// be written down.
  Verdict take(const LockHolder& holder, const CallControl& control);
  /// Takes it away again if it is this run's and carries the opt-in tag. What is left of it, and
  /// what to do about that, for people; empty: nothing.
  std::string release(const CallControl& control);

  /// What all of that asks of AWS, and what it is about, to see beforehand whether it is allowed.
  std::vector<AwsRequest> requests() const;
  std::string arn(const std::string& account) const;

 private:
  /// What stands in the parameter; `there` is false where there is none.
  struct Found {
    bool there = false;
    LockHolder holder;
    Verdict unreadable;
  };
  Found read(const CallControl& control);
  Verdict held_by(const LockHolder& holder) const;
  aws::Reply call(const AwsRequest& request, const CallControl& control, Verdict& refused);
  AwsRequest request(const char* operation, AwsValue parameters) const;
  AwsRequest put(const LockHolder& holder) const;
  std::string by_hand() const;

  const StagingDocument& staging_;
  Caller& caller_;
  CheckPlace place_;
  std::string taken_by_;  // run id
};

}  // namespace firedrill::live
