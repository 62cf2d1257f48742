#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "reports/causes.hpp"
#include "reports/organisation_text.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

constexpr int kWidthMin = 40;
constexpr std::size_t kStepsShown = 12;
constexpr std::size_t kAssumptionsShown = 12;
constexpr std::size_t kTime = 7;  // `23h 59m`

Ink ink_of(Severity severity) {
  if (severity == Severity::kInfo) return Ink::kPlain;
  return severity == Severity::kCritical ? Ink::kBad : Ink::kDoubtful;
}

/// `98.7 %`: one digit, as in every place where shares stand below each other.
std::string share_text(double share) { return fmt::format("{:.1f} %", share * 100); }
std::string whole_percent(double share) { return fmt::format("{:.0f}", share * 100); }

class TextReport {
 public:
  TextReport(const Report& report, const TextOptions& options)
      : report_(report),
        options_(options),
        width_(static_cast<std::size_t>(std::max(options.width, kWidthMin))),
        paint_(options.color) {}

  std::string run() {
    head();
    targets();
    phases();
    steps();
    page_ += causes_sections(report_, options_, width_);
    page_ += people_section(report_, options_, width_);
    page_ += severity_section(report_, options_, width_);
    page_ += error_budget_section(report_, options_, width_);
    stores();
    findings();
    failures();
    assumptions();
    reruns();
    files();
    return std::move(page_);
  }

 private:
  std::string clean(std::string_view text) const { return printable(text, options_.unicode); }

  void heading(std::string_view text, std::string_view rest = {}) {
    page_ += '\n' + paint_(Ink::kStrong, text);
    if (!rest.empty()) page_ += fmt::format("  {}", rest);
    page_ += '\n';
  }

  /// A wrapped text whose beginning `lead` is painted.
  void led(std::size_t hang, Ink ink, const std::string& lead, std::string_view rest) {
    const std::string all = wrapped(fmt::format("{} {}", lead, rest), 0, hang, width_);
    const std::size_t end = std::min(all.find(lead), all.size());
    if (end == all.size()) {
      page_ += all;
      return;
    }
    page_ += all.substr(0, end) + paint_(ink, lead) + all.substr(end + lead.size());
  }

  void prose(std::size_t indent, std::size_t hang, std::string_view text) {
    page_ += wrapped(clean(text), indent, hang, width_);
  }

