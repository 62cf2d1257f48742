#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "reports/against.hpp"
#include "reports/event_lines.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kTime = 9;
constexpr std::size_t kShare = 11;
constexpr std::size_t kColumns = 4 * kTime + kShare;
constexpr std::size_t kStepsShown = 12;

/// How far from the middle of what was predicted, as a share: 0.5 is beyond all of it.
double surprise(const AgainstTime& time) {
  return time.placed.percentile ? std::abs(*time.placed.percentile - 0.5) : 0.0;
}

class AgainstText {
 public:
  AgainstText(const Against& against, const TextOptions& options)
      : against_(against),
        options_(options),
        width_(static_cast<std::size_t>(std::clamp(options.width, 72, 100))),
        paint_(options.color) {}

  std::string run() {
    head();
    table("END TO END  since the fault", against_.marks, against_.marks.size());
    table("RTO", against_.recovery, against_.recovery.size());
    table("DATA LOST", against_.data, against_.data.size());
    steps();
    paths();
    return std::move(page_);
  }

 private:
  std::string clean(std::string_view text) const { return printable(text, options_.unicode); }
  void prose(std::size_t indent, std::string_view text) {
    page_ += wrapped(clean(text), indent, indent + 2, width_);
  }

  void head() {
    const RecordedDrill& log = against_.log;
    prose(0, fmt::format("{} ({}): one {} drill{} against {} simulated, seed {}", against_.title,
                         against_.scenario, log.back_end, log.emulator ? " on an emulator" : "",
                         thousands(against_.drills), against_.seed));
    if (log.emulator) prose(0, "Durations of an emulator say nothing about the platform.");
    if (!against_.same_documents) {
      prose(0,
            fmt::format("The log is of other documents: {}.", log.scenario_sha256.substr(0, 12)));
    }
    if (!log.ended) prose(0, "The log was cut off: what is missing counts as not reached.");
    if (log.ended) prose(0, fmt::format("The recorded drill {}.", ended()));
    if (log.poll_interval.us > 0) {
      prose(0, fmt::format("Services were looked at every {}: so exact is when they served.",
                           to_human(log.poll_interval)));
    }
    const std::string verdict = fmt::format(
        "{} of {} times lie outside of the range in which 95 % are expected; by chance "
        "alone about {:.0f} would.",
        against_.outside, against_.judged, 0.05 * static_cast<double>(against_.judged));
    prose(0, verdict);
  }

  std::string ended() const {
    switch (against_.end) {
      case DrillEnd::kCompleted:
        return "completed";
      case DrillEnd::kPastHorizon:
        return "did not end within the horizon";
      case DrillEnd::kStalled:
        return "stalled";
    }
    return {};
  }

  std::size_t name_width() const { return width_ - kColumns - 4; }

  void heading(std::string_view text) {
    page_ += '\n' + paint_(Ink::kStrong, cell(text, name_width() + 4));
    for (const char* column : {"measured", "p50", "2.5 %", "97.5 %"}) {
      page_ += right_cell(column, kTime);
    }
    page_ += right_cell("percentile", kShare) + '\n';
  }

  void table(std::string_view title, const std::vector<AgainstTime>& times, std::size_t most) {
    if (times.empty()) return;
    heading(title);
    for (std::size_t i = 0; i < std::min(most, times.size()); ++i) row(times[i]);
    if (times.size() > most) page_ += fmt::format("  and {} more: -v\n", times.size() - most);
  }

  /// Steps of different runbooks are told apart by their ids alone, as far as that goes.
  std::string shown(const std::string& name) const {
    const std::size_t slash = name.find('/');
    if (slash == std::string::npos) return name;
    const std::string id = name.substr(slash);
    const auto same = std::count_if(against_.steps.begin(), against_.steps.end(),
                                    [&](const auto& step) { return step.name.ends_with(id); });
    return same > 1 ? name : id.substr(1);
  }

  void row(const AgainstTime& time) {
    const Placed& placed = time.placed;
    const std::string mark = placed.outside ? "! " : "  ";
    const auto end = [&](ReportTime Placed::Range::*which) {
      return placed.range ? human_ms((*placed.range).*which) : std::string("-");
    };
    std::string line = "  " + mark + cell(clean(shown(time.name)), name_width());
    line += right_cell(human_ms(time.measured), kTime);
    line += right_cell(placed.n == 0 ? "-" : human_ms(time.p50), kTime);
    line += right_cell(end(&Placed::Range::low), kTime);
    line += right_cell(end(&Placed::Range::high), kTime);
    line += right_cell(placed.percentile ? fmt::format("{:.1f} %", *placed.percentile * 100)
                                         : std::string("no drill"),
                       kShare);
    page_ += placed.outside ? paint_(Ink::kDoubtful, line) + '\n' : line + '\n';
    if (!options_.verbose || !placed.percentile) return;
    prose(6,
          fmt::format("of {} drills; 95 % interval of the percentile [{:.1f} %, {:.1f} %]",
                      thousands(placed.n), placed.interval.low * 100, placed.interval.high * 100));
  }

  /// The most surprising first; of those that surprise alike, in the order of the plan.
  void steps() {
    std::vector<AgainstTime> sorted = against_.steps;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return surprise(a) > surprise(b); });
    table("STEPS  most unusual first", sorted, options_.verbose ? sorted.size() : kStepsShown);
  }

  void paths() {
    if (against_.paths.empty()) return;
    page_ += '\n' + paint_(Ink::kStrong, "PATHS") + '\n';
    for (const AgainstPath& path : against_.paths) {
      prose(2, fmt::format("{} {}, and in {} of {} simulated drills", path.name,
                           path.ran ? "ran" : "did not run", thousands(path.ran_in),
                           thousands(against_.drills)));
    }
  }

  const Against& against_;
  const TextOptions& options_;
  std::size_t width_;
  Paint paint_;
  std::string page_;
};

}  // namespace

std::string render_against(const Against& against, const TextOptions& options) {
  return AgainstText(against, options).run();
}

}  // namespace firedrill
