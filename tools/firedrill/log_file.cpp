#include "tools/firedrill/log_file.hpp"

#include <fmt/format.h>

#include "reports/text_cells.hpp"
#include "tools/firedrill/options.hpp"

namespace firedrill {

std::optional<RecordedDrill> read_log_or_explain(const Plan& plan, const std::string& path,
                                                 const EventLogRules& rules) {
  const auto text = read_or_explain(path);
  if (!text) return std::nullopt;
  EventLogRead read = read_event_log(plan, *text, rules);
  if (read.ok()) return std::move(read.drill);
  for (const LogProblem& problem : read.problems) {
    const std::string place = problem.line > 0 ? fmt::format("{}:{}", path, problem.line) : path;
    fmt::print(stderr, "firedrill: {}: {}\n", printable(place, false),
               printable(problem.what, false));
  }
  return std::nullopt;
}

}  // namespace firedrill
