#include <nlohmann/json.hpp>

#include "reports/against.hpp"
#include "reports/event_lines.hpp"
#include "reports/schema_parts.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

Json seconds_of(const ReportTime& time) {
  return time ? Json(static_cast<double>(*time) / 1000) : Json();
}

Json places_of(const std::vector<AgainstTime>& times) {
  Json list = Json::array();
  for (const AgainstTime& time : times) {
    const Placed& placed = time.placed;
    Json json = {{"name", time.name},
                 {"measured_s", seconds_of(time.measured)},
                 {"drills", placed.n},
                 {"below", placed.below},
                 {"equal", placed.equal},
                 {"percentile", placed.percentile ? Json(*placed.percentile) : Json()},
                 {"interval", {placed.interval.low, placed.interval.high}},
                 {"p50_s", seconds_of(time.p50)},
                 {"range_s", nullptr},
                 {"outside", placed.outside}};
    if (placed.range) {
      json["range_s"] = {seconds_of(placed.range->low), seconds_of(placed.range->high)};
    }
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace

std::string render_against_json(const Against& against, const ReportProgram& program) {
  Json paths = Json::array();
  for (const AgainstPath& path : against.paths) {
    paths.push_back({{"name", path.name}, {"ran", path.ran}, {"drills", path.ran_in}});
  }
  const RecordedDrill& log = against.log;
  const Json json = {{"format_version", "1.0"},
                     {"kind", "PredictedAgainstMeasured"},
                     {"program", {{"version", program.version}, {"commit", program.commit}}},
                     {"scenario", {{"name", against.scenario}, {"title", against.title}}},
                     {"log",
                      {{"back_end", log.back_end},
                       {"emulator", log.emulator},
                       {"poll_interval_s", static_cast<double>(log.poll_interval.us) / 1e6},
                       {"seed", log.seed},
                       {"replication", log.replication},
                       {"end", log.ended ? Json(to_word(against.end)) : Json()},
                       {"same_documents", against.same_documents}}},
                     {"simulated", {{"seed", against.seed}, {"drills", against.drills}}},
                     {"judged", against.judged},
                     {"outside", against.outside},
                     {"marks", places_of(against.marks)},
                     {"rto", places_of(against.recovery)},
                     {"data_lost", places_of(against.data)},
                     {"steps", places_of(against.steps)},
                     {"paths", paths}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

namespace {

Json or_nothing(Json json) {
  json["type"] = {json.at("type"), "null"};
  return json;
}

Json places_schema(const char* description) {
  Json range = schema::ends(
      schema::array("order statistics that hold 95 % of such drills; null: fewer than 39",
                    schema::time("an end")));
  return schema::array(
      description,
      schema::object(
          "one time of the recorded drill among those of the simulated ones",
          {{"name", schema::text("clock mark, service, store, or RUNBOOK/STEP")},
           {"measured_s", schema::time("of the recorded drill")},
           {"drills", schema::count("simulated ones that have such a time")},
           {"below", schema::count("of those, that took less")},
           {"equal", schema::count("of those, that took as long, to the millisecond")},
           {"percentile", or_nothing(schema::share("(below + equal / 2) / drills"))},
           {"interval", schema::ends(schema::array("of the percentile, 95 %, Clopper-Pearson",
                                                   schema::share("an end")))},
           {"p50_s", schema::time("median of the simulated ones")},
           {"range_s", or_nothing(range)},
           {"outside", schema::typed("boolean", "measured_s lies outside of range_s")}}));
}

}  // namespace

std::string against_schema_text() {
  const Json whole = schema::object(
      "A recorded drill held against simulated ones: firedrill run --against --json",
      {{"format_version", schema::text("major.minor; a minor version only adds")},
       {"kind", schema::word("what this is", {"PredictedAgainstMeasured"})},
       {"program", schema::object("what made it", {{"version", schema::text("its version")},
                                                   {"commit", schema::text("its commit")}})},
       {"scenario", schema::object("what was drilled", {{"name", schema::text("its name")},
                                                        {"title", schema::text("its title")}})},
       {"log",
        schema::object(
            "the recorded drill",
            {{"back_end", schema::text("live, simulated")},
             {"emulator", schema::typed("boolean", "against endpoints on one machine alone")},
             {"poll_interval_s", schema::number("between two looks at a service; 0: it was known")},
             {"seed", schema::count("of a simulated one")},
             {"replication", schema::count("of a simulated one")},
             {"end", or_nothing(schema::text("how it ended; null: the log was cut off"))},
             {"same_documents", schema::typed("boolean", "it is of these very documents")}})},
       {"simulated", schema::object("the drills", {{"seed", schema::count("their seed")},
                                                   {"drills", schema::count("how many")}})},
       {"judged", schema::count("times that have a range")},
       {"outside", schema::count("of those, outside of it; by chance 5 %")},
       {"marks", places_schema("clock marks since the fault")},
       {"rto", places_schema("by judged service")},
       {"data_lost", places_schema("by store")},
       {"steps", places_schema("from ready to ended, of those that ran")},
       {"paths",
        schema::array("steps that ran here and hardly ever there, or the reverse",
                      schema::object("a step", {{"name", schema::text("RUNBOOK/STEP")},
                                                {"ran", schema::typed("boolean", "here")},
                                                {"drills", schema::count("in which it ran")}}))}});
  return schema::document("against", "Predicted against measured", whole);
}

}  // namespace firedrill
