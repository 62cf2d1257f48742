#include "reports/sensitivity_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kShown = 10;
constexpr std::size_t kSettingsShown = 3;
constexpr std::size_t kKind = 7;
constexpr std::size_t kShare = 8;
constexpr std::size_t kTime = 8;

class SensitivityText {
 public:
  SensitivityText(const SensitivityReport& report, const TextOptions& options)
      : report_(report),
        options_(options),
        width_(static_cast<std::size_t>(std::max(options.width, 60))),
        paint_(options.color) {}

  std::string run() {
    head();
    if (!report_.swept.empty()) {
      sweep();
    } else {
      verdict();
      table("ONE CHANGE", report_.singles);
      pairs();
      influences();
    }
    cost();
    return std::move(page_);
  }

 private:
  std::string clean(std::string_view text) const { return printable(text, options_.unicode); }
  void prose(std::string_view text) { page_ += wrapped(clean(text), 2, 2, width_); }
  void heading(std::string_view text) { page_ += '\n' + paint_(Ink::kStrong, text) + '\n'; }
  static std::string share(double value) { return fmt::format("{:.1f} %", value * 100); }

  void head() {
    page_ += paint_(Ink::kStrong, "SENSITIVITY") + "  " +
             clean(fmt::format("{} ({})", report_.scenario.title, report_.scenario.name)) + '\n';
    for (const std::string& change : report_.what_if) prose(change);
    prose(target_line(report_.target));
    prose(fmt::format("as it is, {} of drills meet it; p50 {}, p95 {}", share(report_.as_is.share),
                      human_ms(report_.as_is.p50), human_ms(report_.as_is.p95)));
    if (report_.aborted) page_ += paint_(Ink::kBad, "  aborted: what follows is incomplete") + '\n';
  }

  void verdict() {
    heading("WHAT WOULD MEET IT");
    if (report_.as_is.meets) {
      prose("It is met as it is: nothing has to change.");
      return;
    }
    const auto one = std::count_if(report_.singles.begin(), report_.singles.end(),
                                   [](const ReportFix& fix) { return fix.meets; });
    if (one > 0) {
      prose(fmt::format("{} of {} single changes would; the smallest first.", one,
                        report_.singles.size()));
    } else if (!report_.pairs.empty()) {
      prose(
          fmt::format("No single change of {} would, however far it goes, even to no time at "
                      "all. {} pairs would.",
                      report_.singles.size(), report_.pairs.size()));
    } else {
      prose(
          fmt::format("None of {} single changes would, however far it goes, even to no time at "
                      "all, and no pair of those that bring most.",
                      report_.singles.size()));
    }
    if (!report_.all_times) return;
    const ReportFix& all = *report_.all_times;
    if (all.meets) {
      prose(fmt::format("All steps and timings together: {} of their time, and {} of drills would.",
                        percent(1 - all.strength), share(all.share)));
    } else {
      prose(
          fmt::format("If no step and no timing took any time, {} of drills would meet it: what "
                      "is missing is something else.",
                      share(all.share)));
    }
  }

  static std::string change_text(const ReportChange& change) {
    if (!change.median_was) return change.to;
    return fmt::format("{} (median {} to {})", change.to, human_ms(change.median_was),
                       human_ms(change.median_is));
  }

  void fix(const ReportFix& fix, std::size_t name) {
    for (std::size_t i = 0; i < fix.changes.size(); ++i) {
      const ReportChange& change = fix.changes[i];
      const std::string mark =
          i > 0 ? " " : symbol(fix.meets ? Verdict::kMet : Verdict::kMissed, options_.unicode);
      page_ +=
          "  " + (i > 0 ? mark : paint_(fix.meets ? Ink::kGood : Ink::kPlain, mark)) + ' ' +
          cell(i > 0 ? "+ " + std::string(to_word(change.kind)) : to_word(change.kind), kKind) +
          ' ' + cell(clean(change.name), name) + ' ';
      if (i > 0) {
        page_ += '\n';
      } else {
        page_ += right_cell(share(fix.share), kShare) + right_cell(human_ms(fix.p50), kTime) +
                 right_cell(human_ms(fix.p95), kTime) + '\n';
      }
      page_ += wrapped(clean("at " + change_text(change) +
                             (fix.monotone ? "" : "; more of it does not always help")),
                       12, 12, width_);
    }
    if (!fix.meets) return;
    for (std::size_t i = 0; i < fix.settings.size() && i < kSettingsShown; ++i) {
      page_ += "            --var " + clean(fix.settings[i]) + '\n';  // never wrapped: for copying
    }
    if (fix.settings.size() > kSettingsShown) {
      page_ +=
          fmt::format("            and {} more: --json\n", fix.settings.size() - kSettingsShown);
    }
  }

