#include "engine/input/document_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace firedrill {
namespace {

/// Reports the second of two equal names. Empty names have been reported already.
class UniqueNames {
 public:
  UniqueNames(std::string_view what, Diagnostics& diagnostics)
      : what_(what), diagnostics_(diagnostics) {}

  void add(const Name& name) {
    if (name.empty()) return;
    const auto [first, added] = first_.emplace(name.text, name.at);
    if (added) return;
    diagnostics_.error(Rule::kDuplicateName, name.at,
                       fmt::format("two {} are named \"{}\"", what_, name.text),
                       fmt::format("the first stands in line {}", first->second.line));
  }

 private:
  std::string_view what_;
  Diagnostics& diagnostics_;
  std::unordered_map<std::string, Origin> first_;
};

template <class List, class NameOf>
void check_unique(std::string_view what, const List& list, NameOf name_of,
                  Diagnostics& diagnostics) {
  UniqueNames names(what, diagnostics);
  for (const auto& item : list) names.add(name_of(item));
}

const auto kNameOf = [](const auto& item) -> const Name& { return item.name; };
const auto kItself = [](const Name& name) -> const Name& { return name; };

// -------------------------------------------------------------------------------------- timings --

/// The least and the greatest value that a distribution can draw before truncation.
struct Support {
  double low;
  double high;
};

class DistributionCheck {
 public:
  DistributionCheck(const DistributionSpec& spec, Diagnostics& diagnostics)
      : spec_(spec), diagnostics_(diagnostics) {}

  void run() {
    ordered("p50", "p95");
    ordered("min", "mode");
    ordered("mode", "max");
    ordered("min", "max");
    if (!sound_) return;
    check_truncation();
  }

 private:
  std::optional<double> parameter(const char* name) const {
    const auto found = spec_.parameters.find(name);
    if (found == spec_.parameters.end()) return std::nullopt;
    return found->second;
  }

  void impossible(std::string message) {
    sound_ = false;
    diagnostics_.error(Rule::kImpossible, spec_.at, std::move(message));
  }

  void ordered(const char* less, const char* more) {
    const auto a = parameter(less);
    const auto b = parameter(more);
    // One mistake is enough: min > mode often means min > max as well.
    if (sound_ && a && b && *a > *b) {
      impossible(fmt::format("\"{}\" is {}, greater than \"{}\", which is {}", less, *a, more, *b));
    }
  }

  Support support() const {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (const auto value = parameter("value")) return {*value, *value};
    if (const auto low = parameter("min")) return {*low, parameter("max").value_or(kInfinity)};
    if (!spec_.values.empty()) {
      const auto [low, high] = std::minmax_element(spec_.values.begin(), spec_.values.end());
      return {*low, *high};
    }
    return {0, kInfinity};
  }

  void check_truncation() {
    const Support all = support();
    const double low = spec_.truncate_min.value_or(all.low);
    const double high = spec_.truncate_max.value_or(all.high);
    if (spec_.truncate_min && spec_.truncate_max && low > high) {
      impossible(fmt::format("\"truncate_min\" is {}, greater than \"truncate_max\", which is {}",
                             low, high));
    } else if (low > all.high || high < all.low) {
      impossible("the truncation leaves no value that can be drawn");
    }
  }

