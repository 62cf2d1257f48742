#include "reports/text_summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "reports/report_text.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kSummaryTime = 7;    // `23h 59m`
constexpr std::size_t kSummaryShare = 22;  // `100.0 % [100.0, 100.0]`
constexpr std::size_t kSummarySteps = 5;
constexpr std::size_t kSummaryFindings = 5;
constexpr std::size_t kSummaryFiles = 6;

bool same_demand(const ReportTarget& a, const ReportTarget& b) {
  return a.tier == b.tier && a.objective == b.objective && a.from == b.from &&
         a.limit_ms == b.limit_ms && a.required_share == b.required_share;
}

class Summary {
 public:
  Summary(const Report& report, const TextOptions& options)
      : report_(report), options_(options), page_(report, options), width_(page_.width()) {}

  std::string run() {
    page_.head();
    targets();
    phases();
    steps();
    findings();
    page_.failures();
    rest();
    files();
    return page_.take();
  }

 private:
  /// Targets that ask the same stand under one line that says what.
  void targets() {
    std::size_t verdict = 0;
    for (const ReportTarget& t : report_.targets) {
      verdict = std::max(verdict, to_word(t.verdict).size());
    }
    const std::size_t figures = kSummaryShare + 2 * (kSummaryTime + 1);
    const std::size_t lead = 2 + 2 + verdict + 2;
    // Where all of it does not fit, the figures have a line of their own.
    const bool one_line = width_ >= lead + 16 + figures;
    const std::size_t left = one_line ? width_ - figures : 0;
    page_.heading(
        one_line ? cell("TARGETS", left) + right_cell("met in [95 % interval]", kSummaryShare) +
                       right_cell("p50", kSummaryTime + 1) + right_cell("p95", kSummaryTime + 1)
                 : "TARGETS  met [95 % interval], p50, p95");
    std::vector<bool> said(report_.targets.size(), false);
    for (std::size_t i = 0; i < report_.targets.size(); ++i) {
      if (said[i]) continue;
      const ReportTarget& first = report_.targets[i];
      demand(first);
      for (std::size_t j = i; j < report_.targets.size(); ++j) {
        if (said[j] || !same_demand(first, report_.targets[j])) continue;
        said[j] = true;
        target(report_.targets[j], verdict, one_line ? left - lead : 0);
      }
    }
    undecided();
  }

  void demand(const ReportTarget& t) {
    const Duration limit = Duration::milliseconds(t.limit_ms);
    const std::string of = t.tier.empty() ? std::string() : t.tier + " ";
    page_.prose(2, 4,
                fmt::format("{}{} in {} of drills", of, target_text(t.objective, t.from, limit),
                            percent(t.required_share)));
  }

  /// `name` columns for the subject; 0: the figures go to the next line.
  void target(const ReportTarget& t, std::size_t verdict, std::size_t name) {
    const std::string lead =
        symbol(t.verdict, options_.unicode) + ' ' + cell(to_word(t.verdict), verdict);
    page_.add("  " + page_.paint()(ink_of(t.verdict), lead) + "  ");
    const std::string share =
        t.judged == 0 ? std::string("in no drill")
                      : fmt::format("{:.1f} % [{:.1f}, {:.1f}]", t.met_share * 100,
                                    t.met_share_ci95.low * 100, t.met_share_ci95.high * 100);
    const std::string subject = page_.clean(t.subject);
    const std::string figures = right_cell(share, kSummaryShare) +
                                right_cell(human_ms(t.achieved.p50), kSummaryTime + 1) +
                                right_cell(human_ms(t.achieved.p95), kSummaryTime + 1) + '\n';
    if (name > 0) {
      page_.add(cell(subject, name) + figures);
      return;
    }
    const std::size_t room = width_ - 6 - verdict;
    page_.add((columns(subject) > room ? cell(subject, room) : subject) + '\n');
    page_.add(figures);
  }

  void undecided() {
    std::int64_t open = 0;
    std::int64_t drills = 0;
    for (const ReportTarget& t : report_.targets) {
      if (t.verdict != Verdict::kInconclusive || !t.drills_to_decide) continue;
      ++open;
      drills = std::max(drills, *t.drills_to_decide);
    }
    if (open == 0) return;
    page_.prose(2, 4,
                fmt::format("{} drills would decide the {}: {}", about(drills),
                            open == 1 ? std::string("open one") : fmt::format("{} open", open),
                            report_.sequential ? "--max-runs" : "--until-decided"));
  }

