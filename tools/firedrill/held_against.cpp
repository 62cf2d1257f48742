#include "tools/firedrill/held_against.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/read_result.hpp"
#include "tools/archive/history_file.hpp"
#include "tools/firedrill/options.hpp"
#include "tools/firedrill/output.hpp"

namespace firedrill {

bool read_held_against_or_explain(const std::string& path, HeldAgainst& held) {
  if (path.empty()) return true;
  const std::optional<std::string> text = read_or_explain(path);
  if (!text) return false;
  held.name = path;
  BaselineRead read = read_baseline(*text);
  if (read.baseline) {
    held.baseline = std::move(read.baseline);
    return true;
  }
  ResultRead result = read_result(*text);
  if (result.report) {
    held.baseline = baseline_of({*result.report});
    held.result = std::move(result.report);
    return true;
  }
  fmt::print(stderr, "firedrill: {}: {}; nor is it a result: {}\n", path, read.problem,
             result.problem);
  return false;
}

std::optional<Comparison> compared(const HeldAgainst& held, const Report& now) {
  if (held.result && comparison_refused(*held.result, now, true).empty()) {
    return compare_reports(*held.result, now, held.name, "");
  }
  if (!held.baseline) return std::nullopt;
  const auto& targets = held.baseline->targets;
  const bool known = std::any_of(targets.begin(), targets.end(), [&](const BaselineTarget& b) {
    return b.scenario == now.scenario.name;
  });
  if (!known) return std::nullopt;
  return compare_to_baseline(*held.baseline, now, held.name);
}

std::optional<ScenarioTrend> recorded(const HeldAgainst& held, const Report& now) {
  if (held.history_file.empty()) return std::nullopt;
  try {
    HistoryFilter filter;
    filter.scenario = now.scenario.name;
    History history = trends_of(read_history(held.history_file), filter);
    if (history.scenarios.empty()) return std::nullopt;
    return std::move(history.scenarios.front());
  } catch (const ArchiveError& error) {
    throw OutputError(error.what());
  }
}

}  // namespace firedrill
