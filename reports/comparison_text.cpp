#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "engine/plan/print_text.hpp"
#include "reports/comparison.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kStepsShown = 12;
constexpr std::size_t kWord = 14;  // `not comparable`
constexpr std::size_t kIndent = 2 + 2 + kWord + 2;

Verdict looks_like(TargetChange change) {
  if (change == TargetChange::kWorse) return Verdict::kMissed;
  return change == TargetChange::kNotComparable ? Verdict::kInconclusive : Verdict::kMet;
}

/// `+4.5s`, `-2m 3s`, `0s`.
std::string signed_ms(const std::optional<std::int64_t>& ms, const char* unbounded) {
  if (!ms) return unbounded;
  const std::string text = human_ms(std::abs(*ms));
  return *ms > 0 ? "+" + text : *ms < 0 ? "-" + text : text;
}

class ComparisonText {
 public:
  ComparisonText(const Comparison& comparison, const TextOptions& options)
      : comparison_(comparison),
        options_(options),
        width_(static_cast<std::size_t>(std::max(options.width, 40))),
        paint_(options.color) {}

  std::string run() {
    head();
    page_ += '\n' + paint_(Ink::kStrong, "TARGETS") + '\n';
    for (const ComparedTarget& t : comparison_.targets) target(t);
    steps();
    return std::move(page_);
  }

 private:
  std::string clean(std::string_view text) const { return printable(text, options_.unicode); }
  void prose(std::size_t indent, std::string_view text) {
    page_ += wrapped(clean(text), indent, indent + 2, width_);
  }
  std::string lead(TargetChange change) const {
    const Verdict look = looks_like(change);
    const std::string mark = change == TargetChange::kSame ? "=" : symbol(look, options_.unicode);
    return mark + ' ' + std::string(to_word(change));
  }
  Ink ink(TargetChange change) const {
    return change == TargetChange::kSame ? Ink::kPlain : ink_of(looks_like(change));
  }

  void side(const char* what, const ComparedSide& side) {
    prose(0, fmt::format("{}: {} (documents {}, {} drills, seed {}, program {})", what, side.name,
                         side.documents_sha256.substr(0, 12), thousands(side.completed), side.seed,
                         side.commit));
  }

  void head() {
    page_ += paint_(ink(comparison_.verdict), lead(comparison_.verdict));
    page_ += fmt::format(": {}\n", clean(comparison_.headline));
    prose(0, fmt::format("{} ({}): {} pairs of drills", comparison_.scenario.title,
                         comparison_.scenario.name, thousands(comparison_.pairs)));
    side("base", comparison_.base);
    side("new", comparison_.now);
    prose(0, fmt::format("Each interval is one of {:.2f} %, so that all hold together with 95 %.",
                         comparison_.interval_confidence * 100));
    if (!comparison_.same_luck) {
      prose(0, "The seeds differ: the pairs met different luck, and only coarse changes show.");
    }
  }

  std::string time(const char* name, const ComparedTime& t) const {
    return fmt::format("{} {} to {}: {} [{}, {}]", name, human_ms(t.base), human_ms(t.now),
                       signed_ms(t.difference_ms, "unbounded"), signed_ms(t.low_ms, "unbounded"),
                       signed_ms(t.high_ms, "unbounded"));
  }

  void target(const ComparedTarget& t) {
    const std::string word = cell(lead(t.change), kWord + 2);
    page_ += "  " + paint_(ink(t.change), word) + "  ";
    const std::string limit =
        fmt::format("{}{} <= {} in {} of drills", to_word(t.objective),
                    t.objective == Objective::kCompletion ? fmt::format(" from {}", to_word(t.from))
                                                          : std::string(),
                    t.limit, percent(t.required_share));
    page_ += wrapped(fmt::format("{}  {}", clean(t.subject), limit), kIndent, kIndent, width_)
                 .substr(kIndent);
    if (!t.base_limit.empty()) prose(kIndent, fmt::format("the limit was {}", t.base_limit));
    if (!t.reason.empty()) prose(kIndent, t.reason);
    if (t.change == TargetChange::kNotComparable) return;
    if (t.identical) {
      prose(kIndent, "not one drill differs");
      return;
    }
    prose(kIndent, fmt::format("{} drills take longer, {} shorter", thousands(t.drills.longer),
                               thousands(t.drills.shorter)));
    prose(kIndent, time("p50", t.p50));
    prose(kIndent, time("p95", t.p95));
    const ComparedShare& s = t.met_share;
    prose(kIndent,
          fmt::format("met {:.1f} % to {:.1f} %: {:+.2f} points [{:+.2f}, {:+.2f}]", s.base * 100,
                      s.now * 100, s.difference * 100, s.low * 100, s.high * 100));
  }

  void steps() {
    if (comparison_.steps.empty()) return;
    page_ += '\n' + paint_(Ink::kStrong, "STEPS") + "  what changed the path most first\n";
    std::size_t shown = 0;
    for (const ComparedStep& s : comparison_.steps) {
      if (!options_.verbose && shown == kStepsShown) break;
      ++shown;
      prose(2, fmt::format("{} {}/{}: p50 {}, p95 {}, on the path {} a drill", to_word(s.change),
                           s.runbook, s.step, change(s, s.base_p50, s.now_p50),
                           change(s, s.base_p95, s.now_p95),
                           signed_ms(s.path_mean_difference_ms, "")));
    }
    const std::size_t more = comparison_.steps.size() - shown;
    if (more > 0) page_ += fmt::format("  and {} more: -v\n", more);
  }

  static std::string change(const ComparedStep& s, const ReportTime& base, const ReportTime& now) {
    if (s.change == StepChange::kAdded) return human_ms(now);
    if (s.change == StepChange::kRemoved || base == now) return human_ms(base);
    return fmt::format("{} to {}", human_ms(base), human_ms(now));
  }

  const Comparison& comparison_;
  const TextOptions& options_;
  std::size_t width_;
  Paint paint_;
  std::string page_;
};

}  // namespace

std::string render_comparison(const Comparison& comparison, const TextOptions& options) {
  return ComparisonText(comparison, options).run();
}

}  // namespace firedrill
