#include "engine/live/preflight.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "engine/live/aws/timestamp.hpp"
#include "engine/live/binding_parts.hpp"

namespace firedrill::live {

void add(PreflightChecks& checks, int guard, std::string what, const Verdict& verdict) {
  checks.push_back({guard, std::move(what), !verdict, verdict ? verdict->why : std::string()});
}

void check_alarms(AwsPlatform& platform, const Plan& plan, const CallControl& control,
                  PreflightChecks& checks) {
  const StopCheck stop = platform.stop_conditions(control);
  add(checks, 12, "stop conditions are read and not in ALARM",
      stop.stop ? Verdict(Refusal{12, stop.why}) : std::nullopt);
  const auto on = platform.alarms_on(control);
  Verdict wrong;
  if (!on) wrong = Refusal{9, "the alarms of the scenario cannot be read"};
  if (on && !on->empty()) {
    wrong = Refusal{9, fmt::format("alarm {} is in ALARM before anything was broken",
                                   plan.alarms[on->front().value].name)};
  }
  add(checks, 9, "no alarm of the scenario is in ALARM", wrong);
}

void check_services(const Plan& plan, ServiceProbes& probes, const CallControl& control,
                    PreflightChecks& checks) {
  Verdict wrong;
  for (std::uint32_t i = 0; i < plan.services.size() && !wrong; ++i) {
    const PlannedService& service = plan.services[i];
    if (!service.judged || !probes.watches({i})) continue;
    const std::optional<double> share = probes.served_share({i}, control);
    if (!share) {
      wrong = Refusal{9, fmt::format("whether {} serves cannot be seen", service.name)};
    } else if (*share < service.threshold) {
      wrong = Refusal{9, fmt::format("{} does not serve before anything was broken", service.name)};
    }
  }
  add(checks, 9, "every service serves now", wrong);
}

namespace {

/// Instants of answers: a number of seconds in JSON, a text in XML.
std::optional<double> seconds_of(const AwsValue& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return std::nullopt;
  if (found->is_number()) return found->get<double>();
  const auto instant = aws::parse_utc(text_of(object, key));
  return instant ? std::optional(aws::epoch_seconds(*instant)) : std::nullopt;
}

Duration duration_of(double seconds) {
  return Duration{std::llround(std::max(seconds, 0.0) * 1e6)};
}

/// A figure against its limit, for people: "SUBJECT is 2h old".
struct Figure {
  std::string subject;
  std::string_view quantity;      // "age"
  std::string_view as;            // "old"
  std::optional<Duration> value;  // nothing: it could not be read
  std::string detail;             // where it was read, or why it was not
};

void judge(const Figure& figure, const std::optional<Duration>& limit, PreflightChecks& checks) {
  if (!figure.value) {
    const std::string what = fmt::format("{} of {}", figure.quantity, figure.subject);
    checks.push_back({9, what, !limit, fmt::format("{} cannot be told: {}", what, figure.detail)});
    return;
  }
  const std::string what = fmt::format("{} is {} {} ({})", figure.subject, to_human(*figure.value),
                                       figure.as, figure.detail);
  const bool passed = !limit || *figure.value <= *limit;
  checks.push_back(
      {9, what, passed,
       passed ? std::string() : fmt::format("{}, allowed are {}", what, to_human(*limit))});
}

/// What steps are about, each component once and in their order.
std::vector<ComponentIndex> components_of_steps(const Plan& plan) {
  std::vector<ComponentIndex> found;
  std::set<ComponentIndex> known;
  const auto take = [&](ComponentIndex component) {
    if (component.valid() && known.insert(component).second) found.push_back(component);
  };
  for (const PlannedStep& step : plan.steps) {
    for (const ComponentIndex component : step.call.components) take(component);
    take(step.call.target);
  }
  return found;
}

class DataCheck {
 public:
  DataCheck(const Resources& resources, Caller& caller, aws::UtcInstant now,
            const CallControl& control, PreflightChecks& checks)
      : resources_(resources), caller_(caller), now_(now), control_(control), checks_(checks) {}

  /// A copy of a snapshot carries the instant of the copy: what is in it may be older.
  void snapshot(ComponentIndex component, const std::string& name) {
    std::string region = resources_.region(component);
    if (region.empty()) {
      region = resources_.region(resources_.plan().component(component).reference("restores"));
    }
    Figure figure{"snapshot " + name, "age", "old", {}, "SnapshotCreateTime"};
    const auto answer = read(request_of("rds", "DescribeDBClusterSnapshots", region,
                                        {{"DBClusterSnapshotIdentifier", name}}),
                             figure.detail);
    const AwsValue* found = answer ? first_of(*answer, "DBClusterSnapshots") : nullptr;
    if (answer && found == nullptr) figure.detail = "there is no such cluster snapshot";
    if (found != nullptr) {
      const auto made = seconds_of(*found, "SnapshotCreateTime");
      if (made) figure.value = duration_of(aws::epoch_seconds(now_) - *made);
      if (!made) figure.detail = "it is not finished";
    }
    judge(figure, resources_.staging().limits.snapshot_age, checks_);
  }

