// Since when a link has carried nothing: what a store behind it misses besides its ordinary lag.
#pragma once

#include "models/regions.hpp"

namespace firedrill {

class LinkOutage {
 public:
  void watch(LinkIndex link) { link_ = link; }

  /// To be told whenever a link may have come or gone.
  void look(const Regions& regions, TimePoint now) {
    if (!link_.valid() || regions.link_up(link_)) {
      since_ = TimePoint::never();
    } else if (since_ == TimePoint::never()) {
      since_ = now;
    }
  }

  /// How long it has been down by now; zero while it is up.
  Duration lasted(TimePoint now) const { return since_ < now ? now - since_ : Duration{}; }

 private:
  LinkIndex link_;
  TimePoint since_ = TimePoint::never();
};

}  // namespace firedrill