  void phases() {
    std::string text;
    for (const ReportPhase& p : report_.phases) {
      if (!p.p50) continue;  // most drills never come to its end
      text += fmt::format("{}{} {} ({})", text.empty() ? "" : ", ", p.name, human_ms(p.p50),
                          human_ms(p.p95));
    }
    if (text.empty()) return;
    page_.heading("PHASES", "p50, in brackets p95");
    page_.prose(2, 4, text);
  }

  void steps() {
    std::vector<const ReportStep*> shown;
    for (const ReportStep& s : report_.steps) {
      if (s.criticality > 0) shown.push_back(&s);
    }
    if (shown.empty()) return;
    const std::size_t all = shown.size();
    shown.resize(std::min(all, kSummarySteps));
    const ReportSplit& split = report_.critical_split;
    std::size_t role = 4;
    for (const ReportStep* s : shown) role = std::max(role, columns(page_.clean(s->role)));
    const std::size_t fixed = 2 + 2 + 2 + 9 + 2 * (kSummaryTime + 1);
    role = std::min(role, (width_ - fixed) / 2);
    const std::size_t name = width_ - fixed - role;
    page_.heading(
        "CRITICAL PATH",
        fmt::format("{:.0f} % work, {:.0f} % wait, {:.0f} % decision, {:.0f} % idle",
                    split.work * 100, split.wait * 100, split.decision * 100, split.idle * 100));
    page_.add(page_.paint()(Ink::kFaint, "  " + cell("longest part first", name) + "  " +
                                             cell("role", role) + right_cell("in drills", 11) +
                                             right_cell("p50", kSummaryTime + 1) +
                                             right_cell("p95", kSummaryTime + 1)) +
              '\n');
    for (const ReportStep* s : shown) {
      page_.add("  " + cell(page_.clean(s->step), name) + "  " + cell(page_.clean(s->role), role) +
                right_cell(fmt::format("{:.0f} %", s->criticality * 100), 11) +
                right_cell(human_ms(s->p50), kSummaryTime + 1) +
                right_cell(human_ms(s->p95), kSummaryTime + 1) + '\n');
    }
    if (all > shown.size()) page_.add(fmt::format("  and {} more\n", all - shown.size()));
  }

  void findings() {
    if (report_.findings.empty()) return;
    page_.heading("FINDINGS");
    const std::size_t shown = std::min(report_.findings.size(), kSummaryFindings);
    for (std::size_t i = 0; i < shown; ++i) {
      const ReportFinding& f = report_.findings[i];
      const std::string word = cell(to_word(f.severity), 8);
      const std::string share =
          right_cell(f.drills > 0 ? fmt::format("{:.1f} %", f.share * 100) : std::string(), 9);
      const std::size_t hang = 2 + 8 + 9 + 2;
      const std::string title = wrapped(page_.clean(f.title), hang, hang, width_);
      page_.add("  " + page_.paint()(ink_of(f.severity), word) + share + title.substr(hang - 2));
    }
    if (report_.findings.size() > shown) {
      page_.add(fmt::format("  and {} more\n", report_.findings.size() - shown));
    }
  }

  /// What the answer rests on, and where more of it is.
  void rest() {
    page_.add("\n");
    if (report_.timings > 0) {
      page_.prose(0, 2,
                  fmt::format("{} of {} timings are guesses: firedrill plan {}", report_.guesses,
                              report_.timings, report_.scenario.path));
    }
    page_.prose(0, 2, "People, severities, error budgets, data lost, every step and finding: -v");
    for (const ReportExample& e : report_.examples) {
      if (e.name != "p95" && report_.examples.size() > 1) continue;
      page_.prose(
          0, 2,
          fmt::format("The {} drill, restored after {}, again:", e.name, human_ms(e.restored)));
      page_.add("  " + page_.clean(e.command) + '\n');  // never wrapped: it is for copying
    }
  }

  void files() {
    if (options_.files.size() <= kSummaryFiles) return page_.files();
    page_.heading("FILES");
    page_.add(fmt::format("  {} files\n", options_.files.size()));
  }

  const Report& report_;
  const TextOptions& options_;
  ReportText page_;
  std::size_t width_;
};

}  // namespace

std::string render_summary(const Report& report, const TextOptions& options) {
  return Summary(report, options).run();
}

}  // namespace firedrill
