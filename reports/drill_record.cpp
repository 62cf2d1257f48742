#include "reports/drill_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

/// The tiers that the result judged something of, in the order of its targets.
std::vector<std::string> tiers_of(const Json& result) {
  std::vector<std::string> tiers;
  for (const Json& target : result.at("targets")) {
    auto tier = target.at("tier").get<std::string>();
    if (tier.empty() || std::find(tiers.begin(), tiers.end(), tier) != tiers.end()) continue;
    tiers.push_back(std::move(tier));
  }
  return tiers;
}

Json record_of(const Json& result, std::string_view sha256, Date date,
               const std::vector<std::string>& tiers) {
  const auto scenario = result.at("scenario").at("name").get<std::string>();
  // A label has at most 63 characters, none of them '-' at the end.
  std::string name = fmt::format("{}-{}", to_text(date), scenario).substr(0, 63);
  name.erase(name.find_last_not_of('-') + 1);
  return {{"$schema", "https://firedrill.dev/schemas/v1/drill-record.json"},
          {"apiVersion", "firedrill/v1"},
          {"kind", "DrillRecord"},
          {"metadata", {{"name", name}}},
          {"date", to_text(date)},
          {"system", result.at("scenario").at("system")},
          {"scenario", scenario},
          {"tiers", tiers.empty() ? tiers_of(result) : tiers},
          {"verdict", result.at("verdict")},
          {"result_sha256", std::string(sha256)}};
}

}  // namespace

DrillRecordText drill_record_of(std::string_view result, std::string_view sha256, Date date,
                                const std::vector<std::string>& tiers) {
  const Json json = Json::parse(result, nullptr, false);
  if (!json.is_object() || json.value("kind", Json()) != Json("Result")) {
    return {"", "this is no result of one scenario, as --export-json writes it"};
  }
  if (json.value("status", Json()) != Json("completed")) {
    return {"", "the drill was aborted: run it to its end before it is recorded"};
  }
  try {
    const Json record = record_of(json, sha256, date, tiers);
    if (record.at("tiers").empty()) {
      return {"", "its targets name no tier: say by --tier which ones it exercised"};
    }
    return {record.dump(2) + '\n', ""};
  } catch (const Json::exception&) {
    return {"", "the result lacks something that every result of this version has"};
  }
}

}  // namespace firedrill
