// What `--baseline` names: a baseline of the gate, or a whole result, which can be paired as well.
#pragma once

#include <optional>
#include <string>

#include "reports/baseline.hpp"
#include "reports/comparison.hpp"
#include "reports/history.hpp"

namespace firedrill {

struct HeldAgainst {
  std::string name;
  std::optional<Baseline> baseline;  // of a result its targets; empty: nothing was asked for
  std::optional<Report> result;
  std::string history_file;  // whose trends pages show; empty: none
};

/// False after the reason was shown on stderr. Nothing is read for an empty path.
bool read_held_against_or_explain(const std::string& path, HeldAgainst& held);

/// Pair by pair where a result of the same scenario is held against, else figure by figure. Empty
/// when there is nothing to hold against, or nothing of this scenario in it.
std::optional<Comparison> compared(const HeldAgainst& held, const Report& now);

/// The recorded results of the scenario, as that file has them now. Empty when no file is asked for
/// or it has none. OutputError when it cannot be read.
std::optional<ScenarioTrend> recorded(const HeldAgainst& held, const Report& now);

}  // namespace firedrill
