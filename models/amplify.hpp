// An AWS Amplify app: a web front end, built from a repository and hosted by the provider.
//
// A job builds what the branch holds and, if that succeeds, releases it; what was released before
// is served until then. Hosting has no capacity of its own to run out of, so that the served share
// is that of the release. A build can fail; tests can fail, which ends the build too unless they
// are skipped, and then what they had found is released.
//
// Going back. A job that succeeded can be run again (`StartJob`, type RETRY). The newest job that
// succeeded is the one whose release is being served, so that running it again changes nothing: a
// release that is bad has to be stepped over. `StartDeployment` is for apps whose artefacts are
// uploaded, and is refused for one that is connected to a repository (Amplify API reference).
#pragma once

#include <vector>

#include "models/service_site.hpp"

namespace firedrill {

class AmplifyApp : public ServiceSite {
 public:
  AmplifyApp(DrillContext& context, const Regions& regions, ComponentIndex self)
      : ServiceSite(context, regions, self), jobs_{{}}, deployed_(spec().deployed) {}

  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  double passes(const Path&) const override { return 1.0 - released().error_share; }

  bool exists() const override { return true; }
  std::int64_t desired() const override { return kAsManyAsAsked; }
  std::int64_t healthy() const override {
    return deployed_ && region_up() && !down() ? kAsManyAsAsked : 0;
  }
  ComponentIndex front() const override { return index(); }

 private:
  static constexpr std::int64_t kAsManyAsAsked = 1'000'000;  // more than anybody asks for

  /// A state of the branch.
  struct Source {
    double error_share = 0;  // of the requests that its release fails
    bool builds = true;
    bool tests_pass = true;
  };

  const AmplifyAppSpec& spec() const { return spec_as<AmplifyAppSpec>(); }
  const Source& released() const { return jobs_[released_]; }
  bool build();
  Outcome run_again(std::size_t job, StepIndex by);
  Outcome start_job(const PlannedCall& call, StepIndex by);

  Source branch_;
  std::vector<Source> jobs_;  // that succeeded, the newest last
  std::size_t released_ = 0;  // whose release is served
  bool deployed_;
  bool last_job_failed_ = false;
  bool tests_skipped_ = false;
};

}  // namespace firedrill