  void head() {
    const std::string lead =
        fmt::format("{} {}:", symbol(report_.verdict, options_.unicode), to_word(report_.verdict));
    led(2, ink_of(report_.verdict), lead, clean(report_.headline));
    prose(0, 2,
          fmt::format("{} ({}): {} drills, seed {}", report_.scenario.title, report_.scenario.name,
                      thousands(report_.completed), report_.seed));
    prose(0, 2, report_.scenario.question);
    for (const std::string& change : report_.scenario.what_if) prose(0, 2, "what if: " + change);
    if (const auto& looks = report_.sequential) {
      prose(0, 2,
            fmt::format("Stopped by itself at look {} of {}, from {} to {} drills; what it says of "
                        "shares holds for all looks together.",
                        looks->looks_made, looks->looks_planned, thousands(looks->min_runs),
                        thousands(looks->max_runs)));
    }
    if (report_.aborted) {
      page_ += paint_(Ink::kBad, "aborted");
      page_ += fmt::format(": {} of {} drills done\n", thousands(report_.completed),
                           thousands(report_.asked));
    }
  }

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
    // Two digits are more than the estimate is good for.
    std::int64_t digit = 1;
    while (*t.drills_to_decide / digit >= 100) digit *= 10;
    const std::int64_t about = (*t.drills_to_decide + digit - 1) / digit * digit;
    return fmt::format("about {} drills would decide it", thousands(about));
  }

  std::string achieved(const ReportTarget& t) const {
    return fmt::format("p50 {}{}, p95 {}{}", human_ms(t.achieved.p50), ends(t.achieved.p50_ci95),
                       human_ms(t.achieved.p95), ends(t.achieved.p95_ci95));
  }

  void targets() {
    heading("TARGETS");
    std::size_t verdict = 0;
    std::size_t name = 0;
    std::size_t rest = 0;
    for (const ReportTarget& t : report_.targets) {
      verdict = std::max(verdict, to_word(t.verdict).size());
      name = std::max({name, columns(clean(t.subject)), columns(clean(t.tier))});
      rest = std::max(rest, columns(expected(t)) + 2 + columns(share_met(t)));
    }
    const std::size_t indent = 2 + 1 + 1 + verdict + 2;
    const bool wide = indent + name + 2 + rest <= width_;
    for (const ReportTarget& t : report_.targets) {
      const std::string lead =
          symbol(t.verdict, options_.unicode) + ' ' + cell(to_word(t.verdict), verdict);
      page_ += "  " + paint_(ink_of(t.verdict), lead) + "  ";
      if (wide) {
        page_ += cell(clean(t.subject), name) + "  " + expected(t) + "  " + share_met(t) + '\n';
        page_ += std::string(indent, ' ') + cell(clean(t.tier), name) + "  achieved " +
                 achieved(t) + '\n';
        prose(indent, indent, to_decide(t));
        continue;
      }
      const std::string what = fmt::format("{}  {}", clean(t.subject), expected(t));
      page_ += wrapped(what, indent, indent, width_).substr(indent);
      prose(indent, indent, fmt::format("{}: {}", t.tier, share_met(t)));
      prose(indent, indent + 2, achieved(t));
      prose(indent, indent, to_decide(t));
    }
  }

  void phases() {
    if (report_.phases.empty()) return;
    const std::size_t name = 13;
    const std::size_t label = std::min<std::size_t>(width_ - 4 - 2 * kTime, 46);
    heading(cell("PHASES", label + 2) + right_cell("p50", kTime) + right_cell("p95", kTime + 2));
    for (const ReportPhase& p : report_.phases) {
      page_ += "  " + cell(cell(p.name, name) + p.meaning, label);
      page_ += right_cell(human_ms(p.p50), kTime) + right_cell(human_ms(p.p95), kTime + 2) + '\n';
    }
  }

  void steps() {
    std::vector<const ReportStep*> shown;
    for (const ReportStep& s : report_.steps) {
      if (options_.verbose || s.criticality > 0) shown.push_back(&s);
    }
    if (shown.empty()) return;
    const std::size_t all = shown.size();
    if (!options_.verbose && all > kStepsShown) shown.resize(kStepsShown);
    const ReportSplit& split = report_.critical_split;
    heading("WHERE THE TIME WENT");
    prose(2, 2,
          fmt::format("Steps on the critical path: {} % work, {} % wait, {} % decision, {} % idle "
                      "(nobody free). The longest part first.",
                      whole_percent(split.work), whole_percent(split.wait),
                      whole_percent(split.decision), whole_percent(split.idle)));
    step_table(shown);
    if (shown.size() < all) page_ += fmt::format("  and {} more: -v\n", all - shown.size());
  }

  void step_table(const std::vector<const ReportStep*>& shown) {
    std::size_t name = 4;
    std::size_t role = 4;
    for (const ReportStep* s : shown) {
      name = std::max(name, columns(clean(s->step)));
      role = std::max(role, columns(clean(s->role)));
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
    page_ += paint_(Ink::kFaint, title) + '\n';
    for (const ReportStep* s : shown) {
      page_ += "  " + right_cell(whole_percent(s->criticality) + " %", 5) + "  " +
               cell(clean(s->step), name) + "  " + cell(clean(s->role), role) +
               right_cell(human_ms(s->p50), kTime + 1) + right_cell(human_ms(s->p95), kTime + 1);
      if (split) {
        for (const double part : {s->split.work, s->split.wait, s->split.decision, s->split.idle}) {
          page_ += right_cell(part == 0 ? "." : whole_percent(part), 5);
        }
      }
      page_ += '\n';
    }
  }

  void stores() {
    if (report_.stores.empty()) return;
    const bool wide = width_ >= 60;
    const std::size_t name = width_ - 2 - 3 * (kTime + 1) - (wide ? 10 : 0);
    const auto time = [](const std::string& text) { return right_cell(text, kTime + 1); };
    heading(cell("DATA LOST", name + 2) + time("p50") + time("p95") + time("worst") +
            (wide ? right_cell("lossless", 10) : ""));
    for (const ReportStore& s : report_.stores) {
      page_ += "  " + cell(clean(s.name), name) + time(human_ms(s.rpo.p50)) +
               time(human_ms(s.rpo.p95)) + time(human_ms(s.rpo.max)) +
               (wide ? right_cell(share_text(s.lossless_share), 10) : "") + '\n';
    }
  }

  void findings() {
    if (report_.findings.empty()) return;
    heading("FINDINGS");
    for (const ReportFinding& f : report_.findings) {
      const std::string lead = fmt::format("{}:", to_word(f.severity));
      page_ += "  ";
      const std::string share =
          f.drills > 0 ? fmt::format(" ({} of drills)", share_text(f.share)) : std::string();
      const std::string all =
          wrapped(fmt::format("{} {}{}", lead, clean(f.title), share), 2, 4, width_);
      page_ += paint_(ink_of(f.severity), lead) + all.substr(2 + lead.size());
      prose(4, 4, f.detail);
    }
  }

  void failures() {
    if (report_.failures.empty()) return;
    heading("FAILURES");
    for (const ReportFailure& f : report_.failures) {
      const std::string cause = f.signal != 0 ? fmt::format("signal {}", f.signal)
                                              : fmt::format("exit code {}", f.exit_code);
      prose(2, 4,
            fmt::format("drill {} {} ({}); drills {} to {} were not run", f.replication, f.kind,
                        cause, f.first_lost, f.last_lost));
    }
  }

  void assumptions() {
    if (report_.assumptions.empty()) return;
    heading("ASSUMPTIONS");
    prose(2, 2,
          fmt::format("{} of {} timings are guesses; those come first.", report_.guesses,
                      report_.timings));
    std::size_t shown = 0;
    for (const ReportAssumption& a : report_.assumptions) {
      if (!options_.verbose && shown == kAssumptionsShown) break;
      ++shown;
      if (a.kind == AssumptionKind::kTiming) {
        const std::string text = fmt::format("{} {}", a.value, a.unit);
        const std::string row =
            fmt::format("{:<10}  {}: {}", to_word(a.confidence), a.subject, text);
        assumption_line(row);
        if (options_.verbose) prose(14, 14, fmt::format("source: {}", a.source));
      } else {
        assumption_line(fmt::format("{:<10}  {}: {}", "stated", a.subject, a.value));
        if (options_.verbose) prose(14, 14, a.reason);
      }
    }
    const std::size_t more = report_.assumptions.size() - shown;
    if (more > 0) {
      prose(2, 4, fmt::format("and {} more: firedrill plan {}", more, report_.scenario.path));
    }
  }

  /// One line, cut: with -v wrapped.
  void assumption_line(const std::string& row) {
    if (options_.verbose) {
      const std::string shown = clean(row);
      const std::size_t lead = std::min<std::size_t>(12, shown.size());
      page_ +=
          "  " + shown.substr(0, lead) + wrapped(shown.substr(lead), 14, 16, width_).substr(14);
    } else {
      std::string shown = cell(clean(row), width_ - 2);
      shown.erase(shown.find_last_not_of(' ') + 1);
      page_ += "  " + shown + '\n';
    }
  }

  void reruns() {
    if (report_.examples.empty()) return;
    heading("ONE DRILL AGAIN");
    for (const ReportExample& e : report_.examples) {
      prose(2, 4, fmt::format("the {} drill, restored after {}:", e.name, human_ms(e.restored)));
      page_ += "    " + clean(e.command) + '\n';  // never wrapped: it is for copying
    }
  }

  void files() {
    if (options_.files.empty()) return;
    heading("FILES");
    for (const std::string& file : options_.files) page_ += "  " + clean(file) + '\n';
  }

  const Report& report_;
  const TextOptions& options_;
  std::size_t width_;
  Paint paint_;
  std::string page_;
};

}  // namespace

std::string render_text(const Report& report, const TextOptions& options) {
  return TextReport(report, options).run();
}

}  // namespace firedrill
