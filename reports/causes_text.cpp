#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "reports/causes.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kCauseTime = 9;  // `  23h 59m`
constexpr std::size_t kGroupsShown = 8;
constexpr std::size_t kTimingsShown = 8;

class CausesText {
 public:
  CausesText(const Report& report, const TextOptions& options, std::size_t width)
      : report_(report), options_(options), width_(width), paint_(options.color) {}

  std::string run() {
    if (options_.verbose) {
      phase_table();
      groups("OPERATIONS", report_.operations);
      groups("ROLES", report_.role_criticality);
      for (const ReportExample& example : report_.examples) path(example);
    }
    for (const ReportInfluences& one : report_.influences) influences(one);
    return std::move(page_);
  }

 private:
  std::string clean(std::string_view text) const { return printable(text, options_.unicode); }
  void heading(const std::string& text) { page_ += '\n' + paint_(Ink::kStrong, text) + '\n'; }
  void prose(std::string_view text) { page_ += wrapped(clean(text), 2, 2, width_); }

  static std::string split_cells(const ReportSplit& split) {
    std::string cells;
    for (const std::int64_t ms : {split.work_ms, split.wait_ms, split.decision_ms, split.idle_ms}) {
      cells += right_cell(ms == 0 ? "." : human_ms(ms), kCauseTime);
    }
    return cells;
  }
  std::string split_title(std::string_view title, std::size_t name) const {
    std::string text = cell(title, name);
    for (const char* part : {"work", "wait", "decision", "idle"}) {
      text += right_cell(part, kCauseTime);
    }
    return text;
  }

  void phase_table() {
    const std::size_t name = width_ - 4 * kCauseTime;
    heading(split_title("PHASES ON THE WAY TO THE LAST SERVICE, MEAN", name));
    for (const ReportPhase& phase : report_.phases) {
      page_ += cell("  " + phase.name, name) + split_cells(phase.split) + '\n';
    }
  }

  void groups(std::string_view title, const std::vector<ReportCriticality>& all) {
    if (all.empty()) return;
    const std::size_t name = width_ - 2 * kCauseTime - 2;
    heading(cell(title, name + 2) + right_cell("critical", kCauseTime) +
            right_cell("path", kCauseTime));
    for (std::size_t i = 0; i < all.size() && i < kGroupsShown; ++i) {
      page_ += "  " + cell(clean(all[i].name), name) +
               right_cell(fmt::format("{:.0f} %", all[i].criticality * 100), kCauseTime) +
               right_cell(human_ms(all[i].path_mean_ms), kCauseTime) + '\n';
    }
    if (all.size() > kGroupsShown) {
      page_ += fmt::format("  and {} more: --json\n", all.size() - kGroupsShown);
    }
  }

  void path(const ReportExample& example) {
    if (example.path.empty()) return;
    const std::size_t name = width_ - 5 * kCauseTime;
    heading(split_title(
        fmt::format("PATH OF THE {} DRILL", example.name == "median" ? "MEDIAN" : "P95"),
        name + kCauseTime));
    for (const ReportPathStep& step : example.path) {
      page_ += cell("  " + right_cell(human_ms(step.ready_ms), kCauseTime) + "  " +
                        clean(step.step) + (step.role.empty() ? "" : ", " + clean(step.role)),
                    name + kCauseTime) +
               split_cells(step.split) + '\n';
    }
    prose(
        fmt::format("restored after {}; the first column is when a step was ready, from the "
                    "fault on",
                    human_ms(example.restored)));
  }

  void influences(const ReportInfluences& one) {
    std::vector<const ReportInfluence*> shown;
    for (const ReportInfluence& timing : one.timings) {
      if (timing.beyond_noise) shown.push_back(&timing);
    }
    if (shown.empty()) return;
    const std::size_t all = shown.size();
    if (!options_.verbose && all > kTimingsShown) shown.resize(kTimingsShown);
    const ReportTarget& target = report_.targets[one.target];
    // How far the p95 swings, where there is room.
    const bool tails = options_.verbose && width_ >= 44 + 4 * kCauseTime;
    const std::size_t columns = tails ? 4 : 2;
    heading(cell("TIMINGS THAT GO WITH IT", width_ - columns * kCauseTime) +
            right_cell("drills", kCauseTime) +
            (tails ? right_cell("p95 low", kCauseTime) + right_cell("p95 high", kCauseTime) : "") +
            right_cell("rank", kCauseTime));
    prose(fmt::format(
        "{} {}: Spearman's rank correlation in those of {} drills that drew the timing, as far as "
        "it is more than luck (in all of them, beyond {:.2f}). Estimates first: measuring those is "
        "worth most. What would meet the target: firedrill sensitivity.",
        target.subject, to_word(target.objective), thousands(one.drills), one.noise));
    for (const ReportInfluence* timing : shown) {
      page_ += "  " + cell(to_word(timing->confidence), 12) +
               cell(clean(timing->timing), width_ - 14 - columns * kCauseTime) +
               right_cell(thousands(timing->drills), kCauseTime) +
               (tails ? tail_cell(timing->when_low) + tail_cell(timing->when_high) : "") +
               right_cell(fmt::format("{:+.2f}", timing->correlation.value_or(0)), kCauseTime) +
               '\n';
    }
    if (tails) {
      prose(
          "p95 low, high: of the target, in the tenth of the drills with the lowest and with the "
          "highest draw of the timing.");
    }
    if (shown.size() < all) page_ += fmt::format("  and {} more: -v\n", all - shown.size());
  }

  static std::string tail_cell(const std::optional<ReportTail>& tail) {
    return right_cell(tail ? human_ms(tail->p95) : ".", kCauseTime);
  }

  const Report& report_;
  const TextOptions& options_;
  std::size_t width_;
  Paint paint_;
  std::string page_;
};

}  // namespace

std::string causes_sections(const Report& report, const TextOptions& options, std::size_t width) {
  return CausesText(report, options, width).run();
}

}  // namespace firedrill
