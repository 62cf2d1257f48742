#include <nlohmann/json.hpp>

#include "reports/against.hpp"
#include "reports/event_lines.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const ReportTime& time) { return time ? Json(*time) : Json(); }

Json json_of(const std::vector<AgainstTime>& times) {
  Json list = Json::array();
  for (const AgainstTime& time : times) {
    const Placed& placed = time.placed;
    Json json = {{"name", time.name},           {"measured_ms", json_of(time.measured)},
                 {"p50_ms", json_of(time.p50)}, {"drills", placed.n},
                 {"below", placed.below},       {"equal", placed.equal}};
    if (placed.percentile) {
      json["percentile"] = *placed.percentile;
      json["interval"] = {placed.interval.low, placed.interval.high};
    }
    if (placed.range) {
      json["range_ms"] = {json_of(placed.range->low), json_of(placed.range->high)};
      json["outside"] = placed.outside;
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
                       {"poll_interval_s", to_seconds(log.poll_interval)},
                       {"seed", log.seed},
                       {"replication", log.replication},
                       {"end", log.ended ? Json(to_word(against.end)) : Json()},
                       {"same_documents", against.same_documents}}},
                     {"simulated", {{"seed", against.seed}, {"drills", against.drills}}},
                     {"judged", against.judged},
                     {"outside", against.outside},
                     {"marks", json_of(against.marks)},
                     {"rto", json_of(against.recovery)},
                     {"data_lost", json_of(against.data)},
                     {"steps", json_of(against.steps)},
                     {"paths", paths}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace firedrill