  void replica(ComponentIndex component, ComponentIndex source) {
    const std::string& id = resources_.find(component)->id;
    const std::string region = resources_.region(component);
    const bool cluster = resources_.plan().component(component).kind == "aurora:cluster";
    const std::vector<Metric> metrics =
        cluster ? std::vector<Metric>{{"AuroraGlobalDBReplicationLag",
                                       1e-3,
                                       {{"DBClusterIdentifier", id},
                                        {"SourceRegion", resources_.region(source)}}},
                                      {"AuroraGlobalDBReplicationLag",
                                       1e-3,
                                       {{"DBClusterIdentifier", id}}},
                                      {"AuroraBinlogReplicaLag", 1, {{"DBClusterIdentifier", id}}},
                                      {"AuroraReplicaLag", 1e-3, {{"DBClusterIdentifier", id}}}}
                : std::vector<Metric>{{"ReplicaLag", 1, {{"DBInstanceIdentifier", id}}}};
    Figure figure{"replica " + id, "lag", "behind", {}, "no metric of its lag has a datapoint"};
    for (const Metric& metric : metrics) {
      if (figure.value) break;
      std::string why_not;
      const auto lag = newest(metric, region, why_not);
      if (!why_not.empty()) figure.detail = why_not;
      if (!lag) continue;
      figure.value = duration_of(*lag * metric.seconds);
      figure.detail = metric.name;
    }
    judge(figure, resources_.staging().limits.replica_lag, checks_);
  }

 private:
  /// Of AWS/RDS: name, its unit in seconds, and what it is of.
  struct Metric {
    const char* name;
    double seconds;
    std::vector<std::pair<std::string, std::string>> dimensions;
  };

  std::optional<AwsValue> read(const AwsRequest& request, std::string& why_not) {
    if (const Verdict no = check_region(resources_.staging(), request.region)) {
      why_not = no->why;
      return std::nullopt;
    }
    aws::Reply reply = caller_.call(request, control_);
    if (reply.outcome.ok()) return std::move(reply.value);
    why_not = failure_text(reply.outcome);
    return std::nullopt;
  }

  /// The worst of the newest minute within a quarter of an hour.
  std::optional<double> newest(const Metric& metric, const std::string& region,
                               std::string& why_not) {
    AwsValue dimensions = AwsValue::array();
    for (const auto& [name, value] : metric.dimensions) {
      dimensions.push_back({{"Name", name}, {"Value", value}});
    }
    const auto answer =
        read(request_of("cloudwatch", "GetMetricStatistics", region,
                        {{"Namespace", "AWS/RDS"},
                         {"MetricName", metric.name},
                         {"Dimensions", dimensions},
                         {"StartTime", aws::utc_text(now_ - std::chrono::minutes(15))},
                         {"EndTime", aws::utc_text(now_ + std::chrono::minutes(1))},
                         {"Period", 60},
                         {"Statistics", AwsValue::array({"Maximum"})}}),
             why_not);
    if (!answer) return std::nullopt;
    std::optional<double> value;
    double at = 0;
    for (const AwsValue& point : answer->value("Datapoints", AwsValue::array())) {
      const auto when = seconds_of(point, "Timestamp");
      if (!when || !point.contains("Maximum") || (value && *when < at)) continue;
      at = *when;
      value = point["Maximum"].get<double>();
    }
    return value;
  }

  const Resources& resources_;
  Caller& caller_;
  aws::UtcInstant now_;
  const CallControl& control_;
  PreflightChecks& checks_;
};

}  // namespace

void check_data(const Resources& resources, Caller& caller, aws::UtcInstant now,
                const CallControl& control, PreflightChecks& checks) {
  DataCheck check(resources, caller, now, control, checks);
  for (const ComponentIndex component : components_of_steps(resources.plan())) {
    const ResourceSpec* resource = resources.find(component);
    if (resource == nullptr) continue;
    const PlannedComponent& planned = resources.plan().component(component);
    if (!resource->snapshot.empty()) check.snapshot(component, resource->snapshot);
    const ComponentIndex source = planned.reference("replicates_from");
    if (source.valid() && (planned.kind == "aurora:cluster" || planned.kind == "rds:instance")) {
      check.replica(component, source);
    }
  }
}

namespace {

/// Its value, or what could not be read.
std::optional<AwsValue> read_quota(const QuotaSpec& quota, Caller& caller,
                                   const CallControl& control, std::string& why_not) {
  for (const char* operation : {"GetServiceQuota", "GetAWSDefaultServiceQuota"}) {
    const aws::Reply reply =
        caller.call(request_of("service-quotas", operation, quota.region.text,
                               {{"ServiceCode", quota.service}, {"QuotaCode", quota.code}}),
                    control);
    if (reply.outcome.ok()) return reply.value.value("Quota", AwsValue::object());
    why_not = failure_text(reply.outcome);
    // Only what was raised once is known by itself.
    if (reply.outcome.failure->kind != aws::FailureKind::kNotFound) break;
  }
  return std::nullopt;
}

}  // namespace

void check_quotas(const StagingDocument& staging, Caller& caller, const CallControl& control,
                  PreflightChecks& checks) {
  for (const QuotaSpec& quota : staging.quotas) {
    const std::string name =
        fmt::format("quota {} of {} in {}", quota.code, quota.service, quota.region.text);
    std::string why_not = "it has no value";
    const auto found = read_quota(quota, caller, control, why_not);
    if (!found || !found->contains("Value") || !found->at("Value").is_number()) {
      add(checks, 9, name, Refusal{9, fmt::format("{} cannot be read: {}", name, why_not)});
      continue;
    }
    const double value = found->at("Value").get<double>();
    const std::string what =
        fmt::format("{} ({}) is {:g}", name, text_of(*found, "QuotaName"), value);
    Verdict wrong;
    if (value < quota.at_least) {
      wrong = Refusal{9, fmt::format("{}, the drill needs {:g}", what, quota.at_least)};
    }
    add(checks, 9, what, wrong);
  }
}

}  // namespace firedrill::live
