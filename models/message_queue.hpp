// A queue of messages and the workers that take them, as a fluid: kept by SQS, or in the memory of
// a cache cluster.
//
// Messages arrive at rate a. Each of n workers handles one in w seconds; a message that is not done
// within the visibility timeout v is handed out again, so that it is handled ceil(w / v) times.
// Each of p poison messages is handed out for ever, every max(v, w) seconds, and takes w of a
// worker. So the workers get through
//   c = max(0, n - p w / max(v, w)) / (w ceil(w / v))
// messages a second, and the depth grows by a - c, down to nothing. The queue is first in, first
// out: the age of the oldest message at t is t - A^-1(D(t)), with A and D what has arrived and gone
// by then; with rates that stand still that is depth / a. With n = 0 for T seconds, the depth is
// a T, its age T, and both are gone after a T / (c - a). What is served later than `late_after`
// counts as failed.
//
// Kept in a cache cluster, nothing can be put or taken while that does not answer, and what was in
// the queue goes with its memory.
#pragma once

#include <vector>

#include "models/cache_cluster.hpp"
#include "models/service_site.hpp"

namespace firedrill {

/// The arithmetic of arrivals and departures, without a clock of its own.
class MessageFluid {
 public:
  /// From `now` on so many arrive, and at most so many go, in a second.
  void set_rates(TimePoint now, double arrivals_per_s, double capacity_per_s);
  /// So many of the oldest go at once.
  void remove(TimePoint now, double messages);
  double depth(TimePoint now) const;
  Duration age_of_oldest(TimePoint now) const;
  bool older_than(TimePoint now, Duration level) const { return ahead(now, level) > kNoMessage; }
  /// When the depth, or the age, will next be on another side of a level; never() if it will not.
  TimePoint depth_passes(TimePoint now, double level) const;
  TimePoint age_passes(TimePoint now, Duration level) const;

 private:
  struct Segment {
    TimePoint from;
    double arrivals_per_s = 0;
    double arrived = 0;  // by then, in all
  };
  double arrived(TimePoint when) const;
  double gone(TimePoint when) const;
  double ahead(TimePoint when, Duration level) const;

  /// Below this nothing waits: what is left of sums of doubles.
  static constexpr double kNoMessage = 1e-6;
  std::vector<Segment> segments_{{}};
  double capacity_per_s_ = 0;
  double gone_ = 0;
  TimePoint since_;
};

class MessageQueue : public Component {
 public:
  MessageQueue(DrillContext& context, const Regions& regions, ComponentIndex self);

  void connect(const Parts& parts) override;
  void begin() override { tasks_.spawn(follow()); }
  Outcome take(const PlannedCall& call, StepIndex by) override;
  Outcome strike(const PlannedCall& fault, bool begins) override;
  Observation look(const PlannedCall& probe) const override;
  std::optional<double> metric(Operation metric) const override;
  TimePoint metric_crosses(Operation metric, double level) const override;
  double passes(const Path& path) const override;

 private:
  const QueueSpec& spec() const { return spec_as<QueueSpec>(); }
  bool late() const { return fluid_.older_than(context_.now(), spec().late_after); }
  bool reachable() const;
  double capacity_per_s() const;
  void update_rates();
  Outcome delete_messages(std::int64_t count, StepIndex by);
  Task<void> change_attributes(Duration visibility_timeout, StepIndex by);
  Task<void> follow();

  SlotDraws attributes_;
  const ServiceSite* workers_ = nullptr;
  const CacheCluster* broker_ = nullptr;
  MessageFluid fluid_;
  Duration visibility_timeout_;
  double surge_ = 1;
  double slowness_ = 1;
  double poison_ = 0;
  double arrivals_per_s_ = -1;
  double served_per_s_ = -1;
  TimePoint emptied_at_{};
  TaskSet tasks_;
};

}  // namespace firedrill
