// Gates: what lets a change through, and how a pipeline is told.
#include "reports/gate.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "reports/sarif.hpp"

namespace firedrill {
namespace {

ReportTarget target(Verdict verdict, std::int64_t p50_ms) {
  ReportTarget t;
  t.subject = "payments";
  t.limit_ms = 900'000;
  t.limit = "PT15M";
  t.judged = t.met = 1000;
  t.met_share = 0.98;
  t.met_share_ci95 = {0.97, 0.99};
  t.verdict = verdict;
  t.achieved.p50 = p50_ms;
  t.achieved.p50_ci95 = {p50_ms - 10'000, p50_ms + 10'000};
  t.achieved.p95 = p50_ms * 2;
  t.achieved.p95_ci95 = {p50_ms * 2 - 60'000, p50_ms * 2 + 60'000};
  t.file = "a folder/system.json";
  t.line = 12;
  return t;
}

std::vector<Report> reports(const ReportTarget& t) {
  Report report;
  report.scenario.name = "region-loss";
  report.scenario.path = "region-loss.json";
  report.completed = report.asked = 1000;
  report.verdict = t.verdict;
  report.targets = {t};
  return {report};
}

Baseline baseline_of(const ReportTarget& t) {
  const BaselineRead read = read_baseline(render_baseline(reports(t)));
  INFO(read.problem);
  REQUIRE(read.baseline);
  return *read.baseline;
}

int code(const ReportTarget& now, const std::optional<Baseline>& baseline,
         const GateOptions& options = {}) {
  return gate_exit_code(judge_gate(reports(now), baseline, options));
}

TEST_CASE("without a baseline every target must be met") {
  CHECK(code(target(Verdict::kMet, 100'000), {}) == 0);
  CHECK(code(target(Verdict::kMissed, 100'000), {}) == 1);
  CHECK(code(target(Verdict::kInconclusive, 100'000), {}) == 1);
  CHECK(code(target(Verdict::kInconclusive, 100'000), {}, {.pass_inconclusive = true}) == 0);
}

TEST_CASE("a gate that judged nothing is never green") {
  CHECK(gate_exit_code(judge_gate({}, {}, {})) == 2);
  ReportTarget nothing = target(Verdict::kInconclusive, 100'000);
  nothing.judged = 0;
  CHECK(code(nothing, {}, {.pass_inconclusive = true}) == 2);
  auto two = reports(target(Verdict::kMet, 100'000));
  two.push_back(two.front());
  two.back().targets.clear();
  CHECK(gate_exit_code(judge_gate(two, {}, {})) == 2);
  two.back().targets = {target(Verdict::kMet, 1), nothing};
  CHECK(gate_exit_code(judge_gate(two, {}, {.pass_inconclusive = true})) == 1);
}

TEST_CASE("worse is beyond the baseline with both intervals apart") {
  const Baseline baseline = baseline_of(target(Verdict::kMet, 100'000));
  CHECK(code(target(Verdict::kMet, 100'000), baseline) == 0);
  CHECK(code(target(Verdict::kMet, 119'000), baseline) == 0);  // the intervals touch
  CHECK(code(target(Verdict::kMet, 121'000), baseline) == 1);
  CHECK(code(target(Verdict::kMet, 50'000), baseline) == 0);
  CHECK(code(target(Verdict::kMissed, 100'000), baseline, {.only_regressions = true}) == 1);
  ReportTarget never = target(Verdict::kMet, 100'000);
  never.achieved.p95 = {};
  never.achieved.p95_ci95 = {};
  CHECK(code(never, baseline) == 1);
  ReportTarget rarer = target(Verdict::kMet, 100'000);
  rarer.met_share_ci95 = {0.95, 0.969};
  CHECK(code(rarer, baseline) == 1);
}

TEST_CASE("what the baseline misses as well is let through, when asked") {
  const Baseline baseline = baseline_of(target(Verdict::kMissed, 100'000));
  CHECK(code(target(Verdict::kMissed, 100'000), baseline) == 1);
  CHECK(code(target(Verdict::kMissed, 100'000), baseline, {.only_regressions = true}) == 0);
  CHECK(code(target(Verdict::kMissed, 200'000), baseline, {.only_regressions = true}) == 1);
  const Baseline empty;
  CHECK(code(target(Verdict::kMissed, 100'000), empty, {.only_regressions = true}) == 1);
  CHECK(code(target(Verdict::kMet, 100'000), empty, {.only_regressions = true}) == 0);
}

TEST_CASE("a baseline that does not fit is no baseline") {
  ReportTarget wider = target(Verdict::kMet, 100'000);
  wider.limit = "PT1H";
  CHECK(code(wider, baseline_of(target(Verdict::kMet, 100'000))) == 2);
  ReportTarget other = target(Verdict::kMet, 100'000);
  other.subject = "search";
  CHECK(code(other, baseline_of(target(Verdict::kMet, 100'000))) == 2);
  for (const char* text : {"", "{", "[]", "{\"kind\": \"Result\"}",
                           "{\"kind\": \"Baseline\", \"format_version\": \"2.0\"}",
                           "{\"kind\": \"Baseline\", \"format_version\": \"1.0\"}",
                           "{\"kind\": \"Baseline\", \"format_version\": \"1.0\", "
                           "\"targets\": [{\"scenario\": \"x\"}]}"}) {
    CHECK_FALSE(read_baseline(text).problem.empty());
  }
}

TEST_CASE("annotations are escaped, and as many as are shown") {
  ReportTarget hostile = target(Verdict::kMissed, 100'000);
  hostile.subject = "a%b\r\n::stop-commands::x";
  hostile.file = "a,b:c.json";
  auto many = reports(hostile);
  many.front().targets.assign(14, hostile);
  const std::string text = render_github(many, judge_gate(many, {}, {}));
  CHECK(text.find("::error file=a%2Cb%3Ac.json,line=12,title=missed%3A a%25b") == 0);
  CHECK(text.find("\n::stop") == std::string::npos);
  std::size_t errors = 0;
  for (std::size_t at = 0; (at = text.find("::error ", at)) != std::string::npos; ++at) ++errors;
  CHECK(errors == 10);
  CHECK(text.find("4 more targets are not shown") != std::string::npos);
}

TEST_CASE("JUnit and Markdown hold names as they are, and no markup of theirs") {
  ReportTarget hostile = target(Verdict::kMissed, 100'000);
  hostile.subject = "<b>&\"' | \x01\x1b`x`";
  const auto all = reports(hostile);
  const Gate gate = judge_gate(all, {}, {});
  const std::string xml = render_junit(all, gate);
  CHECK(xml.find("&lt;b") != std::string::npos);
  CHECK(xml.find('\x01') == std::string::npos);
  CHECK(xml.find("&#") == std::string::npos);
  CHECK(xml.find("tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\"") != std::string::npos);
  const std::string markdown = render_markdown(all, gate);
  CHECK(markdown.find("<b>") == std::string::npos);
  CHECK(markdown.find("\\| ") != std::string::npos);
}

}  // namespace
}  // namespace firedrill
