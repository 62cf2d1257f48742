// A live run as the Chaos Toolkit writes one: its `journal.json`, for tools that read that.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/run/event_log.hpp"

namespace firedrill {

struct ChaosRun {
  double began_epoch_s = 0;  // seconds since 1970
  bool deviated = false;
  bool interrupted = false;
  bool steady_after = false;
  /// What was put back, and whether that came out well.
  std::vector<std::pair<std::string, bool>> rollbacks = {};
};

/// By the journal format of chaostoolkit-lib 1.x. Faults and steps are activities; the hypothesis
/// is that every judged service serves.
std::string chaos_journal(const Plan& plan, const std::vector<Event>& events, const ChaosRun& run);

}  // namespace firedrill
