#include <nlohmann/json.hpp>

#include "engine/input/document_fields.hpp"
#include "reports/causes_json.hpp"
#include "reports/json.hpp"
#include "reports/schema_parts.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

using schema::array;
using schema::count;
using schema::ends;
using schema::number;
using schema::object;
using schema::Property;
using schema::share;
using schema::text;
using schema::time;
using schema::typed;
using schema::word;

Json verdict(const char* description) {
  return word(description, {"met", "missed", "inconclusive"});
}

Json bottleneck() {
  Json json = object(
      "what holds it up most, of all that lies on the way to it",
      {{"kind", word("what it is", {"detection", "page", "triage", "role-decides", "role-busy",
                                    "role-away", "step-work", "step-wait", "store", "no-step"})},
       {"name", text("of the role, step or store; else empty")},
       {"mean_s", time("what it adds, as a mean over the drills")}});
  json["properties"]["mean_s"]["description"] =
      "what it adds, as a mean over the drills, in seconds; null: in most drills it never ends";
  return json;
}

Json objective() {
  Json words = text("what is limited");
  for (const Choice& choice : kObjectives) words["enum"].push_back(std::string(choice.word));
  return words;
}

Json target_start() {
  Json words = text("where the time of a completion begins");
  for (const Choice& choice : kTargetStarts) words["enum"].push_back(std::string(choice.word));
  return words;
}

Json time_interval(const char* description) { return ends(array(description, time("an end"))); }

Json drills_to_decide() {
  Json json = count(
      "how many drills would decide an inconclusive target, if its share stayed; null: it is "
      "decided, or no number would");
  json["type"] = {"integer", "null"};
  return json;
}

Json target() {
  const Json interval = ends(array("95 % Clopper-Pearson interval of met_share", share("an end")));
  return object("a target and how it was met",
                {{"service", text("name of the service; empty for a target on something else")},
                 {"subject", text("the service, runbook, step or severity that is judged")},
                 {"tier", text("tier of the service")},
                 {"objective", objective()},
                 {"from", target_start()},
                 {"limit_s", number("the limit, in seconds")},
                 {"required_share", share("share of drills that must meet the limit")},
                 {"judged_drills", count("drills that it asks something of")},
                 {"met_drills", count("drills that met it")},
                 {"met_share", share("their share of the judged drills and the failed ones")},
                 {"met_share_ci95", interval},
                 {"verdict", verdict("from that interval")},
                 {"p5_s", time("5 % of drills achieve it within")},
                 {"p50_s", time("half of the drills achieve it within")},
                 {"p95_s", time("95 % of drills achieve it within")},
                 {"p99_s", time("99 % of drills achieve it within")},
                 {"max_s", time("the slowest drill")},
                 {"p50_ci95_s", time_interval("95 % interval of p50_s, by order statistics")},
                 {"p95_ci95_s", time_interval("95 % interval of p95_s, by order statistics")},
                 {"drills_to_decide", drills_to_decide()},
                 {"bottleneck", bottleneck()}});
}

Json step() {
  return object("a step of a runbook",
                {{"runbook", text("name of the runbook")},
                 {"step", text("id of the step")},
                 {"title", text("its title")},
                 {"role", text("who does it; empty: nobody's hands")},
                 {"p50_s", time("median, ready to ended")},
                 {"p95_s", time("95th percentile, ready to ended")},
                 {"criticality", share("of drills: on the critical path")},
                 {"path_mean_s", time("mean added to critical paths")},
                 {"ran_share", share("of drills that ran it")},
                 {"failed_share", share("of drills in which it failed")},
                 {"split", split_schema("mean over the drills that ran it")}});
}

Json assumption() {
  Json json = object("something that was assumed: stated in a document, or a timing that was drawn",
                     {{"kind", word("where it comes from", {"stated", "timing"})},
                      {"subject", text("what it is about; of a timing its id")},
                      {"value", text("what was taken")},
                      {"reason", text("why; of a timing its note")}});
  json["properties"]["unit"] = text("timings only");
  json["properties"]["confidence"] =
      word("timings only", {"measured", "documented", "reported", "estimate"});
  json["properties"]["source"] = text("timings only");
  return json;
}

Json finding() {
  return object("a fact worth acting upon",
                {{"id", text("stable, kebab-case")},
                 {"severity", word("", {"info", "warning", "critical"})},
                 {"title", text("one sentence")},
                 {"detail", text("what it cost, what to look at")},
                 {"drills", count("drills it happened in")},
                 {"share", share("their share")}});
}

Json failure() {
  return object("a drill that broke the block it ran in",
                {{"kind", word("how", {"crashed", "hung"})},
                 {"replication", count("the drill that was running")},
                 {"first_lost", count("first drill of the block that was lost")},
                 {"last_lost", typed("integer", "last drill of the block that was lost")},
                 {"signal", count("signal that ended it, or 0")},
                 {"exit_code", count("exit code, when it ended by itself")}});
}

