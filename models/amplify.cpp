#include "models/amplify.hpp"

namespace firedrill {

Outcome AmplifyApp::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kAmplifyStartJob:
      return start_job(call, by);
    case Operation::kAmplifyStartDeployment:
      if (spec().connected_to_repository) {
        context_.note(Note::kImpossibleCommand, self_.value, by);
        return Outcome::failed(Failure::kRefused);
      }
      return start_job(call, by);
    case Operation::kAmplifyUpdateBranch:
      tests_skipped_ = call.flag.value_or(false);
      return {};
    case Operation::kGitRevert:
      branch_ = {};
      return {};
    default:
      return ServiceSite::take(call, by);
  }
}

Outcome AmplifyApp::start_job(const PlannedCall& call, StepIndex by) {
  if (call.word == "last-succeeded") return run_again(jobs_.size() - 1, by);
  if (call.word == "one-before") {
    if (released_ == 0) return Outcome::failed(Failure::kNotFound);
    return run_again(released_ - 1, by);
  }
  const bool built = build();
  context_.change(by);
  return built ? Outcome{} : Outcome::failed(Failure::kServiceError);
}

Outcome AmplifyApp::run_again(std::size_t job, StepIndex by) {
  if (job == released_ && deployed_) {
    context_.note(Note::kChangeWithoutEffect, self_.value, by);
    return {};
  }
  released_ = job;
  deployed_ = true;
  context_.change(by);
  return {};
}

/// Builds what the branch holds, and releases it if that succeeds.
bool AmplifyApp::build() {
  last_job_failed_ = !branch_.builds || (!branch_.tests_pass && !tests_skipped_);
  if (last_job_failed_) return false;
  jobs_.push_back(branch_);
  released_ = jobs_.size() - 1;
  deployed_ = true;
  return true;
}

/// Somebody merges what is bad, and the branch is built. Merged again without it, it is as before;
/// what was released stays.
Outcome AmplifyApp::strike(const PlannedCall& fault, bool begins) {
  if (fault.operation != Operation::kFaultBadRelease) return ServiceSite::strike(fault, begins);
  branch_ = {};
  if (begins) {
    branch_.error_share = fault.word == "build-fails" ? 0.0 : fault.share;
    branch_.builds = fault.word != "build-fails";
    branch_.tests_pass = fault.word != "tests-fail";
    build();
  }
  context_.change({});
  return {};
}

Observation AmplifyApp::look(const PlannedCall& probe) const {
  switch (probe.operation) {
    case Operation::kProbeReleaseKnownGood:
      return {region_up(), deployed_ && released().error_share <= 0};
    case Operation::kProbeLastJobFailed:
      return {region_up(), last_job_failed_};
    default:
      return ServiceSite::look(probe);
  }
}

std::optional<double> AmplifyApp::metric(Operation metric) const {
  if (!region_up()) return std::nullopt;
  if (metric == Operation::kMetricApp5xx) return released().error_share;
  if (metric == Operation::kMetricBuildFailed) return last_job_failed_ ? 1.0 : 0.0;
  return ServiceSite::metric(metric);
}

}  // namespace firedrill
