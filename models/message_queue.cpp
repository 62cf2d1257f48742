#include "models/message_queue.hpp"

#include <algorithm>
#include <cmath>

namespace firedrill {
// ------------------------------------------------------------------------------------------ fluid

void MessageFluid::set_rates(TimePoint now, double arrivals_per_s, double capacity_per_s) {
  gone_ = gone(now);
  segments_.push_back({now, arrivals_per_s, arrived(now)});
  capacity_per_s_ = capacity_per_s;
  since_ = now;
}

void MessageFluid::remove(TimePoint now, double messages) {
  gone_ = std::min(arrived(now), gone(now) + messages);
  since_ = now;
}

double MessageFluid::arrived(TimePoint when) const {
  auto segment = segments_.end() - 1;
  while (segment != segments_.begin() && segment->from > when) --segment;
  const double since_s = std::max(0.0, to_seconds(when - segment->from));
  return segment->arrived + segment->arrivals_per_s * since_s;
}

double MessageFluid::gone(TimePoint when) const {
  return std::min(arrived(when), gone_ + capacity_per_s_ * to_seconds(when - since_));
}

double MessageFluid::depth(TimePoint now) const {
  const double depth = arrived(now) - gone(now);
  return depth < kNoMessage ? 0 : depth;
}

Duration MessageFluid::age_of_oldest(TimePoint now) const {
  if (depth(now) <= 0) return {};
  const double oldest = gone(now);
  auto segment = segments_.end() - 1;
  while (segment != segments_.begin() && segment->arrived > oldest) --segment;
  if (segment->arrivals_per_s <= 0) return now - segment->from;
  const double into_s = (oldest - segment->arrived) / segment->arrivals_per_s;
  return now - segment->from - duration_from_seconds(into_s);
}

TimePoint MessageFluid::depth_passes(TimePoint now, double level) const {
  const double grows = segments_.back().arrivals_per_s - capacity_per_s_;
  const double missing = level - depth(now);
  if (grows == 0 || missing / grows <= 0) return TimePoint::never();
  if (grows < 0 && level < kNoMessage) return TimePoint::never();
  return now + duration_from_seconds(std::ceil(missing / grows * 1e6) * 1e-6);
}

/// The oldest is older than L at s when more had arrived by s - L than has gone by s. Both sides
/// are straight between the dates at which the rate of arrivals changed, L later.
double MessageFluid::ahead(TimePoint when, Duration level) const {
  return arrived(when - level) - gone_ - capacity_per_s_ * to_seconds(when - since_);
}

TimePoint MessageFluid::age_passes(TimePoint now, Duration level) const {
  const bool older = older_than(now, level);
  TimePoint begin = now;
  for (std::size_t i = 0; i <= segments_.size(); ++i) {
    const bool last = i == segments_.size();
    const TimePoint end = last ? begin + Duration::seconds(1) : segments_[i].from + level;
    if (end <= begin) continue;
    const double at_begin = ahead(begin, level);
    const double slope = (ahead(end, level) - at_begin) / to_seconds(end - begin);
    const double after_s = slope == 0 ? -1 : (kNoMessage - at_begin) / slope;
    const bool passes = older ? slope < 0 : slope > 0;
    if (passes && after_s >= 0 && (last || begin + duration_from_seconds(after_s) <= end)) {
      return begin + duration_from_seconds(std::ceil(after_s * 1e6 + 1) * 1e-6);
    }
    begin = end;
  }
  return TimePoint::never();
}

// ------------------------------------------------------------------------------------------ queue

MessageQueue::MessageQueue(DrillContext& context, const Regions& regions, ComponentIndex self)
    : Component(context, regions, self),
      attributes_(context, self, "set_attributes"),
      visibility_timeout_(spec().visibility_timeout) {}

void MessageQueue::connect(const Parts& parts) {
  workers_ = parts.as<ServiceSite>(planned().reference("workers"));
  broker_ = parts.as<CacheCluster>(planned().reference("kept_in"));
}

Outcome MessageQueue::take(const PlannedCall& call, StepIndex by) {
  switch (call.operation) {
    case Operation::kSqsDeleteMessages:
      return delete_messages(call.count, by);
    case Operation::kSqsSetAttributes:
      tasks_.spawn(change_attributes(call.duration.value_or(visibility_timeout_), by));
      return Outcome{};
    default:
      return Component::take(call, by);
  }
}

Outcome MessageQueue::strike(const PlannedCall& fault, bool begins) {
  switch (fault.operation) {
    case Operation::kFaultQueueSurge:
      surge_ = begins ? fault.factor : 1.0;
      return Outcome{};
    case Operation::kFaultSlowWorkers:
      slowness_ = begins ? fault.factor : 1.0;
      return Outcome{};
    case Operation::kFaultPoisonMessages:
      // Software that is repaired sends no more of them; those that are there stay.
      if (begins) poison_ += static_cast<double>(fault.count);
      return Outcome{};
    default:
      return Component::strike(fault, begins);
  }
}

Observation MessageQueue::look(const PlannedCall& probe) const {
  if (probe.operation != Operation::kProbeQueueOnTime) return Component::look(probe);
  return {reachable(), reachable() && !late()};
}

std::optional<double> MessageQueue::metric(Operation metric) const {
  if (!reachable()) return std::nullopt;
  if (metric == Operation::kMetricQueueDepth) return fluid_.depth(context_.now()) + poison_;
  if (metric == Operation::kMetricQueueAge) return to_seconds(fluid_.age_of_oldest(context_.now()));
  return Component::metric(metric);
}

TimePoint MessageQueue::metric_crosses(Operation metric, double level) const {
  if (metric == Operation::kMetricQueueDepth) {
    return fluid_.depth_passes(context_.now(), level - poison_);
  }
  return fluid_.age_passes(context_.now(), duration_from_seconds(level));
}

double MessageQueue::passes(const Path&) const { return reachable() && !late() ? 1.0 : 0.0; }

bool MessageQueue::reachable() const {
  return region_up() && !down() && (broker_ == nullptr || broker_->in_use().answers());
}

double MessageQueue::capacity_per_s() const {
  const double work_s = slowness_ / std::max(spec().work_rate.per_s, 1e-9);
  const double visible_s = std::max(to_seconds(visibility_timeout_), 1e-6);
  const double handled = std::ceil(work_s / visible_s - 1e-9);
  const double at_poison = poison_ * work_s / std::max(visible_s, work_s);
  const double workers = std::max(0.0, static_cast<double>(workers_->healthy()) - at_poison);
  return workers / (work_s * handled);
}

void MessageQueue::update_rates() {
  const TimePoint now = context_.now();
  if (broker_ != nullptr && broker_->in_use().emptied_at() > emptied_at_) {
    emptied_at_ = broker_->in_use().emptied_at();
    if (fluid_.depth(now) > 0) context_.note(Note::kMessagesLost, self_.value, context_.last_cause);
    fluid_.remove(now, fluid_.depth(now));
  }
  const double arrivals = reachable() ? spec().arrival_rate.per_s * surge_ : 0.0;
  const double served = reachable() ? capacity_per_s() : 0.0;
  if (arrivals == arrivals_per_s_ && served == served_per_s_) return;
  arrivals_per_s_ = arrivals;
  served_per_s_ = served;
  fluid_.set_rates(now, arrivals, served);
}

/// Whoever deletes what was received deletes good messages and bad ones, as they come.
Outcome MessageQueue::delete_messages(std::int64_t count, StepIndex by) {
  if (broker_ != nullptr) return Outcome::failed(Failure::kNotFound);
  const double depth = fluid_.depth(context_.now());
  const double bad = depth + poison_ > 0 ? poison_ / (depth + poison_) : 0;
  const double wanted = std::min(static_cast<double>(count), depth + poison_);
  if (wanted * (1 - bad) >= 1) context_.note(Note::kMessagesLost, self_.value, by);
  poison_ = std::max(0.0, poison_ - wanted * bad);
  fluid_.remove(context_.now(), wanted * (1 - bad));
  context_.change(by);
  return Outcome{};
}

Task<void> MessageQueue::change_attributes(Duration visibility_timeout, StepIndex by) {
  auto known = sleep_for(context_.agenda, attributes_.duration());
  co_await known;
  visibility_timeout_ = visibility_timeout;
  context_.change(by);
}

/// Brings the rates up to date with every change, and tells when the queue falls behind or catches
/// up.
Task<void> MessageQueue::follow() {
  for (;;) {
    update_rates();
    const TimePoint turns = fluid_.age_passes(context_.now(), spec().late_after);
    Task<void> news = next_raise(context_.changed);
    Within<void> next(context_.agenda, turns, news);
    const bool changed = co_await next;
    if (!changed) context_.change({});
  }
}

}  // namespace firedrill
