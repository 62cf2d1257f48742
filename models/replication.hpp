// Replication of an ordered stream of writes over a shared link, as a fluid.
//
// Writes arrive at rate w. What the link grants is r <= w while nothing is behind, so the backlog B
// grows by w - r; while something is behind the stream may take more than w, up to its catch-up
// limit, and B shrinks by r - w. The lag of the replica is its base lag (what the provider needs
// when nothing is wrong) plus B / w: the age of the oldest write that has not arrived.
// Streams that share a link get its max-min fair shares, read anew by all of them whenever one of
// them wants more or less.
//
// Closed form: link of capacity c < w for T seconds, then c' > w: B peaks at (w - c) T and is gone
// after (w - c) T / (c' - w) seconds.
#pragma once

#include "models/drill_context.hpp"

namespace firedrill {

/// The fluid alone: exact between two changes of rate.
class FluidBacklog {
 public:
  explicit FluidBacklog(double write_bytes_per_s, TimePoint since = {})
      : write_rate_(write_bytes_per_s), since_(since) {}

  void add(double bytes) { backlog_ += bytes; }
  /// Brings the backlog to `now`, then goes on with the given rate.
  void set_rate(TimePoint now, double granted_bytes_per_s);
  double bytes(TimePoint now) const;
  /// How long the oldest missing write has been waiting for the link alone.
  Duration lag(TimePoint now) const;
  /// By how much that changes in a second at the present rate.
  double lag_change() const;
  /// When the lag will be this long, or no longer be, at the present rate; never() if it will not.
  TimePoint passes(TimePoint now, Duration lag) const;
  /// When the backlog will be gone at the present rate; never() if it will not.
  TimePoint empty_at() const;

 private:
  double write_rate_;
  double granted_ = 0;
  double backlog_ = 0;
  TimePoint since_;
};

/// The fluid on a lane of the simulated network.
class ReplicationStream {
 public:
  /// `latency` of the lane: what a flow gets is known once its first bytes have crossed.
  ReplicationStream(DrillContext& context, ComponentIndex replica, LaneIndex lane,
                    double write_bytes_per_s, Duration latency);

  /// Begins to replicate, with so much missing of what has been written. Goes on until dropped or
  /// `stop`.
  void start(double missing_bytes = 0);
  /// The replica takes over nothing while it is stalled.
  void stall(bool stalled);
  /// The source is gone, or the replica has been cut loose: nothing more arrives.
  void stop();
  /// A link came or went: the stream takes up again what it was doing.
  void link_changed();

  double backlog_bytes() const { return backlog_.bytes(context_.now()); }
  Duration lag() const { return backlog_.lag(context_.now()); }
  /// When its lag will pass this at the present rate.
  TimePoint passes(Duration lag) const { return backlog_.passes(context_.now(), lag); }

 private:
  Task<void> follow();
  void open_flow();
  void limit_to(double bytes_per_s);
  /// Says in the log how far it is behind, when that begins or ends to change, or changes faster.
  void log_lag();

  DrillContext& context_;
  ComponentIndex replica_;
  LaneIndex lane_;
  double write_rate_;
  Duration settles_after_;
  FluidBacklog backlog_;
  std::optional<SimGridEngine::Flow> flow_;
  double limit_ = 0;
  double logged_change_ = 0;
  TaskSet task_;
  bool running_ = false;
  bool stalled_ = false;
};

}  // namespace firedrill
