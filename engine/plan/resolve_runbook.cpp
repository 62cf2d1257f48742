// Runbooks: steps with their calls, people, order, and what happens when they fail.
#include <fmt/format.h>

#include <utility>

#include "engine/plan/circles.hpp"
#include "engine/plan/resolution.hpp"

namespace firedrill {
namespace {

constexpr std::string_view kGoToPrefix = "step:";

class RunbookResolver {
 public:
  RunbookResolver(Resolution& r, const RunbookDocument& document, RunbookIndex index)
      : r_(r), document_(document), index_(index), steps_(r.diagnostics) {}

  void run() {
    PlannedRunbook runbook;
    runbook.name = document_.metadata.name.text;
    runbook.title = document_.title;
    runbook.source = document_.source;
    const std::string owner = "runbook " + quoted(runbook.name);
    runbook.severity = r_.names.bind<SeverityIndex>("\"severity\" of " + owner + " names",
                                                    document_.severity, {Thing::kSeverity});
    runbook.pages = r_.names.bind_all<RoleIndex>("\"pages\" of " + owner + " names",
                                                 document_.pages, {Thing::kRole});
    runbook.trigger = r_.names.bind_all<AlarmIndex>("\"trigger\" of " + owner + " names",
                                                    document_.trigger.alarms, {Thing::kAlarm});
    runbook.change = r_.names.bind<ChangeIndex>("\"change\" of " + owner + " names",
                                                document_.change, {Thing::kChange});
    runbook.impacts = impacts_of(r_, runbook.trigger);
    for (const CriterionSpec& criterion : document_.escalation) add_criterion(runbook, criterion);

    first_ = static_cast<std::uint32_t>(r_.plan.steps.size());
    define_steps();
    for (const StepSpec& step : document_.steps) add_step(step, false);
    for (const StepSpec& step : document_.verification) add_step(step, true);
    runbook.first_step = {first_};
    runbook.end_step = {static_cast<std::uint32_t>(r_.plan.steps.size())};
    mark_fallbacks();
    check_circles();
    r_.plan.runbooks.push_back(std::move(runbook));
  }

 private:
  static std::string owner_of(const StepSpec& step) { return "step " + quoted(step.id.text); }

  void define_steps() {
    std::uint32_t i = first_;
    for (const StepSpec& step : document_.steps) steps_.define(Thing::kStep, "step", step.id, i++);
    for (const StepSpec& step : document_.verification) {
      steps_.define(Thing::kStep, "verification step", step.id, i++);
    }
  }

  void add_criterion(PlannedRunbook& runbook, const CriterionSpec& spec) {
    const std::string owner = "\"escalation\" of runbook " + quoted(runbook.name);
    const auto when = condition(owner, spec.when);
    PlannedCriterion planned{
        when.value_or(PlannedCondition{}), spec.lasts,
        r_.names.bind<SeverityIndex>(owner + " names", spec.severity, {Thing::kSeverity}),
        r_.names.bind_all<RoleIndex>(owner + " names", spec.pages, {Thing::kRole})};
    if (spec.severity.empty() && spec.pages.empty()) {
      error(Rule::kMissingKey, spec.when.observe.at, owner + " has a rule without effect",
            "name a \"severity\" or whom it \"pages\"");
    }
    runbook.escalation.push_back(std::move(planned));
  }

  void add_step(const StepSpec& step, bool verifies) {
    const std::string owner = owner_of(step);
    PlannedStep planned;
    planned.runbook = index_;
    planned.id = step.id.text;
    planned.title = step.title;
    planned.document = step.document;
    planned.role =
        r_.names.bind<RoleIndex>("\"role\" of " + owner + " names", step.role, {Thing::kRole});
    planned.change = r_.names.bind<ChangeIndex>("\"change\" of " + owner + " names", step.change,
                                                {Thing::kChange});
    planned.when = condition("\"when\" of " + owner, step.when);
    planned.verify = condition("\"verify\" of " + owner, step.verify);
    planned.timeout = step.timeout;
    planned.attempts = step.retry.attempts;
    planned.retry_delay = step.retry.delay;
    planned.irreversible = step.irreversible;
    planned.decides = step.decides;
    planned.gates = step.gates;
    planned.verifies = verifies;
    const std::string path = document_.metadata.name.text + "/" + step.id.text;
    planned.hands_on_key = entity_key(path + "/hands-on");
    planned.error_key = entity_key(path + "/error");
    bind_action(step, planned);
    bind_order(step, planned);
    bind_failure(step, planned);
    r_.plan.steps.push_back(std::move(planned));
  }

