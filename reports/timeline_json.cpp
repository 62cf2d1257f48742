#include "reports/timeline_json.hpp"

#include <cmath>
#include <stdexcept>

#include "reports/kept.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

Json seconds_of(std::int64_t ms) { return static_cast<double>(ms) / 1000.0; }
std::int64_t ms_from(const Json& seconds) {
  constexpr double kYears = 1e12;
  const double ms = std::round(seconds.get<double>() * 1000.0);
  if (!(std::abs(ms) < kYears)) throw std::invalid_argument("a time is out of range");
  return static_cast<std::int64_t>(ms);
}

SpanKind span_kind_from(const Json& json) {
  const auto word = json.get<std::string>();
  for (const SpanKind kind : kSpanKinds) {
    if (word == to_word(kind)) return kind;
  }
  throw std::invalid_argument("a span is of no known kind");
}

Json step_json(const TimelineStep& s) {
  Json spans = Json::array();
  for (const TimelineSpan& span : s.spans) {
    spans.push_back({to_word(span.kind), seconds_of(span.from_ms), seconds_of(span.to_ms)});
  }
  Json retries = Json::array();
  for (const std::int64_t ms : s.retries_ms) retries.push_back(seconds_of(ms));
  return {{"runbook", s.runbook},
          {"step", s.step},
          {"role", s.role},
          {"person", s.person},
          {"critical", s.critical},
          {"failed", s.failed},
          {"open", s.open},
          {"ready_s", seconds_of(s.ready_ms)},
          {"ended_s", seconds_of(s.ended_ms)},
          {"spans", std::move(spans)},
          {"retries_s", std::move(retries)}};
}

Json service_json(const TimelineService& s) {
  Json served = Json::array();
  for (const TimelineShare& at : s.served) {
    served.push_back({seconds_of(at.at_ms), kept_share(at.share)});
  }
  return {{"service", s.service},
          {"threshold", kept_share(s.threshold)},
          {"served", std::move(served)}};
}

Json timeline_json(const ReportTimeline& line) {
  Json json = {
      {"name", line.name}, {"replication", line.replication}, {"end_s", seconds_of(line.end_ms)}};
  json["steps"] = Json::array();
  for (const TimelineStep& s : line.steps) json["steps"].push_back(step_json(s));
  json["services"] = Json::array();
  for (const TimelineService& s : line.services) json["services"].push_back(service_json(s));
  json["marks"] = Json::array();
  for (const TimelineMark& m : line.marks) {
    json["marks"].push_back({{"name", m.name}, {"what", m.what}, {"at_s", seconds_of(m.at_ms)}});
  }
  return json;
}

TimelineStep step_from(const Json& json) {
  TimelineStep s;
  s.runbook = json.at("runbook").get<std::string>();
  s.step = json.at("step").get<std::string>();
  s.role = json.at("role").get<std::string>();
  s.person = json.at("person").get<std::string>();
  s.critical = json.at("critical").get<bool>();
  s.failed = json.at("failed").get<bool>();
  s.open = json.at("open").get<bool>();
  s.ready_ms = ms_from(json.at("ready_s"));
  s.ended_ms = ms_from(json.at("ended_s"));
  for (const Json& span : json.at("spans")) {
    s.spans.push_back({span_kind_from(span.at(0)), ms_from(span.at(1)), ms_from(span.at(2))});
  }
  for (const Json& at : json.at("retries_s")) s.retries_ms.push_back(ms_from(at));
  return s;
}

TimelineService service_from(const Json& json) {
  TimelineService s;
  s.service = json.at("service").get<std::string>();
  s.threshold = json.at("threshold").get<double>();
  for (const Json& at : json.at("served")) {
    s.served.push_back({ms_from(at.at(0)), at.at(1).get<double>()});
  }
  return s;
}

}  // namespace

Json timelines_json(const std::vector<ReportTimeline>& timelines) {
  Json all = Json::array();
  for (const ReportTimeline& line : timelines) all.push_back(timeline_json(line));
  return all;
}

std::vector<ReportTimeline> timelines_from_json(const Json& json) {
  std::vector<ReportTimeline> timelines;
  for (const Json& one : json) {
    ReportTimeline line;
    line.name = one.at("name").get<std::string>();
    line.replication = one.at("replication").get<std::int64_t>();
    line.end_ms = ms_from(one.at("end_s"));
    for (const Json& step : one.at("steps")) line.steps.push_back(step_from(step));
    for (const Json& service : one.at("services")) line.services.push_back(service_from(service));
    for (const Json& m : one.at("marks")) {
      line.marks.push_back({m.at("name").get<std::string>(), m.at("what").get<std::string>(),
                            ms_from(m.at("at_s"))});
    }
    timelines.push_back(std::move(line));
  }
  return timelines;
}

}  // namespace firedrill
