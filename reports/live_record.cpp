#include "reports/live_record.hpp"

#include <fmt/format.h>

#include <iterator>

#include "reports/drill_story.hpp"
#include "reports/event_lines.hpp"
#include "reports/mark_names.hpp"
#include "reports/markdown.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

std::string achieved_text(std::int64_t us) {
  if (us == kNotReachedUs) return "never";
  return us == kNotJudgedUs ? "not measured" : human_ms((us + 500) / 1000);
}

class Page {
 public:
  Page(const Plan& plan, const std::vector<Event>& events, const DrillMetrics& metrics,
       const LiveRecord& record, const ReportProgram& program)
      : plan_(plan),
        events_(events_in_order(events)),
        metrics_(metrics),
        record_(record),
        program_(program),
        onset_(drill_onset(plan, events_)) {}

  std::string run() {
    add_head();
    add_targets();
    add_marks();
    add_left();
    page_ += drill_timeline(plan_, events_, onset_, "drill", "Times are");
    page_ += drill_chart(plan_, events_, plan_.title);
    page_ += "## Action items\n\n| # | what was seen | action | owner | due |\n";
    page_ += "|---|---|---|---|---|\n| | | | | |\n\n";
    page_ += sign_off_form();
    return page_.take();
  }

 private:
  bool missed(std::size_t target) const {
    const std::int64_t achieved = metrics_.targets.at(target).achieved_us;
    return achieved != kNotJudgedUs && achieved > plan_.targets[target].limit.us;
  }

  std::string result() const {
    if (!record_.stopped.empty()) return "stopped: " + plain_cell(record_.stopped);
    std::size_t missed_targets = 0;
    std::size_t measured = 0;
    for (std::size_t i = 0; i < plan_.targets.size(); ++i) {
      if (metrics_.targets.at(i).achieved_us == kNotJudgedUs) continue;
      ++measured;
      if (missed(i)) ++missed_targets;
    }
    return fmt::format("{} of {} measured targets missed{}{}", missed_targets, measured,
                       record_.undetected ? "; **not detected**: no alarm has shown the fault" : "",
                       record_.steady ? "" : "; the steady state does not hold");
  }

  bool failed() const {
    bool any = !record_.stopped.empty() || !record_.steady || record_.undetected;
    for (std::size_t i = 0; i < plan_.targets.size(); ++i) any = any || missed(i);
    return any;
  }

  void add_head() {
    page_.line("# Live drill record: {}\n", plain_cell(plan_.title));
    if (record_.emulator) {
      page_.line(
          "> **Held against an emulator on this machine. Its times say nothing about AWS.**\n");
    }
    if (failed()) page_ += failed_drill_note(result());
    page_.line("| | |\n|---|---|");
    page_.line("| Began | {} |", record_.began);
    page_.line("| Kind | {} |", record_.game_day ? "game day: people acted, and were timed"
                                                 : "live: machines acted where they could");
    page_.line("| Account | {} |", plain_cell(record_.account));
    page_.line("| Result | {} |", result());
    page_.line("| Question | {} |", plain_cell(plan_.question));
    page_.line("| System | {} |", plain_cell(plan_.system));
    page_.line("| Scope | {} |", drill_scope(plan_));
    page_.line("| Faults | {} |", drill_faults(plan_));
    page_.line("| Error of a time | up to {} later than it was: the interval of looks |",
               human_ms(record_.poll_interval.us / 1000));
    page_.line("| Run | {} |", record_.run_id);
    page_.line("| Scenario | {}, SHA-256 `{}` |", plain_cell(plan_.scenario),
               plan_.scenario_sha256);
    page_.line("| Program | firedrill {} ({}) |\n", program_.version, program_.commit);
  }

  void add_targets() {
    page_.line("## Achieved against target\n");
    page_.line("| | subject | objective | target | achieved |\n|---|---|---|---|---|");
    for (std::size_t i = 0; i < plan_.targets.size(); ++i) {
      const PlannedTarget& target = plan_.targets[i];
      const std::int64_t achieved = metrics_.targets.at(i).achieved_us;
      page_.line("| {} | {} | {} | {} | {} |",
                 achieved == kNotJudgedUs ? "-" : (missed(i) ? "✗ missed" : "✓ met"),
                 plain_cell(target.subject), to_word(target.objective),
                 human_ms(target.limit.us / 1000), achieved_text(achieved));
    }
    for (const std::string& loss : record_.losses) page_.line("\n{}", plain_cell(loss));
    page_ += "\n";
  }

  void add_marks() {
    page_.line("## Since the fault\n");
    page_.line("| mark | after |\n|---|---|");
    for (const NamedMark& mark : kNamedMarks) {
      page_.line("| {} | {} |", mark.name, achieved_text(metrics_.marks.*mark.us));
    }
    page_ += "\n";
  }

  void add_left() {
    page_.line("## What the drill has left\n");
    page_.line("- Steady state: {}", record_.steady ? "holds" : "**does not hold**");
    for (const LiveRecord::PutBack& one : record_.put_back) {
      page_.line("- Put back, {}: {}", one.outcome, plain_cell(one.what));
    }
    for (const std::string& what : record_.refused) page_.line("- Refused: {}", plain_cell(what));
    for (const std::string& what : record_.still_different) {
      page_.line("- **Still different**: {}", plain_cell(what));
    }
    if (record_.still_different.empty()) page_.line("- Nothing differs from before.");
    page_ += "\n";
  }

  const Plan& plan_;
  std::vector<Event> events_;
  const DrillMetrics& metrics_;
  const LiveRecord& record_;
  const ReportProgram& program_;
  TimePoint onset_;
  MarkdownPage page_;
};

}  // namespace

std::string render_live_record(const Plan& plan, const std::vector<Event>& events,
                               const DrillMetrics& metrics, const LiveRecord& record,
                               const ReportProgram& program) {
  return Page(plan, events, metrics, record, program).run();
}

}  // namespace firedrill
