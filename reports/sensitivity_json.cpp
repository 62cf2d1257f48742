#include "reports/sensitivity_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "reports/causes_json.hpp"
#include "reports/schema_parts.hpp"

namespace firedrill {
namespace {

using namespace schema;  // Json, and the typed properties of a schema

Json seconds_of(const ReportTime& time) {
  return time ? Json(static_cast<double>(*time) / 1000.0) : Json(nullptr);
}
/// Six digits are more than any number of drills can tell, and hide the last digits of libm.
Json rounded(double value) { return static_cast<double>(std::llround(value * 1e6)) / 1e6; }

Json change_of(const ReportChange& change) {
  return {{"kind", to_word(change.kind)},
          {"name", change.name},
          {"to", change.to},
          {"median_was_s", seconds_of(change.median_was)},
          {"median_is_s", seconds_of(change.median_is)}};
}

Json fared_of(const ReportFix& fix) {
  return {{"meets", fix.meets},
          {"met_share", rounded(fix.share)},
          {"p50_s", seconds_of(fix.p50)},
          {"p95_s", seconds_of(fix.p95)}};
}

Json fix_of(const ReportFix& fix) {
  Json json = fared_of(fix);
  json["strength"] = rounded(fix.strength);
  json["monotone"] = fix.monotone;
  json["changes"] = Json::array();
  for (const ReportChange& change : fix.changes) json["changes"].push_back(change_of(change));
  json["settings"] = fix.settings;
  return json;
}

Json point_of(const ReportSweepPoint& point) {
  return {{"values", point.values},
          {"meets", point.meets},
          {"met_share", rounded(point.share)},
          {"p50_s", seconds_of(point.p50)},
          {"p95_s", seconds_of(point.p95)},
          {"on_frontier", point.on_frontier}};
}

template <class T>
Json list(const std::vector<T>& items, Json (*one)(const T&)) {
  Json all = Json::array();
  for (const T& item : items) all.push_back(one(item));
  return all;
}

// ------------------------------------------------------------------------------------- the schema

std::vector<Property> fared_properties() {
  return {{"meets", typed("boolean", "the required share of these drills met the target")},
          {"met_share", share("of these drills that met it")},
          {"p50_s", time("median of what was achieved")},
          {"p95_s", time("95th percentile of it")}};
}

Json change_schema() {
  return object(
      "something changed",
      {{"kind", word("what it is", {"step", "timing", "role", "design"})},
       {"name", text("of the step, timing, role or design choice")},
       {"to", text("a factor such as x0.25, or the name of a choice")},
       {"median_was_s",
        {{"type", {"number", "null"}},
         {"description", "median of a duration that takes a factor, in seconds"}}},
       {"median_is_s",
        {{"type", {"number", "null"}}, {"description", "the same with the change, in seconds"}}}});
}

Json fix_schema(const char* description) {
  std::vector<Property> properties = fared_properties();
  properties.push_back({"strength", share("0: as it is; 1: no time at all, or the last choice; the "
                                          "least that meets the target, if any does")});
  properties.push_back(
      {"monotone", typed("boolean", "more of it never did worse in what was tried")});
  properties.push_back({"changes", array("one, or the two of a pair", change_schema())});
  properties.push_back({"settings", array("the same as values of --var", text("PATH=VALUE"))});
  return object(description, properties);
}

Json point_schema() {
  std::vector<Property> properties = fared_properties();
  properties.push_back({"values", array("in the order of swept", text("value"))});
  properties.push_back(
      {"on_frontier",
       typed("boolean", "nothing that asks for less of every variable does as well")});
  return object("one combination", properties);
}

}  // namespace

std::string render_sensitivity_json(const SensitivityReport& report) {
  Json json;
  json["format_version"] = kSensitivityFormat;
  json["kind"] = "Sensitivity";
  json["program"] = {{"version", report.program.version}, {"commit", report.program.commit}};
  json["scenario"] = {{"name", report.scenario.name},
                      {"path", report.scenario.path},
                      {"sha256", report.scenario.sha256},
                      {"what_if", report.what_if}};
  json["seed"] = report.seed;
  json["runs"] = {{"each_try", report.runs}, {"base", report.base_runs}, {"tries", report.tries}};
  json["status"] = report.aborted ? "aborted" : "completed";
  json["target"] = {{"subject", report.target.subject},
                    {"objective", to_word(report.target.objective)},
                    {"limit_s", static_cast<double>(report.target.limit_ms) / 1000.0},
                    {"required_share", rounded(report.target.required_share)}};
  json["as_is"] = fared_of(report.as_is);
  json["all_times"] = report.all_times ? fared_of(*report.all_times) : Json(nullptr);
  if (report.all_times) json["all_times"]["factor"] = rounded(1 - report.all_times->strength);
  json["tolerance"] = rounded(report.tolerance);
  json["single_changes"] = list(report.singles, fix_of);
  json["pairs"] = list(report.pairs, fix_of);
  json["impossible"] = report.impossible;
  json["timings"] = list(report.influences, influence_json);
  json["swept"] = report.swept;
  json["sweep"] = list(report.sweep, point_of);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string sensitivity_schema_text() {
  std::vector<Property> all_times = fared_properties();
  all_times.push_back({"factor", share("the greatest that meets the target, if any does, else 0")});
  Json all = object("every step and timing by the same factor; null: not tried", all_times);
  all["type"] = {"object", "null"};
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"$id", "https://firedrill.dev/schemas/v1/sensitivity.json"},
                 {"title", "Firedrill sensitivity"}};
  schema.update(object(
      "What a target depends on, and what would make it met",
      {{"format_version", text("major.minor; a minor version only adds")},
       {"kind", word("of the document", {"Sensitivity"})},
       {"program", object("what wrote it", {{"version", text("of the program")},
                                            {"commit", text("of its source")}})},
       {"scenario", object("what was run", {{"name", text("of the scenario")},
                                            {"path", text("of the scenario")},
                                            {"sha256", text("over all its documents")},
                                            {"what_if", array("changes on top of them",
                                                              text("as on the command line"))}})},
       {"seed", count("of all drills")},
       {"runs", object("how many drills", {{"each_try", count("drills of a try")},
                                           {"base", count("drills of the correlations")},
                                           {"tries", count("tries")}})},
       {"status", word("whether it was stopped", {"completed", "aborted"})},
       {"target", object("that is to be met", {{"subject", text("of the target")},
                                               {"objective", text("of the target")},
                                               {"limit_s", number("in seconds")},
                                               {"required_share", share("of drills")}})},
       {"as_is", object("without a change", fared_properties())},
       {"all_times", all},
       {"tolerance", share("of a factor, at which the search ends")},
       {"single_changes",
        array("the smallest that meets it first, then what helps most", fix_schema("one change"))},
       {"pairs", array("that meet it where neither does alone", fix_schema("two changes"))},
       {"impossible", array("levers that the documents refuse", text("name"))},
       {"timings", array("beyond noise first, of those the estimates first", influence_schema())},
       {"swept", array("variables of a sweep", text("path"))},
       {"sweep", array("its combinations", point_schema())}}));
  return schema.dump(2) + '\n';
}

}  // namespace firedrill