Json store() {
  return object(
      "a data store",
      {{"store", text("name")},
       {"rpo", object("writes lost, as a span of time", {{"p50_s", time("median")},
                                                         {"p95_s", time("95th percentile")},
                                                         {"max_s", time("the worst drill")}})},
       {"lossless_share", share("of drills that lost nothing of it")}});
}

Json example() {
  return object("a drill worth running again", {{"name", word("which", {"median", "p95"})},
                                                {"replication", count("its number")},
                                                {"restored_s", time("until the last service")},
                                                {"path", path_schema()}});
}

Json promise() {
  Json json = object("what the severity promises, from the first alarm",
                     {{"name", word("what", {"response", "stabilise", "resolve"})},
                      {"limit_s", time("the promise")},
                      {"p50_s", time("median")},
                      {"p95_s", time("95th percentile")}});
  json["properties"]["limit_s"]["description"] = "in seconds; null: nothing is promised";
  json["properties"]["met_share"] = share("of the drills of this severity; where it is promised");
  json["properties"]["met_share_ci95"] = array("95 % Clopper-Pearson interval", share("an end"));
  return json;
}

Json severity() {
  return object("a severity", {{"severity", text("its name")},
                               {"drills", count("whose gravest incident it was")},
                               {"share", share("their share")},
                               {"promises", array("response, stabilise, resolve", promise())}});
}

Json budget() {
  const Json policy =
      object("what holds once so much is used", {{"over", share("of the budget")},
                                                 {"effect", text("what holds")},
                                                 {"share", share("of drills that lead there")}});
  const auto burnt = [](const char* description) {
    Json json = number(description);
    json["type"] = {"number", "null"};
    return json;
  };
  return object("the error budget of a service",
                {{"service", text("its name")},
                 {"slo", share("of requests that succeed")},
                 {"budget_s", number("the budget, in seconds of full outage")},
                 {"used_before", share("when a drill begins")},
                 {"burnt_p50", burnt("by the drill alone, in budgets: median")},
                 {"burnt_p95", burnt("95th percentile")},
                 {"policies", array("in the order of the system", policy)}});
}

Json role() {
  return object("a role that some step needs; means over the drills, in seconds",
                {{"role", text("its name")},
                 {"hands_p50_s", time("hands busy in a drill, status updates included: median")},
                 {"hands_p95_s", time("the same, 95th percentile")},
                 {"hands_share", number("of the time from the first alarm to the close")},
                 {"hands_mean_s", number("at work or deciding, on any step")},
                 {"path_decision_mean_s", number("the critical path waited for its decision")},
                 {"path_busy_mean_s", number("the critical path waited, it was at another step")},
                 {"path_away_mean_s", number("the critical path waited, nobody of it was there")}});
}

std::vector<Property> lists() {
  return {
      {"targets", array("every target", target())},
      {"severities", array("those that a drill had, the gravest first", severity())},
      {"error_budgets", array("of every judged service", budget())},
      {"roles", array("what recovery waited for most first", role())},
      {"stores", array("every data store", store())},
      {"marks", array("when the clock marks of the incident come, from the first fault on",
                      object("a mark", {{"name", text("detected, acknowledged, declared, ...")},
                                        {"p50_s", time("median")},
                                        {"p95_s", time("95th percentile")},
                                        {"p50_ci95_s", time_interval("95 % interval of p50_s")},
                                        {"p95_ci95_s", time_interval("95 % interval of p95_s")}}))},
      {"phases", array("intervals between the clock marks of the incident",
                       object("a phase", {{"name", text("detect, acknowledge, decide, ...")},
                                          {"meaning", text("from what to what")},
                                          {"p50_s", time("median")},
                                          {"p95_s", time("95th percentile")},
                                          {"p50_ci95_s", time_interval("95 % interval of p50_s")},
                                          {"p95_ci95_s", time_interval("95 % interval of p95_s")},
                                          {"split", split_schema("mean, on the way of the service "
                                                                 "that came back last")}}))},
      {"steps", array("every step that ran, most critical first", step())},
      {"critical_path_split", split_schema("mean over the drills, of steps on the critical path")},
      {"findings", array("gravest first", finding())},
      {"assumptions", array("what the result rests on, guesses first", assumption())},
      {"ends", object("how the drills ended",
                      {{"completed", count("everything closed and steady")},
                       {"past_horizon", count("the horizon came first")},
                       {"stalled", count("nothing was left that could ever happen")}})},
      {"failures", array("drills that broke", failure())},
      {"examples", array("drills worth running again", example())},
  };
}

