// The parts of a page that are words and tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/history.hpp"
#include "reports/html/element.hpp"
#include "reports/html/page.hpp"
#include "reports/report.hpp"

namespace firedrill::html {

/// `✗ missed`, and the class that paints it.
Element verdict_badge(Verdict verdict);
/// `payments rto <= PT15M in 95 % of drills`, in words: `RTO of payments within 15m`.
std::string objective_words(const ReportTarget& target);
/// `98.7 % [97.8, 99.3]`
std::string share_words(const ReportTarget& target);
/// An id that is unique as long as `number` is: `svc-3-payments`.
std::string anchor(std::string_view kind, std::size_t number, std::string_view name);

/// What a page has on its top and in its head, whatever is on it.
Element page_head(std::string_view title);
std::string utc_text(std::int64_t seconds_since_1970);

/// `left_out`: what the page has no room for, in words.
Element banner(const Report& report, const HtmlOptions& options,
               const std::vector<std::string>& left_out);
Element compliance_matrix(const Report& report);
Element target_table(const Report& report);
/// Charts of recorded results, or that there is only one.
Element history_section(const ScenarioTrend& scenario);
Element findings_section(const Report& report);
Element failures_section(const Report& report);
Element steps_section(const Report& report);
Element difference_section(const Comparison& comparison);
Element phases_section(const Report& report);
Element organisation_section(const Report& report);
Element assumptions_section(const Report& report);
Element provenance_section(const Report& report, const HtmlOptions& options);

}  // namespace firedrill::html
