// Control planes: whether a call to an AWS service gets through, and how long its answer takes.
//
// A regional service has a plane in each region; a global one has a single plane, in the region
// that hosts it, and cannot be changed while that region is lost. What runs does not need its
// control plane.
#pragma once

#include <string_view>
#include <vector>

#include "models/regions.hpp"

namespace firedrill {

class ControlPlanes {
 public:
  ControlPlanes(DrillContext& context, const Regions& regions);

  /// One call about something in `region`. Fails when the plane's region is lost, or with the share
  /// of errors it has; takes the time of a reading or a changing call.
  Task<Outcome> call(std::string_view service, RegionIndex region, bool mutating);
  /// Whether a call would get through now, errors aside.
  bool reachable(std::string_view service, RegionIndex region) const;
  /// Whether a service has its one control plane in a region that is lost.
  bool home_lost(std::string_view service) const;

  /// A fault of the control plane of `fault.word` in `fault.region` begins, grows or ends. Errors
  /// and throttling fail a share of the calls, independently of each other; slowness stretches
  /// their answers.
  void impair(const PlannedCall& fault, bool begins);

 private:
  struct Impairment {
    std::string service;
    RegionIndex region;
    Operation fault;
    double share;
    double factor;
  };
  RegionIndex home_of(std::string_view service, RegionIndex region) const;
  double error_share(std::string_view service, RegionIndex home) const;
  double throttled_share(std::string_view service, RegionIndex home) const;
  double slowness(std::string_view service, RegionIndex home) const;
  template <class Fold>
  void each_impairment(std::string_view service, RegionIndex home, Operation fault,
                       Fold fold) const {
    for (const Impairment& known : impairments_) {
      if (known.service == service && known.region == home && known.fault == fault) fold(known);
    }
  }

  DrillContext& context_;
  const Regions& regions_;
  TimingIndex read_call_;
  TimingIndex change_call_;
  Stream read_stream_;
  Stream change_stream_;
  Stream error_stream_;
  Stream throttle_stream_;
  std::vector<Impairment> impairments_;
};

}  // namespace firedrill
