// The documents of a live drill, read and bound, and the session that it makes its calls in: shared
// by `live plan` and `live run`.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/live/aws_session.hpp"
#include "engine/live/live_plan.hpp"
#include "engine/live/resources.hpp"

namespace firedrill {

/// Plan and staging document keep their addresses: the resources point into them.
struct LiveSources {
  std::unique_ptr<Plan> plan;
  std::unique_ptr<StagingDocument> staging;
  std::optional<live::Resources> resources;
  live::LivePlanSources sources;
};

/// Nothing after every mistake was shown on stderr.
std::optional<LiveSources> load_live_or_explain(const std::string& scenario,
                                                const std::string& staging);

/// The plan file together with what it was made of, read anew; nothing after stderr was told why.
struct LoadedPlanFile {
  live::PlanFile file;
  LiveSources now;
};
std::optional<LoadedPlanFile> load_plan_file_or_explain(const std::string& path);

/// `observer` is told of changing calls; may be null.
std::unique_ptr<live::AwsSession> make_session(const StagingDocument& staging,
                                               aws::CallObserver* observer = nullptr);

/// The plan as it is made of them now, every service looked at; checks that do not hold are told on
/// stderr.
live::LivePlan make_plan(const LiveSources& loaded, live::AwsSession& session);

}  // namespace firedrill
