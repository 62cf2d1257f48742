#include "engine/live/service_probes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace firedrill::live {
namespace {

using nlohmann::json;

std::chrono::milliseconds time_left(const CallControl& control) {
  const auto left = control.deadline - std::chrono::steady_clock::now();
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds(1));
}

/// Origin and the rest of a URL; `why` says what is wrong with one.
std::optional<aws::HttpRequest> request_to(const std::string& url, std::string& why) {
  const std::size_t scheme = url.find("://");
  const std::size_t rest =
      scheme == std::string::npos ? scheme : url.find_first_of("/?#", scheme + 3);
  const auto endpoint = aws::parse_endpoint(url.substr(0, rest), why);
  if (!endpoint) return std::nullopt;
  aws::HttpRequest request;
  request.endpoint = *endpoint;
  if (rest == std::string::npos) return request;
  const std::string path = url.substr(rest, url.find('#', rest) - rest);
  request.path = path.starts_with('/') ? path : '/' + path;
  return request;
}

}  // namespace

StagedServiceProbes::StagedServiceProbes(const Resources& resources, aws::Client& client,
                                         aws::Transport& web, const RunClock& clock,
                                         std::function<void(const CheckChange&)> told)
    : resources_(resources), client_(client), web_(web), clock_(clock), told_(std::move(told)) {
  const auto& services = resources.plan().services;
  for (const StagingServiceSpec& spec : resources.staging().services) {
    const auto found = std::find_if(services.begin(), services.end(), [&](const auto& service) {
      return service.name == spec.service.text;
    });
    if (found == services.end()) continue;  // told when the document was bound
    auto& checks = checks_[{static_cast<std::uint32_t>(found - services.begin())}];
    for (const ServiceCheckSpec& check : spec.checks) checks.push_back(bind(check));
  }
}

StagedServiceProbes::Check StagedServiceProbes::bind(const ServiceCheckSpec& spec) {
  Check check{{}, std::chrono::microseconds(spec.timeout.us), {}, {}};
  if (spec.observe == "http") {
    check.name = "http " + spec.url;
    check.look = [this, &spec](const CallControl& control) { return http(spec, control); };
    return check;
  }
  if (spec.observe == "alarm-ok") {
    check.name = "alarm-ok " + spec.alarm;
    check.look = [this, &spec](const CallControl& control) { return alarm(spec, control); };
    return check;
  }
  check.name = fmt::format("{} {}", spec.observe, spec.component.text);
  PlannedCall probe;
  probe.operation = spec.observe == "writer"       ? Operation::kProbeIsWriter
                    : spec.observe == "ecs-stable" ? Operation::kProbeServicesStable
                                                   : Operation::kProbeTargetsHealthy;
  const auto& components = resources_.plan().components;
  for (std::uint32_t i = 0; i < components.size(); ++i) {
    if (components[i].name != spec.component.text) continue;
    probe.components = {{i}};
    probe.region = components[i].region;
  }
  check.look = [this, probe](const CallControl& control) { return read(probe, control); };
  return check;
}

bool StagedServiceProbes::watches(ServiceIndex service) const { return checks_.contains(service); }

std::optional<double> StagedServiceProbes::served_share(ServiceIndex service,
                                                        const CallControl& control) {
  const auto found = checks_.find(service);
  if (found == checks_.end()) return std::nullopt;
  bool all_known = true;
  bool all_hold = true;
  // Every check is made, also after one that does not hold: each has its own instant.
  for (Check& check : found->second) {
    CallControl one = control;
    one.deadline = std::min(control.deadline, std::chrono::steady_clock::now() + check.timeout);
    const Seen seen = check.look(one);
    if (control.cancelled && control.cancelled()) return std::nullopt;
    tell(service, check, seen);
    all_known = all_known && seen.observation.known;
    all_hold = all_hold && (seen.observation.holds || !seen.observation.known);
  }
  if (!all_hold) return 0.0;
  return all_known ? std::optional(1.0) : std::nullopt;
}

void StagedServiceProbes::tell(ServiceIndex service, Check& check, const Seen& seen) {
  const std::lock_guard lock(mutex_);
  const Observation now = seen.observation;
  const bool same = check.last && check.last->known == now.known && check.last->holds == now.holds;
  check.last = now;
  if (same || !told_) return;
  told_({service, check.name, clock_.now(), now.known, now.holds, seen.why});
}

StagedServiceProbes::Seen StagedServiceProbes::http(const ServiceCheckSpec& spec,
                                                    const CallControl& control) {
  std::string why;
  const auto request = request_to(spec.url, why);
  if (!request) return {{}, why};
  aws::SendOptions options;
  options.timeout = time_left(control);
  options.cancelled = control.cancelled;
  // A kept connection would go on to a server that no new customer reaches.
  options.fresh_connection = true;
  const aws::TransportResult result = web_.send({*request, std::nullopt}, options);
  const bool ours = result.error == aws::TransportError::kRefused ||
                    result.error == aws::TransportError::kCancelled;
  if (ours) return {{}, result.message};
  if (result.error != aws::TransportError::kNone) return {{true, false}, result.message};
  if (result.response.status != spec.status) {
    return {{true, false}, fmt::format("status {}", result.response.status)};
  }
  const bool holds = result.response.body.find(spec.holds_text) != std::string::npos;
  return {{true, holds}, holds ? "" : "the answer does not hold the text"};
}

StagedServiceProbes::Seen StagedServiceProbes::read(const PlannedCall& probe,
                                                    const CallControl& control) {
  const ProbeBinding* binding = find_probe_binding(probe.operation);
  if (binding == nullptr) return {{}, "nothing reads that"};
  std::string why;
  const Reader reader = [&](const AwsRequest& request) -> std::optional<json> {
    aws::Reply reply = client_.call(*request.operation, request.parameters,
                                    {request.region, control.deadline, control.cancelled});
    if (reply.outcome.ok()) return std::move(reply.value);
    why = reply.outcome.failure ? reply.outcome.failure->code : "no answer";
    return std::nullopt;
  };
  const Observation seen = binding->observe(resources_, probe, reader);
  return {seen, why};
}

StagedServiceProbes::Seen StagedServiceProbes::alarm(const ServiceCheckSpec& spec,
                                                     const CallControl& control) {
  const aws::Reply reply =
      client_.call(*aws::find_operation("cloudwatch", "DescribeAlarms"),
                   {{"AlarmNames", json::array({spec.alarm})},
                    {"AlarmTypes", json::array({"MetricAlarm", "CompositeAlarm"})}},
                   {spec.region.text, control.deadline, control.cancelled});
  if (!reply.outcome.ok()) {
    return {{}, reply.outcome.failure ? reply.outcome.failure->code : "no answer"};
  }
  for (const char* list : {"MetricAlarms", "CompositeAlarms"}) {
    for (const json& alarm : reply.value.value(list, json::array())) {
      const std::string state = alarm.value("StateValue", "");
      // Without data nobody knows.
      return {{state != "INSUFFICIENT_DATA", state == "OK"}, state};
    }
  }
  return {{}, "there is no such alarm"};
}

}  // namespace firedrill::live
