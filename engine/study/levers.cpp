#include "engine/study/levers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/plan/what_if.hpp"

namespace firedrill {
namespace {

std::string quoted_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ",", name);
  }
  return "[" + list + "]";
}

class LeverList {
 public:
  LeverList(const Plan& plan, const Samples& samples, std::size_t target,
            const std::set<std::string>& own_components)
      : plan_(plan), samples_(samples), target_(target), own_(own_components) {}

  std::vector<Lever> run() {
    steps();
    timings();
    roles();
    standby();
    names();
    health_checks();
    stores();
    alarms();
    changes();
    behaviours_ruled_out();
    return std::move(levers_);
  }

 private:
  void by_factor(LeverKind kind, std::string name, std::string path) {
    levers_.push_back({kind, std::move(name), std::move(path), {}});
  }
  void by_choice(LeverKind kind, std::string name, std::vector<LeverChoice> choices) {
    std::erase_if(choices, [](const LeverChoice& c) { return c.settings.empty(); });
    if (!choices.empty()) levers_.push_back({kind, std::move(name), "", std::move(choices)});
  }

  std::string component_path(const PlannedComponent& component, std::string_view member) const {
    const bool own = own_.contains(component.name);
    return fmt::format("{}.components.{}.with.{}", own ? "scenario" : "system", component.name,
                       member);
  }

  /// The settings that bring a member of every component of a kind to a value that is better.
  /// `text` gives the value for one component, or nothing where it is as good already.
  template <class Spec, class Text>
  std::vector<std::string> for_all(std::string_view member, Text text) const {
    std::vector<std::string> settings;
    for (const PlannedComponent& component : plan_.components) {
      const auto* spec = std::get_if<Spec>(&component.detail);
      if (spec == nullptr) continue;
      const std::string value = text(*spec);
      if (!value.empty()) settings.push_back(component_path(component, member) + '=' + value);
    }
    return settings;
  }
  template <class Spec>
  std::vector<LeverChoice> shorter(std::string_view member, Duration Spec::*duration,
                                   const std::vector<Duration>& values) const {
    std::vector<LeverChoice> choices;
    for (const Duration value : values) {
      choices.push_back({to_human(value), for_all<Spec>(member, [&](const Spec& spec) {
                           return spec.*duration > value ? to_iso8601(value) : std::string();
                         })});
    }
    return choices;
  }

  void steps() {
    const TargetSums& sums = samples_.target_sums.at(target_);
    const bool has_path =
        std::any_of(sums.drills.begin(), sums.drills.end(), [](auto n) { return n > 0; });
    for (std::uint32_t i = 0; i < plan_.steps.size(); ++i) {
      const PlannedStep& step = plan_.steps[i];
      const auto& flags = samples_.step_flags[i];
      const bool critical =
          has_path ? sums.drills[i] > 0 : std::any_of(flags.begin(), flags.end(), [](auto f) {
            return (f & (kStepRan | kStepOpen)) != 0;
          });
      const bool passes = step.call.operation == Operation::kWaitFor && step.call.duration;
      if (!critical || !(step.hands_on.valid() || step.wait_time.valid() || passes)) continue;
      by_factor(LeverKind::kStep, step_path(plan_, {i}), "steps." + step_path(plan_, {i}));
    }
  }

  void timings() {
    for (const auto& [id, index] : plan_.timing_by_id) {
      const PlannedTiming& timing = plan_.timing(index);
      if (timing.unit != "s" && timing.unit != "probability") continue;
      const auto& drawn = samples_.drawn.at(index.value);
      const bool any = std::any_of(drawn.begin(), drawn.end(), [](float v) { return v > 0; });
      if (any) by_factor(LeverKind::kTiming, id, "timings." + id);
    }
  }

  void roles() {
    std::vector<std::string> absent;
    for (const PlannedRole& role : plan_.roles) {
      if (role.absent) absent.push_back(role.name);
    }
    for (const PlannedRole& role : plan_.roles) {
      const std::string path = "system.people.roles." + role.name;
      std::vector<std::string> persons;
      for (const PersonIndex person : role.persons) {
        persons.push_back(plan_.persons[person.value]);
      }
      persons.push_back(role.name + "-another");
      std::vector<std::string> settings = {path + ".persons=" + quoted_list(persons)};
      // A rotation has one person on duty at a time, however many take part.
      if (role.hand_over) settings.push_back(path + ".rotation=null");
      by_choice(LeverKind::kRole, role.name, {{"one more on duty", std::move(settings)}});
      if (role.office_hours_only) {
        by_choice(LeverKind::kRole, role.name,
                  {{"at all hours", {path + ".office_hours_only=false"}}});
      }
      if (role.joins_bridge) {
        by_choice(LeverKind::kRole, role.name,
                  {{"paged directly", {path + ".acknowledges=directly"}}});
      }
      if (role.absent) {
        std::vector<std::string> others = absent;
        std::erase(others, role.name);
        by_choice(LeverKind::kRole, role.name,
                  {{"is there", {"scenario.absent=" + quoted_list(others)}}});
      }
    }
  }

