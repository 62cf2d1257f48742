#include "engine/plan/load.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "engine/input/reader.hpp"
#include "engine/plan/outage.hpp"
#include "engine/plan/resolve.hpp"
#include "engine/plan/sha256.hpp"

namespace firedrill {
namespace {

class Loader {
 public:
  Loader(const std::string& scenario_path, SourceFiles& sources, Diagnostics& diagnostics,
         const WhatIf& what_if)
      : path_(scenario_path),
        what_if_(what_if),
        sources_(sources),
        diagnostics_(diagnostics),
        reader_(sources, diagnostics) {}

  std::optional<Plan> run(std::string_view library) {
    const std::size_t before = diagnostics_.list().size();
    const auto what_if_files = read_what_if();
    std::optional<ScenarioDocument> scenario;
    std::optional<SystemDocument> system;
    if (!what_if_.outage.empty() &&
        DocumentReader::kind_of(path_) == std::optional(DocumentKind::kSystem)) {
      system = reader_.read_system(path_);
      note("system");
      const auto outage = read_outage();
      if (system && outage) scenario = scenario_of(*outage, *system);
    } else {
      scenario = reader_.read_scenario(path_);
      note("scenario");
      if (!scenario) return std::nullopt;
      if (const auto path = path_of("system", scenario->system)) {
        system = reader_.read_system(*path);
        note("system");
      }
      if (const auto outage = read_outage(); outage && system) {
        put_under(*outage, *system, *scenario);
      }
    }
    if (!scenario) return std::nullopt;
    std::vector<RunbookDocument> runbooks;
    for (const Name& name : scenario->runbooks) {
      const auto path = path_of("runbooks", name);
      if (!path) continue;
      auto runbook = reader_.read_runbook(*path);
      note("runbook");
      if (runbook) runbooks.push_back(std::move(*runbook));
    }
    refuse_unknown_runbooks(runbooks, scenario->runbooks.size());
    const auto timings = read_timings(*scenario, library);

    // Names cannot be looked up in a system or a library that is not there.
    std::optional<Plan> plan;
    if (system && timings) plan = resolve(*scenario, *system, runbooks, *timings, diagnostics_);
    if (!plan || diagnostics_.list().size() != before) return std::nullopt;
    for (const OverlayDocument& overlay : overlays_) apply_times(overlay, *plan, diagnostics_);
    if (diagnostics_.list().size() != before) return std::nullopt;
    for (const std::uint32_t file : what_if_files) note("what-if", file);
    if (!what_if_.outage.empty()) plan->what_if.push_back("--fault " + what_if_.outage);
    for (const std::string& overlay : what_if_.overlays)
      plan->what_if.push_back("--with " + overlay);
    for (const std::string& text : what_if_.variables) plan->what_if.push_back("--var " + text);
    plan->scenario_path = path_;
    plan->scenario_sha256 = hash_.hex();
    return plan;
  }

 private:
  /// Nothing where none is asked for, or it cannot be read.
  std::optional<OutageDocument> read_outage() {
    if (what_if_.outage.empty()) return std::nullopt;
    auto outage = reader_.read_outage(what_if_.outage);
    note("outage");
    if (outage) check_kinds(*outage, diagnostics_);
    return outage;
  }

  /// The files of overlays and variables, in the order in which they apply.
  std::vector<std::uint32_t> read_what_if() {
    const auto first = static_cast<std::uint32_t>(sources_.size());
    for (const std::string& path : what_if_.overlays) {
      if (auto overlay = reader_.read_overlay(path)) {
        patches_.add(*overlay);
        overlays_.push_back(std::move(*overlay));
      }
    }
    Variables variables = read_variables(what_if_.variables, sources_, diagnostics_);
    for (DocumentPatch& patch : variables.patches) patches_.add(std::move(patch));
    overlays_.push_back(std::move(variables.overlay));
    reader_.patch_with(patches_);
    std::vector<std::uint32_t> files;
    for (auto i = first; i < sources_.size(); ++i) files.push_back(i);
    return files;
  }

  /// A runbook that could not be read may be the one that is meant.
  void refuse_unknown_runbooks(const std::vector<RunbookDocument>& runbooks, std::size_t asked) {
    if (runbooks.size() != asked) return;
    std::vector<std::string> names;
    for (const RunbookDocument& runbook : runbooks) names.push_back(runbook.metadata.name.text);
    patches_.refuse_unused(names, diagnostics_);
  }

  std::optional<std::vector<TimingDocument>> read_timings(const ScenarioDocument& scenario,
                                                          std::string_view library) {
    std::vector<TimingDocument> all;
    bool complete = true;
    const auto keep = [&](std::optional<TimingDocument> document) {
      note("timings");
      if (document) all.push_back(std::move(*document));
      complete = complete && document.has_value();
    };
    keep(reader_.read_timings_text("built-in timings", std::string(library)));
    for (const Name& name : scenario.timings) {
      const auto path = path_of("timings", name);
      complete = complete && path.has_value();
      if (path) keep(reader_.read_timings(*path));
    }
    return complete ? std::optional(std::move(all)) : std::nullopt;
  }

  std::optional<std::string> path_of(std::string_view key, const Name& name) {
    const std::filesystem::path relative(name.text);
    if (relative.is_absolute()) {
      diagnostics_.error(Rule::kImpossible, name.at,
                         fmt::format("\"{}\" names the absolute path \"{}\"", key, name.text),
                         "give it relative to the folder of the scenario");
      return std::nullopt;
    }
    const auto path = (std::filesystem::path(path_).parent_path() / relative).lexically_normal();
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
      diagnostics_.error(Rule::kCannotRead, name.at,
                         fmt::format("\"{}\" names \"{}\", but there is no file {}", key, name.text,
                                     path.string()),
                         "paths are relative to the folder of the scenario");
      return std::nullopt;
    }
    return path.string();
  }

  /// Adds the document that was read last to the hash.
  void note(std::string_view role) { note(role, static_cast<std::uint32_t>(sources_.size() - 1)); }
  void note(std::string_view role, std::uint32_t file) {
    const std::string& text = sources_.text(file);
    hash_.add(fmt::format("{} {}\n", role, text.size()));
    hash_.add(text);
  }

  const std::string& path_;
  const WhatIf& what_if_;
  DocumentPatches patches_;
  std::vector<OverlayDocument> overlays_;
  SourceFiles& sources_;
  Diagnostics& diagnostics_;
  DocumentReader reader_;
  Sha256 hash_;
};

}  // namespace

std::optional<Plan> load_plan(const std::string& scenario_path, std::string_view library,
                              SourceFiles& sources, Diagnostics& diagnostics,
                              const WhatIf& what_if) {
  return Loader(scenario_path, sources, diagnostics, what_if).run(library);
}

}  // namespace firedrill
