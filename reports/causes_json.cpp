#include "reports/causes_json.hpp"

#include <cmath>

#include "reports/schema_parts.hpp"

namespace firedrill {
namespace {

using namespace schema;  // Json, and the typed properties of a schema

Json seconds_of(const ReportTime& time) {
  return time ? Json(static_cast<double>(*time) / 1000.0) : Json(nullptr);
}
/// Six digits are more than any number of drills can tell, and hide the last digits of libm.
Json rounded(double value) { return static_cast<double>(std::llround(value * 1e6)) / 1e6; }

Json tail_json(const std::optional<ReportTail>& tail) {
  if (!tail) return nullptr;
  const ReportTimeInterval& ci = tail->p95_ci95;
  return {{"drills", tail->drills},
          {"p95_s", seconds_of(tail->p95)},
          {"p95_ci95_s", Json::array({seconds_of(ci.low), seconds_of(ci.high)})}};
}

Json tail_schema(const char* description) {
  Json json = object(
      description,
      {{"drills", count("those drills")},
       {"p95_s", time("95 % of them achieve the target's time within")},
       {"p95_ci95_s", ends(array("95 % interval of p95_s, by order statistics", time("an end")))}});
  json["type"] = {"object", "null"};
  return json;
}

Json criticality_schema(const char* description) {
  return array(description,
               object("by the critical paths of all judged services",
                      {{"name", text("of the operation or role")},
                       {"criticality", share("of drills with such a step on a critical path")},
                       {"path_mean_s", number("what they added to critical paths, as a mean")}}));
}

}  // namespace

Json split_json(const ReportSplit& split) {
  return {{"work_s", seconds_of(split.work_ms)},
          {"wait_s", seconds_of(split.wait_ms)},
          {"decision_s", seconds_of(split.decision_ms)},
          {"idle_s", seconds_of(split.idle_ms)}};
}

Json criticality_json(const std::vector<ReportCriticality>& all) {
  Json json = Json::array();
  for (const ReportCriticality& one : all) {
    json.push_back({{"name", one.name},
                    {"criticality", rounded(one.criticality)},
                    {"path_mean_s", seconds_of(one.path_mean_ms)}});
  }
  return json;
}

Json influence_json(const ReportInfluence& one) {
  const auto part = [&](double VarianceShares::*member) {
    return one.variance ? rounded((*one.variance).*member) : Json(nullptr);
  };
  return {{"timing", one.timing},
          {"value", one.value},
          {"unit", one.unit},
          {"confidence", to_word(one.confidence)},
          {"drills", one.drills},
          {"rank_correlation", rounded(one.correlation.value_or(0))},
          {"beyond_noise", one.beyond_noise},
          {"first_order", part(&VarianceShares::first)},
          {"total", part(&VarianceShares::total)}};
}

Json influences_json(const std::vector<ReportInfluences>& all) {
  Json json = Json::array();
  for (const ReportInfluences& one : all) {
    Json timings = Json::array();
    for (const ReportInfluence& timing : one.timings) {
      timings.push_back(influence_json(timing));
      timings.back()["when_low"] = tail_json(timing.when_low);
      timings.back()["when_high"] = tail_json(timing.when_high);
    }
    json.push_back({{"target", one.target},
                    {"drills", one.drills},
                    {"noise", rounded(one.noise)},
                    {"timings", std::move(timings)}});
  }
  return json;
}

Json path_json(const std::vector<ReportPathStep>& path) {
  Json json = Json::array();
  for (const ReportPathStep& step : path) {
    json.push_back({{"runbook", step.runbook},
                    {"step", step.step},
                    {"role", step.role},
                    {"ready_s", seconds_of(step.ready_ms)},
                    {"ended_s", seconds_of(step.ended)},
                    {"split", split_json(step.split)}});
  }
  return json;
}

Json influence_schema() {
  const auto part = [](const char* description) {
    return Json{{"type", {"number", "null"}}, {"description", description}};
  };
  return object(
      "a timing that varies from drill to drill",
      {{"timing", text("its id")},
       {"value", text("its distribution")},
       {"unit", text("of the distribution")},
       {"confidence",
        word("how sure the figure is", {"measured", "documented", "reported", "estimate"})},
       {"drills", count("that drew it")},
       {"rank_correlation", number("Spearman, of its mean draw in a drill with what was achieved")},
       {"beyond_noise", typed("boolean", "further from 0 than luck alone is once in a thousand")},
       {"first_order", part("share of the variance due to it alone; null: not tried")},
       {"total", part("share of the variance that it has a part in; null: not tried")}});
}

Json split_schema(const char* description) {
  return object(description, {{"work_s", number("hands busy")},
                              {"wait_s", number("waiting for the cloud")},
                              {"decision_s", number("deciding and approving")},
                              {"idle_s", number("ready, but nobody free")}});
}

Json path_schema() {
  return array(
      "what its last judged service waited for, the first first; empty: not run again, as in a "
      "suite",
      object("a step, in seconds from the first onset",
             {{"runbook", text("its runbook")},
              {"step", text("its id")},
              {"role", text("whose hands it needs; empty: nobody's")},
              {"ready_s", number("when it could begin")},
              {"ended_s", time("when it had ended")},
              {"split", split_schema("what its time was spent on")}}));
}

std::vector<std::pair<std::string, Json>> causes_schemas() {
  Json timing = influence_schema();
  timing["properties"]["when_low"] =
      tail_schema("where its draw is in the lowest tenth; null: too few drills drew it");
  timing["properties"]["when_high"] = tail_schema("where its draw is in the highest tenth");
  Json influences = array(
      "of the worst RTO, RPO and completion target",
      object("the timings that one target goes with",
             {{"target", count("place in targets")},
              {"drills", count("whose luck was kept: the first of the study")},
              {"noise", number("a correlation within this is luck, but for one in a thousand")},
              {"timings",
               array("beyond noise first, of those the estimates first", std::move(timing))}}));
  return {{"operations", criticality_schema("operations on critical paths, the longest first")},
          {"role_criticality", criticality_schema("roles on critical paths, the longest first")},
          {"influences", std::move(influences)}};
}

}  // namespace firedrill
