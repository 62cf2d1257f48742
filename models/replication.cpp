#include "models/replication.hpp"

#include <algorithm>
#include <cmath>

namespace firedrill {
namespace {

// How much faster than it is written a stream may be sent while it is behind.
constexpr double kCatchUpFactor = 8.0;
constexpr double kEndless = 1e18;
// Shares are solved after the code that changed them has returned, and once the latency has passed.
constexpr Duration kSolved = Duration::microseconds(2);
// Below this nothing is behind: a fraction of a byte is rounding.
constexpr double kNothing = 1.0;
// A stream that takes up its work again is behind by its latency; nobody wants to read of that.
constexpr Duration kLagWorthLogging = Duration::milliseconds(500);

}  // namespace

void FluidBacklog::set_rate(TimePoint now, double granted_bytes_per_s) {
  backlog_ = bytes(now);
  since_ = now;
  granted_ = granted_bytes_per_s;
}

double FluidBacklog::bytes(TimePoint now) const {
  return std::max(0.0, backlog_ + (write_rate_ - granted_) * to_seconds(now - since_));
}

Duration FluidBacklog::lag(TimePoint now) const {
  return write_rate_ > 0 ? duration_from_seconds(bytes(now) / write_rate_) : Duration{};
}

double FluidBacklog::lag_change() const {
  if (write_rate_ <= 0 || (granted_ > write_rate_ && backlog_ <= 0)) return 0;
  return (write_rate_ - granted_) / write_rate_;
}

TimePoint FluidBacklog::passes(TimePoint now, Duration lag) const {
  const double a_second = write_rate_ - granted_;  // by which the backlog grows
  const double missing = write_rate_ * to_seconds(lag) - bytes(now);
  if (a_second == 0 || missing / a_second <= 0) return TimePoint::never();
  return now + duration_from_seconds(std::ceil(missing / a_second * 1e6) * 1e-6);
}

TimePoint FluidBacklog::empty_at() const {
  if (granted_ <= write_rate_) return TimePoint::never();
  return since_ +
         duration_from_seconds(std::ceil(backlog_ / (granted_ - write_rate_) * 1e6) * 1e-6);
}

ReplicationStream::ReplicationStream(DrillContext& context, ComponentIndex replica, LaneIndex lane,
                                     double write_bytes_per_s, Duration latency)
    : context_(context),
      replica_(replica),
      lane_(lane),
      write_rate_(write_bytes_per_s),
      settles_after_(latency + kSolved),
      backlog_(write_bytes_per_s, context.now()) {}

void ReplicationStream::start(double missing_bytes) {
  if (running_) return;
  running_ = true;
  backlog_.set_rate(context_.now(), write_rate_);
  backlog_.add(missing_bytes);
  open_flow();
  task_.spawn(follow());
}

void ReplicationStream::stop() {
  if (!running_) return;
  running_ = false;
  backlog_.set_rate(context_.now(), write_rate_);  // neither written nor sent any more
  log_lag();
  flow_.reset();
  task_.clear();
  context_.change_shares();
}

void ReplicationStream::link_changed() {
  if (!running_) return;
  backlog_.set_rate(context_.now(), 0.0);  // until the first bytes of the new flow have crossed
  flow_.reset();
  open_flow();
  context_.change_shares();
}

void ReplicationStream::stall(bool stalled) {
  stalled_ = stalled;
  link_changed();
}

void ReplicationStream::open_flow() {
  if (stalled_) return;
  limit_ = write_rate_;
  flow_.emplace(context_.engine, lane_, kEndless, limit_);
}

void ReplicationStream::log_lag() {
  const Duration lag = backlog_.lag(context_.now());
  double change = backlog_.lag_change();
  if (change < 0 && lag < kLagWorthLogging) change = 0;
  if (change == logged_change_) return;
  logged_change_ = change;
  context_.log.add({.at = context_.now(),
                    .value = to_seconds(lag),
                    .value2 = change,
                    .subject = replica_.value,
                    .kind = EventKind::kReplicaLag});
}

/// Whoever shares a link with this stream may get more or less from now on.
void ReplicationStream::limit_to(double bytes_per_s) {
  if (limit_ == bytes_per_s) return;
  limit_ = bytes_per_s;
  flow_->set_bytes_per_s_max(bytes_per_s);
  context_.change_shares();
}

/// Reads the granted share after every change; wants more than the write rate while something is
/// behind or about to be.
Task<void> ReplicationStream::follow() {
  for (;;) {
    const std::uint64_t known = context_.share_changes;
    auto solved = sleep_for(context_.agenda, settles_after_);
    co_await solved;
    const double granted = flow_ ? flow_->bytes_per_s() : 0.0;
    backlog_.set_rate(context_.now(), granted);
    log_lag();
    const bool behind = backlog_.bytes(context_.now()) > kNothing;
    if (flow_ && flow_->running()) {
      const bool short_of_rate = granted < write_rate_ * (1 - 1e-9);
      limit_to(behind || short_of_rate ? write_rate_ * kCatchUpFactor : write_rate_);
    }
    if (known != context_.share_changes) continue;  // reads what has come of it
    Task<void> news = next_raise(context_.shares_changed);
    const TimePoint empty = behind ? backlog_.empty_at() : TimePoint::never();
    Within<void> until_empty(context_.agenda, empty, news);
    co_await until_empty;
  }
}

}  // namespace firedrill
