// The charts of a page, each as a finished figure.
#pragma once

#include <vector>

#include "reports/comparison.hpp"
#include "reports/history.hpp"
#include "reports/html/element.hpp"
#include "reports/report.hpp"

namespace firedrill::html {

/// How sure the verdict of each target is: the share of drills that met it, with its interval.
Element share_chart(const Report& report);

/// How likely each time is kept: a chart for the targets of one tier, objective and limit.
std::vector<Element> distribution_charts(const Report& report);

/// How much each data store loses, against the strictest limit of a target on its data.
Element store_chart(const Report& report);

/// How far the p95 of each target went from the base to the new result: a chart an objective.
std::vector<Element> difference_charts(const Comparison& comparison);

/// How the p95 of each target went over recorded results, a chart a target: what is worse first.
std::vector<Element> history_charts(const ScenarioTrend& scenario);

/// When each clock mark of the incident comes.
Element mark_chart(const Report& report);

/// How far the p95 of each of the worst targets swings with single timings: a tornado a target.
std::vector<Element> influence_charts(const Report& report);

/// Who did what when in one drill, with the critical path.
Element gantt_chart(const Report& report, const ReportTimeline& line);

/// When each service was up, degraded and down in one drill.
Element state_chart(const Report& report, const ReportTimeline& line);

}  // namespace firedrill::html
