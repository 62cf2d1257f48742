#include "reports/baseline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <tuple>

#include "reports/target_name.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

Json baseline_seconds(const ReportTime& ms) {
  return ms ? Json(static_cast<double>(*ms) / 1000.0) : Json(nullptr);
}
Json baseline_ends(const ReportTimeInterval& ci) {
  return Json::array({baseline_seconds(ci.low), baseline_seconds(ci.high)});
}
Json baseline_share(double value) { return static_cast<double>(std::llround(value * 1e6)) / 1e6; }

ReportTime ms_from(const Json& seconds) {
  if (seconds.is_null()) return {};
  return std::llround(seconds.get<double>() * 1000.0);
}
ReportTimeInterval ends_from(const Json& ends) {
  return {ms_from(ends.at(0)), ms_from(ends.at(1))};
}

Json line_of(const BaselineTarget& b) {
  const ReportTarget& t = b.target;
  const Interval& ci = t.met_share_ci95;
  return {{"scenario", b.scenario},
          {"subject", t.subject},
          {"objective", to_word(t.objective)},
          {"from", to_word(t.from)},
          {"limit", t.limit},
          {"required_share", baseline_share(t.required_share)},
          {"verdict", to_word(t.verdict)},
          {"met_share", baseline_share(t.met_share)},
          {"met_share_ci95", Json::array({baseline_share(ci.low), baseline_share(ci.high)})},
          {"p50_s", baseline_seconds(t.achieved.p50)},
          {"p50_ci95_s", baseline_ends(t.achieved.p50_ci95)},
          {"p95_s", baseline_seconds(t.achieved.p95)},
          {"p95_ci95_s", baseline_ends(t.achieved.p95_ci95)},
          {"runs", t.judged},
          {"seed", b.seed}};
}

BaselineTarget target_from(const Json& json) {
  BaselineTarget b;
  b.scenario = json.at("scenario").get<std::string>();
  b.seed = json.at("seed").get<std::uint64_t>();
  ReportTarget& t = b.target;
  t.subject = json.at("subject").get<std::string>();
  // A word of another version fails like a value that is missing.
  t.objective = objective_from_word(json.at("objective").get<std::string>()).value();
  t.from = target_start_from_word(json.at("from").get<std::string>()).value();
  t.limit = json.at("limit").get<std::string>();
  t.required_share = json.at("required_share").get<double>();
  const auto verdict = json.at("verdict").get<std::string>();
  t.verdict = verdict == to_word(Verdict::kMet)      ? Verdict::kMet
              : verdict == to_word(Verdict::kMissed) ? Verdict::kMissed
                                                     : Verdict::kInconclusive;
  t.met_share = json.at("met_share").get<double>();
  t.met_share_ci95 = {json.at("met_share_ci95").at(0).get<double>(),
                      json.at("met_share_ci95").at(1).get<double>()};
  t.achieved.p50 = ms_from(json.at("p50_s"));
  t.achieved.p95 = ms_from(json.at("p95_s"));
  t.achieved.p50_ci95 = ends_from(json.at("p50_ci95_s"));
  t.achieved.p95_ci95 = ends_from(json.at("p95_ci95_s"));
  t.judged = json.at("runs").get<std::int64_t>();
  return b;
}

}  // namespace

Baseline baseline_of(const std::vector<Report>& reports) {
  std::vector<BaselineTarget> targets;
  for (const Report& report : reports) {
    for (const ReportTarget& t : report.targets) {
      targets.push_back({report.scenario.name, report.seed, t});
    }
  }
  const auto key = [](const BaselineTarget& b) {
    return std::tuple(b.scenario, b.target.subject, b.target.objective, b.target.from,
                      b.target.limit_ms);
  };
  std::stable_sort(targets.begin(), targets.end(),
                   [&](const auto& a, const auto& b) { return key(a) < key(b); });
  return {std::move(targets)};
}

std::string render_baseline(const std::vector<Report>& reports) {
  const std::vector<BaselineTarget> targets = baseline_of(reports).targets;
  std::string text =
      fmt::format("{{\n  \"format_version\": \"{}\",\n  \"kind\": \"Baseline\",\n  \"targets\": [",
                  kBaselineFormat);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    text += (i == 0 ? "\n    " : ",\n    ") + line_of(targets[i]).dump();
  }
  return text + "\n  ]\n}\n";
}

BaselineRead read_baseline(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("kind", Json()) != Json("Baseline")) {
    return {std::nullopt, "this is no baseline, as run --write-baseline writes it"};
  }
  const Json version = json.value("format_version", Json());
  if (!version.is_string() || !version.get<std::string>().starts_with("1.")) {
    return {std::nullopt, "it is of another format than 1.x: write it again"};
  }
  try {
    Baseline baseline;
    for (const Json& line : json.at("targets")) baseline.targets.push_back(target_from(line));
    return {std::move(baseline), ""};
  } catch (const std::exception&) {
    return {std::nullopt, "a target of it lacks something, or says it in unknown words"};
  }
}

}  // namespace firedrill
