// What all simulated components have in common: a part of the platform that takes calls, can be
// looked at, is struck by faults, and lets pass a share of the requests whose path it lies on.
//
// Everything that a kind can do is in its class; nothing outside asks a component what it is. A
// call goes to the first component that it names, a fault to each.
#pragma once

#include <optional>
#include <vector>

#include "engine/run/world.hpp"
#include "models/regions.hpp"

namespace firedrill {

class Component;
class ImageLanes;
struct Traffic;

/// The way of a service's requests in one region. `entry` is invalid for requests that come from
/// another service of the region.
struct Path {
  ServiceIndex service;
  ComponentIndex entry;     // what clients came in by
  ComponentIndex balancer;  // the load balancer they go through
  ComponentIndex site;      // what the service runs on behind it
};

/// The other parts of the platform, for a component that works with them.
class Parts {
 public:
  virtual Component* find(ComponentIndex index) const = 0;
  virtual ImageLanes& image_lanes(RegionIndex region) const = 0;
  /// Lane of a replica's stream from its source; invalid when there is no link between them.
  virtual LaneIndex replica_lane(ComponentIndex replica) const = 0;

  /// The part, as the kind that the plan has checked it to be; null for an invalid index.
  template <class Kind>
  Kind* as(ComponentIndex index) const {
    return index.valid() ? dynamic_cast<Kind*>(find(index)) : nullptr;
  }

 protected:
  ~Parts() = default;
};

class Component {
 public:
  Component(DrillContext& context, const Regions& regions, ComponentIndex self)
      : context_(context), regions_(regions), self_(self) {}
  virtual ~Component() = default;
  Component(const Component&) = delete;
  Component& operator=(const Component&) = delete;

  /// Finds the parts it works with. Called once, when all of them are there.
  virtual void connect(const Parts&) {}
  /// Starts what goes on by itself.
  virtual void begin() {}

  /// A call that its control plane has accepted. Takes effect now or later; the outcome is the
  /// reply.
  virtual Outcome take(const PlannedCall& call, StepIndex by);
  /// A fault that names this component begins, grows (once more with a larger share), or ends.
  virtual Outcome strike(const PlannedCall& fault, bool begins);
  virtual Observation look(const PlannedCall& probe) const;
  /// The metric's value now; nothing when there is no data.
  virtual std::optional<double> metric(Operation metric) const;
  /// When a metric that moves by itself, or is published at dates, will next be on another side of
  /// `level` than it is. Later than now; never() for one that stands still until something changes.
  virtual TimePoint metric_crosses(Operation, double) const { return TimePoint::never(); }
  /// When each task that serves requests was started; the begin of the drill for those of before.
  virtual std::vector<TimePoint> task_starts() const { return {}; }

  /// Share of the requests of a path it lies on that it does not fail.
  virtual double passes(const Path&) const { return 1.0; }
  /// The same, with what faults of any component take from it.
  double lets_through(const Path& path) const { return passes(path) * (1.0 - failing_share_); }
  /// Whether the requests of what refers to it go through it. What they enter by, or are sent on
  /// by, is on the path itself, if they take that way.
  virtual bool carries_requests() const { return true; }
  /// Adds to the requests of a path it lies on, or takes from them what is not a customer's.
  virtual void shape(const Path&, Traffic&) const {}

  /// The region whose control planes take its calls; invalid for what is global.
  virtual RegionIndex call_region() const { return planned().region; }

  /// A region or zone came or went.
  virtual void place_changed() {}
  /// A link came or went, or carries less.
  virtual void link_changed() {}

  /// A fault of any component: it does nothing, or fails a share of what goes through it. A
  /// component that is down answers no call, no look, and reports no metric; one that is degraded
  /// does all three.
  void impair(const PlannedCall& fault, bool begins);
  bool down() const { return down_since_ != TimePoint::never(); }
  /// never() while it is up.
  TimePoint down_since() const { return down_since_; }

  ComponentIndex index() const { return self_; }
  const PlannedComponent& planned() const { return context_.plan.component(self_); }

 protected:
  template <class Spec>
  const Spec& spec_as() const {
    return std::get<Spec>(planned().detail);
  }
  /// A timing of the kind that is one value, the same in every drill.
  Duration fixed(std::string_view slot) const {
    return duration_from_seconds(context_.plan.timing(planned().timing(slot)).distribution.mean());
  }
  /// The same for a share.
  double fixed_share(std::string_view slot) const {
    return context_.plan.timing(planned().timing(slot)).distribution.mean();
  }
  bool region_up() const { return regions_.up(planned().region); }

  DrillContext& context_;
  const Regions& regions_;
  ComponentIndex self_;

 private:
  TimePoint down_since_ = TimePoint::never();
  double failing_share_ = 0;
};

}  // namespace firedrill