  const DistributionSpec& spec_;
  Diagnostics& diagnostics_;
  bool sound_ = true;
};

void check_timings(const std::vector<TimingEntry>& timings, Diagnostics& diagnostics) {
  check_unique(
      "timings", timings, [](const TimingEntry& t) -> const Name& { return t.id; }, diagnostics);
  for (const TimingEntry& timing : timings) {
    if (!timing.distribution.family.empty())
      DistributionCheck(timing.distribution, diagnostics).run();
  }
}

// --------------------------------------------------------------------------------------- system --

void check_components(const SystemDocument& document, Diagnostics& diagnostics) {
  check_unique("components", document.components, kNameOf, diagnostics);
  for (const ComponentSpec& component : document.components) {
    if (const auto* cluster = std::get_if<AuroraClusterSpec>(&component.detail)) {
      check_unique("zones of one cluster", cluster->zones, kItself, diagnostics);
    }
    if (const auto* record = std::get_if<DnsRecordSpec>(&component.detail)) {
      if (!record->secondary.empty() && record->secondary == record->primary) {
        diagnostics.error(Rule::kImpossible, record->secondary.at,
                          "\"secondary\" is the same as \"primary\"",
                          "leave \"secondary\" out for simple routing");
      }
    }
  }
}

void check_people(const PeopleSpec& people, Diagnostics& diagnostics) {
  check_unique("roles", people.roles, kNameOf, diagnostics);
  for (const RoleSpec& role : people.roles) {
    check_unique("persons of one role", role.persons, kItself, diagnostics);
  }
}

/// The calendar is read without a plan too, so that its tiers are looked up here.
void check_drill_calendar(const SystemDocument& document, Diagnostics& diagnostics) {
  UniqueNames drills("entries of \"drill_calendar\"", diagnostics);
  for (const DrillIntervalSpec& interval : document.drill_calendar) {
    const bool of_tier = !interval.tier.empty();
    const Name& drill = of_tier ? interval.tier : interval.scenario;
    drills.add(drill);
    if (drill.empty() || (of_tier && !interval.scenario.empty())) {
      diagnostics.error(Rule::kImpossible, of_tier ? interval.scenario.at : interval.at,
                        "an entry of \"drill_calendar\" has one of \"tier\" and \"scenario\"",
                        "split it into two, or leave one out");
    }
    if ((interval.every_months > 0) == (interval.every_weeks > 0)) {
      diagnostics.error(
          Rule::kImpossible, interval.at,
          "an entry of \"drill_calendar\" has one of \"every_months\" and \"every_weeks\"",
          "say how often it is held, in one of them");
    }
  }
  std::vector<std::string> known;
  for (const TierSpec& tier : document.tiers) known.push_back(tier.name.text);
  for (const DrillIntervalSpec& interval : document.drill_calendar) {
    const std::string& tier = interval.tier.text;
    if (tier.empty() || std::find(known.begin(), known.end(), tier) != known.end()) continue;
    diagnostics.error(Rule::kUnknownName, interval.tier.at,
                      fmt::format("\"drill_calendar\" names unknown tier \"{}\"{}", tier,
                                  did_you_mean(tier, known)),
                      known.empty() ? "define it under \"tiers\""
                                    : fmt::format("use one of: {}", fmt::join(known, ", ")));
  }
}

void check_links(const std::vector<LinkSpec>& links, Diagnostics& diagnostics) {
  check_unique("links", links, kNameOf, diagnostics);
  for (const LinkSpec& link : links) {
    if (!link.from.empty() && link.from == link.to) {
      diagnostics.error(
          Rule::kImpossible, link.to.at,
          fmt::format("link \"{}\" leads from \"{}\" to itself", link.name.text, link.from.text));
    }
  }
}

// -------------------------------------------------------------------------------------- runbook --

void check_step(const StepSpec& step, Diagnostics& diagnostics) {
  check_unique("entries of \"needs\"", step.needs, kItself, diagnostics);
  const auto refers_to_itself = [&](const Name& name, std::string_view key) {
    if (name.empty() || name.text != step.id.text) return;
    diagnostics.error(Rule::kCycle, name.at,
                      fmt::format("step \"{}\" names itself in \"{}\"", step.id.text, key));
  };
  for (const Name& need : step.needs) refers_to_itself(need, "needs");
  refers_to_itself(step.rollback, "rollback");
}

// -------------------------------------------------------------------------------------- staging --

bool is_account_id(const std::string& text) {
  return text.size() == 12 && text.find_first_not_of("0123456789") == std::string::npos;
}

void check_accounts(const StagingDocument& document, Diagnostics& diagnostics) {
  const AccountsSpec& accounts = document.accounts;
  check_unique("entries of \"allowed\"", accounts.allowed, kItself, diagnostics);
  check_unique("entries of \"blocked\"", accounts.blocked, kItself, diagnostics);
  for (const auto* list : {&accounts.allowed, &accounts.blocked}) {
    for (const Name& id : *list) {
      if (id.empty() || is_account_id(id.text)) continue;
      diagnostics.error(Rule::kOutOfRange, id.at,
                        fmt::format("\"{}\" is not the id of an account: 12 digits", id.text));
    }
  }
  for (const Name& id : accounts.blocked) {
    const auto same = std::find(accounts.allowed.begin(), accounts.allowed.end(), id);
    if (id.empty() || same == accounts.allowed.end()) continue;
    diagnostics.error(Rule::kImpossible, id.at,
                      fmt::format("account {} is both allowed and blocked", id.text));
  }
}

/// Every region that anything here names has to be one that calls may go to.
void check_staging_regions(const StagingDocument& document, Diagnostics& diagnostics) {
  const auto known = [&](const Name& region) {
    const auto& allowed = document.regions;
    if (region.empty() || allowed.empty() ||
        std::find(allowed.begin(), allowed.end(), region) != allowed.end()) {
      return;
    }
    diagnostics.error(Rule::kImpossible, region.at,
                      fmt::format("region \"{}\" is not listed under \"regions\"", region.text));
  };
  for (const ResourceSpec& r : document.resources) known(r.region);
  for (const StagingAlarmSpec& a : document.alarms) known(a.region);
  for (const StopConditionSpec& s : document.stop_conditions) known(s.region);
  for (const StagingServiceSpec& s : document.services) {
    for (const ServiceCheckSpec& c : s.checks) known(c.region);
  }
  for (const StagingCommandSpec& c : document.commands) known(c.region);
  for (const QuotaSpec& q : document.quotas) known(q.region);
  if (document.lock) known(document.lock->region);
}

}  // namespace

