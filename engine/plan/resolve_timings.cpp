// Timings of the library, the system and the scenario, in seconds; behaviours and people slots.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/plan/resolution.hpp"

namespace firedrill {
namespace {

/// Seconds in a unit of time; nothing for every other unit.
std::optional<double> seconds_in(std::string_view unit) {
  if (unit == "s") return 1.0;
  if (unit == "ms") return 1e-3;
  if (unit == "min") return 60.0;
  if (unit == "h") return 3600.0;
  return std::nullopt;
}

/// Times are never negative, and a probability that is a number lies in [0, 1]. A spread-out
/// probability may have a tail beyond 1: its median is what is used.
void check_values(Resolution& r, const TimingEntry& entry, const PlannedTiming& timing) {
  const Origin at = entry.distribution.at.line == 0 ? entry.id.at : entry.distribution.at;
  if (timing.distribution.minimum() < 0) {
    r.diagnostics.error(Rule::kOutOfRange, at,
                        fmt::format("timing {} can be negative: {}", quoted(entry.id.text),
                                    timing.distribution.describe()),
                        "raise its minimum, or set truncate_min to 0");
  }
  if (timing.unit == "probability" && timing.distribution.quantile(0.5) > 1) {
    r.diagnostics.error(Rule::kOutOfRange, at,
                        fmt::format("timing {} is a probability above 1", quoted(entry.id.text)));
  }
}

void add_timing(Resolution& r, const TimingEntry& entry, bool from_system) {
  const DistributionSpec& spec = entry.distribution;
  const DistributionResult made = Distribution::from_parameters(
      spec.family, spec.parameters, spec.values, spec.truncate_min, spec.truncate_max);
  if (!made) {
    r.diagnostics.error(Rule::kImpossible, spec.at.line == 0 ? entry.id.at : spec.at,
                        fmt::format("timing {}: {}", quoted(entry.id.text), made.error));
    // The name still exists, so that nothing that uses it is reported as well.
    r.plan.timing_by_id.try_emplace(entry.id.text);
    return;
  }
  const auto seconds = seconds_in(entry.unit);
  PlannedTiming timing{entry.id.text,
                       seconds ? "s" : entry.unit,
                       seconds && *seconds != 1.0 ? made->scaled(*seconds) : *made,
                       entry.source,
                       entry.confidence,
                       entry.note,
                       from_system,
                       false};
  check_values(r, entry, timing);
  TimingIndex& index = r.plan.timing_by_id[entry.id.text];
  if (index.valid()) {
    r.plan.timings[index.value] = std::move(timing);
  } else {
    index = {static_cast<std::uint32_t>(r.plan.timings.size())};
    r.plan.timings.push_back(std::move(timing));
  }
}

void add_timings(Resolution& r, const std::vector<TimingEntry>& entries, bool from_system) {
  std::set<std::string_view> ids;
  for (const TimingEntry& entry : entries) {
    if (!ids.insert(entry.id.text).second) {
      r.diagnostics.error(Rule::kDuplicateName, entry.id.at,
                          fmt::format("timing {} is defined twice", quoted(entry.id.text)),
                          "keep one of them");
      continue;
    }
    add_timing(r, entry, from_system);
  }
}

double resolve_probability(Resolution& r, const BehaviourRule& rule, TimingIndex& drawn) {
  if (rule.timing.empty()) return rule.probability;
  const TimingIndex index =
      use_timing(r, rule.timing, "behaviour " + quoted(rule.name), r.scenario.metadata.name.at);
  if (!index.valid()) return 0;
  const Distribution& distribution = r.plan.timing(index).distribution;
  drawn = index;
  return distribution.quantile(0.5);
}

}  // namespace

std::string timing_noun(const std::string& unit) {
  if (unit == "s") return "duration";
  if (unit == "probability" || unit == "ratio") return unit;
  return "figure in " + unit;
}

void resolve_timings(Resolution& r) {
  if (!r.timings.empty()) add_timings(r, r.timings.front().timings, false);
  add_timings(r, r.system.timings, true);
  for (std::size_t i = 1; i < r.timings.size(); ++i) add_timings(r, r.timings[i].timings, false);
  for (const auto& [id, index] : r.plan.timing_by_id) {
    if (!index.valid()) continue;
    r.names.define(Thing::kTiming, timing_noun(r.plan.timing(index).unit), {id, {}}, index.value);
  }
  for (const TimingSlot& slot : people_slots()) {
    r.plan.people_timings.emplace(
        slot.slot, use_timing(r, slot.timing, fmt::format("people ({})", slot.meaning),
                              r.system.metadata.name.at));
  }
}

void resolve_behaviours(Resolution& r) {
  std::vector<std::string> names;
  for (const BehaviourRule& rule : behaviours()) names.emplace_back(rule.name);

  std::map<std::string, double> chosen;
  for (const BehaviourSpec& spec : r.scenario.behaviours) {
    if (std::find(names.begin(), names.end(), spec.name.text) == names.end()) {
      r.diagnostics.error(Rule::kUnknownName, spec.name.at,
                          fmt::format("\"behaviours\" names unknown behaviour {}{}",
                                      quoted(spec.name.text), did_you_mean(spec.name.text, names)),
                          use_one_of(names));
    } else if (!chosen.emplace(spec.name.text, spec.probability.value).second) {
      r.diagnostics.error(Rule::kDuplicateName, spec.name.at,
                          fmt::format("\"behaviours\" names {} twice", quoted(spec.name.text)),
                          "keep one of them");
    }
  }
  for (const BehaviourRule& rule : behaviours()) {
    const auto i = static_cast<std::size_t>(rule.behaviour);
    const auto own = chosen.find(std::string(rule.name));
    r.plan.behaviour_probability[i] =
        own != chosen.end() ? own->second
                            : resolve_probability(r, rule, r.plan.behaviour_timing[i]);
  }
}

TimingIndex use_timing(Resolution& r, std::string_view id, const std::string& needed_by,
                       Origin at) {
  if (id.empty()) return {};
  const auto found = r.plan.timing_by_id.find(id);
  if (found == r.plan.timing_by_id.end()) {
    if (r.missing_timings.emplace(id).second) {
      r.diagnostics.error(
          Rule::kUnknownName, at,
          fmt::format("{} needs the timing {}, which no document has", needed_by, quoted(id)),
          "add it to \"timings\" of the system");
    }
    return {};
  }
  if (found->second.valid()) r.plan.timings[found->second.value].used = true;
  return found->second;
}

void use_timings_of(Resolution& r, const OperationRule& rule, const std::string& who, Origin at) {
  const auto use = [&](std::string_view id) {
    use_timing(r, id, fmt::format("{} in {}", rule.name, who), at);
  };
  for (const std::string_view id : rule.timings) use(id);
  use(rule.takes);
  if (rule.waiter) {
    use(rule.waiter->poll);
    use(rule.waiter->give_up);
  }
}

}  // namespace firedrill
