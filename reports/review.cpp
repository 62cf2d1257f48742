#include "reports/review.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/plan/print.hpp"
#include "reports/event_lines.hpp"
#include "reports/markdown.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

/// Text of a document between Markdown of ours: it can start nothing, neither in a table nor as
/// HTML.
std::string plain(std::string_view text) { return plain_markdown(text, "\\`*_{}[]()#+!|>~"); }

/// In a Mermaid chart a colon, a semicolon, a comma or a hash would end the name.
std::string chart_name(std::string_view text) {
  std::string out;
  for (const char c : printable(text, true)) {
    const bool ends = std::string_view(":;,#%\"`<>{}[]()|&").find(c) != std::string_view::npos;
    out += ends ? ' ' : c;
  }
  return out;
}

std::string clock(std::int64_t us) {
  const char* const sign = us < 0 ? "-" : "+";
  const std::int64_t s = std::abs(us) / 1'000'000;
  return fmt::format("{}{}:{:02}:{:02}", sign, s / 3600, s / 60 % 60, s % 60);
}

std::string one_digit_percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

class Review {
 public:
  Review(const Plan& plan, const Report& report, const ReviewedDrill& drill)
      : plan_(plan), report_(report), drill_(drill), events_(events_in_order(drill.events)) {
    const TimePoint onset = onset_of(plan, events_);
    if (onset != TimePoint::never()) onset_ = onset;  // a planned procedure begins with the drill
  }

  std::string run() {
    add_head();
    add_targets();
    add_timeline();
    add_chart();
    add_findings();
    add_actions();
    add_sign_off();
    add_post_incident_review();
    return std::move(page_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(page_), format, std::forward<Args>(args)...);
    page_ += '\n';
  }

  bool passed() const { return report_.verdict == Verdict::kMet; }

  void add_head() {
    line("# Drill record: {}\n", plain(report_.scenario.title));
    if (!passed()) {
      line(
          "> **{}.** A recovery drill that fails is tracked to its resolution as a SEV-3 "
          "incident.\n",
          plain(report_.headline));
    }
    line("| | |\n|---|---|");
    line("| Date | |");
    line("| Kind | simulation of {} drills, seed {} |", report_.completed, report_.seed);
    line("| Result | {} |", plain(report_.headline));
    line("| Question | {} |", plain(report_.scenario.question));
    line("| System | {} |", plain(report_.scenario.system));
    line("| Scope | {} |", scope());
    line("| Faults | {} |", faults());
    line("| Duration, fault to last check | {} |", duration());
    line("| Scenario | {}, SHA-256 `{}` |", plain(report_.scenario.name), report_.scenario.sha256);
    line("| Program | firedrill {} ({}) |\n", report_.program.version, report_.program.commit);
  }

  std::string scope() const {
    std::string text;
    for (const PlannedService& service : plan_.services) {
      if (!service.judged) continue;
      text += (text.empty() ? "" : ", ") + plain(service.name);
    }
    return text;
  }

  std::string faults() const {
    std::string text;
    for (const PlannedFault& fault : plan_.faults) {
      text += (text.empty() ? "" : "; ") + plain(describe_call(plan_, fault.call));
    }
    return text.empty() ? "none: a planned procedure" : text;
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
    line("## Achieved against target\n");
    line("| | subject | objective | target | achieved p50 | p95 | met in | 95 % interval |");
    line("|---|---|---|---|---|---|---|---|");
    for (const ReportTarget& t : report_.targets) {
      line("| {} {} | {} | {} | {} in {} | {} | {} | {} | {} to {} |", symbol(t.verdict, true),
           to_word(t.verdict), plain(t.subject), to_word(t.objective), human_ms(t.limit_ms),
           one_digit_percent(t.required_share), human_ms(t.achieved.p50), human_ms(t.achieved.p95),
           one_digit_percent(t.met_share), one_digit_percent(t.met_share_ci95.low),
           one_digit_percent(t.met_share_ci95.high));
    }
    page_ += '\n';
  }

  /// What a person would write down; a served share only when a service stops or starts to serve.
  bool worth_telling(const Event& e) {
    switch (e.kind) {
      case EventKind::kStepReady:
      case EventKind::kStepStarted:
      case EventKind::kStepActing:
      case EventKind::kDataLossShape:
      case EventKind::kReplicaLag:
        return false;
      case EventKind::kStepEnded:
        return !e.skipped;
      case EventKind::kServedShare: {
        if (e.subject >= plan_.services.size()) return false;
        serves_.resize(plan_.services.size(), true);
        const bool now = e.value >= plan_.services[e.subject].threshold - 1e-9;
        const bool news = now != serves_[e.subject];
        serves_[e.subject] = now;
        return news;
      }
      default:
        return true;
    }
  }

