#include "reports/review.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/plan/print.hpp"
#include "reports/drill_story.hpp"
#include "reports/event_lines.hpp"
#include "reports/markdown.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

std::string one_digit_percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

class Review {
 public:
  Review(const Plan& plan, const Report& report, const ReviewedDrill& drill)
      : plan_(plan),
        report_(report),
        drill_(drill),
        events_(events_in_order(drill.events)),
        onset_(drill_onset(plan, events_)) {}

  std::string run() {
    add_head();
    add_targets();
    page_ += drill_timeline(plan_, events_, onset_, fmt::format("{} drill", drill_.name),
                            fmt::format("Replication {}; times", drill_.replication));
    page_ += drill_chart(plan_, events_, report_.scenario.title);
    add_findings();
    add_actions();
    page_ += sign_off_form();
    add_post_incident_review();
    return page_.take();
  }

 private:
  bool passed() const { return report_.verdict == Verdict::kMet; }

  void add_head() {
    page_.line("# Drill record: {}\n", plain_cell(report_.scenario.title));
    if (!passed()) page_ += failed_drill_note(plain_cell(report_.headline));
    page_.line("| | |\n|---|---|");
    page_.line("| Date | |");
    page_.line("| Kind | simulation of {} drills, seed {} |", report_.completed, report_.seed);
    page_.line("| Result | {} |", plain_cell(report_.headline));
    page_.line("| Question | {} |", plain_cell(report_.scenario.question));
    page_.line("| System | {} |", plain_cell(report_.scenario.system));
    page_.line("| Scope | {} |", drill_scope(plan_));
    page_.line("| Faults | {} |", drill_faults(plan_));
    page_.line("| Duration, fault to last check | {} |", duration());
    page_.line("| Scenario | {}, SHA-256 `{}` |", plain_cell(report_.scenario.name),
               report_.scenario.sha256);
    page_.line("| Program | firedrill {} ({}) |\n", report_.program.version,
               report_.program.commit);
  }

  std::string duration() const {
    for (const Event& e : events_) {
      if (e.kind == EventKind::kDrillEnded) {
        return fmt::format("{} in the {} drill", human_ms((e.at - onset_).us / 1000), drill_.name);
      }
    }
    return "";
  }

  void add_targets() {
    page_.line("## Achieved against target\n");
    page_.line("| | subject | objective | target | achieved p50 | p95 | met in | 95 % interval |");
    page_.line("|---|---|---|---|---|---|---|---|");
    for (const ReportTarget& t : report_.targets) {
      page_.line("| {} {} | {} | {} | {} in {} | {} | {} | {} | {} to {} |",
                 symbol(t.verdict, true), to_word(t.verdict), plain_cell(t.subject),
                 to_word(t.objective), human_ms(t.limit_ms), one_digit_percent(t.required_share),
                 human_ms(t.achieved.p50), human_ms(t.achieved.p95), one_digit_percent(t.met_share),
                 one_digit_percent(t.met_share_ci95.low), one_digit_percent(t.met_share_ci95.high));
    }
    page_ += "\n";
  }

  void add_findings() {
    page_.line("## Findings\n");
    if (report_.findings.empty()) return page_.line("None.\n");
    page_.line("| severity | finding | drills |\n|---|---|---|");
    for (const ReportFinding& f : report_.findings) {
      page_.line("| {} | {}. {} | {} |", to_word(f.severity), plain_cell(f.title),
                 plain_cell(f.detail), one_digit_percent(f.share));
    }
    page_ += "\n";
  }

  void add_actions() {
    page_.line("## Action items\n");
    page_.line("| # | finding to act on | action | owner | due |\n|---|---|---|---|---|");
    int number = 0;
    for (const ReportFinding& f : report_.findings) {
      if (f.severity == Severity::kInfo) continue;
      page_.line("| {} | {} | | | |", ++number, plain_cell(f.title));
    }
    if (number == 0) page_.line("| | | | | |");
    page_ += "\n";
  }

  void add_post_incident_review() {
    page_.line("## Post-incident review\n");
    page_.line("For a real incident of this kind, or for a failed drill. Blameless.\n");
    page_.line("- **Summary**: {}", plain_cell(report_.scenario.title));
    page_.line("- **Impact**: ");
    for (const ReportBudget& budget : report_.budgets) {
      if (!budget.burnt_p50) continue;
      page_.line("  - {}: {} of the error budget in half of the drills", plain_cell(budget.service),
                 one_digit_percent(*budget.burnt_p50));
    }
    page_.line("- **Root cause**: {}", drill_faults(plan_));
    page_.line("- **Response**:");
    for (const ReportPhase& phase : report_.phases) {
      page_.line("  - {}, {}: {} in the median, {} at the 95th percentile", plain_cell(phase.name),
                 plain_cell(phase.meaning), human_ms(phase.p50), human_ms(phase.p95));
    }
    page_.line("- **Contributing factors**: the findings above");
    page_.line("- **What went well**: ");
    page_.line("- **Where we were lucky**: ");
    page_.line("- **Action items**: the table above");
  }

  const Plan& plan_;
  const Report& report_;
  const ReviewedDrill& drill_;
  std::vector<Event> events_;
  TimePoint onset_;
  MarkdownPage page_;
};

}  // namespace

std::string render_review(const Plan& plan, const Report& report, const ReviewedDrill& drill) {
  return Review(plan, report, drill).run();
}

}  // namespace firedrill
