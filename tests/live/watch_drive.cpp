// Watches services as a test tells it to (one line of JSON), and says what was seen and what
// measuring makes of it. `began_ns` is the start by the monotonic clock of the machine.
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/live/service_probes.hpp"
#include "engine/live/service_watch.hpp"
#include "engine/measure/metrics.hpp"

namespace {

using namespace firedrill;
using namespace firedrill::live;
using nlohmann::json;

Duration ms(const json& from, const char* key, std::int64_t otherwise) {
  return Duration::milliseconds(from.value(key, otherwise));
}

ServiceCheckSpec check_of(const json& wanted) {
  ServiceCheckSpec check;
  check.observe = wanted.at("observe");
  check.url = wanted.value("url", "");
  check.holds_text = wanted.value("holds_text", "");
  check.component.text = wanted.value("component", "");
  check.alarm = wanted.value("alarm", "");
  check.region.text = "eu-west-1";
  check.timeout = ms(wanted, "timeout_ms", 1000);
  return check;
}

/// One region, one fault of it, and what the services stand on.
Plan plan_of(const json& wanted, StagingDocument& staging) {
  Plan plan;
  plan.regions.push_back({"eu-west-1", {}});
  plan.faults.push_back({.id = "lost", .call = {.operation = Operation::kFaultRegionLoss}});
  for (const json& service : wanted.at("services")) {
    PlannedService planned;
    planned.name = service.at("name");
    planned.hold = ms(service, "hold_ms", 1000);
    plan.services.push_back(planned);
    StagingServiceSpec spec;
    spec.service.text = planned.name;
    for (const json& check : service.at("checks")) spec.checks.push_back(check_of(check));
    staging.services.push_back(spec);
  }
  for (const json& resource : wanted.value("resources", json::array())) {
    PlannedComponent component;
    component.name = resource.at("component");
    component.kind = resource.at("kind");
    component.region = {0};
    plan.components.push_back(component);
    ResourceSpec spec;
    spec.component.text = component.name;
    spec.id = resource.at("id");
    spec.cluster = resource.value("cluster", "");
    staging.resources.push_back(spec);
  }
  return plan;
}

json told(const std::vector<CheckChange>& changes) {
  json list = json::array();
  for (const CheckChange& change : changes) {
    list.push_back({{"t_us", change.at.us},
                    {"check", change.check},
                    {"known", change.known},
                    {"holds", change.holds},
                    {"why", change.why}});
  }
  return list;
}

json shares(const Plan& plan, const EventLog& log) {
  json list = json::array();
  for (const Event& e : log.events()) {
    if (e.kind != EventKind::kServedShare) continue;
    list.push_back(
        {{"t_us", e.at.us}, {"service", plan.services[e.subject].name}, {"share", e.value}});
  }
  return list;
}

int watch(const json& wanted) {
  StagingDocument staging;
  const Plan plan = plan_of(wanted, staging);
  Diagnostics diagnostics;
  const auto resources = Resources::bind(plan, staging, diagnostics);
  if (!resources) return 1;
  const auto transport = aws::make_curl_transport({});
  const auto signer = aws::make_openssl_signer();
  aws::StandardCredentials credentials({}, aws::system_clock());
  aws::Client client(
      {*transport, *signer, credentials, aws::system_clock(), aws::system_random_bits(), nullptr},
      {});
  MonotonicClock clock;
  std::cout
      << json({{"began_ns", std::chrono::steady_clock::now().time_since_epoch().count()}}).dump()
      << std::endl;
  std::vector<CheckChange> changes;
  StagedServiceProbes probes(*resources, client, *transport, clock,
                             [&changes](const CheckChange& c) { changes.push_back(c); });
  EventLog log;
  LiveDriver driver(clock);
  const TimePoint onset = TimePoint{} + ms(wanted, "onset_ms", 1000);
  log.add({.at = onset, .subject = 0, .kind = EventKind::kFaultStarted});
  ServiceWatch services(plan, log, driver, probes, {.interval = ms(wanted, "interval_ms", 100)});
  services.begin();
  Task<void> steady = services.until_steady(onset);
  const DriveEnd end = driver.drive(steady, TimePoint{} + ms(wanted, "limit_ms", 10'000), {});
  driver.finish_calls();
  log.add({.at = clock.now(),
           .object = static_cast<std::uint32_t>(DrillEnd::kCompleted),
           .kind = EventKind::kDrillEnded});
  const DrillMetrics metrics = measure(plan, log.events());
  json rto = json::object();
  for (std::size_t i = 0; i < plan.services.size(); ++i) {
    const std::int64_t us = metrics.services[i].rto_us;
    rto[plan.services[i].name] = us == kNotReachedUs ? json() : json(us);
  }
  std::cout << json({{"steady", end == DriveEnd::kCompleted},
                     {"ended_us", clock.now().us},
                     {"rto_us", rto},
                     {"shares", shares(plan, log)},
                     {"checks", told(changes)}})
                   .dump()
            << std::endl;
  return 0;
}

}  // namespace

int main() {
  std::string line;
  std::getline(std::cin, line);
  return watch(json::parse(line));
}