  void table(std::string_view title, const std::vector<ReportFix>& fixes) {
    if (fixes.empty()) return;
    const std::size_t name = width_ - 4 - kKind - 2 - kShare - 2 * kTime;
    heading(cell(title, width_ - kShare - 2 * kTime) + right_cell("met", kShare) +
            right_cell("p50", kTime) + right_cell("p95", kTime));
    const std::size_t shown = options_.verbose ? fixes.size() : std::min(fixes.size(), kShown);
    for (std::size_t i = 0; i < shown; ++i) fix(fixes[i], name);
    if (shown < fixes.size()) page_ += fmt::format("  and {} more: -v\n", fixes.size() - shown);
  }

  void pairs() {
    if (report_.pairs.empty()) return;
    table("TWO CHANGES", report_.pairs);
    prose("Both are moved by the same part of the way; other mixtures may do as well.");
  }

  void influences() {
    std::vector<const ReportInfluence*> shown;
    for (const ReportInfluence& one : report_.influences) {
      if (one.matters || options_.verbose) shown.push_back(&one);
    }
    if (shown.empty()) return;
    const std::size_t all = shown.size();
    if (!options_.verbose && all > 2 * kShown) shown.resize(2 * kShown);
    const std::size_t name = width_ - 2 - 11 - 3 * kShare;
    heading(cell("TIMINGS", name + 13) + right_cell("rank", kShare) + right_cell("first", kShare) +
            right_cell("total", kShare));
    prose(
        fmt::format("Estimates come first: measuring those is worth most. rank: Spearman's "
                    "correlation over {} drills, beyond {:.2f} more than luck. first, total: "
                    "shares of the variance due to it alone, and with all it has a part in, from "
                    "{} drills; a dash where that was not tried.",
                    thousands(report_.base_runs), report_.noise, thousands(report_.runs)));
    for (const ReportInfluence* one : shown) {
      const auto part = [&](double VarianceShares::*member) {
        return one->variance ? fmt::format("{:.2f}", (*one->variance).*member) : std::string("-");
      };
      page_ += "  " + cell(to_word(one->confidence), 11) + cell(clean(one->timing), name) +
               right_cell(fmt::format("{:+.2f}", one->correlation.value_or(0)), kShare) +
               right_cell(part(&VarianceShares::first), kShare) +
               right_cell(part(&VarianceShares::total), kShare) + '\n';
    }
    if (shown.size() < all) page_ += fmt::format("  and {} more: -v\n", all - shown.size());
  }

  void sweep() {
    heading("SWEEP");
    for (std::size_t v = 0; v < report_.swept.size(); ++v) {
      prose(fmt::format("{}: {}", static_cast<char>('A' + v), report_.swept[v]));
    }
    prose("* nothing that asks for less of every variable, in the order given, does as well");
    std::vector<std::size_t> widths;
    std::string title = "    ";
    for (std::size_t v = 0; v < report_.swept.size(); ++v) {
      std::size_t width = 4;
      for (const ReportSweepPoint& p : report_.sweep) {
        width = std::max(width, std::min<std::size_t>(columns(clean(p.values[v])), 20));
      }
      widths.push_back(width);
      title += right_cell(std::string(1, static_cast<char>('A' + v)), width) + "  ";
    }
    page_ += paint_(Ink::kFaint, title + right_cell("met", kShare) + right_cell("p50", kTime) +
                                     right_cell("p95", kTime)) +
             '\n';
    for (const ReportSweepPoint& p : report_.sweep) {
      const Verdict verdict = p.meets ? Verdict::kMet : Verdict::kMissed;
      page_ += fmt::format("{} {} ", p.on_frontier ? "*" : " ", symbol(verdict, options_.unicode));
      for (std::size_t v = 0; v < widths.size(); ++v) {
        page_ += right_cell(clean(p.values[v]), widths[v]) + "  ";
      }
      page_ += right_cell(share(p.share), kShare) + right_cell(human_ms(p.p50), kTime) +
               right_cell(human_ms(p.p95), kTime) + '\n';
    }
  }

  void cost() {
    page_ += '\n';
    prose(
        fmt::format("{} tries of {} drills each, all with the luck of seed {}. A change meets the "
                    "target here when at least {} of those drills do; its least size is searched "
                    "to {} of the factor. Judge what you choose with firedrill run, --var, and "
                    "more drills.",
                    thousands(report_.tries), thousands(report_.runs), report_.seed,
                    percent(report_.target.required_share), percent(report_.tolerance)));
    for (const std::string& name : report_.impossible) {
      prose(fmt::format("not tried, since the documents refuse it: {}", name));
    }
  }

  const SensitivityReport& report_;
  const TextOptions& options_;
  std::size_t width_;
  Paint paint_;
  std::string page_;
};

}  // namespace

std::string render_sensitivity(const SensitivityReport& report, const TextOptions& options) {
  return SensitivityText(report, options).run();
}

}  // namespace firedrill
