#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/plan/print_text.hpp"
#include "reports/history.hpp"
#include "reports/markdown.hpp"
#include "reports/target_name.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

constexpr std::size_t kShortHash = 7;
constexpr int kWideEnough = 80;

std::string short_hash(const std::string& hash) { return hash.substr(0, kShortHash); }

/// `98.7 [97.8, 99.3]`, in per cent.
std::string share_of(const ReportTarget& t) {
  if (t.judged == 0) return "in no drill";
  const Interval& ci = t.met_share_ci95;
  return fmt::format("{:.1f} [{:.1f}, {:.1f}]", t.met_share * 100, ci.low * 100, ci.high * 100);
}

/// The p95 of each result between the lowest and the highest shown; `x` is not within the horizon.
std::string sparkline(const std::vector<TrendPoint>& points, bool unicode) {
  static constexpr std::string_view kBars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static constexpr std::string_view kAscii[] = {"_", ".", ":", "-", "=", "+", "*", "#"};
  constexpr std::int64_t kTop = 7;
  std::int64_t low = INT64_MAX;
  std::int64_t high = INT64_MIN;
  for (const TrendPoint& p : points) {
    if (!p.target.achieved.p95) continue;
    low = std::min(low, *p.target.achieved.p95);
    high = std::max(high, *p.target.achieved.p95);
  }
  std::string line;
  for (const TrendPoint& p : points) {
    const ReportTime& p95 = p.target.achieved.p95;
    if (!p95) {
      line += 'x';
      continue;
    }
    const double part =
        high > low ? static_cast<double>(*p95 - low) / static_cast<double>(high - low) : 0.5;
    const auto level = static_cast<std::size_t>(part * static_cast<double>(kTop) + 0.5);
    line += unicode ? kBars[level] : kAscii[level];
  }
  return line;
}

class HistoryText {
 public:
  HistoryText(const History& history, const TextOptions& options)
      : history_(history),
        options_(options),
        width_(static_cast<std::size_t>(std::max(options.width, 40))),
        wide_(options.width >= kWideEnough),
        paint_(options.color) {}

  std::string run() {
    if (history_.scenarios.empty()) return "no result of that name is recorded\n";
    const bool bad = history_exit_code(history_) != 0;
    const Verdict look = bad ? Verdict::kMissed : Verdict::kMet;
    const std::string lead = symbol(look, options_.unicode) + (bad ? " worse" : " not worse");
    page_ +=
        paint_(ink_of(look), lead) +
        wrapped(": " + history_headline(history_), columns(lead), 2, width_).substr(columns(lead));
    for (const ScenarioTrend& s : history_.scenarios) scenario(s);
    return std::move(page_);
  }

 private:
  std::string clean(std::string_view text) const { return printable(text, options_.unicode); }

  void scenario(const ScenarioTrend& s) {
    const HistoryEntry& newest = s.entries.back();
    const std::string name = fitted_name(s.scenario);
    const std::string span =
        fmt::format("{} result{}, {} to {}", s.entries.size(), s.entries.size() == 1 ? "" : "s",
                    minute_text(s.entries.front().recorded_at_s).substr(0, 10),
                    minute_text(newest.last_seen_at_s).substr(0, 10));
    const bool fits = columns(name) + 2 + span.size() <= width_;
    page_ += '\n' + paint_(Ink::kStrong, name) + (fits ? "  " : "\n  ") + span + '\n';
    results(s);
    for (const TargetTrend& t : s.targets) target(s, t);
  }

  std::string fitted_name(const std::string& name) const {
    const std::string shown = clean(name);
    return columns(shown) > width_ / 2 ? cell(shown, width_ / 2) : shown;
  }

  /// What the results were made of, wherever that is not as in the one before.
  void results(const ScenarioTrend& s) {
    for (std::size_t i = 0; i < s.entries.size(); ++i) {
      const HistoryEntry& e = s.entries[i];
      std::string text =
          i == 0 ? fmt::format("program {} ({}), documents {}, seed {}, {} drills",
                               e.program.version, e.program.commit, short_hash(e.documents_sha256),
                               e.seed, thousands(e.completed))
                 : changed_since(s.entries[i - 1], e);
      if (i == 0 && !e.what_if.empty()) text += fmt::format(", {}", fmt::join(e.what_if, " "));
      if (text.empty()) continue;
      page_ +=
          wrapped(fmt::format("{}  {}", minute_text(e.recorded_at_s), clean(text)), 2, 20, width_);
    }
  }

