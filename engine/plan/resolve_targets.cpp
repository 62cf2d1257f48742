// What the scenario asks: its targets, listed or taken from the tiers.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/plan/objectives.hpp"
#include "engine/plan/resolution.hpp"

namespace firedrill {
namespace {

void targets_from_tiers(Resolution& r) {
  for (std::uint32_t i = 0; i < r.plan.services.size(); ++i) {
    const PlannedService& service = r.plan.services[i];
    if (!service.judged || !service.tier.valid()) continue;
    const TierSpec& tier = r.system.tiers[service.tier.value];
    PlannedTarget target;
    target.service = {i};
    target.subject = service.name;
    target.required_share = tier.required_share.value;
    target.at = r.system.services[i].tier.at;
    target.limit = tier.rto;
    r.plan.targets.push_back(target);
    if (service.stores.empty()) continue;
    target.objective = Objective::kRpo;
    target.limit = tier.rpo;
    r.plan.targets.push_back(target);
  }
}

/// One listed target. `usable` becomes false when anything is wrong with it.
class TargetResolver {
 public:
  TargetResolver(Resolution& r, const TargetSpec& spec) : r_(r), spec_(spec) {}

  std::optional<PlannedTarget> run() {
    const auto objective = objective_from_word(spec_.objective);
    if (!objective) {
      refuse(Rule::kUnknownChoice,
             fmt::format("a target has objective {}", quoted(spec_.objective)),
             "use one of the objectives of the schema");
      return std::nullopt;
    }
    target_.objective = *objective;
    target_.limit = spec_.limit;
    target_.required_share = spec_.required_share.value;
    target_.at = spec_.at;
    const TargetSubject subject = subject_of(*objective);
    refuse_unless(subject == TargetSubject::kService, "service", spec_.service);
    refuse_unless(subject == TargetSubject::kRunbook, "runbook", spec_.runbook);
    refuse_unless(subject == TargetSubject::kRunbook, "step", spec_.step);
    refuse_unless(subject == TargetSubject::kSeverity, "severity", spec_.severity);
    if (subject == TargetSubject::kService) bind_service();
    if (subject == TargetSubject::kRunbook) bind_runbook();
    if (subject == TargetSubject::kSeverity) bind_severity();
    return usable_ ? std::optional(std::move(target_)) : std::nullopt;
  }

 private:
  void refuse(Rule rule, std::string message, std::string remedy) {
    r_.diagnostics.error(rule, spec_.at, std::move(message), std::move(remedy));
    usable_ = false;
  }

  void refuse_unless(bool fits, std::string_view key, const Name& name) {
    if (fits || name.empty()) return;
    refuse(Rule::kImpossible,
           fmt::format("a target of objective {} names a {}", quoted(spec_.objective), key),
           fmt::format("remove {}", quoted(key)));
  }

  void require(std::string_view key, const Name& name) {
    if (!name.empty()) return;
    refuse(Rule::kMissingKey,
           fmt::format("a target of objective {} names no {}", quoted(spec_.objective), key),
           fmt::format("add {}", quoted(key)));
  }

  void bind_service() {
    require("service", spec_.service);
    target_.service =
        r_.names.bind<ServiceIndex>("a target names", spec_.service, {Thing::kService});
    target_.subject = spec_.service.text;
    usable_ = usable_ && target_.service.valid();
    if (!usable_ || target_.objective != Objective::kRpo) return;
    if (!r_.plan.service(target_.service).stores.empty()) return;
    refuse(Rule::kImpossible,
           fmt::format("service {} has no stores, so it has no rpo", quoted(spec_.service.text)),
           "remove this target");
  }

  void bind_runbook() {
    require("runbook", spec_.runbook);
    target_.runbook =
        r_.names.bind<RunbookIndex>("a target names", spec_.runbook, {Thing::kRunbook});
    target_.subject = spec_.runbook.text;
    target_.from = target_start_from_word(spec_.from).value_or(TargetStart::kOnset);
    usable_ = usable_ && target_.runbook.valid();
    if (usable_ && !spec_.step.empty()) bind_step();
  }

  void bind_step() {
    const PlannedRunbook& runbook = r_.plan.runbooks[target_.runbook.value];
    std::vector<std::string> known;
    for (std::uint32_t i = runbook.first_step.value; i < runbook.end_step.value; ++i) {
      known.push_back(r_.plan.steps[i].id);
      if (known.back() == spec_.step.text) target_.step = {i};
    }
    target_.subject += ": " + spec_.step.text;
    if (target_.step.valid()) return;
    r_.diagnostics.error(
        Rule::kUnknownName, spec_.step.at,
        fmt::format("a target names unknown step {} of runbook {}{}", quoted(spec_.step.text),
                    quoted(runbook.name), did_you_mean(spec_.step.text, known)),
        use_one_of(known));
    usable_ = false;
  }

  void bind_severity() {
    target_.severity =
        r_.names.bind<SeverityIndex>("a target names", spec_.severity, {Thing::kSeverity});
    usable_ = usable_ && (spec_.severity.empty() || target_.severity.valid());
    target_.subject = spec_.severity.empty() ? "any severity" : spec_.severity.text;
  }

  Resolution& r_;
  const TargetSpec& spec_;
  PlannedTarget target_;
  bool usable_ = true;
};

void listed_targets(Resolution& r) {
  for (const TargetSpec& spec : r.scenario.targets) {
    if (auto target = TargetResolver(r, spec).run()) r.plan.targets.push_back(std::move(*target));
  }
}

}  // namespace

void resolve_targets(Resolution& r) {
  const bool from_tiers = r.scenario.targets_from_tiers;
  if (from_tiers) {
    targets_from_tiers(r);
  } else {
    listed_targets(r);
  }
  // Targets that did not bind have been reported; nobody asked for nothing to be judged then.
  const bool asked = from_tiers ? std::any_of(r.plan.services.begin(), r.plan.services.end(),
                                              [](const PlannedService& s) { return s.judged; })
                                : !r.scenario.targets.empty();
  if (asked) return;
  r.diagnostics.error(Rule::kNothingToJudge, r.scenario.metadata.name.at,
                      fmt::format("scenario {} has no target, so there is nothing to judge",
                                  quoted(r.scenario.metadata.name.text)),
                      from_tiers ? "give the system a service that is judged" : "list a target");
}

}  // namespace firedrill
