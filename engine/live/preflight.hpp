// What is looked at in the account before the first step, each time a plan is made: once for
// whoever reads it, once more just before it is run. Nothing here changes anything.
#pragma once

#include <string>
#include <vector>

#include "engine/live/aws_platform.hpp"

namespace firedrill::live {

struct PreflightCheck {
  int guard = 0;
  std::string what;
  bool passed = false;
  std::string why;  // when it did not, or could not be made
};
using PreflightChecks = std::vector<PreflightCheck>;

void add(PreflightChecks& checks, int guard, std::string what, const Verdict& verdict);

/// No alarm that the plan knows is on before anything is broken, and none ends the drill.
void check_alarms(AwsPlatform& platform, const Plan& plan, const CallControl& control,
                  PreflightChecks& checks);

/// Every judged service that anything looks at serves now: what is broken already cannot be seen to
/// break, nor to be restored.
void check_services(const Plan& plan, ServiceProbes& probes, const CallControl& control,
                    PreflightChecks& checks);

/// How old the snapshots are that steps restore from, and how far replicas are behind that steps
/// are about. Told; refused only beyond the limits of the staging document, or unreadable under
/// one.
void check_data(const Resources& resources, Caller& caller, aws::UtcInstant now,
                const CallControl& control, PreflightChecks& checks);

/// Every quota of the staging document is as large as the drill needs. One that nobody has raised
/// has its default; one that cannot be read is refused.
void check_quotas(const StagingDocument& staging, Caller& caller, const CallControl& control,
                  PreflightChecks& checks);

/// A call that the drill may make.
struct AskedCall {
  AwsRequest request;
  std::string arn;  // of what it is about; empty: not known yet, or not needed
};

/// Asks IAM whether the role may make those calls, on what they are about and as if it had the
/// opt-in tag, which has just been read. A denial is refused. Told, not refused: that IAM cannot be
/// asked, and what it cannot decide without knowing the resource; the calls themselves would then
/// be denied.
void check_permissions(const StagingDocument& staging, const Identity& identity,
                       const std::vector<AskedCall>& calls, Caller& caller,
                       const CallControl& control, PreflightChecks& checks);

}  // namespace firedrill::live
