// An outage of a provider as a line of time, told without any one platform: which services were
// hit, how far, from when to when. `engine/plan` puts it on a system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/input/document_parts.hpp"

namespace firedrill {

/// One phase of an outage. `strikes` says what: "region", "zone", "control-plane" (calls to
/// `services` fail) or "components" (requests through whatever is of `kinds` fail).
struct OutageEffectSpec {
  Name id;
  Name strikes;
  std::vector<Name> services;     // of control-plane: "ecs", "rds"
  std::vector<Name> kinds;        // of components: "dynamodb:table"
  std::string where = "home";     // or "everywhere"
  Duration at;                    // after the onset of the outage
  Duration ramp;                  // over which the share grows
  std::optional<Duration> lasts;  // absent: no end is known
  Share probability{1};           // of drills in which it happens
  Share share{1};                 // of calls or requests that fail
};

struct OutageDocument {
  Metadata metadata;
  std::string title;
  std::string happened_on;  // the date, as its source gives it
  std::string happened_in;  // the region, or what else was hit
  std::vector<OutageEffectSpec> effects;
  std::string source;
  std::string confidence = "documented";  // of the times: as for a timing
  std::vector<Assumption> assumptions;
};

}  // namespace firedrill
