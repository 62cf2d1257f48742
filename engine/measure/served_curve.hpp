// The share of one service's requests that are served, over a drill.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/run/event_log.hpp"

namespace firedrill {

// Shares come from sums and products of doubles.
constexpr double kSameShare = 1e-9;

class ServedCurve {
 public:
  /// The next change of the share, in the order of the log.
  void add(const Event& event) { changes_.push_back(&event); }

  struct Recovery {
    std::optional<TimePoint> stopped;  // when it first did not serve, the onset at the earliest
    const Event* back = nullptr;       // from here on it serves for the hold time
  };
  /// The first event from which `serves` holds for `hold`, after it first stopped holding.
  template <class Serves>
  Recovery recovery(TimePoint onset, TimePoint end, Duration hold, Serves serves) const {
    Recovery found;
    const Event* since = nullptr;
    for (const Event* change : changes_) {
      const bool ok = serves(*change);
      // Shares logged before the onset tell the state at the onset, no more.
      if (change->at < onset) {
        found.stopped = ok ? std::nullopt : std::optional(onset);
        continue;
      }
      if (since != nullptr && change->at - since->at >= hold) break;
      if (!ok) {
        if (!found.stopped) found.stopped = change->at;
        since = nullptr;
      } else if (found.stopped && since == nullptr) {
        since = change;
      }
    }
    // A change that ends the hold time too early has cleared `since`.
    if (since != nullptr && end - since->at >= hold) found.back = since;
    return found;
  }

  /// Integral of the failed share of all clients, in microseconds of full outage.
  std::int64_t lost_us(TimePoint onset, TimePoint end) const;

  /// All the time in which less than `threshold` of the clients that honour the TTL are served.
  std::int64_t interrupted_us(TimePoint onset, TimePoint end, double threshold) const;

 private:
  /// The sum of `weight(change)` times how long it lasted within [onset, end].
  template <class Weight>
  std::int64_t integral_us(TimePoint onset, TimePoint end, Weight weight) const;

  std::vector<const Event*> changes_;
};

}  // namespace firedrill
