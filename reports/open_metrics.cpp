#include "reports/open_metrics.hpp"

#include <fmt/format.h>

#include <functional>
#include <iterator>

namespace firedrill {
namespace {

std::string escaped(const std::string& value) {
  std::string out;
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

class Exposition {
 public:
  void family(const char* name, const char* unit, const char* help) {
    fmt::format_to(std::back_inserter(text_), "# TYPE {} gauge\n", name);
    if (*unit != '\0') fmt::format_to(std::back_inserter(text_), "# UNIT {} {}\n", name, unit);
    fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n", name, help);
    name_ = name;
  }
  void sample(const std::string& labels, double value) {
    fmt::format_to(std::back_inserter(text_), "{}{{{}}} {}\n", name_, labels, value);
  }
  std::string finish() { return std::move(text_) + "# EOF\n"; }

 private:
  std::string text_;
  const char* name_ = "";
};

std::string label(const char* name, const std::string& value) {
  return fmt::format("{}=\"{}\"", name, escaped(value));
}

using EachTarget = std::function<void(const ReportTarget&, const std::string& labels)>;

void for_each_target(const std::vector<Report>& reports, const EachTarget& use) {
  for (const Report& report : reports) {
    for (const ReportTarget& target : report.targets) {
      use(target, label("scenario", report.scenario.name) + "," + label("subject", target.subject) +
                      "," + label("tier", target.tier) + "," +
                      label("objective", std::string(to_word(target.objective))) + "," +
                      label("limit", target.limit));
    }
  }
}

void add_targets(Exposition& out, const std::vector<Report>& reports) {
  out.family("firedrill_target_met_ratio", "ratio", "Share of the drills that met the target.");
  for_each_target(reports, [&](const auto& t, const auto& l) { out.sample(l, t.met_share); });
  out.family("firedrill_target_met_low_ratio", "ratio", "Lower end of its 95 % interval.");
  for_each_target(reports,
                  [&](const auto& t, const auto& l) { out.sample(l, t.met_share_ci95.low); });
  out.family("firedrill_target_met_high_ratio", "ratio", "Upper end of its 95 % interval.");
  for_each_target(reports,
                  [&](const auto& t, const auto& l) { out.sample(l, t.met_share_ci95.high); });
  out.family("firedrill_target_verdict", "", "1 for the verdict of the target, 0 for the others.");
  for_each_target(reports, [&](const auto& t, const auto& l) {
    for (const Verdict verdict : {Verdict::kMet, Verdict::kMissed, Verdict::kInconclusive}) {
      out.sample(l + "," + label("verdict", std::string(to_word(verdict))),
                 t.verdict == verdict ? 1 : 0);
    }
  });
  out.family("firedrill_target_achieved_seconds", "seconds", "Achieved, by quantile.");
  for_each_target(reports, [&](const auto& t, const auto& l) {
    const auto add = [&](const char* quantile, const ReportTime& time) {
      if (!time) return;
      out.sample(l + "," + label("quantile", quantile), static_cast<double>(*time) / 1000);
    };
    add("0.5", t.achieved.p50);
    add("0.95", t.achieved.p95);
  });
}

}  // namespace

std::string render_open_metrics(const std::vector<Report>& reports) {
  Exposition out;
  add_targets(out, reports);
  out.family("firedrill_drills", "", "Drills of the last study, by what became of them.");
  for (const Report& report : reports) {
    const std::string scenario = label("scenario", report.scenario.name) + ",";
    const auto add = [&](const char* state, std::int64_t drills) {
      out.sample(scenario + label("state", state), static_cast<double>(drills));
    };
    add("asked", report.asked);
    add("completed", report.completed);
    add("failed", report.failed);
  }
  return out.finish();
}

}  // namespace firedrill
