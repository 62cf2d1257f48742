#include "tools/firedrill/live_sources.hpp"

#include <fmt/format.h>

#include "engine/input/reader.hpp"
#include "engine/live/service_probes.hpp"
#include "engine/plan/sha256.hpp"
#include "tools/firedrill/options.hpp"

namespace firedrill {

std::optional<LiveSources> load_live_or_explain(const std::string& scenario,
                                                const std::string& staging) {
  LiveSources loaded;
  SourceFiles sources;
  Diagnostics diagnostics;
  auto document = DocumentReader(sources, diagnostics).read_staging(staging);
  auto plan = load_or_explain(scenario);
  if (!document || !plan) {
    if (!document) explain(diagnostics, sources);
    return std::nullopt;
  }
  loaded.plan = std::make_unique<Plan>(std::move(*plan));
  loaded.staging = std::make_unique<StagingDocument>(std::move(*document));
  loaded.resources = live::Resources::bind(*loaded.plan, *loaded.staging, diagnostics);
  if (!loaded.resources) {
    explain(diagnostics, sources);
    return std::nullopt;
  }
  Sha256 hash;
  hash.add(sources.text(0));
  loaded.sources = {scenario, staging, hash.hex()};
  return loaded;
}

std::optional<LoadedPlanFile> load_plan_file_or_explain(const std::string& path) {
  const auto text = read_or_explain(path);
  if (!text) return std::nullopt;
  std::string why_not;
  auto file = live::read_plan_file(*text, why_not);
  if (!file) {
    fmt::print(stderr, "{}: error: {}\n", path, why_not);
    return std::nullopt;
  }
  auto now = load_live_or_explain(file->sources.scenario_path, file->sources.staging_path);
  if (!now) return std::nullopt;
  return LoadedPlanFile{std::move(*file), std::move(*now)};
}

std::unique_ptr<live::AwsSession> make_session(const StagingDocument& staging,
                                               aws::CallObserver* observer) {
  live::SessionOptions options;
  options.calls_per_s = staging.limits.calls_per_s;
  options.allow_commands = staging.limits.allow_commands;
  options.observer = observer;
  return live::make_aws_session(options);
}

live::LivePlan make_plan(const LiveSources& loaded, live::AwsSession& session) {
  const live::MonotonicClock clock;
  const auto told = [](const live::CheckChange& change) {
    if (change.known && change.holds) return;
    fmt::print(stderr, "{}: {}{}{}\n", change.check,
               change.known ? "does not hold" : "cannot be told", change.why.empty() ? "" : ": ",
               change.why);
  };
  live::StagedServiceProbes probes(*loaded.resources, session.client(), session.web(), clock, told);
  live::CallControl control;
  control.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(10);
  return live::make_live_plan(*loaded.resources, session, &probes, loaded.sources, control);
}

}  // namespace firedrill
