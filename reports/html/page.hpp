// A finished report as one page that stands alone: no file beside it, nothing loaded, readable
// without script and style, on paper and in the dark.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/comparison.hpp"
#include "reports/history.hpp"
#include "reports/report.hpp"

namespace firedrill {

struct HtmlOptions {
  /// Seconds since 1970, UTC; empty: the page says no time. The same report and the same instant
  /// give the same bytes.
  std::optional<std::int64_t> generated_at_s;
  /// What the report is held against; empty: nothing.
  std::optional<Comparison> against{};
  /// Recorded results of the scenario; empty: none are asked for, or there are none.
  std::optional<ScenarioTrend> history{};
  /// Where the page of the suite is, as seen from this page; empty for a page of its own.
  std::string suite_page;
};

/// No larger, whatever the report holds.
constexpr std::size_t kPageBytesMax = 1'000'000;

std::string render_html(const Report& report, const HtmlOptions& options);

/// Scenarios by tiers, each with a link to its own page: `files` has those, in the same order.
std::string render_html_suite(const std::vector<Report>& reports,
                              const std::vector<std::string>& files, const HtmlOptions& options);

}  // namespace firedrill