  std::optional<PlannedCondition> condition(const std::string& owner,
                                            const std::optional<ConditionSpec>& spec) {
    if (!spec) return std::nullopt;
    const OperationRule* rule =
        find_rule(r_, owner + " observes", spec->observe, {OperationClass::kProbe}, "probe");
    if (rule == nullptr) return std::nullopt;
    return PlannedCondition{resolve_call(r_, owner, *rule, spec->with, spec->observe.at), spec->is};
  }

  void bind_action(const StepSpec& step, PlannedStep& planned) {
    const std::string owner = owner_of(step);
    const OperationRule* rule =
        find_rule(r_, owner + " uses", step.uses,
                  {OperationClass::kHuman, OperationClass::kWait, OperationClass::kCall}, "action");
    planned.hands_on = r_.names.bind<TimingIndex>("\"time\" of " + owner + " names", step.time,
                                                  {Thing::kTiming, {"duration"}});
    if (planned.hands_on.valid()) r_.plan.timings[planned.hands_on.value].used = true;
    if (rule == nullptr) return;
    planned.call = resolve_call(r_, owner, *rule, step.with, step.uses.at);
    if (step.time.empty()) {
      planned.hands_on =
          use_timing(r_, rule->hands_on, fmt::format("{} in {}", rule->name, owner), step.uses.at);
    }
    check_action(step, *rule, planned);
    if (rule->operation == Operation::kWaitChangeWindow && r_.plan.change_windows.empty()) {
      error(Rule::kImpossible, step.uses.at,
            owner + " waits for a change window, and the system has none",
            "add one to \"windows\" of its \"changes\"");
    }
    // The timing of a wait is no work of anybody's.
    if (rule->kind == OperationClass::kWait) {
      planned.wait_time = std::exchange(planned.hands_on, TimingIndex{});
    }
  }

  void check_action(const StepSpec& step, const OperationRule& rule, const PlannedStep& planned) {
    const std::string owner = owner_of(step);
    if (rule.kind != OperationClass::kWait && step.role.empty()) {
      error(Rule::kMissingKey, step.id.at,
            fmt::format("{} uses {}, but has no \"role\"", owner, rule.name),
            "name the role whose hands it needs");
    }
    if (rule.operation == Operation::kHumanWork && step.time.empty()) {
      error(Rule::kMissingKey, step.id.at,
            fmt::format("{} uses human:work, but has no \"time\"", owner),
            "name the timing that says how long it takes");
    }
    if (rule.operation == Operation::kWaitFor &&
        step.time.empty() != planned.call.duration.has_value()) {
      const bool both = planned.call.duration.has_value();
      error(both ? Rule::kImpossible : Rule::kMissingKey, step.id.at,
            fmt::format(
                "{} waits for {}", owner,
                both ? "a \"duration\" and for a \"time\"" : "no \"duration\" and no \"time\""),
            both ? "keep one of them" : "give one of them");
    }
  }

  void bind_order(const StepSpec& step, PlannedStep& planned) {
    const std::string owner = owner_of(step);
    if (!planned.verifies) {
      planned.needs = steps_.bind_all<StepIndex>(owner + " depends on", step.needs, ordinary());
    } else if (!step.needs.empty()) {
      error(Rule::kImpossible, step.needs.front().at,
            fmt::format("verification {} has \"needs\", but runs after every other step", owner),
            "remove \"needs\"");
    }
  }

  void bind_failure(const StepSpec& step, PlannedStep& planned) {
    const std::string owner = owner_of(step);
    const std::string& word = step.on_failure.text;
    if (word.starts_with(kGoToPrefix)) {
      planned.on_failure = OnFailure::kGoTo;
      planned.fallback =
          steps_.bind<StepIndex>("\"on_failure\" of " + owner + " names",
                                 {word.substr(kGoToPrefix.size()), step.on_failure.at}, ordinary());
    } else if (word == "continue") {
      planned.on_failure = OnFailure::kContinue;
    } else if (!word.empty() && word != "abort") {
      error(Rule::kUnknownChoice, step.on_failure.at,
            fmt::format("\"on_failure\" of {} is {}", owner, quoted(word)),
            "use \"abort\", \"continue\" or \"step:ID\"");
    }
    planned.rollback =
        steps_.bind<StepIndex>("\"rollback\" of " + owner + " names", step.rollback, ordinary());
  }