Json until_decided() {
  return object(
      "of a study that stopped by itself; met_share_ci95 is then what all looks leave over",
      {{"min_runs", count("drills at the first look")},
       {"max_runs", count("drills at the last look")},
       {"looks_planned", count("at numbers of drills that were fixed beforehand")},
       {"looks_made", count("until every target was decided")},
       {"look_confidence", share("of each look's interval, so that all hold with 95 %")}});
}

Json samples() {
  Json seconds = number("in seconds; null: not within the horizon; -1: the target asked nothing");
  seconds["type"] = {"number", "null"};
  return object("what the first drills achieved, so that results can be paired",
                {{"drills", count("the drills 0 to drills - 1, at most 10,240")},
                 {"missing", array("of them, those that broke", count("a drill"))},
                 {"stalled", array("of them, those that meet no target", count("a drill"))},
                 {"achieved_s", array("by target, one value a drill that is not missing",
                                      array("of one target", seconds))}});
}

Json timelines() {
  const Json times = array("in seconds since the first onset", number("a time"));
  const Json step = object(
      "a step that ran, in the order in which they became ready",
      {{"runbook", text("its runbook")},
       {"step", text("its id")},
       {"role", text("who was to do it; empty: nobody's hands")},
       {"person", text("who did it; may be empty")},
       {"critical", typed("boolean", "the judged service that came back last waited for it")},
       {"failed", typed("boolean", "it did not end well")},
       {"open", typed("boolean", "it had not ended when the drill did")},
       {"ready_s", number("when all that it needs was done")},
       {"ended_s", number("when it ended, or the drill did")},
       {"spans", array("[idle, work, decision or wait; from; to]", typed("array", "a span"))},
       {"retries_s", times}});
  const Json service = object(
      "a judged service",
      {{"service", text("its name")},
       {"threshold", share("of requests, from which on it serves")},
       {"served", array("[from here on; this share of requests]", typed("array", "a change"))}});
  const Json mark = object("a fault or a clock mark", {{"name", text("fault, detected, ...")},
                                                       {"what", text("of a fault: what happened")},
                                                       {"at_s", number("when")}});
  return array("the example drills as they went, in seconds since the first onset",
               object("a drill", {{"name", word("which", {"median", "p95"})},
                                  {"replication", count("its number")},
                                  {"end_s", number("when it ended")},
                                  {"steps", array("of runbooks", step)},
                                  {"services", array("what was served", service)},
                                  {"marks", array("in the order of their times", mark)}}));
}

Json result() {
  std::vector<Property> all = {
      {"format_version", text("major.minor; a reader ignores keys it does not know")},
      {"kind", {{"const", "Result"}, {"description", "what this document is"}}},
      {"program",
       object("what made it", {{"version", text("SemVer")}, {"commit", text("or \"unknown\"")}})},
      {"scenario",
       object("what was drilled",
              {{"name", text("metadata.name")},
               {"path", text("as it was given")},
               {"sha256", text("over every document the plan was made of")},
               {"what_if", array("changes on top of them", text("as on the command line"))}})},
      {"seed", count("every draw depends on it and on the number of the drill alone")},
      {"runs", object("drills", {{"asked", count("asked for")},
                                 {"completed", count("with a result")},
                                 {"failed", count("lost to failures")}})},
      {"status",
       word("aborted: stopped by a signal, with what there was", {"completed", "aborted"})},
      {"verdict", verdict("the worst of the targets")},
      {"worst_target",
       {{"type", {"integer", "null"}},
        {"minimum", 0},
        {"description", "place in targets of the one met least often for what it requires"}}}};
  for (Property& p : lists()) all.push_back(std::move(p));
  for (auto& [name, schema] : causes_schemas()) all.push_back({name, std::move(schema)});
  Json json = object("the result of a study, as `firedrill run --json` writes it", all);
  json["properties"]["until_decided"] = until_decided();
  json["properties"]["samples"] = samples();
  json["properties"]["timelines"] = timelines();
  json["properties"]["content_sha256"] =
      text("over the document without white space and this member; not in a suite");
  return json;
}

Json summary_row() {
  Json json = object("one scenario of the suite", {{"scenario", text("its name")},
                                                   {"verdict", verdict("the worst of its targets")},
                                                   {"headline", text("its verdict in words")}});
  json["properties"]["worst_target"] = target();
  return json;
}

}  // namespace

std::string result_schema_text() {
  return schema::document("result", "firedrill result", result());
}

std::string suite_schema_text() {
  return schema::document(
      "suite", "firedrill suite",
      object("the results of a folder of scenarios",
             {{"format_version", text("major.minor; a reader ignores keys it does not know")},
              {"kind", {{"const", "Suite"}, {"description", "what this document is"}}},
              {"summary", array("the table of the suite, a row a scenario", summary_row())},
              {"results", array("the whole results, in the same order", result())}}));
}

}  // namespace firedrill
