#include "engine/plan/print.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/input/document_fields.hpp"
#include "engine/input/quantities.hpp"
#include "engine/plan/objectives.hpp"
#include "engine/plan/print_text.hpp"

namespace firedrill {
namespace {

constexpr int kIndent = 2;
constexpr int kColumn = 14;  // text beside a label
constexpr std::size_t kLabelMax = 24;
constexpr int kStepIndent = 5;  // fields of a step
constexpr int kStepColumn = 16;

template <class I, class List>
std::string names_of(const std::vector<I>& indices, const List& list) {
  std::vector<std::string> names;
  for (const I index : indices) names.push_back(list[index.value].name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string quantity(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", thousands(count), noun, count == 1 ? "" : "s");
}

std::string describe_timing(const PlannedTiming& timing) {
  const Distribution& d = timing.distribution;
  const auto human = [](double seconds) { return to_human(duration_from_seconds(seconds)); };
  if (timing.unit != "s") return fmt::format("{} {}", d.describe(), timing.unit);
  if (d.family() == Family::kConstant) return human(d.quantile(0.5));
  return fmt::format("{} s; median {}, p95 {}", d.describe(), human(d.quantile(0.5)),
                     human(d.quantile(0.95)));
}

class PlanPrinter {
 public:
  PlanPrinter(const Plan& plan, int width, bool unicode)
      : plan_(plan), page_(width, unicode), at_most_(unicode ? "≤" : "<=") {}

  std::string run() {
    print_head();
    print_targets();
    print_faults();
    print_services();
    print_alarms();
    print_people();
    print_severities();
    print_error_budget();
    print_changes();
    for (const PlannedRunbook& runbook : plan_.runbooks) print_runbook(runbook);
    print_behaviours();
    print_timings();
    print_assumptions();
    return page_.take();
  }

 private:
  void field(std::string_view label, std::string_view text) {
    page_.field(kIndent, kColumn, label, text);
  }
  struct Row {
    std::string label;
    std::string text;
  };
  /// Rows with one column for all labels, as wide as they need but for very long ones.
  void table(const std::vector<Row>& rows) {
    std::size_t widest = kColumn - kIndent - 2;
    for (const Row& row : rows) widest = std::max(widest, row.label.size());
    const int column = kIndent + 2 + static_cast<int>(std::min(widest, kLabelMax));
    for (const Row& row : rows) page_.field(kIndent, column, row.label, row.text);
    if (rows.empty()) page_.line(kIndent, kIndent, "none");
  }
  void step_field(std::string_view label, std::string_view text) {
    page_.field(kStepIndent, kStepColumn, label, text);
  }

  void print_head() {
    page_.heading("SCENARIO " + plan_.scenario);
    field("title", plan_.title);
    field("question", plan_.question);
    if (!plan_.expected.empty()) field("expected", plan_.expected);
    field("system", plan_.system);
    field("start", plan_.start.text);
    field("horizon", to_human(plan_.horizon));
    field("drills", thousands(plan_.runs));
    field("sha256", plan_.scenario_sha256);
  }

  void print_targets() {
    page_.heading("TARGETS");
    std::vector<Row> rows;
    for (const PlannedTarget& target : plan_.targets) {
      rows.push_back({target.subject, fmt::format("{} in {} of drills",
                                                  target_text(target.objective, target.from,
                                                              target.limit, at_most_),
                                                  percent(target.required_share))});
    }
    table(rows);
  }

  void print_error_budget() {
    const ErrorBudgetSpec& budget = plan_.error_budget;
    page_.heading("ERROR BUDGET");
    std::vector<Row> rows = {{"window", to_human(budget.window)},
                             {"used before", percent(budget.used.value)}};
    for (const BudgetPolicySpec& policy : budget.policies) {
      rows.push_back({"over " + percent(policy.over.value), policy.effect});
    }
    table(rows);
  }

  void print_faults() {
    page_.heading("FAULTS");
    std::vector<Row> rows;
    for (const PlannedFault& fault : plan_.faults) {
      rows.push_back(
          {fault.id,
           fmt::format("{}; {}, {}{}, in {} of drills", describe_call(plan_, fault.call),
                       fault.at.us == 0 ? "at the start" : to_human(fault.at) + " after the start",
                       fault.ramp.us == 0 ? "" : "growing over " + to_human(fault.ramp) + ", ",
                       fault.lasts ? "for " + to_human(*fault.lasts) : "for the whole drill",
                       percent(fault.probability))});
    }
    table(rows);
  }

  void print_services() {
    page_.heading("SERVICES");
    std::vector<Row> rows;
    for (const PlannedService& service : plan_.services) {
      std::string text = fmt::format("{}{}; ", plan_.tiers[service.tier.value].name,
                                     service.judged ? "" : ", not judged");
      if (service.entry.valid()) {
        text += fmt::format("entered at {}; ", plan_.component(service.entry).name);
      }
      text += "runs at " + names_of(service.sites, plan_.components);
      if (!service.stores.empty()) text += "; stores " + names_of(service.stores, plan_.stores);
      if (!service.needs.empty()) text += "; needs " + names_of(service.needs, plan_.services);
      if (!service.uses.empty()) text += "; uses " + names_of(service.uses, plan_.services);
      text += fmt::format("; serves from {} of requests for {}, full load takes {}",
                          percent(service.threshold), to_human(service.hold),
                          quantity(service.full_load_tasks, "task"));
      rows.push_back({service.name, text});
    }
    table(rows);
  }

  void print_alarms() {
    page_.heading("ALARMS");
    std::vector<Row> rows;
    for (const PlannedAlarm& alarm : plan_.alarms) {
      const std::string of = alarm.of.valid() ? plan_.component(alarm.of).name
                                              : plan_.regions[alarm.of_region.value].name;
      rows.push_back(
          {alarm.name,
           fmt::format("{} of {}, threshold {:g}, {} of {}; {}, {}; evaluated in {}",
                       rule_of(alarm.metric).name, of, alarm.threshold,
                       quantity(alarm.datapoints, "datapoint"), to_human(alarm.period),
                       plan_.severity(alarm.severity).name, alarm.pages ? "pages" : "does not page",
                       plan_.regions[alarm.reported_in.value].name)});
    }
    table(rows);
  }

  void print_people() {
    page_.heading("PEOPLE");
    std::vector<Row> rows;
    for (const PlannedRole& role : plan_.roles) {
      std::vector<std::string> persons;
      for (const PersonIndex person : role.persons) persons.push_back(plan_.persons[person.value]);
      rows.push_back(
          {role.name,
           fmt::format("{}{}{}{}{}{}", fmt::join(persons, ", "), rotation_of(role),
                       role.joins_bridge ? "; joins the bridge" : "",
                       role.office_hours_only ? "; in office hours only" : "",
                       role.deputy.valid() ? fmt::format("; {} stands in after {}",
                                                         plan_.roles[role.deputy.value].name,
                                                         to_human(role.deputy_after))
                                           : std::string(),
                       role.absent ? "; absent in this drill" : "")});
    }
    std::vector<std::string> ladder;
    for (const PlannedEscalation& rung : plan_.escalation) {
      ladder.push_back(fmt::format("{} within {}", plan_.roles[rung.role.value].name,
                                   to_human(rung.acknowledge_within)));
    }
    rows.push_back({"escalation", fmt::format("{}", fmt::join(ladder, ", then "))});
    if (plan_.status_updates_by.valid()) {
      rows.push_back({"status updates", plan_.roles[plan_.status_updates_by.value].name +
                                            ", or whoever leads while it is away"});
    }
    table(rows);
  }

  static std::string rotation_of(const PlannedRole& role) {
    if (!role.hand_over) return {};
    constexpr std::int64_t kDayUs = Duration::days(1).us;
    const auto day = static_cast<std::size_t>(role.hand_over->us / kDayUs);
    return fmt::format(", a week each from {} {} on", kWeekdays[day].word,
                       time_of_day_text(Duration{role.hand_over->us % kDayUs}));
  }

  void print_severities() {
    page_.heading("SEVERITIES");
    std::vector<Row> rows;
    for (const PlannedSeverity& severity : plan_.severities) {
      std::vector<std::string> parts;
      if (!severity.pages.empty())
        parts.push_back("pages " + names_of(severity.pages, plan_.roles));
      for (const PlannedUnresolved& later : severity.unresolved) {
        parts.push_back(fmt::format("{} if open after {}", plan_.roles[later.role.value].name,
                                    to_human(later.after)));
      }
      const auto promise = [&](std::string_view what, const std::optional<Duration>& limit) {
        if (limit) parts.push_back(fmt::format("{} {}", what, to_human(*limit)));
      };
      promise("status update every", severity.status_update_every);
      promise("respond within", severity.respond_within);
      promise("stabilise within", severity.stabilise_within);
      promise("resolve within", severity.resolve_within);
      rows.push_back(
          {severity.name, parts.empty() ? "no rules" : fmt::format("{}", fmt::join(parts, "; "))});
    }
    table(rows);
  }

  void print_changes() {
    if (plan_.changes.empty() && plan_.change_windows.empty()) return;
    page_.heading("CHANGES");
    std::vector<Row> rows;
    for (const PlannedChangeWindow& window : plan_.change_windows) {
      std::vector<std::string_view> days;
      for (std::size_t i = 0; i < window.on.size(); ++i) {
        if (window.on[i]) days.push_back(kWeekdays[i].word);
      }
      rows.push_back(
          {"window", fmt::format("{}, {} to {}", fmt::join(days, ", "),
                                 time_of_day_text(window.from), time_of_day_text(window.to))});
    }
    if (plan_.blackout_business_days > 0) {
      rows.push_back(
          {"no window", fmt::format("on the last {} of a month",
                                    quantity(plan_.blackout_business_days, "business day"))});
    }
    for (const PlannedChange& change : plan_.changes) rows.push_back({change.name, needs(change)});
    table(rows);
  }

  std::string needs(const PlannedChange& change) const {
    std::vector<std::string> parts;
    if (change.lead_time.us > 0) parts.push_back("lead time " + to_human(change.lead_time));
    if (change.approved_by.valid()) {
      parts.push_back(fmt::format("approved by {} ({})", plan_.roles[change.approved_by.value].name,
                                  plan_.timing(change.approval).id));
    }
    if (change.in_window) parts.push_back("in a change window");
    return parts.empty() ? "needs nothing" : fmt::format("{}", fmt::join(parts, "; "));
  }

  void print_runbook(const PlannedRunbook& runbook) {
    page_.heading("RUNBOOK " + runbook.name);
    field("title", runbook.title);
    field("source", runbook.source);
    field("trigger", names_of(runbook.trigger, plan_.alarms));
    field("severity", severity_of(runbook));
    if (runbook.change.valid()) field("change", plan_.changes[runbook.change.value].name);
    if (!runbook.pages.empty()) field("pages", names_of(runbook.pages, plan_.roles));
    for (const PlannedCriterion& criterion : runbook.escalation) {
      field("escalation", describe(criterion));
    }
    for (std::uint32_t i = runbook.first_step.value; i < runbook.end_step.value; ++i) {
      print_step(plan_.steps[i], i - runbook.first_step.value + 1);
    }
  }

  std::string severity_of(const PlannedRunbook& runbook) const {
    std::string text = plan_.severity(runbook.severity).name + " at least";
    for (const PlannedImpact& impact : runbook.impacts) {
      if (impact.severity >= runbook.severity) break;
      text += fmt::format("; {} when {} serves at most {}", plan_.severity(impact.severity).name,
                          plan_.service(impact.probe.service).name, percent(impact.probe.share));
    }
    return text;
  }

  std::string describe(const PlannedCriterion& criterion) const {
    std::string text = describe(std::optional(criterion.when));
    if (criterion.lasts.us > 0) text += " for " + to_human(criterion.lasts);
    if (criterion.severity.valid()) text += "; " + plan_.severity(criterion.severity).name;
    if (!criterion.pages.empty()) text += "; pages " + names_of(criterion.pages, plan_.roles);
    return text;
  }

  void print_step(const PlannedStep& step, std::uint32_t number) {
    page_.line(
        kIndent, kStepIndent,
        fmt::format("{} {}{}{}", number, step.id, step.title.empty() ? "" : ": ", step.title));
    if (step.is_fallback) step_field("runs", "only when another step has failed");
    if (step.verifies) step_field("runs", "after all other steps, to verify");
    if (step.role.valid()) step_field("role", plan_.roles[step.role.value].name);
    step_field("does", describe_call(plan_, step.call) +
                           (step.irreversible ? "; cannot be undone" : "") +
                           (step.decides ? "; this is the decision" : "") +
                           (step.gates ? "; a gate for what needs it" : ""));
    for (const TimingIndex time : {step.hands_on, step.wait_time}) {
      if (!time.valid()) continue;
      const PlannedTiming& timing = plan_.timing(time);
      step_field("takes", fmt::format("{} ({})", describe_timing(timing), timing.id));
    }
    if (step.change.valid()) step_field("change", plan_.changes[step.change.value].name);
    step_field("needs", ids_of(step.needs));
    step_field("when", describe(step.when));
    step_field("verify", describe(step.verify));
    step_field("on failure", failure_of(step));
    if (step.rollback.valid()) step_field("rollback", plan_.step(step.rollback).id);
    step_field("document", step.document);
  }

  std::string ids_of(const std::vector<StepIndex>& steps) const {
    std::vector<std::string> ids;
    for (const StepIndex step : steps) ids.push_back(plan_.step(step).id);
    return fmt::format("{}", fmt::join(ids, ", "));
  }

  std::string describe(const std::optional<PlannedCondition>& condition) const {
    if (!condition) return {};
    return fmt::format("{}{}", condition->is ? "" : "not ", describe_call(plan_, condition->probe));
  }

  std::string failure_of(const PlannedStep& step) const {
    std::string text = step.on_failure == OnFailure::kAbort      ? "abort"
                       : step.on_failure == OnFailure::kContinue ? "continue"
                                                                 : "go to ";
    if (step.on_failure == OnFailure::kGoTo) text += plan_.step(step.fallback).id;
    if (step.attempts > 1) {
      text +=
          fmt::format(", after {} attempts {} apart", step.attempts, to_human(step.retry_delay));
    }
    if (step.timeout) text += fmt::format("; times out after {}", to_human(*step.timeout));
    return text;
  }

  void print_behaviours() {
    page_.heading("BEHAVIOURS");
    for (const BehaviourRule& rule : behaviours()) {
      const auto i = static_cast<std::size_t>(rule.behaviour);
      const TimingIndex drawn = plan_.behaviour_timing[i];
      const bool spreads =
          drawn.valid() && plan_.timing(drawn).distribution.family() != Family::kConstant;
      page_.line(
          kIndent, kColumn,
          fmt::format("{:<10}  {}: {}{}", percent(plan_.behaviour_probability[i]), rule.name,
                      rule.meaning,
                      spreads ? fmt::format(" (median of {})", plan_.timing(drawn).id) : ""));
    }
  }

  void print_timings() {
    std::vector<const PlannedTiming*> used;
    for (const PlannedTiming& timing : plan_.timings) {
      if (timing.used) used.push_back(&timing);
    }
    // What is least sure comes first.
    std::sort(used.begin(), used.end(), [](const PlannedTiming* a, const PlannedTiming* b) {
      return a->confidence != b->confidence ? a->confidence > b->confidence : a->id < b->id;
    });
    page_.heading(fmt::format("TIMINGS ({} used of {})", used.size(), plan_.timings.size()));
    for (const PlannedTiming* timing : used) {
      field(kConfidences[static_cast<std::size_t>(timing->confidence)].word,
            timing->id + (timing->from_system ? " (of this system)" : ""));
      field({}, describe_timing(*timing));
      field({}, timing->source);
    }
  }

  void print_assumptions() {
    page_.heading("ASSUMPTIONS");
    for (const Assumption& assumption : plan_.assumptions) {
      page_.line(
          kIndent, kIndent + 2,
          fmt::format("- {}: {}. {}", assumption.subject, assumption.value, assumption.reason));
    }
    if (plan_.assumptions.empty()) page_.line(kIndent, kIndent, "none");
  }

  const Plan& plan_;
  TextPage page_;
  std::string_view at_most_;
};

bool takes(const OperationRule& rule, ParameterType type) {
  return std::any_of(rule.parameters.begin(), rule.parameters.end(),
                     [&](const ParameterRule& p) { return p.type == type; });
}

}  // namespace

std::string describe_call(const Plan& plan, const PlannedCall& call) {
  const OperationRule& rule = rule_of(call.operation);
  std::vector<std::string> parts;
  for (const ComponentIndex c : call.components) parts.push_back(plan.component(c).name);
  if (call.service.valid()) parts.push_back(plan.service(call.service).name);
  if (!call.word.empty()) parts.push_back(call.word);
  if (takes(rule, ParameterType::kZone)) {
    parts.push_back(plan.regions[call.region.value].zones[call.zone]);
  } else if (call.region.valid()) {
    parts.push_back(plan.regions[call.region.value].name);
  }
  if (call.role.valid()) parts.push_back(plan.roles[call.role.value].name);
  if (call.step.valid()) parts.push_back(plan.step(call.step).id);
  if (call.link.valid()) parts.push_back(plan.links[call.link.value].name);
  if (call.target.valid()) parts.push_back("to " + plan.component(call.target).name);
  if (takes(rule, ParameterType::kCount)) {
    if (call.count != kCountUnchanged) {
      parts.push_back("count " + (call.count < 0 ? "production" : thousands(call.count)));
    }
  }
  if (call.duration) parts.push_back(to_human(*call.duration));
  // The whole goes without saying where nobody has to say a share.
  if (takes(rule, ParameterType::kShare) && (call.share < 1 || !rule.mutating)) {
    parts.push_back("share " + percent(call.share));
  }
  if (takes(rule, ParameterType::kFactor)) parts.push_back(fmt::format("{:g} times", call.factor));
  for (const auto& [trait, value] : call.traits) {
    parts.push_back(fmt::format("{} {:g}", trait, value));
  }
  return fmt::format("{}{}{}", rule.name, parts.empty() ? "" : " ", fmt::join(parts, ", "));
}

std::string print_plan(const Plan& plan, int width, bool unicode) {
  return PlanPrinter(plan, width, unicode).run();
}

}  // namespace firedrill