void check(const SystemDocument& document, Diagnostics& diagnostics) {
  check_unique("regions", document.regions, kNameOf, diagnostics);
  UniqueNames zones("zones", diagnostics);
  for (const RegionSpec& region : document.regions) {
    for (const Name& zone : region.zones) zones.add(zone);
  }
  check_links(document.links, diagnostics);
  check_unique("tiers", document.tiers, kNameOf, diagnostics);
  check_components(document, diagnostics);
  check_unique("stores", document.stores, kNameOf, diagnostics);
  for (const StoreSpec& store : document.stores) {
    check_unique("members of one store", store.members, kItself, diagnostics);
  }
  check_unique("services", document.services, kNameOf, diagnostics);
  for (const ServiceSpec& service : document.services) {
    check_unique("sites of one service", service.sites, kItself, diagnostics);
    check_unique("stores of one service", service.stores, kItself, diagnostics);
  }
  check_unique("alarms", document.alarms, kNameOf, diagnostics);
  check_unique("severities", document.severities, kNameOf, diagnostics);
  check_people(document.people, diagnostics);
  check_drill_calendar(document, diagnostics);
  check_timings(document.timings, diagnostics);
}

void check(const RunbookDocument& document, Diagnostics& diagnostics) {
  // Steps and checks share one space of names: both can be named in "needs".
  UniqueNames ids("steps", diagnostics);
  for (const auto* list : {&document.steps, &document.verification}) {
    for (const StepSpec& step : *list) {
      ids.add(step.id);
      check_step(step, diagnostics);
    }
  }
}

