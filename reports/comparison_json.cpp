#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/input/document_fields.hpp"
#include "reports/comparison.hpp"
#include "reports/schema_parts.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

Json in_seconds(const std::optional<std::int64_t>& ms) {
  return ms ? Json(static_cast<double>(*ms) / 1000.0) : Json(nullptr);
}
Json six_digits(double value) { return static_cast<double>(std::llround(value * 1e6)) / 1e6; }

Json time_json(const ComparedTime& time) {
  return {{"base_s", in_seconds(time.base)},
          {"new_s", in_seconds(time.now)},
          {"difference_s", in_seconds(time.difference_ms)},
          {"interval_s", Json::array({in_seconds(time.low_ms), in_seconds(time.high_ms)})},
          {"direction", time.direction}};
}

Json share_json(const ComparedShare& share) {
  return {{"base", six_digits(share.base)},
          {"new", six_digits(share.now)},
          {"difference", six_digits(share.difference)},
          {"interval", Json::array({six_digits(share.low), six_digits(share.high)})},
          {"sign_test_p", six_digits(share.p)},
          {"direction", share.direction}};
}

Json target_json(const ComparedTarget& t) {
  Json json = {{"subject", t.subject},
               {"tier", t.tier},
               {"objective", to_word(t.objective)},
               {"from", to_word(t.from)},
               {"limit", t.limit},
               {"base_limit", t.base_limit.empty() ? t.limit : t.base_limit},
               {"required_share", six_digits(t.required_share)},
               {"change", to_word(t.change)},
               {"reason", t.reason},
               {"pairs", t.pairs},
               {"identical", t.identical}};
  json["base_verdict"] = t.base_verdict ? Json(to_word(*t.base_verdict)) : Json(nullptr);
  json["new_verdict"] = t.now_verdict ? Json(to_word(*t.now_verdict)) : Json(nullptr);
  if (t.pairs == 0) return json;
  json["p50"] = time_json(t.p50);
  json["p95"] = time_json(t.p95);
  json["met_share"] = share_json(t.met_share);
  json["drills"] = {{"longer", t.drills.longer},
                    {"shorter", t.drills.shorter},
                    {"sign_test_p", six_digits(t.drills.p)},
                    {"direction", t.drills.direction}};
  return json;
}

Json step_json(const ComparedStep& s) {
  return {{"runbook", s.runbook},
          {"step", s.step},
          {"title", s.title},
          {"role", s.role},
          {"change", to_word(s.change)},
          {"base_p50_s", in_seconds(s.base_p50)},
          {"new_p50_s", in_seconds(s.now_p50)},
          {"base_p95_s", in_seconds(s.base_p95)},
          {"new_p95_s", in_seconds(s.now_p95)},
          {"path_mean_difference_s", in_seconds(s.path_mean_difference_ms)}};
}

Json side_json(const ComparedSide& side) {
  return {{"name", side.name},
          {"commit", side.commit},
          {"sha256", side.documents_sha256},
          {"seed", side.seed},
          {"completed", side.completed}};
}

}  // namespace