  void add_timeline() {
    line("## Timeline of the {} drill\n", drill_.name);
    line("Replication {}; times since the fault.\n", drill_.replication);
    line("| time | what |\n|---|---|");
    for (const Event& e : events_) {
      if (!worth_telling(e)) continue;
      line("| {} | {} |", clock((e.at - onset_).us), plain(event_sentence(plan_, e)));
    }
    page_ += '\n';
  }

  void add_chart() {
    line("```mermaid\ngantt\n  title {}", chart_name(report_.scenario.title));
    line("  dateFormat x\n  axisFormat %H:%M");
    std::vector<TimePoint> ready(plan_.steps.size(), TimePoint::never());
    std::vector<std::string> bars(plan_.runbooks.size());
    for (const Event& e : events_) {
      if (e.subject >= plan_.steps.size()) continue;
      if (e.kind == EventKind::kStepReady) ready[e.subject] = e.at;
      if (e.kind != EventKind::kStepEnded || e.skipped) continue;
      if (ready[e.subject] == TimePoint::never()) continue;
      const PlannedStep& step = plan_.steps[e.subject];
      fmt::format_to(std::back_inserter(bars[step.runbook.value]), "  {} :{}{}, {}\n",
                     chart_name(step.id), e.outcome.ok() ? "" : "crit, ",
                     ready[e.subject].us / 1000, e.at.us / 1000);
    }
    for (std::size_t i = 0; i < bars.size(); ++i) {
      if (bars[i].empty()) continue;
      line("  section {}", chart_name(plan_.runbooks[i].name));
      page_ += bars[i];
    }
    line("```\n");
  }

  void add_findings() {
    line("## Findings\n");
    if (report_.findings.empty()) return line("None.\n");
    line("| severity | finding | drills |\n|---|---|---|");
    for (const ReportFinding& f : report_.findings) {
      line("| {} | {}. {} | {} |", to_word(f.severity), plain(f.title), plain(f.detail),
           one_digit_percent(f.share));
    }
    page_ += '\n';
  }

  void add_actions() {
    line("## Action items\n");
    line("| # | finding to act on | action | owner | due |\n|---|---|---|---|---|");
    int number = 0;
    for (const ReportFinding& f : report_.findings) {
      if (f.severity == Severity::kInfo) continue;
      line("| {} | {} | | | |", ++number, plain(f.title));
    }
    if (number == 0) line("| | | | | |");
    page_ += '\n';
  }

  void add_sign_off() {
    line("## Sign-off\n");
    line("| role | name | date |\n|---|---|---|");
    line("| Drill lead | | |\n| Service owner | | |\n| Incident commander | | |\n");
  }

  void add_post_incident_review() {
    line("## Post-incident review\n");
    line("For a real incident of this kind, or for a failed drill. Blameless.\n");
    line("- **Summary**: {}", plain(report_.scenario.title));
    line("- **Impact**: ");
    for (const ReportBudget& budget : report_.budgets) {
      if (!budget.burnt_p50) continue;
      line("  - {}: {} of the error budget in half of the drills", plain(budget.service),
           one_digit_percent(*budget.burnt_p50));
    }
    line("- **Root cause**: {}", faults());
    line("- **Response**:");
    for (const ReportPhase& phase : report_.phases) {
      line("  - {}, {}: {} in the median, {} at the 95th percentile", plain(phase.name),
           plain(phase.meaning), human_ms(phase.p50), human_ms(phase.p95));
    }
    line("- **Contributing factors**: the findings above");
    line("- **What went well**: ");
    line("- **Where we were lucky**: ");
    line("- **Action items**: the table above");
  }

  const Plan& plan_;
  const Report& report_;
  const ReviewedDrill& drill_;
  std::vector<Event> events_;
  std::vector<bool> serves_;
  TimePoint onset_;
  std::string page_;
};

}  // namespace

std::string render_review(const Plan& plan, const Report& report, const ReviewedDrill& drill) {
  return Review(plan, report, drill).run();
}

}  // namespace firedrill
