#include "models/dns.hpp"

#include <algorithm>

namespace firedrill {
namespace {

// The hand-over of a population is continuous; the log gets its value at these fractions of the
// TTL. At the default threshold of 90 % the crossing falls exactly on a step.
constexpr int kHandOverSteps = 20;
// Stragglers are told at these quantiles of their delay.
constexpr int kStragglerSteps = 10;

// What the library's health check timing stands for: checks every 30 s, three failures, and
// endpoints counted as down once 82 % of the unsynchronised checkers say so. Other settings scale
// with it.
constexpr double kStandardIntervals = 3.0 - 1.0 + 0.82;
constexpr double kStandardIntervalS = 30.0;

void add(std::vector<Audience>& shares, const Audience& more) {
  const auto known = std::find_if(shares.begin(), shares.end(), [&](const Audience& held) {
    return held.balancer == more.balancer;
  });
  if (known == shares.end()) {
    shares.push_back(more);
  } else {
    known->honouring += more.honouring;
    known->stragglers += more.stragglers;
  }
}

}  // namespace

void AnswerHolders::change(TimePoint when, ComponentIndex to, double straggled, double share) {
  audience_ = at(when, straggled);
  for (Audience& answer : answers_) {
    answer.honouring *= 1.0 - share;
    answer.stragglers *= 1.0 - share;
  }
  std::erase_if(answers_, [](const Audience& answer) { return answer.honouring <= 0; });
  add(answers_, {to, share, share});
  changed_at_ = when;
}

ComponentIndex AnswerHolders::answer() const {
  return std::max_element(answers_.begin(), answers_.end(),
                          [](const auto& a, const auto& b) { return a.honouring < b.honouring; })
      ->balancer;
}

std::vector<Audience> AnswerHolders::at(TimePoint now, double straggled) const {
  if (changed_at_ == TimePoint::never()) return audience_;
  const double moved =
      ttl_.us == 0 ? 1.0 : std::clamp(to_seconds(now - changed_at_) / to_seconds(ttl_), 0.0, 1.0);
  std::vector<Audience> shares = audience_;
  Audience asked{{}, 0, 0};
  for (Audience& held : shares) {
    asked.honouring += held.honouring * moved;
    asked.stragglers += held.stragglers * straggled;
    held.honouring *= 1.0 - moved;
    held.stragglers *= 1.0 - straggled;
  }
  for (const Audience& answer : answers_) {
    add(shares, {answer.balancer, asked.honouring * answer.honouring,
                 asked.stragglers * answer.stragglers});
  }
  return shares;
}

DnsRecord::DnsRecord(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Entrance(context, regions, self),
      health_check_(context, self, "health_check"),
      answers_change_(context, self, "answers_change"),
      change_propagation_(context, self, "change_propagation"),
      straggler_share_(context.plan.timing(context.plan.component(self).timing("straggler_share"))
                           .distribution.mean()),
      straggler_delay_(context.plan.component(self).timing("straggler_delay")),
      primary_(context.plan.component(self).reference("primary")),
      secondary_(context.plan.component(self).reference("secondary")),
      answer_(primary_),
      holders_(primary_, spec().ttl) {}

Outcome DnsRecord::take(const PlannedCall& call, StepIndex by) {
  if (call.operation != Operation::kRoute53ChangeRecord) return Component::take(call, by);
  point_to(call.target, call.share, by);
  return {};
}

Observation DnsRecord::look(const PlannedCall& probe) const {
  if (probe.operation != Operation::kProbeAnswersRegion) return {};
  return {true, context_.plan.component(answer()).region == probe.region};
}

std::optional<double> DnsRecord::metric(Operation metric) const {
  if (metric != Operation::kMetricEndpointUnhealthy) return std::nullopt;
  return primary_unhealthy() ? 1.0 : 0.0;
}

void DnsRecord::watch(const Endpoints& endpoints) {
  endpoints_ = &endpoints;
  tasks_.spawn(check_health());
  if (secondary_.valid()) tasks_.spawn(follow_health());
}

Duration DnsRecord::detection() {
  const double intervals = static_cast<double>(spec().health_check_failures) - 1.0 + 0.82;
  const double scale = intervals * to_seconds(spec().health_check_interval) /
                       (kStandardIntervals * kStandardIntervalS);
  return duration_from_seconds(to_seconds(health_check_.duration()) * scale);
}

Task<void> DnsRecord::check_health() {
  for (;;) {
    while (endpoints_->endpoint_healthy(primary_) == !unhealthy_) {
      auto change = context_.changed.wait();
      co_await change;
    }
    auto agreed = sleep_for(context_.agenda, detection());
    co_await agreed;
    if (endpoints_->endpoint_healthy(primary_) == !unhealthy_) continue;  // it was a blip
    unhealthy_ = !unhealthy_;
    context_.change({});
  }
}

/// What answers should be: with both ends down, what they are.
ComponentIndex DnsRecord::wanted() const {
  const ComponentIndex to = unhealthy_ ? secondary_ : primary_;
  return to != answer_ && endpoints_->endpoint_healthy(to) ? to : answer_;
}

/// Somebody who points the record by hand ends this: it then has one answer and no check.
Task<void> DnsRecord::follow_health() {
  for (;;) {
    while (wanted() == answer_) {
      auto change = context_.changed.wait();
      co_await change;
    }
    auto told = sleep_for(context_.agenda, answers_change_.duration());
    co_await told;
    if (pointed_by_hand_) co_return;
    if (wanted() == answer_) continue;
    const ComponentIndex to = wanted();
    handing_over_ = hand_over(to, 1.0, {});
    handing_over_.start(nullptr);
  }
}

void DnsRecord::point_to(ComponentIndex balancer, double share, StepIndex by) {
  pointed_by_hand_ = true;
  tasks_.spawn(propagate(balancer, share, change_propagation_.duration(), by));
}

Task<void> DnsRecord::propagate(ComponentIndex to, double share, Duration after, StepIndex by) {
  auto propagated = sleep_for(context_.agenda, after);
  co_await propagated;
  handing_over_ = hand_over(to, share, by);
  handing_over_.start(nullptr);
}

/// Tells the change of the shares as it goes: the clients that honour the TTL, then the stragglers.
Task<void> DnsRecord::hand_over(ComponentIndex to, double share, StepIndex by) {
  const TimePoint begin = context_.now();
  holders_.change(begin, to, straggled(), share);
  answer_ = holders_.answer();
  context_.change(by);
  const Distribution& delay = context_.plan.timing(straggler_delay_).distribution;
  std::vector<TimePoint> dates;
  for (int i = 1; i <= kHandOverSteps; ++i) {
    dates.push_back(begin + Duration{spec().ttl.us * i / kHandOverSteps});
  }
  for (int i = 1; i < kStragglerSteps; ++i) {
    const double quantile = static_cast<double>(i) / kStragglerSteps;
    dates.push_back(begin + duration_from_seconds(delay.quantile(quantile)));
  }
  // And at the instant from which nearly all clients are where they should be.
  const double nearly_all = 1 - (1 - kNearlyAllClients) / std::max(straggler_share_, 1e-9);
  if (nearly_all > 0 && nearly_all < 1) {
    dates.push_back(begin + duration_from_seconds(delay.quantile(nearly_all)) +
                    Duration::microseconds(1));
  }
  std::sort(dates.begin(), dates.end());
  for (const TimePoint date : dates) {
    auto step = sleep_until(context_.agenda, date);
    co_await step;
    context_.change(by);
  }
}

double DnsRecord::straggled() const {
  if (holders_.changed_at() == TimePoint::never()) return 0;
  const double since = to_seconds(context_.now() - holders_.changed_at());
  return since > 0 ? context_.plan.timing(straggler_delay_).distribution.cdf(since) : 0;
}

std::vector<Audience> DnsRecord::audience() const {
  return holders_.at(context_.now(), straggled());
}

}  // namespace firedrill