std::string render_comparison_json(const Comparison& comparison) {
  Json json;
  json["format_version"] = kComparisonFormat;
  json["kind"] = "Comparison";
  json["scenario"] = comparison.scenario.name;
  json["system"] = comparison.scenario.system;
  json["base"] = side_json(comparison.base);
  json["new"] = side_json(comparison.now);
  json["pairs"] = comparison.pairs;
  json["same_luck"] = comparison.same_luck;
  json["interval_confidence"] = six_digits(comparison.interval_confidence);
  json["verdict"] = to_word(comparison.verdict);
  json["headline"] = comparison.headline;
  json["targets"] = Json::array();
  for (const ComparedTarget& t : comparison.targets) json["targets"].push_back(target_json(t));
  json["steps"] = Json::array();
  for (const ComparedStep& s : comparison.steps) json["steps"].push_back(step_json(s));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

namespace {

Json change_schema(const char* description) {
  return schema::word(description, {"worse", "better", "same", "not comparable"});
}

Json bounded(const char* description) {
  Json json = schema::number(description);
  json["type"] = {"number", "null"};
  return json;
}

Json direction_schema() {
  return {{"type", "integer"},
          {"enum", {-1, 0, 1}},
          {"description", "where the whole interval lies; 0: it holds no change as well"}};
}

Json time_schema(const char* description) {
  return schema::object(
      description,
      {{"base_s", schema::time("of the pairs, base")},
       {"new_s", schema::time("of the pairs, new")},
       {"difference_s", bounded("new minus base; null: one of both is not within the horizon")},
       {"interval_s", schema::ends(schema::array("paired bootstrap interval of the difference",
                                                 bounded("an end; null: without bound")))},
       {"direction", direction_schema()}});
}

Json share_schema() {
  return schema::object(
      "share of the pairs that met the new limit",
      {{"base", schema::share("base")},
       {"new", schema::share("new")},
       {"difference", schema::number("new minus base")},
       {"interval", schema::ends(schema::array("paired bootstrap interval of the difference",
                                               schema::number("an end")))},
       {"sign_test_p", schema::share("exact, two-sided, of the pairs that only one side met")},
       {"direction", direction_schema()}});
}

Json words_of(const char* description, const auto& choices) {
  Json words = schema::text(description);
  for (const Choice& choice : choices) words["enum"].push_back(std::string(choice.word));
  return words;
}

Json verdict_schema() {
  return {{"enum", {"met", "missed", "inconclusive", nullptr}},
          {"description", "of the whole result; null: it has no such target"}};
}

Json target_schema() {
  Json json = schema::object(
      "a target of either result",
      {{"subject", schema::text("the service, runbook, step or severity that is judged")},
       {"tier", schema::text("tier of the service")},
       {"objective", words_of("what is limited", kObjectives)},
       {"from", words_of("where the time of a completion begins", kTargetStarts)},
       {"limit", schema::text("of the new result; both sides are held against it")},
       {"base_limit", schema::text("of the base")},
       {"required_share", schema::share("of drills that must meet it")},
       {"change", change_schema("from the four figures")},
       {"reason", schema::text("why it is not comparable; else empty")},
       {"pairs", schema::count("of drills that both judge")},
       {"identical", schema::typed("boolean", "no drill differs")},
       {"base_verdict", verdict_schema()},
       {"new_verdict", verdict_schema()}});
  json["properties"]["p50"] = time_schema("median; absent without pairs");
  json["properties"]["p95"] = time_schema("95th percentile; absent without pairs");
  json["properties"]["met_share"] = share_schema();
  json["properties"]["drills"] = schema::object(
      "pairs of drills that differ", {{"longer", schema::count("take longer than before")},
                                      {"shorter", schema::count("take less time")},
                                      {"sign_test_p", schema::share("exact, two-sided")},
                                      {"direction", direction_schema()}});
  return json;
}

Json step_schema() {
  return schema::object(
      "a step that is not as it was",
      {{"runbook", schema::text("name of the runbook")},
       {"step", schema::text("id of the step")},
       {"title", schema::text("its title")},
       {"role", schema::text("who does it")},
       {"change", schema::word("moved: it takes as long, and adds another time to the path",
                               {"added", "removed", "slower", "faster", "moved"})},
       {"base_p50_s", schema::time("median, base")},
       {"new_p50_s", schema::time("median, new")},
       {"base_p95_s", schema::time("95th percentile, base")},
       {"new_p95_s", schema::time("95th percentile, new")},
       {"path_mean_difference_s",
        schema::number("what it adds to critical paths, new minus base")}});
}

Json side_schema(const char* description) {
  return schema::object(description, {{"name", schema::text("as it was given")},
                                      {"commit", schema::text("of the program that ran it")},
                                      {"sha256", schema::text("over the documents")},
                                      {"seed", schema::count("of its drills")},
                                      {"completed", schema::count("drills")}});
}

}  // namespace

std::string comparison_schema_text() {
  return schema::document(
      "comparison", "firedrill comparison",
      schema::object(
          "two results of one scenario side by side, as `firedrill compare --json` writes it",
          {{"format_version", schema::text("major.minor; a reader ignores keys it does not know")},
           {"kind", {{"const", "Comparison"}, {"description", "what this document is"}}},
           {"scenario", schema::text("metadata.name")},
           {"system", schema::text("of both")},
           {"base", side_schema("what was")},
           {"new", side_schema("what is")},
           {"pairs", schema::count("of drills")},
           {"same_luck", schema::typed("boolean", "the seed is the same")},
           {"interval_confidence",
            schema::share("of each interval, so that all hold together with 95 %")},
           {"verdict", change_schema("worse if one target is, else better if one is")},
           {"headline", schema::text("in words")},
           {"targets",
            schema::array("of the new result, then those the base alone has", target_schema())},
           {"steps",
            schema::array("what changed the path most first; under the same luck, else only "
                          "added and removed ones",
                          step_schema())}}));
}

}  // namespace firedrill
