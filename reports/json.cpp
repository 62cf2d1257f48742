#include "reports/json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/study/study.hpp"
#include "reports/causes_json.hpp"
#include "reports/content_digest.hpp"
#include "reports/kept.hpp"
#include "reports/timeline_json.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

Json seconds(std::int64_t ms) { return static_cast<double>(ms) / 1000.0; }
Json seconds(const ReportTime& time) { return time ? seconds(*time) : Json(nullptr); }

Json share(double value) { return kept_share(value); }

Json seconds(const ReportTimeInterval& interval) {
  return Json::array({seconds(interval.low), seconds(interval.high)});
}

Json bottleneck_of(const ReportBottleneck& bottleneck) {
  return {{"kind", to_word(bottleneck.kind)},
          {"name", bottleneck.name},
          {"mean_s", seconds(bottleneck.mean)}};
}

Json target_of(const ReportTarget& target) {
  const Interval& ci = target.met_share_ci95;
  const bool service = subject_of(target.objective) == TargetSubject::kService;
  return {{"service", service ? target.subject : std::string()},
          {"subject", target.subject},
          {"tier", target.tier},
          {"objective", to_word(target.objective)},
          {"from", to_word(target.from)},
          {"limit_s", seconds(target.limit_ms)},
          {"required_share", share(target.required_share)},
          {"judged_drills", target.judged},
          {"met_drills", target.met},
          {"met_share", share(target.met_share)},
          {"met_share_ci95", Json::array({share(ci.low), share(ci.high)})},
          {"verdict", to_word(target.verdict)},
          {"p5_s", seconds(target.achieved.p5)},
          {"p50_s", seconds(target.achieved.p50)},
          {"p95_s", seconds(target.achieved.p95)},
          {"p99_s", seconds(target.achieved.p99)},
          {"max_s", seconds(target.achieved.max)},
          {"p50_ci95_s", seconds(target.achieved.p50_ci95)},
          {"p95_ci95_s", seconds(target.achieved.p95_ci95)},
          {"drills_to_decide",
           target.drills_to_decide ? Json(*target.drills_to_decide) : Json(nullptr)},
          {"bottleneck", bottleneck_of(target.bottleneck)}};
}

Json store_of(const ReportStore& store) {
  return {{"store", store.name},
          {"rpo",
           {{"p50_s", seconds(store.rpo.p50)},
            {"p95_s", seconds(store.rpo.p95)},
            {"max_s", seconds(store.rpo.max)}}},
          {"lossless_share", share(store.lossless_share)}};
}

Json step_of(const ReportStep& step) {
  return {{"runbook", step.runbook},
          {"step", step.step},
          {"title", step.title},
          {"role", step.role},
          {"p50_s", seconds(step.p50)},
          {"p95_s", seconds(step.p95)},
          {"criticality", share(step.criticality)},
          {"path_mean_s", seconds(step.path_mean_ms)},
          {"ran_share", share(step.ran_share)},
          {"failed_share", share(step.failed_share)},
          {"split", split_json(step.split)}};
}

Json assumption_of(const ReportAssumption& assumption) {
  if (assumption.kind == AssumptionKind::kStated) {
    return {{"kind", "stated"},
            {"subject", assumption.subject},
            {"value", assumption.value},
            {"reason", assumption.reason}};
  }
  return {{"kind", "timing"},
          {"subject", assumption.subject},
          {"value", assumption.value},
          {"unit", assumption.unit},
          {"confidence", to_word(assumption.confidence)},
          {"source", assumption.source},
          {"reason", assumption.reason}};
}

Json finding_of(const ReportFinding& finding) {
  return {{"id", finding.id},         {"severity", to_word(finding.severity)},
          {"title", finding.title},   {"detail", finding.detail},
          {"drills", finding.drills}, {"share", share(finding.share)}};
}

