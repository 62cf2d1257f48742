#include "reports/read_result.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/study/study.hpp"
#include "reports/content_digest.hpp"
#include "reports/read_details.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kNestingMax = 64;

/// What is wrong, in words for the user.
class Refused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::int64_t ms_of(const Json& seconds) { return std::llround(seconds.get<double>() * 1000.0); }
ReportTime time_of(const Json& seconds) {
  return seconds.is_null() ? ReportTime() : ReportTime(ms_of(seconds));
}

template <class Word>
Word known(const std::optional<Word>& word) {
  if (!word) throw Refused("it holds a word that this version does not know");
  return *word;
}

Verdict verdict_of(const Json& json) {
  const auto word = json.get<std::string>();
  for (const Verdict verdict : {Verdict::kMet, Verdict::kMissed, Verdict::kInconclusive}) {
    if (word == to_word(verdict)) return verdict;
  }
  throw Refused("it holds a word that this version does not know");
}

ReportTarget target_of(const Json& json) {
  ReportTarget t;
  t.subject = json.at("subject").get<std::string>();
  t.tier = json.at("tier").get<std::string>();
  t.objective = known(objective_from_word(json.at("objective").get<std::string>()));
  t.from = known(target_start_from_word(json.at("from").get<std::string>()));
  t.limit_ms = ms_of(json.at("limit_s"));
  t.limit = to_iso8601(Duration::milliseconds(t.limit_ms));
  t.required_share = json.at("required_share").get<double>();
  t.judged = json.at("judged_drills").get<std::int64_t>();
  t.met = json.at("met_drills").get<std::int64_t>();
  t.met_share = json.at("met_share").get<double>();
  t.verdict = verdict_of(json.at("verdict"));
  t.achieved.p50 = time_of(json.at("p50_s"));
  t.achieved.p95 = time_of(json.at("p95_s"));
  return t;
}

ReportStep step_of(const Json& json) {
  ReportStep s;
  s.runbook = json.at("runbook").get<std::string>();
  s.step = json.at("step").get<std::string>();
  s.title = json.at("title").get<std::string>();
  s.role = json.at("role").get<std::string>();
  s.p50 = time_of(json.at("p50_s"));
  s.p95 = time_of(json.at("p95_s"));
  s.ran_share = json.at("ran_share").get<double>();
  s.path_mean_ms = ms_of(json.at("path_mean_s"));
  return s;
}

std::int32_t sample_of(const Json& json) {
  if (json.is_null()) return kNotReachedMs;
  if (!json.is_number()) throw Refused("a sample is no number");
  const double seconds = json.get<double>();
  if (seconds == -1) return kNotJudgedMs;
  const double ms = std::round(seconds * 1000.0);
  if (!(ms >= 0 && ms < kNotReachedMs)) throw Refused("a sample is no possible time");
  return static_cast<std::int32_t>(ms);
}

ReportSamples samples_of(const Json& json, std::size_t targets) {
  ReportSamples samples;
  samples.drills = json.at("drills").get<std::int64_t>();
  samples.missing = json.at("missing").get<std::vector<std::int64_t>>();
  samples.stalled = json.at("stalled").get<std::vector<std::int64_t>>();
  const auto rows = samples.drills - static_cast<std::int64_t>(samples.missing.size());
  for (const Json& values : json.at("achieved_s")) {
    std::vector<std::int32_t> column;
    for (const Json& value : values) column.push_back(sample_of(value));
    if (static_cast<std::int64_t>(column.size()) != rows)
      throw Refused("its samples are not whole");
    samples.achieved_ms.push_back(std::move(column));
  }
  if (samples.achieved_ms.size() != targets) throw Refused("its samples are not whole");
  return samples;
}

void check_head(const Json& json) {
  const auto kind = json.value("kind", Json());
  if (kind == Json("Suite")) {
    throw Refused("this is the result of a suite, which has no samples: give that of one scenario");
  }
  if (kind != Json("Result") || !json.value("format_version", Json()).is_string()) {
    throw Refused("this is no result, as run --export-json writes it");
  }
  const auto version = json.at("format_version").get<std::string>();
  if (!version.starts_with("1.")) {
    throw Refused(fmt::format("it is of format {}, this version reads 1.x", version));
  }
  if (!json.contains("samples") || !json.contains("content_sha256")) {
    throw Refused(fmt::format("it is of format {}, which has no samples: run it again", version));
  }
  if (json.at("content_sha256") != Json(content_digest(json))) {
    throw Refused("its content is not what its digest says: it was edited, or is not whole");
  }
}

Report report_of(const Json& json) {
  check_head(json);
  Report r;
  r.program = {json.at("program").at("version").get<std::string>(),
               json.at("program").at("commit").get<std::string>()};
  const Json& scenario = json.at("scenario");
  r.scenario.name = scenario.at("name").get<std::string>();
  r.scenario.path = scenario.at("path").get<std::string>();
  r.scenario.sha256 = scenario.at("sha256").get<std::string>();
  r.scenario.title = scenario.at("title").get<std::string>();
  r.scenario.system = scenario.at("system").get<std::string>();
  r.seed = json.at("seed").get<std::uint64_t>();
  r.asked = json.at("runs").at("asked").get<std::int64_t>();
  r.completed = json.at("runs").at("completed").get<std::int64_t>();
  r.failed = json.at("runs").at("failed").get<std::int64_t>();
  r.aborted = json.at("status") != Json("completed");
  r.verdict = verdict_of(json.at("verdict"));
  for (const Json& target : json.at("targets")) r.targets.push_back(target_of(target));
  for (const Json& step : json.at("steps")) r.steps.push_back(step_of(step));
  r.samples = samples_of(json.at("samples"), r.targets.size());
  read_details(json, r);
  return r;
}

}  // namespace

ResultRead read_result(std::string_view text) {
  try {
    const auto shallow = [](int depth, Json::parse_event_t, Json&) {
      if (depth > kNestingMax) throw Refused("it is nested too deeply to be a result");
      return true;
    };
    const Json json = Json::parse(text, shallow);
    if (!json.is_object()) throw Refused("this is no result, as run --export-json writes it");
    return {report_of(json), ""};
  } catch (const Refused& refused) {
    return {std::nullopt, refused.what()};
  } catch (const Json::parse_error&) {
    return {std::nullopt, "this is no JSON, or was cut off"};
  } catch (const std::invalid_argument& refused) {
    return {std::nullopt, refused.what()};
  } catch (const Json::exception&) {
    return {std::nullopt, "it lacks something that every result of its version has"};
  }
}

}  // namespace firedrill