  void standby() {
    const auto part = [&](double share) {
      return for_all<EcsServiceSpec>("desired_count", [&](const EcsServiceSpec& spec) {
        const auto count = static_cast<std::int64_t>(
            std::ceil(share * static_cast<double>(spec.production_count)));
        return spec.desired_count < count ? fmt::format("{}", count) : std::string();
      });
    };
    auto full = part(1);
    for (std::string& setting : for_all<EcsServiceSpec>("exists", [](const EcsServiceSpec& spec) {
           return spec.exists ? std::string() : std::string("true");
         })) {
      full.push_back(std::move(setting));
    }
    by_choice(LeverKind::kDesign, "tasks running",
              {{"half of production", part(0.5)}, {"all of production", std::move(full)}});
    by_choice(LeverKind::kDesign, "task quota",
              {{"raised",
                for_all<EcsClusterSpec>("task_quota_if_forgotten", [](const EcsClusterSpec& spec) {
                  return spec.task_quota_if_forgotten < spec.task_quota
                             ? fmt::format("{}", spec.task_quota)
                             : std::string();
                })}});
  }

  void names() {
    by_choice(LeverKind::kDesign, "DNS time to live",
              shorter("ttl", &DnsRecordSpec::ttl,
                      {Duration::seconds(30), Duration::seconds(10), Duration::seconds(5)}));
  }

  void health_checks() {
    by_choice(LeverKind::kDesign, "DNS health-check interval",
              shorter("health_check_interval", &DnsRecordSpec::health_check_interval,
                      {Duration::seconds(10)}));
    by_choice(LeverKind::kDesign, "load-balancer health-check interval",
              shorter("health_check_interval", &LoadBalancerSpec::health_check_interval,
                      {Duration::seconds(10), Duration::seconds(5)}));
  }

  void stores() {
    by_choice(LeverKind::kDesign, "backup interval",
              shorter("interval", &BackupPlanSpec::interval,
                      {Duration::hours(12), Duration::hours(6), Duration::hours(1),
                       Duration::minutes(15)}));
    by_choice(LeverKind::kDesign, "table backup interval",
              shorter("backup_interval", &DynamoTableSpec::backup_interval,
                      {Duration::hours(24), Duration::hours(6), Duration::hours(1)}));
    by_choice(LeverKind::kDesign, "S3 replication time control",
              {{"on", for_all<S3BucketSpec>("replication_time_control", [](const S3BucketSpec& s) {
                  const bool off = !s.replicates_from.empty() && !s.replication_time_control;
                  return off ? std::string("true") : std::string();
                })}});
  }

  void alarms() {
    LeverChoice sooner{"first period", {}};
    LeverChoice finer{"first period of 10s", {}};
    for (const PlannedAlarm& alarm : plan_.alarms) {
      const std::string path = "system.alarms." + alarm.name;
      const std::string first = path + ".datapoints=1";
      if (alarm.datapoints > 1) {
        sooner.settings.push_back(first);
        finer.settings.push_back(first);
      }
      if (alarm.period > Duration::seconds(10) && alarm.period <= Duration::minutes(5)) {
        finer.settings.push_back(path + ".period=PT10S");
      }
    }
    by_choice(LeverKind::kDesign, "alarms", {std::move(sooner), std::move(finer)});
  }

  void changes() {
    for (const PlannedChange& change : plan_.changes) {
      const std::string path = "system.changes.categories." + change.name;
      std::vector<std::string> settings;
      if (change.lead_time.us > 0) settings.push_back(path + ".lead_time=PT0S");
      if (change.in_window) settings.push_back(path + ".in_window=false");
      LeverChoice at_once{"at any time", settings};
      if (change.approved_by.valid()) {
        settings.push_back(path + ".approved_by=null");
        settings.push_back(path + ".approval=null");
      }
      by_choice(LeverKind::kDesign, "changes of category " + change.name,
                {std::move(at_once), {"without approval", std::move(settings)}});
    }
  }

  void behaviours_ruled_out() {
    for (const BehaviourRule& rule : behaviours()) {
      if (plan_.probability(rule.behaviour) <= 0) continue;
      by_choice(LeverKind::kDesign, std::string(rule.name),
                {{"ruled out", {fmt::format("scenario.behaviours.\"{}\"=0", rule.name)}}});
    }
  }

  const Plan& plan_;
  const Samples& samples_;
  std::size_t target_;
  const std::set<std::string>& own_;
  std::vector<Lever> levers_;
};

}  // namespace

std::vector<Lever> levers_of(const Plan& plan, const Samples& samples, std::size_t target,
                             const std::set<std::string>& own_components) {
  return LeverList(plan, samples, target, own_components).run();
}

}  // namespace firedrill