  void target(const ScenarioTrend& s, const TargetTrend& t) {
    const TrendPoint& newest = t.points.back();
    page_ += '\n' + wrapped(clean(target_name(newest.target)), 2, 4, width_);
    if (!t.in_newest) page_ += "    the newest result does not judge it\n";
    constexpr std::size_t kLine = 60;
    const auto first = t.points.size() > kLine ? t.points.end() - kLine : t.points.begin();
    page_ += fmt::format("    p95 {}\n", sparkline({first, t.points.end()}, options_.unicode));
    heading();
    for (const TrendPoint& point : t.points) row(s.entries[point.entry], point);
    if (t.worse_than_oldest.empty() || newest.change == TrendChange::kWorse) return;
    const std::string what = t.sliding ? "worse bit by bit" : "still worse than the oldest";
    page_ += wrapped(clean(what + ": " + t.worse_than_oldest), 4, 6, width_);
  }

  void heading() {
    page_ += paint_(Ink::kFaint, line("when", "commit", "docs", "% met [95 %]", "p50", "p95", ""));
    page_ += '\n';
  }

  std::string line(const std::string& when, const std::string& commit, const std::string& documents,
                   const std::string& share, const std::string& p50, const std::string& p95,
                   const std::string& change) const {
    std::string text = "  " + cell(when.substr(0, wide_ ? 16 : 10), wide_ ? 16 : 10) + ' ';
    if (wide_) text += cell(commit, kShortHash) + ' ' + cell(documents, kShortHash) + ' ';
    text += wide_ ? right_cell(share, 20) : right_cell(share.substr(0, share.find(' ')), 5);
    text += ' ';
    text += right_cell(p50, 7) + ' ' + right_cell(p95, 7);
    if (!change.empty()) text += ' ' + change;
    return text;
  }

  void row(const HistoryEntry& e, const TrendPoint& point) {
    const ReportTarget& t = point.target;
    std::string mark = symbol(t.verdict, options_.unicode);
    // On a narrow page the line below has the word alone.
    if (wide_ && point.change == TrendChange::kWorse) mark += " worse";
    if (wide_ && point.change == TrendChange::kBetter) mark += " better";
    const bool worse = point.change == TrendChange::kWorse;
    const std::string text = line(minute_text(e.recorded_at_s), clean(short_hash(e.program.commit)),
                                  clean(short_hash(e.documents_sha256)), share_of(t),
                                  human_ms(t.achieved.p50), human_ms(t.achieved.p95), "");
    const Ink ink = worse                                  ? Ink::kBad
                    : point.change == TrendChange::kBetter ? Ink::kGood
                                                           : Ink::kPlain;
    page_ += text + ' ' + paint_(ink, mark) + '\n';
    if (!point.reason.empty()) {
      page_ +=
          wrapped(clean(fmt::format("{}: {}", to_word(point.change), point.reason)), 6, 8, width_);
    }
  }

  const History& history_;
  const TextOptions& options_;
  std::size_t width_;
  bool wide_;
  Paint paint_;
  std::string page_;
};

std::string markdown_cell(std::string_view text) { return plain_markdown(text, "\\`*_[]|#!~"); }

}  // namespace

std::string render_history(const History& history, const TextOptions& options) {
  return HistoryText(history, options).run();
}

std::string render_history_markdown(const History& history) {
  std::string page = fmt::format("# Drill results over time\n\n{}\n", history_headline(history));
  for (const ScenarioTrend& s : history.scenarios) {
    page += fmt::format("\n## {}\n", markdown_cell(s.scenario));
    for (const TargetTrend& t : s.targets) {
      page += fmt::format("\n### {}\n\n", markdown_cell(target_name(t.points.back().target)));
      if (!t.in_newest) page += "The newest result does not judge it.\n\n";
      if (!t.worse_than_oldest.empty()) {
        page += fmt::format("{} than the oldest: {}\n\n", t.sliding ? "Bit by bit worse" : "Worse",
                            markdown_cell(t.worse_than_oldest));
      }
      page +=
          "| when (UTC) | program | documents | share met | p50 | p95 | verdict | change |\n"
          "|---|---|---|---|---|---|---|---|\n";
      for (const TrendPoint& p : t.points) {
        const HistoryEntry& e = s.entries[p.entry];
        const std::string changed =
            p.entry == 0 ? std::string() : changed_since(s.entries[p.entry - 1], e);
        std::string change(to_word(p.change));
        if (!p.reason.empty()) change += ": " + p.reason;
        if (!changed.empty()) change += "; " + changed;
        page += fmt::format(
            "| {} | {} {} | {} | {} | {} | {} | {} | {} |\n", minute_text(e.recorded_at_s),
            markdown_cell(e.program.version), markdown_cell(e.program.commit),
            markdown_cell(short_hash(e.documents_sha256)), markdown_cell(share_of(p.target)),
            human_ms(p.target.achieved.p50), human_ms(p.target.achieved.p95),
            to_word(p.target.verdict), markdown_cell(change));
      }
    }
  }
  return page;
}

}  // namespace firedrill
