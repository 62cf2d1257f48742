#include "reports/live_record.hpp"

#include <fmt/format.h>

#include <iterator>

#include "reports/drill_story.hpp"
#include "reports/event_lines.hpp"
#include "reports/mark_names.hpp"
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
        program_(program) {
    const TimePoint onset = onset_of(plan, events_);
    if (onset != TimePoint::never()) onset_ = onset;
  }

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
    return std::move(page_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(page_), format, std::forward<Args>(args)...);
    page_ += '\n';
  }

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
    line("# Live drill record: {}\n", plain_cell(plan_.title));
    if (record_.emulator) {
      line("> **Held against an emulator on this machine. Its times say nothing about AWS.**\n");
    }
    if (failed()) {
      line(
          "> **{}.** A recovery drill that fails is tracked to its resolution as a SEV-3 "
          "incident.\n",
          result());
    }
    line("| | |\n|---|---|");
    line("| Began | {} |", record_.began);
    line("| Kind | {} |", record_.game_day ? "game day: people acted, and were timed"
                                           : "live: machines acted where they could");
    line("| Account | {} |", plain_cell(record_.account));
    line("| Result | {} |", result());
    line("| Question | {} |", plain_cell(plan_.question));
    line("| System | {} |", plain_cell(plan_.system));
    line("| Scope | {} |", drill_scope(plan_));
    line("| Faults | {} |", drill_faults(plan_));
    line("| Error of a time | up to {} later than it was: the interval of looks |",
         human_ms(record_.poll_interval.us / 1000));
    line("| Run | {} |", record_.run_id);
    line("| Scenario | {}, SHA-256 `{}` |", plain_cell(plan_.scenario), plan_.scenario_sha256);
    line("| Program | firedrill {} ({}) |\n", program_.version, program_.commit);
  }

  void add_targets() {
    line("## Achieved against target\n");
    line("| | subject | objective | target | achieved |\n|---|---|---|---|---|");
    for (std::size_t i = 0; i < plan_.targets.size(); ++i) {
      const PlannedTarget& target = plan_.targets[i];
      const std::int64_t achieved = metrics_.targets.at(i).achieved_us;
      line("| {} | {} | {} | {} | {} |",
           achieved == kNotJudgedUs ? "-" : (missed(i) ? "✗ missed" : "✓ met"),
           plain_cell(target.subject), to_word(target.objective), human_ms(target.limit.us / 1000),
           achieved_text(achieved));
    }
    for (const std::string& loss : record_.losses) line("\n{}", plain_cell(loss));
    page_ += '\n';
  }

  void add_marks() {
    line("## Since the fault\n");
    line("| mark | after |\n|---|---|");
    for (const NamedMark& mark : kNamedMarks) {
      line("| {} | {} |", mark.name, achieved_text(metrics_.marks.*mark.us));
    }
    page_ += '\n';
  }

  void add_left() {
    line("## What the drill has left\n");
    line("- Steady state: {}", record_.steady ? "holds" : "**does not hold**");
    for (const LiveRecord::PutBack& one : record_.put_back) {
      line("- Put back, {}: {}", one.outcome, plain_cell(one.what));
    }
    for (const std::string& what : record_.refused) line("- Refused: {}", plain_cell(what));
    for (const std::string& what : record_.still_different) {
      line("- **Still different**: {}", plain_cell(what));
    }
    if (record_.still_different.empty()) line("- Nothing differs from before.");
    page_ += '\n';
  }

  const Plan& plan_;
  std::vector<Event> events_;
  const DrillMetrics& metrics_;
  const LiveRecord& record_;
  const ReportProgram& program_;
  TimePoint onset_;
  std::string page_;
};

}  // namespace

std::string render_live_record(const Plan& plan, const std::vector<Event>& events,
                               const DrillMetrics& metrics, const LiveRecord& record,
                               const ReportProgram& program) {
  return Page(plan, events, metrics, record, program).run();
}

}  // namespace firedrill
