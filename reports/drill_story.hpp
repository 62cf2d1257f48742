// What every record of one drill tells of it, as Markdown: its timeline, its steps as a chart, and
// who signs it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/plan.hpp"
#include "engine/run/event_log.hpp"

namespace firedrill {

/// Text of a document between Markdown of ours: it can start nothing, neither in a table nor as
/// HTML.
std::string plain_cell(std::string_view text);

/// The services that were judged, and the faults; texts for a cell.
std::string drill_scope(const Plan& plan);
std::string drill_faults(const Plan& plan);

/// The first fault of a drill's events, in order; a planned procedure begins with the drill.
TimePoint drill_onset(const Plan& plan, const std::vector<Event>& events);

/// What a drill that failed is followed by; `result` as Markdown.
std::string failed_drill_note(std::string_view result);

/// A section "Timeline of the NAME": what a person would write down. `events` in order; times are
/// since `onset`. `note` goes before " since the fault".
std::string drill_timeline(const Plan& plan, const std::vector<Event>& events, TimePoint onset,
                           std::string_view name, std::string_view note);

/// A Mermaid chart of the steps, by runbook.
std::string drill_chart(const Plan& plan, const std::vector<Event>& events, std::string_view title);

/// A section with the form that those sign who were responsible.
std::string sign_off_form();

}  // namespace firedrill
