#include "reports/read_event_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "reports/event_lines.hpp"
#include "reports/event_shape.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLineMax = 1 << 20;
constexpr double kSecondsMax = 1e9;  // beyond thirty years nothing is a drill

/// Nesting bounds the stack that reading a line takes.
bool shallow(int depth, Json::parse_event_t, Json&) {
  if (depth > 16) throw std::length_error("nested too deeply");
  return true;
}

std::string member_text(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

class LogReader {
 public:
  LogReader(const Plan& plan, const EventLogRules& rules)
      : plan_(plan), rules_(rules), names_(plan) {}

  EventLogRead read(std::string_view text) {
    while (!text.empty() && read_.problems.size() < kLogProblemsMax) {
      ++line_;
      const std::size_t end = text.find('\n');
      const bool whole = end != std::string_view::npos;
      line(text.substr(0, end), whole);
      text.remove_prefix(whole ? end + 1 : text.size());
    }
    if (read_.ok() && !header_seen_) problem_of_all("no log of events: it has no head");
    if (read_.ok() && read_.drill.events.empty()) problem_of_all("a log without an event");
    auto& events = read_.drill.events;
    events = events_in_order(std::move(events));
    read_.drill.ended = !events.empty() && events.back().kind == EventKind::kDrillEnded;
    return std::move(read_);
  }

 private:
  void problem(std::string what) {
    if (read_.problems.size() < kLogProblemsMax) {
      read_.problems.push_back({line_, std::move(what)});
    }
  }
  void problem_of_all(std::string what) { read_.problems.push_back({0, std::move(what)}); }

  void line(std::string_view text, bool whole) {
    if (text.empty()) return;
    if (text.size() > kLineMax) return problem("longer than a line of a log can be");
    Json json;
    try {
      json = Json::parse(text, shallow);
    } catch (const std::exception&) {
      if (whole) problem("not a line of JSON");
      return;
    }
    if (!json.is_object()) return problem("not an object");
    // Lines of a journal say what they are; those of a log are a head and events.
    const std::string record = member_text(json, "record");
    if (record == "header" || (record.empty() && json.contains("scenario"))) return header(json);
    if (!record.empty() && record != "event") return;
    const auto event = json.find("event");
    if (event == json.end()) return problem("neither a head nor an event");
    if (!header_seen_) return problem("an event before the head of the log");
    add(event->is_object() ? *event : json);
  }

  void header(const Json& json) {
    if (header_seen_) return problem("a second head: a log tells of one drill");
    header_seen_ = true;
    const std::string format = member_text(json, "format_version");
    const auto major = kEventLogFormat.substr(0, kEventLogFormat.find('.') + 1);
    if (!format.starts_with(major)) {
      return problem(
          fmt::format("format_version is \"{}\", and this program reads {}x", format, major));
    }
    RecordedDrill& drill = read_.drill;
    drill.scenario = member_text(json["scenario"], "name");
    drill.scenario_sha256 = member_text(json["scenario"], "sha256");
    drill.back_end = member_text(json, "back_end");
    drill.commit = member_text(json, "commit");
    drill.seed =
        json.value("seed", Json()).is_number_unsigned() ? json["seed"].get<std::uint64_t>() : 0;
    if (json.value("replication", Json()).is_number_unsigned()) {
      drill.replication = json["replication"].get<std::uint64_t>();
    }
    drill.emulator = json.value("emulator", Json()) == Json(true);
    double interval_s = 0;
    if (json.contains("poll_interval_s") &&
        number(json, "poll_interval_s", interval_s, 0, kSecondsMax)) {
      drill.poll_interval = duration_from_seconds(interval_s);
    }
    double hold_s = 0;
    if (!json.value("hold_s", Json()).is_null() && number(json, "hold_s", hold_s, 0, kSecondsMax)) {
      drill.hold = duration_from_seconds(hold_s);
    }
    if (drill.scenario != plan_.scenario) {
      problem(fmt::format("the log of scenario \"{}\", and not of \"{}\"", drill.scenario,
                          plan_.scenario));
    } else if (drill.scenario_sha256 != plan_.scenario_sha256 && !rules_.other_documents) {
      problem("the documents of the scenario have changed since: their digest is another");
    }
  }

  void add(const Json& json) {
    const std::string word = member_text(json, "event");
    const auto kind = event_kind_by_word(word);
    if (!kind) return problem(fmt::format("there is no event \"{}\"", word));
    Event event;
    event.kind = *kind;
    const EventShape& shape = shape_of(*kind);
    bool good = number(json, "t_s", at_s_, 0, kSecondsMax);
    event.at = TimePoint{std::llround(at_s_ * 1e6)};
    good = name(json, "subject", shape.subject, event.subject) && good;
    good = name(json, "object", shape.object, event.object) && good;
    good = name(json, "cause", Refers::kStep, event.cause) && good;
    good = required(json, event) && good;
    if (shape.values >= 1) good = number(json, "value", event.value, 0, kSecondsMax) && good;
    // Missing writes are -1 where nobody knows, and a replica that catches up changes by less than
    // 0.
    if (shape.values == 2) good = number(json, "value2", event.value2, -kSecondsMax, 1e18) && good;
    good = share(event) && good;
    if (*kind == EventKind::kStepEnded) good = outcome(json, event) && good;
    if (json.value("simulator_only", Json()) == Json(true)) {
      event.knowledge = Knowledge::kSimulatorOnly;
    }
    if (good) read_.drill.events.push_back(event);
  }

  /// What measuring takes for granted: the subject of every event that is about something, and what
  /// a note or an end is.
  bool required(const Json& json, const Event& event) {
    const EventShape& shape = shape_of(event.kind);
    const bool about = shape.subject == Refers::kNothing || shape.subject == Refers::kComponent ||
                       json.contains("subject");
    const bool said = (shape.object != Refers::kNote && shape.object != Refers::kDrillEnd) ||
                      json.contains("object");
    if (!about || !said) problem(fmt::format("\"{}\" is missing", about ? "object" : "subject"));
    return about && said;
  }

  bool share(const Event& event) {
    if (event.kind != EventKind::kServedShare) return true;
    const auto fits = [](double s) { return s >= 0 && s <= 1; };
    if (fits(event.value) && fits(event.value2)) return true;
    problem("a served share lies between 0 and 1");
    return false;
  }

  bool number(const Json& json, const char* key, double& into, double least, double most) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number()) {
      problem(fmt::format("\"{}\" is no number", key));
      return false;
    }
    into = found->get<double>();
    if (into >= least && into <= most) return true;
    problem(fmt::format("\"{}\" is {}, which no drill can have", key, into));
    return false;
  }

  bool name(const Json& json, const char* key, Refers refers, std::uint32_t& into) {
    const auto found = json.find(key);
    if (found == json.end()) return true;
    const auto index =
        found->is_string() ? names_.index(refers, found->get<std::string>()) : std::nullopt;
    if (index) into = *index;
    if (!index)
      problem(fmt::format("the plan has no {} {}", key,
                          found->dump(-1, ' ', true, Json::error_handler_t::replace)));
    return index.has_value();
  }

  bool outcome(const Json& json, Event& event) {
    const std::string kind = member_text(json, "outcome");
    if (kind != "ok" && kind != "failed" && kind != "unknown") {
      problem("\"outcome\" is none of ok, failed and unknown");
      return false;
    }
    event.outcome.kind = kind == "ok"       ? OutcomeKind::kOk
                         : kind == "failed" ? OutcomeKind::kFailed
                                            : OutcomeKind::kUnknown;
    event.skipped = json.value("skipped", Json()) == Json(true);
    if (!json.contains("why")) return true;
    const auto why = failure_by_word(member_text(json, "why"));
    if (!why) problem(fmt::format("there is no failure \"{}\"", member_text(json, "why")));
    event.outcome.why = why.value_or(Failure::kNone);
    return why.has_value();
  }

  const Plan& plan_;
  const EventLogRules& rules_;
  EventNames names_;
  EventLogRead read_;
  std::size_t line_ = 0;
  bool header_seen_ = false;
  double at_s_ = 0;
};

}  // namespace

EventLogRead read_event_log(const Plan& plan, std::string_view text, const EventLogRules& rules) {
  return LogReader(plan, rules).read(text);
}

}  // namespace firedrill
