// The record of a drill for people to keep, and the form of a review, as Markdown.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/run/event_log.hpp"
#include "reports/report.hpp"

namespace firedrill {

/// What a record tells of one drill that stands for the others.
struct ReviewedDrill {
  std::string name;  // "median"
  std::uint64_t replication = 0;
  std::vector<Event> events;
};

/// A drill record: date, scope, duration, achieved against target, timeline and Gantt chart
/// (Mermaid) of one drill, findings, action items with owner and due date to be filled in,
/// sign-off; then the form of a post-incident review, as far as the log can fill it in. A drill
/// that missed a target says that this is tracked as a SEV-3. Dates are left to whoever keeps it:
/// the program reads no clock.
std::string render_review(const Plan& plan, const Report& report, const ReviewedDrill& drill);

}  // namespace firedrill
