// The timings of people, by slot of people_slots().
#pragma once

#include <string_view>

#include "models/drill_context.hpp"

namespace firedrill {

/// Draws of one request are numbered from round * kDrawsPerRound on, so that repeating is a new
/// draw.
constexpr std::uint32_t kDrawsPerRound = 16;

class PeopleTimings {
 public:
  explicit PeopleTimings(const DrillContext& context) : context_(context) {}

  TimingIndex timing(std::string_view slot) const {
    return context_.plan.people_timings.find(slot)->second;
  }
  const Distribution& distribution(std::string_view slot) const {
    return context_.plan.timing(timing(slot)).distribution;
  }
  /// Every slot has draws of its own, whatever else is drawn with the same key.
  Duration draw(std::string_view slot, EntityKey key, std::uint32_t round) const {
    const EntityKey own{key.value ^ entity_key(slot).value};
    return context_.drawn_duration(timing(slot), own, round * kDrawsPerRound);
  }
  double ratio(std::string_view slot) const { return distribution(slot).mean(); }

 private:
  const DrillContext& context_;
};

}  // namespace firedrill
