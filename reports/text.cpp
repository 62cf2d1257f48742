#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "reports/causes.hpp"
#include "reports/organisation_text.hpp"
#include "reports/report_text.hpp"
#include "reports/text_summary.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kTime = 7;  // `23h 59m`

/// `98.7 %`: one digit, as in every place where shares stand below each other.
std::string share_text(double share) { return fmt::format("{:.1f} %", share * 100); }
std::string whole_percent(double share) { return fmt::format("{:.0f}", share * 100); }

class TextReport {
 public:
  TextReport(const Report& report, const TextOptions& options)
      : report_(report),
        options_(options),
        page_(report, options),
        width_(page_.width()),
        paint_(page_.paint()) {}

  std::string run() {
    page_.head();
    targets();
    phases();
    steps();
    page_.add(causes_sections(report_, options_, width_));
    page_.add(people_section(report_, options_, width_));
    page_.add(severity_section(report_, options_, width_));
    page_.add(error_budget_section(report_, options_, width_));
    stores();
    findings();
    page_.failures();
    assumptions();
    reruns();
    page_.files();
    return page_.take();
  }

 private:
  std::string expected(const ReportTarget& t) const {
    const Duration limit = Duration::milliseconds(t.limit_ms);
    return fmt::format("{} in {} of drills", target_text(t.objective, t.from, limit),
                       percent(t.required_share));
  }

  std::string share_met(const ReportTarget& t) const {
    const Interval& ci = t.met_share_ci95;
    return fmt::format("{:>7} [{:.1f}, {:.1f}]", share_text(t.met_share), ci.low * 100,
                       ci.high * 100);
  }

  /// ` [1h 10m, 1h 14m]`; nothing where no end is known.
  static std::string ends(const ReportTimeInterval& ci) {
    if (!ci.low && !ci.high) return {};
    return fmt::format(" [{}, {}]", human_ms(ci.low), human_ms(ci.high));
  }

  /// What a verdict would take; nothing for one that is reached.
  std::string to_decide(const ReportTarget& t) const {
    if (t.verdict != Verdict::kInconclusive || t.judged == 0) return {};
    if (!t.drills_to_decide) return "no number of drills decides this share";
    return about(*t.drills_to_decide) + " drills would decide it";
  }

  std::string achieved(const ReportTarget& t) const {
    return fmt::format("p50 {}{}, p95 {}{}", human_ms(t.achieved.p50), ends(t.achieved.p50_ci95),
                       human_ms(t.achieved.p95), ends(t.achieved.p95_ci95));
  }

  void targets() {
    page_.heading("TARGETS");
    std::size_t verdict = 0;
    std::size_t name = 0;
    std::size_t rest = 0;
    for (const ReportTarget& t : report_.targets) {
      verdict = std::max(verdict, to_word(t.verdict).size());
      name = std::max({name, columns(page_.clean(t.subject)), columns(page_.clean(t.tier))});
      rest = std::max(rest, columns(expected(t)) + 2 + columns(share_met(t)));
    }
    const std::size_t indent = 2 + 1 + 1 + verdict + 2;
    const bool wide = indent + name + 2 + rest <= width_;
    for (const ReportTarget& t : report_.targets) {
      const std::string lead =
          symbol(t.verdict, options_.unicode) + ' ' + cell(to_word(t.verdict), verdict);
      page_.add("  " + paint_(ink_of(t.verdict), lead) + "  ");
      if (wide) {
        page_.add(cell(page_.clean(t.subject), name) + "  " + expected(t) + "  " + share_met(t) +
                  '\n');
        page_.add(std::string(indent, ' ') + cell(page_.clean(t.tier), name) + "  achieved " +
                  achieved(t) + '\n');
        page_.prose(indent, indent, to_decide(t));
        continue;
      }
      const std::string what = fmt::format("{}  {}", page_.clean(t.subject), expected(t));
      page_.add(wrapped(what, indent, indent, width_).substr(indent));
      page_.prose(indent, indent, fmt::format("{}: {}", t.tier, share_met(t)));
      page_.prose(indent, indent + 2, achieved(t));
      page_.prose(indent, indent, to_decide(t));
    }
  }

  void phases() {
    if (report_.phases.empty()) return;
    const std::size_t name = 13;
    const std::size_t label = std::min<std::size_t>(width_ - 4 - 2 * kTime, 46);
    page_.heading(cell("PHASES", label + 2) + right_cell("p50", kTime) +
                  right_cell("p95", kTime + 2));
    for (const ReportPhase& p : report_.phases) {
      page_.add("  " + cell(cell(p.name, name) + p.meaning, label));
      page_.add(right_cell(human_ms(p.p50), kTime) + right_cell(human_ms(p.p95), kTime + 2) + '\n');
    }
  }