void check(const ScenarioDocument& document, Diagnostics& diagnostics) {
  check_unique(
      "faults", document.faults, [](const FaultSpec& f) -> const Name& { return f.id; },
      diagnostics);
  check_unique("entries of \"runbooks\"", document.runbooks, kItself, diagnostics);
  check_unique("entries of \"timings\"", document.timings, kItself, diagnostics);
  check_unique("entries of \"absent\"", document.absent, kItself, diagnostics);
  UniqueNames targets("targets", diagnostics);
  for (const TargetSpec& target : document.targets) {
    std::string name;
    for (const Name* part : {&target.service, &target.runbook, &target.step, &target.severity}) {
      if (!part->empty()) name += part->text + " ";
    }
    name += target.objective;
    if (!target.runbook.empty()) name += " from " + target.from;
    targets.add({std::move(name), target.at});
  }
}

void check(const TimingDocument& document, Diagnostics& diagnostics) {
  check_timings(document.timings, diagnostics);
}

void check(const DrillRecordDocument& document, Diagnostics& diagnostics) {
  check_unique("entries of \"tiers\"", document.tiers, kItself, diagnostics);
}

/// What an overlay changes is checked in the document that it changes.
void check(const OverlayDocument&, Diagnostics&) {}

void check(const OutageDocument& document, Diagnostics& diagnostics) {
  check_unique(
      "effects", document.effects, [](const OutageEffectSpec& e) -> const Name& { return e.id; },
      diagnostics);
  const auto refuse = [&](const OutageEffectSpec& effect, std::string what, std::string help) {
    diagnostics.error(Rule::kImpossible, effect.id.at,
                      fmt::format("effect \"{}\" {}", effect.id.text, what), std::move(help));
  };
  for (const OutageEffectSpec& effect : document.effects) {
    const std::string& strikes = effect.strikes.text;
    if (effect.services.empty() == (strikes == "control-plane")) {
      refuse(effect, fmt::format("strikes {}, and \"services\" belongs to control-plane", strikes),
             "name the services whose calls fail, or leave them out");
    }
    if (effect.kinds.empty() == (strikes == "components")) {
      refuse(effect, fmt::format("strikes {}, and \"kinds\" belongs to components", strikes),
             "name the kinds that are hit, or leave them out");
    }
    if (effect.lasts && *effect.lasts < effect.ramp) {
      refuse(effect, "ends before its ramp is over", "shorten \"ramp\", or let it last longer");
    }
  }
}

void check(const StagingDocument& document, Diagnostics& diagnostics) {
  check_accounts(document, diagnostics);
  check_unique("entries of \"regions\"", document.regions, kItself, diagnostics);
  check_unique(
      "resources", document.resources,
      [](const ResourceSpec& r) -> const Name& { return r.component; }, diagnostics);
  check_unique(
      "alarms", document.alarms, [](const StagingAlarmSpec& a) -> const Name& { return a.alarm; },
      diagnostics);
  check_unique(
      "services", document.services,
      [](const StagingServiceSpec& s) -> const Name& { return s.service; }, diagnostics);
  check_unique(
      "faults", document.faults, [](const StagingFaultSpec& f) -> const Name& { return f.fault; },
      diagnostics);
  for (const BlackoutSpec& blackout : document.blackouts) {
    if (blackout.to < blackout.from) {
      diagnostics.error(Rule::kImpossible, blackout.at, "a blackout ends before it begins",
                        "swap \"from\" and \"to\"");
    }
  }
  const auto step_of = [](const auto& item) -> const Name& { return item.step; };
  check_unique("approvals", document.approvals, step_of, diagnostics);
  check_unique("answers", document.answers, step_of, diagnostics);
  check_unique("commands", document.commands, step_of, diagnostics);
  for (const StagingCommandSpec& command : document.commands) {
    for (const auto* words : {&command.run, &command.look, &command.undo}) {
      if (words->empty() || (words->size() >= 3 && words->front() == "aws")) continue;
      diagnostics.error(Rule::kImpossible, command.at,
                        "a command is not one of the AWS CLI: \"aws\", service, operation, options",
                        "give each word as a text of its own");
    }
  }
  check_staging_regions(document, diagnostics);
}

}  // namespace firedrill