Json failure_of(const ReportFailure& failure) {
  return {{"kind", failure.kind},
          {"replication", failure.replication},
          {"first_lost", failure.first_lost},
          {"last_lost", failure.last_lost},
          {"signal", failure.signal},
          {"exit_code", failure.exit_code}};
}

Json mark_of(const ReportMark& mark) {
  return {{"name", mark.name},
          {"p50_s", seconds(mark.p50)},
          {"p95_s", seconds(mark.p95)},
          {"p50_ci95_s", seconds(mark.p50_ci95)},
          {"p95_ci95_s", seconds(mark.p95_ci95)}};
}

Json phase_of(const ReportPhase& phase) {
  return {{"name", phase.name},
          {"meaning", phase.meaning},
          {"p50_s", seconds(phase.p50)},
          {"p95_s", seconds(phase.p95)},
          {"p50_ci95_s", seconds(phase.p50_ci95)},
          {"p95_ci95_s", seconds(phase.p95_ci95)},
          {"split", split_json(phase.split)}};
}

Json example_of(const ReportExample& example) {
  return {{"name", example.name},
          {"replication", example.replication},
          {"restored_s", seconds(example.restored)},
          {"path", path_json(example.path)}};
}

template <class T>
Json list(const std::vector<T>& items, Json (*one)(const T&)) {
  Json all = Json::array();
  for (const T& item : items) all.push_back(one(item));
  return all;
}

Json promise_of(const ReportPromise& promise) {
  Json json = {{"name", promise.name},
               {"limit_s", promise.limit_ms ? seconds(*promise.limit_ms) : Json(nullptr)},
               {"p50_s", seconds(promise.p50)},
               {"p95_s", seconds(promise.p95)}};
  if (!promise.limit_ms) return json;
  const Interval& ci = promise.met_share_ci95;
  json["met_share"] = share(promise.met_share);
  json["met_share_ci95"] = Json::array({share(ci.low), share(ci.high)});
  return json;
}

Json severity_of(const ReportSeverity& severity) {
  return {{"severity", severity.name},
          {"drills", severity.drills},
          {"share", share(severity.share)},
          {"promises", list(severity.promises, promise_of)}};
}

Json policy_of(const ReportBudgetPolicy& policy) {
  return {{"over", share(policy.over)}, {"effect", policy.effect}, {"share", share(policy.share)}};
}

Json budget_of(const ReportBudget& budget) {
  const auto budgets = [](const std::optional<double>& value) {
    return value ? share(*value) : Json(nullptr);
  };
  return {{"service", budget.service},
          {"slo", share(budget.slo)},
          {"budget_s", seconds(budget.budget_ms)},
          {"used_before", share(budget.used_before)},
          {"burnt_p50", budgets(budget.burnt_p50)},
          {"burnt_p95", budgets(budget.burnt_p95)},
          {"policies", list(budget.policies, policy_of)}};
}

Json role_of(const ReportRole& role) {
  return {{"role", role.role},
          {"hands_mean_s", seconds(role.hands_mean_ms)},
          {"hands_p50_s", seconds(role.hands_p50)},
          {"hands_p95_s", seconds(role.hands_p95)},
          {"hands_share", share(role.hands_share)},
          {"path_decision_mean_s", seconds(role.decision_mean_ms)},
          {"path_busy_mean_s", seconds(role.busy_mean_ms)},
          {"path_away_mean_s", seconds(role.away_mean_ms)}};
}

Json program_of(const ReportProgram& program) {
  return {{"version", program.version}, {"commit", program.commit}};
}

Json sequential_of(const ReportSequential& sequential) {
  return {{"min_runs", sequential.min_runs},
          {"max_runs", sequential.max_runs},
          {"looks_planned", sequential.looks_planned},
          {"looks_made", sequential.looks_made},
          {"look_confidence", share(sequential.look_confidence)}};
}

