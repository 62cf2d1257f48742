#include "reports/drill_story.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <iterator>

#include "engine/plan/print.hpp"
#include "reports/event_lines.hpp"
#include "reports/markdown.hpp"
#include "reports/text_cells.hpp"

namespace firedrill {
namespace {

/// In a Mermaid chart a colon, a semicolon, a comma or a hash would end the name.
std::string chart_name(std::string_view text) {
  std::string out;
  for (const char c : printable(text, true)) {
    const bool ends = std::string_view(":;,#%\"`<>{}[]()|&").find(c) != std::string_view::npos;
    out += ends ? ' ' : c;
  }
  return out;
}

std::string since_onset(std::int64_t us) {
  const char* const sign = us < 0 ? "-" : "+";
  const std::int64_t s = std::abs(us) / 1'000'000;
  return fmt::format("{}{}:{:02}:{:02}", sign, s / 3600, s / 60 % 60, s % 60);
}

/// What a person would write down; a served share only when a service stops or starts to serve.
class WorthTelling {
 public:
  explicit WorthTelling(const Plan& plan) : plan_(plan), serves_(plan.services.size(), true) {}

  bool operator()(const Event& e) {
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
        const bool now = e.value >= plan_.services[e.subject].threshold - 1e-9;
        const bool news = now != serves_[e.subject];
        serves_[e.subject] = now;
        return news;
      }
      default:
        return true;
    }
  }

 private:
  const Plan& plan_;
  std::vector<bool> serves_;
};

/// The bars of the steps, by runbook.
std::vector<std::string> bars_of(const Plan& plan, const std::vector<Event>& events) {
  std::vector<TimePoint> ready(plan.steps.size(), TimePoint::never());
  std::vector<std::string> bars(plan.runbooks.size());
  for (const Event& e : events) {
    if (e.subject >= plan.steps.size()) continue;
    if (e.kind == EventKind::kStepReady) ready[e.subject] = e.at;
    if (e.kind != EventKind::kStepEnded || e.skipped) continue;
    if (ready[e.subject] == TimePoint::never()) continue;
    const PlannedStep& step = plan.steps[e.subject];
    fmt::format_to(std::back_inserter(bars[step.runbook.value]), "  {} :{}{}, {}\n",
                   chart_name(step.id), e.outcome.ok() ? "" : "crit, ", ready[e.subject].us / 1000,
                   e.at.us / 1000);
  }
  return bars;
}

}  // namespace

std::string plain_cell(std::string_view text) { return plain_markdown(text, "\\`*_{}[]()#+!|>~"); }

std::string drill_scope(const Plan& plan) {
  std::string text;
  for (const PlannedService& service : plan.services) {
    if (!service.judged) continue;
    text += (text.empty() ? "" : ", ") + plain_cell(service.name);
  }
  return text;
}

std::string drill_faults(const Plan& plan) {
  std::string text;
  for (const PlannedFault& fault : plan.faults) {
    text += (text.empty() ? "" : "; ") + plain_cell(describe_call(plan, fault.call));
  }
  return text.empty() ? "none: a planned procedure" : text;
}

TimePoint drill_onset(const Plan& plan, const std::vector<Event>& events) {
  const TimePoint onset = onset_of(plan, events);
  return onset == TimePoint::never() ? TimePoint{} : onset;
}

std::string failed_drill_note(std::string_view result) {
  return fmt::format(
      "> **{}.** A recovery drill that fails is tracked to its resolution as a SEV-3 incident.\n\n",
      result);
}

std::string drill_timeline(const Plan& plan, const std::vector<Event>& events, TimePoint onset,
                           std::string_view name, std::string_view note) {
  std::string text = fmt::format(
      "## Timeline of the {}\n\n{} since the fault.\n\n| time | what |\n|---|---|\n", name, note);
  WorthTelling worth_telling(plan);
  for (const Event& e : events) {
    if (!worth_telling(e)) continue;
    text += fmt::format("| {} | {} |\n", since_onset((e.at - onset).us),
                        plain_cell(event_sentence(plan, e)));
  }
  return text + "\n";
}

std::string drill_chart(const Plan& plan, const std::vector<Event>& events,
                        std::string_view title) {
  std::string text = fmt::format(
      "```mermaid\ngantt\n  title {}\n  dateFormat x\n  axisFormat %H:%M\n", chart_name(title));
  const std::vector<std::string> bars = bars_of(plan, events);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (bars[i].empty()) continue;
    text += fmt::format("  section {}\n{}", chart_name(plan.runbooks[i].name), bars[i]);
  }
  return text + "```\n\n";
}

std::string sign_off_form() {
  return "## Sign-off\n\n| role | name | date |\n|---|---|---|\n"
         "| Drill lead | | |\n| Service owner | | |\n| Incident commander | | |\n\n";
}

}  // namespace firedrill