  static Need ordinary() { return {Thing::kStep, {"step"}}; }

  /// Steps that never run by themselves: fallbacks, rollbacks, and what only those lead to.
  void mark_fallbacks() {
    for (std::uint32_t i = first_; i < r_.plan.steps.size(); ++i) {
      for (const StepIndex other : {r_.plan.steps[i].fallback, r_.plan.steps[i].rollback}) {
        if (other.valid()) r_.plan.steps[other.value].is_fallback = true;
      }
    }
    const std::vector<bool> before = needed_by_fallbacks_alone();
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (before[i]) r_.plan.steps[first_ + i].is_fallback = true;
    }
  }

  /// The largest set of steps that, outside of fallbacks, need and are needed by each other alone:
  /// `find-the-right-call` before the fallback `make-the-right-call`.
  std::vector<bool> needed_by_fallbacks_alone() const {
    const std::size_t count = r_.plan.steps.size() - first_;
    const auto step = [&](std::size_t i) -> const PlannedStep& {
      return r_.plan.steps[first_ + i];
    };
    std::vector<bool> in(count, false);
    std::vector<std::size_t> reached;
    const auto reach_needs_of = [&](std::size_t i) {
      for (const StepIndex need : step(i).needs) {
        const std::size_t n = need.value - first_;
        if (in[n] || step(n).is_fallback) continue;
        in[n] = true;
        reached.push_back(n);
      }
    };
    for (std::size_t i = 0; i < count; ++i) {
      if (step(i).is_fallback) reach_needs_of(i);
    }
    for (std::size_t next = 0; next < reached.size(); ++next) reach_needs_of(reached[next]);

    const auto inside = [&](std::size_t i) { return in[i] || step(i).is_fallback; };
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < count; ++i) {
        for (const StepIndex need : step(i).needs) {
          const std::size_t n = need.value - first_;
          // A dependence across the border takes the step on the inner side out.
          if (inside(i) == inside(n)) continue;
          const std::size_t inner = inside(i) ? i : n;
          if (!in[inner]) continue;  // a fallback itself, which stays one
          in[inner] = false;
          changed = true;
        }
      }
    }
    return in;
  }

  /// A fallback or rollback runs after the step it stands in for or undoes, and what needs the
  /// failed step waits for its fallback.
  void check_circles() {
    const std::size_t count = r_.plan.steps.size() - first_;
    DependenceGraph graph(count);
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < count; ++i) {
      const StepSpec& spec = spec_of(i);
      const PlannedStep& step = r_.plan.steps[first_ + i];
      names.push_back(spec.id.text);
      for (const Name& need : spec.needs) {
        const auto needed = steps_.find(Thing::kStep, need.text);
        if (!needed) continue;
        graph.add(i, *needed - first_, need.at);
        const StepIndex fallback = r_.plan.steps[*needed].fallback;
        // A fallback may itself need the step that failed.
        if (fallback.valid() && fallback.value != first_ + i) {
          graph.add(i, fallback.value - first_, need.at);
        }
      }
      if (step.fallback.valid()) graph.add(step.fallback.value - first_, i, spec.on_failure.at);
      if (step.rollback.valid()) graph.add(step.rollback.value - first_, i, spec.rollback.at);
    }
    graph.report(fmt::format("steps of runbook {}", quoted(document_.metadata.name.text)), names,
                 r_.diagnostics);
  }

  const StepSpec& spec_of(std::uint32_t i) const {
    const auto& steps = document_.steps;
    return i < steps.size() ? steps[i] : document_.verification[i - steps.size()];
  }

  void error(Rule rule, Origin at, std::string message, std::string remedy) {
    r_.diagnostics.error(rule, at, std::move(message), std::move(remedy));
  }

  Resolution& r_;
  const RunbookDocument& document_;
  RunbookIndex index_;
  Names steps_;
  std::uint32_t first_ = 0;
};

}  // namespace

void resolve_runbooks(Resolution& r) {
  for (std::uint32_t i = 0; i < r.runbooks.size(); ++i) {
    r.names.define(Thing::kRunbook, "runbook", r.runbooks[i].metadata.name, i);
    RunbookResolver(r, r.runbooks[i], {i}).run();
  }
}

}  // namespace firedrill