/// Milliseconds as seconds; null: not within the horizon; -1: the target asked nothing.
Json sample_of(std::int32_t ms) {
  if (ms == kNotJudgedMs) return -1;
  return ms == kNotReachedMs ? Json(nullptr) : seconds(ms);
}

Json samples_of(const ReportSamples& samples) {
  Json achieved = Json::array();
  for (const auto& column : samples.achieved_ms) {
    Json values = Json::array();
    for (const std::int32_t ms : column) values.push_back(sample_of(ms));
    achieved.push_back(std::move(values));
  }
  return {{"drills", samples.drills},
          {"missing", samples.missing},
          {"stalled", samples.stalled},
          {"achieved_s", std::move(achieved)}};
}

Json result_of(const Report& report) {
  Json json;
  json["format_version"] = kResultFormat;
  json["kind"] = "Result";
  json["program"] = program_of(report.program);
  json["scenario"] = {
      {"name", report.scenario.name},         {"path", report.scenario.path},
      {"sha256", report.scenario.sha256},     {"title", report.scenario.title},
      {"question", report.scenario.question}, {"expected", report.scenario.expected},
      {"system", report.scenario.system},     {"what_if", report.scenario.what_if}};
  json["seed"] = report.seed;
  json["runs"] = {
      {"asked", report.asked}, {"completed", report.completed}, {"failed", report.failed}};
  if (report.sequential) json["until_decided"] = sequential_of(*report.sequential);
  json["status"] = report.aborted ? "aborted" : "completed";
  json["verdict"] = to_word(report.verdict);
  json["worst_target"] = report.worst_target ? Json(*report.worst_target) : Json(nullptr);
  json["targets"] = list(report.targets, target_of);
  json["severities"] = list(report.severities, severity_of);
  json["error_budgets"] = list(report.budgets, budget_of);
  json["roles"] = list(report.roles, role_of);
  json["stores"] = list(report.stores, store_of);
  json["marks"] = list(report.marks, mark_of);
  json["phases"] = list(report.phases, phase_of);
  json["steps"] = list(report.steps, step_of);
  json["critical_path_split"] = split_json(report.critical_split);
  json["operations"] = criticality_json(report.operations);
  json["role_criticality"] = criticality_json(report.role_criticality);
  json["influences"] = influences_json(report.influences);
  json["findings"] = list(report.findings, finding_of);
  json["assumptions"] = list(report.assumptions, assumption_of);
  json["ends"] = {{"completed", report.ends.completed},
                  {"past_horizon", report.ends.past_horizon},
                  {"stalled", report.ends.stalled}};
  json["failures"] = list(report.failures, failure_of);
  json["examples"] = list(report.examples, example_of);
  return json;
}

Json summary_of(const Report& report) {
  Json json = {{"scenario", report.scenario.name},
               {"verdict", to_word(report.verdict)},
               {"headline", report.headline}};
  if (report.worst_target) json["worst_target"] = target_of(report.targets[*report.worst_target]);
  return json;
}

/// Invalid UTF-8 cannot come from a document, but can from a path.
std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace

/// Samples and timelines are long and for programs: pretty-printed, they would be a line a number.
std::string render_json(const Report& report) {
  Json json = result_of(report);
  std::string text = dump(json);
  text.erase(text.rfind("\n}"));
  const auto add = [&](const char* name, Json part) {
    text += fmt::format(",\n  \"{}\": {}", name,
                        part.dump(-1, ' ', false, Json::error_handler_t::replace));
    json[name] = std::move(part);
  };
  add("samples", samples_of(report.samples));
  if (!report.timelines.empty()) add("timelines", timelines_json(report.timelines));
  add("content_sha256", content_digest(json));
  return text + "\n}\n";
}

std::string render_json_suite(const std::vector<Report>& reports) {
  Json json;
  json["format_version"] = kResultFormat;
  json["kind"] = "Suite";
  json["summary"] = list(reports, summary_of);
  json["results"] = list(reports, result_of);
  return dump(json);
}

}  // namespace firedrill
