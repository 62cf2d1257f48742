// Alarms: what each watches, and which region's monitoring evaluates it.
#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/resolution.hpp"

namespace firedrill {
namespace {

// Where AWS evaluates the metrics of its global services.
constexpr std::string_view kGlobalMetrics = "us-east-1";

/// Whether the scenario has a component of its own in the place of the system's: the alarm was
/// written for that.
bool replaced(const Resolution& r, const Name& component) {
  return std::any_of(r.scenario.components.begin(), r.scenario.components.end(),
                     [&](const ComponentSpec& own) { return own.name == component; });
}

void bind_of(Resolution& r, const std::string& owner, const AlarmSpec& alarm,
             const OperationRule& rule, PlannedAlarm& planned) {
  const std::string referrer = "\"of\" of " + owner + " names";
  const ParameterRule& parameter = rule.parameters.front();
  if (parameter.type == ParameterType::kRegion) {
    planned.of_region = r.names.bind<RegionIndex>(referrer, alarm.of, {Thing::kRegion});
    return;
  }
  planned.of = r.names.bind<ComponentIndex>(referrer, alarm.of, need_of(parameter));
  if (rule.operation == Operation::kMetricReplicaLag && planned.of.valid() &&
      !replaced(r, alarm.of) &&
      !r.plan.component(planned.of).reference("replicates_from").valid()) {
    r.diagnostics.error(Rule::kImpossible, alarm.of.at,
                        fmt::format("{} watches the lag of {}, which replicates from nothing",
                                    owner, quoted(alarm.of.text)),
                        "name a replica");
  }
}

/// The region given, else that of what is watched, else the region of global metrics.
RegionIndex reporting_region(Resolution& r, const std::string& owner, const AlarmSpec& alarm,
                             const PlannedAlarm& planned) {
  if (!alarm.reported_in.empty()) {
    return r.names.bind<RegionIndex>("\"reported_in\" of " + owner + " names", alarm.reported_in,
                                     {Thing::kRegion});
  }
  if (planned.of.valid() && r.plan.component(planned.of).region.valid()) {
    return r.plan.component(planned.of).region;
  }
  if (!planned.of.valid() && !planned.of_region.valid()) return {};  // reported already
  if (const auto global = r.names.find(Thing::kRegion, kGlobalMetrics)) return {*global};
  r.diagnostics.error(
      Rule::kMissingKey, alarm.name.at, fmt::format("{} needs \"reported_in\"", owner),
      fmt::format("its metric is global, and the system has no region {}", kGlobalMetrics));
  return {};
}

void check_threshold(Resolution& r, const std::string& owner, const AlarmSpec& alarm) {
  const bool share = alarm.metric.text.ends_with("_share");
  if (alarm.threshold >= 0 && (!share || alarm.threshold <= 1)) return;
  r.diagnostics.error(
      Rule::kOutOfRange, alarm.metric.at,
      fmt::format("{} has threshold {}, but {} is {}", owner, alarm.threshold, alarm.metric.text,
                  share ? "a share from 0 to 1" : "never negative"));
}

}  // namespace

const OperationRule* find_rule(Resolution& r, const std::string& referrer, const Name& name,
                               const std::vector<OperationClass>& classes, std::string_view noun) {
  const auto fits = [&](const OperationRule& rule) {
    return std::find(classes.begin(), classes.end(), rule.kind) != classes.end();
  };
  const OperationRule* rule = find_operation(name.text);
  if (rule != nullptr && fits(*rule)) return rule;

  static constexpr std::string_view kNouns[] = {"action", "action", "action",
                                                "fault",  "probe",  "metric"};
  std::vector<std::string> known;
  for (const OperationRule& candidate : vocabulary()) {
    if (fits(candidate)) known.emplace_back(candidate.name);
  }
  if (rule != nullptr) {
    r.diagnostics.error(
        Rule::kWrongTarget, name.at,
        fmt::format("{} {}, which is {} and not {}", referrer, quoted(name.text),
                    with_article(kNouns[static_cast<std::size_t>(rule->kind)]), with_article(noun)),
        use_one_of(known));
  } else {
    r.diagnostics.error(Rule::kUnknownName, name.at,
                        fmt::format("{} unknown {} {}{}", referrer, noun, quoted(name.text),
                                    did_you_mean(name.text, known)),
                        use_one_of(known));
  }
  return nullptr;
}

void resolve_alarms(Resolution& r) {
  for (const AlarmSpec& alarm : r.system.alarms) {
    const std::string owner = "alarm " + quoted(alarm.name.text);
    r.names.define(Thing::kAlarm, "alarm", alarm.name,
                   static_cast<std::uint32_t>(r.plan.alarms.size()));
    PlannedAlarm planned;
    planned.name = alarm.name.text;
    planned.threshold = alarm.threshold;
    planned.below = alarm.below;
    planned.missing = alarm.missing_data == "breaching"      ? MissingData::kBreaches
                      : alarm.missing_data == "notBreaching" ? MissingData::kPasses
                                                             : MissingData::kKeepsState;
    planned.period = alarm.period;
    planned.datapoints = alarm.datapoints;
    planned.pages = alarm.pages;
    planned.severity = r.names.bind<SeverityIndex>("\"severity\" of " + owner + " names",
                                                   alarm.severity, {Thing::kSeverity});
    const OperationRule* rule = find_rule(r, "\"metric\" of " + owner + " names", alarm.metric,
                                          {OperationClass::kMetric}, "metric");
    if (rule != nullptr) {
      planned.metric = rule->operation;
      bind_of(r, owner, alarm, *rule, planned);
      planned.reported_in = reporting_region(r, owner, alarm, planned);
      check_threshold(r, owner, alarm);
      use_timings_of(r, *rule, owner, alarm.metric.at);
    }
    r.plan.alarms.push_back(std::move(planned));
  }
}

}  // namespace firedrill
