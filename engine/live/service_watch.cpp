#include "engine/live/service_watch.hpp"

#include <algorithm>

namespace firedrill::live {

ServiceWatch::ServiceWatch(const Plan& plan, EventLog& log, LiveDriver& driver,
                           ServiceProbes& probes, Options options)
    : plan_(plan),
      log_(log),
      driver_(driver),
      probes_(probes),
      options_(options),
      seen_(plan.services.size()),
      looked_(driver.agenda()) {}

void ServiceWatch::begin() {
  const auto count = static_cast<std::int64_t>(plan_.services.size());
  for (std::uint32_t i = 0; i < plan_.services.size(); ++i) {
    if (!probes_.watches({i})) continue;
    watches_.spawn(watch({i}, Duration{options_.interval.us * i / count}));
  }
}

std::optional<double> ServiceWatch::share(ServiceIndex service) const {
  return service.value < seen_.size() ? seen_[service.value].share : std::nullopt;
}

Task<void> ServiceWatch::watch(ServiceIndex service, Duration phase) {
  Agenda& agenda = driver_.agenda();
  auto apart = sleep_for(agenda, phase);
  co_await apart;
  for (;;) {
    const TimePoint began = agenda.now();
    Task<std::optional<double>> look = driver_.off_thread<std::optional<double>>(
        [this, service](const CallControl& control) { return seen_now(service, control); },
        options_.look_limit);
    const std::optional<double> share = co_await look;
    if (share) {
      note(service, agenda.now(), *share);
      looked_.raise();
    }
    auto rest = sleep_until(agenda, began + options_.interval);
    co_await rest;
  }
}

std::optional<double> ServiceWatch::seen_now(ServiceIndex service, const CallControl& control) {
  try {
    return probes_.served_share(service, control);
  } catch (const std::exception&) {
    return std::nullopt;  // a journal with a gap: the stop conditions meet it as well, and say so
  }
}

void ServiceWatch::note(ServiceIndex service, TimePoint at, double share) {
  Seen& seen = seen_[service.value];
  const bool serves = share >= plan_.service(service).threshold;
  if (!serves) seen.serves_since = TimePoint::never();
  if (serves && seen.serves_since == TimePoint::never()) seen.serves_since = at;
  seen.looked = at;
  if (seen.share == share) return;
  seen.share = share;
  if (told_) told_(service, share);
  log_.add({.at = at,
            .value = share,
            .value2 = share,
            .subject = service.value,
            .kind = EventKind::kServedShare});
}

void ServiceWatch::restore(ServiceIndex service, TimePoint at, double share) {
  const auto told = std::exchange(told_, nullptr);
  note(service, at, share);
  told_ = told;
}

bool ServiceWatch::steady(TimePoint since) const {
  for (std::uint32_t i = 0; i < seen_.size(); ++i) {
    const PlannedService& service = plan_.services[i];
    if (!service.judged || !probes_.watches({i})) continue;
    const Seen& seen = seen_[i];
    if (seen.serves_since == TimePoint::never()) return false;
    if (seen.looked < std::max(seen.serves_since, since) + service.hold) return false;
  }
  return true;
}

Task<void> ServiceWatch::until_steady(TimePoint since) {
  while (!steady(since)) {
    auto look = looked_.wait();
    co_await look;
  }
}

}  // namespace firedrill::live
