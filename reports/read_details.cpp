#include "reports/read_details.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

#include "reports/build_report.hpp"
#include "reports/kept.hpp"
#include "reports/timeline_json.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

std::int64_t whole_ms(const Json& seconds) {
  constexpr double kMsMax = 1e15;
  const double ms = std::round(seconds.get<double>() * 1000.0);
  if (!(std::abs(ms) < kMsMax)) throw std::invalid_argument("a time is out of range");
  return static_cast<std::int64_t>(ms);
}

ReportTime maybe_ms(const Json& seconds) {
  return seconds.is_null() ? ReportTime() : ReportTime(whole_ms(seconds));
}

std::string words(const Json& json, const char* key) { return json.at(key).get<std::string>(); }

/// The value whose word it is.
template <class Word, std::size_t n>
Word by_word(const Json& json, const char* key, const Word (&all)[n]) {
  const std::string word = words(json, key);
  for (const Word value : all) {
    if (word == to_word(value)) return value;
  }
  throw std::invalid_argument(fmt::format("\"{}\" is not known as {}", word, key));
}

ReportTimeInterval times_of(const Json& json, const char* key) {
  if (!json.contains(key)) return {};
  return {maybe_ms(json[key].at(0)), maybe_ms(json[key].at(1))};
}

void read_target(const Json& json, ReportTarget& t) {
  t.achieved.p5 = maybe_ms(json.at("p5_s"));
  t.achieved.p99 = maybe_ms(json.at("p99_s"));
  t.achieved.max = maybe_ms(json.at("max_s"));
  t.achieved.p50_ci95 = times_of(json, "p50_ci95_s");
  t.achieved.p95_ci95 = times_of(json, "p95_ci95_s");
  const Json& ci = json.at("met_share_ci95");
  t.met_share_ci95 = {ci.at(0).get<double>(), ci.at(1).get<double>()};
}

ReportSplit split_from(const Json& json) {
  ReportSplit s;
  s.work_ms = whole_ms(json.at("work_s"));
  s.wait_ms = whole_ms(json.at("wait_s"));
  s.decision_ms = whole_ms(json.at("decision_s"));
  s.idle_ms = whole_ms(json.at("idle_s"));
  share_out(s);
  return s;
}

void read_step(const Json& json, ReportStep& s) {
  s.criticality = json.at("criticality").get<double>();
  s.failed_share = json.at("failed_share").get<double>();
  s.split = split_from(json.at("split"));
}

ReportStore store_from(const Json& json) {
  ReportStore s;
  s.name = words(json, "store");
  s.rpo.p50 = maybe_ms(json.at("rpo").at("p50_s"));
  s.rpo.p95 = maybe_ms(json.at("rpo").at("p95_s"));
  s.rpo.max = maybe_ms(json.at("rpo").at("max_s"));
  s.lossless_share = json.at("lossless_share").get<double>();
  return s;
}

ReportAssumption assumption_from(const Json& json) {
  constexpr Confidence kAll[] = {Confidence::kMeasured, Confidence::kDocumented,
                                 Confidence::kReported, Confidence::kEstimate};
  ReportAssumption a;
  a.subject = words(json, "subject");
  a.value = words(json, "value");
  a.reason = words(json, "reason");
  if (words(json, "kind") != "timing") return a;
  a.kind = AssumptionKind::kTiming;
  a.unit = words(json, "unit");
  a.source = words(json, "source");
  a.confidence = by_word(json, "confidence", kAll);
  return a;
}

ReportFinding finding_from(const Json& json) {
  constexpr Severity kAll[] = {Severity::kInfo, Severity::kWarning, Severity::kCritical};
  ReportFinding f;
  f.id = words(json, "id");
  f.severity = by_word(json, "severity", kAll);
  f.title = words(json, "title");
  f.detail = words(json, "detail");
  f.drills = json.at("drills").get<std::int64_t>();
  f.share = json.at("share").get<double>();
  return f;
}

