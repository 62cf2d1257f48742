#include "models/certificate.hpp"

#include <algorithm>
#include <cmath>

namespace firedrill {
namespace {

constexpr double kDayS = 24 * 3600.0;

}  // namespace

Certificate::Certificate(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Component(context, regions, self),
      validation_(context, self, "validation"),
      renewal_retry_(context, self, "renewal_retry"),
      validity_(fixed("validity")),
      renewal_begins_(fixed("renewal_begins")),
      metric_interval_(fixed("metric_interval")),
      metric_phase_(duration_from_seconds(
          context.draws.uniform(entity_key(context.plan.component(self).name + "/published"), 0) *
          to_seconds(metric_interval_))),
      imported_(spec().imported),
      record_present_(spec().validation_record),
      served_until_(TimePoint{} + spec().expires_in),
      issued_until_(served_until_),
      shown_before_(served_until_) {}

void Certificate::begin() {
  expiring_ = expire();
  expiring_.start(nullptr);
  if (imported_) return;
  renewing_ = renew();
  renewing_.start(nullptr);
}

Outcome Certificate::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kAcmRequestCertificate:
      return request(by);
    case Operation::kAcmImportCertificate:
      return import(by);
    case Operation::kRoute53UpsertValidationRecord:
      record_present_ = true;
      context_.change(by);
      return {};
    default:
      return Component::take(call, by);
  }
}

Outcome Certificate::strike(const PlannedCall& fault, bool begins) {
  if (fault.operation == Operation::kFaultValidationRecordRemoved) {
    record_present_ = !begins;
    return {};
  }
  if (fault.operation != Operation::kFaultCertificateExpires) {
    return Component::strike(fault, begins);
  }
  if (!begins) return {};  // validity that is gone does not come back
  serve(context_.now() + fault.duration.value_or(Duration{}), {});
  issued_until_ = served_until_;
  if (imported_) return {};
  renewing_ = renew();
  renewing_.start(nullptr);
  return {};
}

Observation Certificate::look(const PlannedCall& probe) const {
  switch (probe.operation) {
    case Operation::kProbeCertificateIssued:
      return {true, newest() && *newest() > context_.now()};
    case Operation::kProbeCertificateImported:
      return {true, imported_};
    case Operation::kProbeValidationRecordPresent:
      return {true, record_present_};
    case Operation::kProbeServedValidFor:
      return {true, context_.now() + probe.duration.value_or(Duration{}) <= served_until_};
    default:
      return {};
  }
}

std::optional<TimePoint> Certificate::newest() const {
  if (requested_) return std::nullopt;
  return issued_until_;
}

void Certificate::serve(TimePoint until, StepIndex by) {
  if (until == served_until_) return;
  shown_before_ = last_publication(context_.now()) < changed_at_ ? shown_before_ : served_until_;
  changed_at_ = context_.now();
  served_until_ = until;
  expiring_ = expire();
  expiring_.start(nullptr);
  context_.change(by);
}

/// Asking for what has been asked for is the same request.
Outcome Certificate::request(StepIndex by) {
  if (requested_) return {};
  requested_ = true;
  tasks_.spawn(validate(by));
  return {};
}

Outcome Certificate::import(StepIndex by) {
  if (!imported_) return Outcome::failed(Failure::kRefused);  // ACM issued it, so ACM replaces it
  issued_until_ = context_.now() + validity_;
  serve(issued_until_, by);
  return {};
}

Task<void> Certificate::with_record() {
  while (!record_present_) {
    auto change = context_.changed.wait();
    co_await change;
  }
}

Task<void> Certificate::validate(StepIndex by) {
  Task<void> recorded = with_record();
  co_await recorded;
  auto validated = sleep_for(context_.agenda, validation_.duration());
  co_await validated;
  requested_ = false;
  imported_ = false;
  issued_until_ = context_.now() + validity_;
  context_.change(by);
}

Task<void> Certificate::renew() {
  const TimePoint due = served_until_ - renewal_begins_;
  // Nothing after the drill is waited for.
  if (due > TimePoint{} + context_.plan.horizon) co_return;
  auto begins = sleep_until(context_.agenda, std::max(due, context_.now()));
  co_await begins;
  if (!record_present_) {
    Task<void> recorded = with_record();
    co_await recorded;
    auto tried_again = sleep_for(context_.agenda, renewal_retry_.duration());
    co_await tried_again;
  }
  auto validated = sleep_for(context_.agenda, validation_.duration());
  co_await validated;
  const bool replaced = issued_until_ - renewal_begins_ > context_.now();
  if (served_until_ <= context_.now() || replaced) co_return;
  issued_until_ = context_.now() + validity_;
  serve(issued_until_, {});
}

Task<void> Certificate::expire() {
  if (served_until_ > TimePoint{} + context_.plan.horizon) co_return;
  auto ended = sleep_until(context_.agenda, std::max(served_until_, context_.now()));
  co_await ended;
  context_.note(Note::kCertificateExpired, self_.value, {});
  context_.change({});
}

/// The newest publication at or before that instant.
TimePoint Certificate::last_publication(TimePoint at) const {
  const std::int64_t interval = std::max<std::int64_t>(metric_interval_.us, 1);
  const std::int64_t since = at.us - metric_phase_.us;
  const std::int64_t count = since >= 0 ? since / interval : -((-since + interval - 1) / interval);
  return TimePoint{metric_phase_.us + count * interval};
}

double Certificate::published_days() const {
  const TimePoint published = last_publication(context_.now());
  const TimePoint until = published < changed_at_ ? shown_before_ : served_until_;
  return to_seconds(until - published) / kDayS;
}

std::optional<double> Certificate::metric(Operation metric) const {
  if (metric != Operation::kMetricDaysToExpiry) return std::nullopt;
  return published_days();
}

TimePoint Certificate::metric_crosses(Operation metric, double level) const {
  if (metric != Operation::kMetricDaysToExpiry) return TimePoint::never();
  const TimePoint now = context_.now();
  const TimePoint next = last_publication(now) + metric_interval_;
  const TimePoint crosses = served_until_ - duration_from_seconds(level * kDayS);
  const bool below = published_days() < level;
  const bool will_be_below = to_seconds(served_until_ - next) / kDayS < level;
  if (will_be_below != below) return next;
  if (below) return TimePoint::never();
  return last_publication(std::max(crosses, now)) + metric_interval_;
}

}  // namespace firedrill