  void steps() {
    if (report_.steps.empty()) return;
    const ReportSplit& split = report_.critical_split;
    page_.heading("WHERE THE TIME WENT");
    page_.prose(
        2, 2,
        fmt::format("Steps on the critical path: {} % work, {} % wait, {} % decision, {} % idle "
                    "(nobody free). The longest part first.",
                    whole_percent(split.work), whole_percent(split.wait),
                    whole_percent(split.decision), whole_percent(split.idle)));
    step_table();
  }

  void step_table() {
    std::size_t name = 4;
    std::size_t role = 4;
    for (const ReportStep& s : report_.steps) {
      name = std::max(name, columns(page_.clean(s.step)));
      role = std::max(role, columns(page_.clean(s.role)));
    }
    const std::size_t fixed = 2 + 5 + 2 + 2 + 1 + kTime + 1 + kTime;
    const std::size_t parts = 4 * 5;
    const bool split = width_ >= fixed + parts + 16;
    const std::size_t room = width_ - fixed - (split ? parts : 0);
    role = std::min(role, room / 3);
    name = std::min(name, room - role);
    std::string title = "  " + right_cell("crit.", 5) + "  " + cell("step", name) + "  " +
                        cell("role", role) + right_cell("p50", kTime + 1) +
                        right_cell("p95", kTime + 1);
    if (split) title += " work wait  dec idle";
    page_.add(paint_(Ink::kFaint, title) + '\n');
    for (const ReportStep& s : report_.steps) {
      page_.add("  " + right_cell(whole_percent(s.criticality) + " %", 5) + "  " +
                cell(page_.clean(s.step), name) + "  " + cell(page_.clean(s.role), role) +
                right_cell(human_ms(s.p50), kTime + 1) + right_cell(human_ms(s.p95), kTime + 1));
      if (split) {
        for (const double part : {s.split.work, s.split.wait, s.split.decision, s.split.idle}) {
          page_.add(right_cell(part == 0 ? "." : whole_percent(part), 5));
        }
      }
      page_.add("\n");
    }
  }

  void stores() {
    if (report_.stores.empty()) return;
    const bool wide = width_ >= 60;
    const std::size_t name = width_ - 2 - 3 * (kTime + 1) - (wide ? 10 : 0);
    const auto time = [](const std::string& text) { return right_cell(text, kTime + 1); };
    page_.heading(cell("DATA LOST", name + 2) + time("p50") + time("p95") + time("worst") +
                  (wide ? right_cell("lossless", 10) : ""));
    for (const ReportStore& s : report_.stores) {
      page_.add("  " + cell(page_.clean(s.name), name) + time(human_ms(s.rpo.p50)) +
                time(human_ms(s.rpo.p95)) + time(human_ms(s.rpo.max)) +
                (wide ? right_cell(share_text(s.lossless_share), 10) : "") + '\n');
    }
  }

  void findings() {
    if (report_.findings.empty()) return;
    page_.heading("FINDINGS");
    for (const ReportFinding& f : report_.findings) {
      const std::string lead = fmt::format("{}:", to_word(f.severity));
      page_.add("  ");
      const std::string share =
          f.drills > 0 ? fmt::format(" ({} of drills)", share_text(f.share)) : std::string();
      const std::string all =
          wrapped(fmt::format("{} {}{}", lead, page_.clean(f.title), share), 2, 4, width_);
      page_.add(paint_(ink_of(f.severity), lead) + all.substr(2 + lead.size()));
      page_.prose(4, 4, f.detail);
    }
  }

  void assumptions() {
    if (report_.assumptions.empty()) return;
    page_.heading("ASSUMPTIONS");
    page_.prose(2, 2,
                fmt::format("{} of {} timings are guesses; those come first.", report_.guesses,
                            report_.timings));
    for (const ReportAssumption& a : report_.assumptions) {
      if (a.kind == AssumptionKind::kTiming) {
        assumption(to_word(a.confidence), fmt::format("{}: {} {}", a.subject, a.value, a.unit));
        page_.prose(14, 14, fmt::format("source: {}", a.source));
      } else {
        assumption("stated", fmt::format("{}: {}", a.subject, a.value));
        page_.prose(14, 14, a.reason);
      }
    }
  }

  void assumption(std::string_view word, const std::string& what) {
    const std::string row = wrapped(page_.clean(what), 14, 16, width_);
    page_.add("  " + cell(word, 12) + row.substr(14));
  }

  void reruns() {
    if (report_.examples.empty()) return;
    page_.heading("ONE DRILL AGAIN");
    for (const ReportExample& e : report_.examples) {
      page_.prose(2, 4,
                  fmt::format("the {} drill, restored after {}:", e.name, human_ms(e.restored)));
      page_.add("    " + page_.clean(e.command) + '\n');  // never wrapped: it is for copying
    }
  }

  const Report& report_;
  const TextOptions& options_;
  ReportText page_;
  std::size_t width_;
  const Paint& paint_;
};

}  // namespace

std::string render_text(const Report& report, const TextOptions& options) {
  if (!options.verbose) return render_summary(report, options);
  return TextReport(report, options).run();
}

}  // namespace firedrill