ReportFailure failure_from(const Json& json) {
  return {words(json, "kind"),
          json.at("replication").get<std::int64_t>(),
          json.at("first_lost").get<std::int64_t>(),
          json.at("last_lost").get<std::int64_t>(),
          json.at("signal").get<int>(),
          json.at("exit_code").get<int>()};
}

ReportExample example_from(const Json& json, const Report& report) {
  ReportExample e;
  e.name = words(json, "name");
  e.replication = json.at("replication").get<std::int64_t>();
  e.restored = maybe_ms(json.at("restored_s"));
  e.command = example_command(report.scenario, report.seed, e.replication);
  return e;
}

std::optional<ReportTail> tail_from(const Json& timing, const char* key) {
  if (!timing.contains(key) || timing[key].is_null()) return std::nullopt;
  const Json& json = timing[key];
  return ReportTail{json.at("drills").get<std::int64_t>(), maybe_ms(json.at("p95_s")),
                    times_of(json, "p95_ci95_s")};
}

ReportInfluences influences_from(const Json& json) {
  constexpr Confidence kAll[] = {Confidence::kMeasured, Confidence::kDocumented,
                                 Confidence::kReported, Confidence::kEstimate};
  ReportInfluences all;
  all.target = json.at("target").get<std::size_t>();
  all.drills = json.at("drills").get<std::int64_t>();
  all.noise = json.at("noise").get<double>();
  for (const Json& one : json.at("timings")) {
    ReportInfluence t;
    t.timing = words(one, "timing");
    t.value = words(one, "value");
    t.unit = words(one, "unit");
    t.confidence = by_word(one, "confidence", kAll);
    t.drills = one.at("drills").get<std::int64_t>();
    t.correlation = one.at("rank_correlation").get<double>();
    t.beyond_noise = one.at("beyond_noise").get<bool>();
    t.when_low = tail_from(one, "when_low");
    t.when_high = tail_from(one, "when_high");
    all.timings.push_back(std::move(t));
  }
  return all;
}

ReportMark mark_from(const Json& json) {
  return {words(json, "name"), maybe_ms(json.at("p50_s")), maybe_ms(json.at("p95_s")),
          times_of(json, "p50_ci95_s"), times_of(json, "p95_ci95_s")};
}

ReportPhase phase_from(const Json& json) {
  return {words(json, "name"),          json.value("meaning", std::string()),
          maybe_ms(json.at("p50_s")),   maybe_ms(json.at("p95_s")),
          split_from(json.at("split")), times_of(json, "p50_ci95_s"),
          times_of(json, "p95_ci95_s")};
}

ReportPromise promise_from(const Json& json) {
  ReportPromise p;
  p.name = words(json, "name");
  p.limit_ms = maybe_ms(json.at("limit_s"));
  p.p50 = maybe_ms(json.at("p50_s"));
  p.p95 = maybe_ms(json.at("p95_s"));
  if (!p.limit_ms) return p;
  p.met_share = json.at("met_share").get<double>();
  const Json& ci = json.at("met_share_ci95");
  p.met_share_ci95 = {ci.at(0).get<double>(), ci.at(1).get<double>()};
  return p;
}

ReportSeverity severity_from(const Json& json) {
  ReportSeverity s{words(json, "severity"),
                   json.at("drills").get<std::int64_t>(),
                   json.at("share").get<double>(),
                   {}};
  for (const Json& one : json.at("promises")) s.promises.push_back(promise_from(one));
  return s;
}

ReportBudget budget_from(const Json& json) {
  const auto burnt = [&](const char* key) -> std::optional<double> {
    if (json.at(key).is_null()) return std::nullopt;
    return json[key].get<double>();
  };
  ReportBudget b;
  b.service = words(json, "service");
  b.slo = json.at("slo").get<double>();
  b.budget_ms = whole_ms(json.at("budget_s"));
  b.used_before = json.at("used_before").get<double>();
  b.burnt_p50 = burnt("burnt_p50");
  b.burnt_p95 = burnt("burnt_p95");
  for (const Json& one : json.at("policies")) {
    b.policies.push_back(
        {one.at("over").get<double>(), words(one, "effect"), one.at("share").get<double>()});
  }
  return b;
}

