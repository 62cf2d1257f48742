#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/input/document_fields.hpp"
#include "reports/history.hpp"
#include "reports/kept.hpp"
#include "reports/schema_parts.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

Json seconds_of(const ReportTime& ms) {
  return ms ? Json(static_cast<double>(*ms) / 1000.0) : Json(nullptr);
}
Json ends_of(const ReportTimeInterval& interval) {
  return Json::array({seconds_of(interval.low), seconds_of(interval.high)});
}

Json entry_json(const HistoryEntry& e) {
  return {{"content_sha256", e.content_sha256},
          {"recorded_at_s", e.recorded_at_s},
          {"last_seen_at_s", e.last_seen_at_s},
          {"times_seen", e.times_seen},
          {"documents_sha256", e.documents_sha256},
          {"what_if", e.what_if},
          {"seed", e.seed},
          {"runs", {{"asked", e.asked}, {"completed", e.completed}}},
          {"program", {{"version", e.program.version}, {"commit", e.program.commit}}},
          {"result_format", e.result_format},
          {"verdict", to_word(e.verdict)}};
}

Json point_json(const TrendPoint& p) {
  const ReportTarget& t = p.target;
  const Interval& ci = t.met_share_ci95;
  return {{"result", p.entry},
          {"limit_s", seconds_of(t.limit_ms)},
          {"required_share", kept_share(t.required_share)},
          {"judged_drills", t.judged},
          {"met_share", kept_share(t.met_share)},
          {"met_share_ci95", Json::array({kept_share(ci.low), kept_share(ci.high)})},
          {"p50_s", seconds_of(t.achieved.p50)},
          {"p50_ci95_s", ends_of(t.achieved.p50_ci95)},
          {"p95_s", seconds_of(t.achieved.p95)},
          {"p95_ci95_s", ends_of(t.achieved.p95_ci95)},
          {"verdict", to_word(t.verdict)},
          {"change", to_word(p.change)},
          {"reason", p.reason}};
}

Json trend_json(const TargetTrend& trend) {
  const ReportTarget& newest = trend.points.back().target;
  Json points = Json::array();
  for (const TrendPoint& p : trend.points) points.push_back(point_json(p));
  return {{"subject", newest.subject},
          {"objective", to_word(newest.objective)},
          {"from", to_word(newest.from)},
          {"in_newest_result", trend.in_newest},
          {"worse_than_oldest", trend.worse_than_oldest},
          {"sliding", trend.sliding},
          {"points", std::move(points)}};
}

Json scenario_json(const ScenarioTrend& s) {
  Json results = Json::array();
  for (const HistoryEntry& e : s.entries) results.push_back(entry_json(e));
  Json targets = Json::array();
  for (const TargetTrend& t : s.targets) targets.push_back(trend_json(t));
  return {
      {"scenario", s.scenario}, {"results", std::move(results)}, {"targets", std::move(targets)}};
}

Json history_result_schema() {
  return schema::object(
      "a recorded result",
      {{"content_sha256", schema::text("over what is kept of it, but when and how often")},
       {"recorded_at_s", schema::count("when, in seconds since 1970, UTC")},
       {"last_seen_at_s", schema::count("when the same was recorded again last")},
       {"times_seen", schema::count("how often the same was recorded in a row")},
       {"documents_sha256", schema::text("over every document of the scenario")},
       {"what_if", schema::array("changes on top of the documents", schema::text("a change"))},
       {"seed", schema::count("the seed")},
       {"runs", schema::object("drills", {{"asked", schema::count("asked for")},
                                          {"completed", schema::count("completed")}})},
       {"program", schema::object("what made it", {{"version", schema::text("its version")},
                                                   {"commit", schema::text("its commit")}})},
       {"result_format", schema::text("format of the result")},
       {"verdict", schema::word("of all targets", {"met", "missed", "inconclusive"})}});
}

Json history_point_schema() {
  return schema::object(
      "a target in one result",
      {{"result", schema::count("place in `results`")},
       {"limit_s", schema::number("what is allowed, in seconds")},
       {"required_share", schema::share("of drills that must meet it")},
       {"judged_drills", schema::count("drills that it asked something of")},
       {"met_share", schema::share("of those, that met it")},
       {"met_share_ci95", schema::ends(schema::array("its interval", schema::share("an end")))},
       {"p50_s", schema::time("half of the drills are quicker")},
       {"p50_ci95_s", schema::ends(schema::array("its interval", schema::time("an end")))},
       {"p95_s", schema::time("95 % of the drills are quicker")},
       {"p95_ci95_s", schema::ends(schema::array("its interval", schema::time("an end")))},
       {"verdict", schema::word("of this target", {"met", "missed", "inconclusive"})},
       {"change", schema::word("against the result before",
                               {"first", "as before", "better", "worse", "other target"})},
       {"reason", schema::text("of what is better, worse or another target; else empty")}});
}

}  // namespace

std::string render_history_json(const History& history) {
  Json json;
  json["format_version"] = kHistoryFormat;
  json["kind"] = "History";
  json["headline"] = history_headline(history);
  json["worse"] = history.worse;
  json["better"] = history.better;
  json["sliding"] = history.sliding;
  json["scenarios"] = Json::array();
  for (const ScenarioTrend& s : history.scenarios) json["scenarios"].push_back(scenario_json(s));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string history_schema_text() {
  const Json target = schema::object(
      "a target over time",
      {{"subject", schema::text("the service, runbook, step or severity")},
       {"objective", schema::text("what of it is judged")},
       {"from", schema::text("what its time counts from")},
       {"in_newest_result", schema::typed("boolean", "the newest result judges it")},
       {"worse_than_oldest", schema::text("why the newest is; empty when it is not")},
       {"sliding", schema::typed("boolean", "it is, and no single step was")},
       {"points", schema::array("the oldest first", history_point_schema())}});
  const Json scenario =
      schema::object("a scenario over time",
                     {{"scenario", schema::text("its name")},
                      {"results", schema::array("the oldest first", history_result_schema())},
                      {"targets", schema::array("in the order of the newest result", target)}});
  return schema::document(
      "history", "What `firedrill history --format json` prints",
      schema::object(
          "results over time",
          {{"format_version", schema::text("major.minor; a reader ignores keys it does not know")},
           {"kind", schema::word("what this is", {"History"})},
           {"headline", schema::text("in one sentence")},
           {"worse", schema::count("targets that the newest result has worse")},
           {"better", schema::count("targets that the newest result has better")},
           {"sliding", schema::count("targets that became worse bit by bit")},
           {"scenarios", schema::array("by name", scenario)}}));
}

}  // namespace firedrill