ReportRole role_from(const Json& json) {
  ReportRole r;
  r.role = words(json, "role");
  r.hands_mean_ms = whole_ms(json.at("hands_mean_s"));
  r.hands_p50 = maybe_ms(json.at("hands_p50_s"));
  r.hands_p95 = maybe_ms(json.at("hands_p95_s"));
  r.hands_share = json.at("hands_share").get<double>();
  r.decision_mean_ms = whole_ms(json.at("path_decision_mean_s"));
  r.busy_mean_ms = whole_ms(json.at("path_busy_mean_s"));
  r.away_mean_ms = whole_ms(json.at("path_away_mean_s"));
  return r;
}

/// Of results of earlier minor versions, what they have.
void read_organisation(const Json& json, Report& report) {
  const auto each = [&](const char* key, const auto& read) {
    if (!json.contains(key)) return;
    for (const Json& one : json[key]) read(one);
  };
  each("marks", [&](const Json& one) { report.marks.push_back(mark_from(one)); });
  each("phases", [&](const Json& one) { report.phases.push_back(phase_from(one)); });
  each("severities", [&](const Json& one) { report.severities.push_back(severity_from(one)); });
  each("error_budgets", [&](const Json& one) { report.budgets.push_back(budget_from(one)); });
  each("roles", [&](const Json& one) { report.roles.push_back(role_from(one)); });
}

void read_lists(const Json& json, Report& report) {
  for (std::size_t i = 0; i < report.targets.size(); ++i) {
    read_target(json.at("targets").at(i), report.targets[i]);
  }
  for (std::size_t i = 0; i < report.steps.size(); ++i) {
    read_step(json.at("steps").at(i), report.steps[i]);
  }
  for (const Json& one : json.at("stores")) report.stores.push_back(store_from(one));
  for (const Json& one : json.at("findings")) report.findings.push_back(finding_from(one));
  for (const Json& one : json.at("failures")) report.failures.push_back(failure_from(one));
  for (const Json& one : json.at("assumptions")) {
    const ReportAssumption& a = report.assumptions.emplace_back(assumption_from(one));
    if (a.kind != AssumptionKind::kTiming) continue;
    ++report.timings;
    if (a.confidence == Confidence::kEstimate) ++report.guesses;
  }
  read_organisation(json, report);
  if (json.contains("influences")) {
    for (const Json& one : json["influences"]) report.influences.push_back(influences_from(one));
  }
  for (const Json& one : json.at("examples")) {
    report.examples.push_back(example_from(one, report));
  }
}

}  // namespace

void read_details(const Json& json, Report& report) {
  report.scenario.question = words(json.at("scenario"), "question");
  report.scenario.expected = words(json.at("scenario"), "expected");
  if (json["scenario"].contains("what_if")) {
    report.scenario.what_if = json["scenario"]["what_if"].get<std::vector<std::string>>();
  }
  read_lists(json, report);
  report.headline = headline_of(report.targets, report.completed);
  report.critical_split = split_from(json.at("critical_path_split"));
  if (!json.at("worst_target").is_null()) {
    const auto worst = json["worst_target"].get<std::size_t>();
    if (worst >= report.targets.size()) throw std::invalid_argument("there is no such target");
    report.worst_target = worst;
  }
  const Json& ends = json.at("ends");
  report.ends = {ends.at("completed").get<std::int64_t>(),
                 ends.at("past_horizon").get<std::int64_t>(),
                 ends.at("stalled").get<std::int64_t>()};
  if (json.contains("until_decided")) {
    const Json& s = json["until_decided"];
    report.sequential = {s.at("min_runs").get<std::int64_t>(), s.at("max_runs").get<std::int64_t>(),
                         s.at("looks_planned").get<std::int64_t>(),
                         s.at("looks_made").get<std::int64_t>(),
                         s.at("look_confidence").get<double>()};
  }
  if (json.contains("timelines")) report.timelines = timelines_from_json(json["timelines"]);
}

}  // namespace firedrill
