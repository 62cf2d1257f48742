#include "reports/sarif.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/plan/sha256.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kResultsMax = 25'000;

/// RFC 3986: what is not plain in a path is a percent and two digits.
std::string uri_of(const std::string& path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/!$&'()*+,;=@";
  std::string uri;
  for (const char c : path) {
    if (kPlain.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return uri.starts_with("./") ? uri.substr(2) : uri;
}

Json location_of(const SarifResult& result) {
  Json place = {{"artifactLocation", {{"uri", uri_of(result.path)}}}};
  const Origin& origin = result.diagnostic.origin;
  if (origin.line > 0) {
    place["region"] = {{"startLine", origin.line}, {"startColumn", std::max(origin.column, 1U)}};
  }
  return {{"physicalLocation", place}};
}

/// `occurrence`: which of several equal ones it is.
Json result_json(const SarifResult& result, int occurrence) {
  const Diagnostic& d = result.diagnostic;
  std::string text = d.message;
  if (!d.remedy.empty()) text += "; " + d.remedy;
  const std::string id = rule_id(d.rule);
  Sha256 hash;
  hash.add(fmt::format("{}\n{}\n{}\n{}", id, result.path, d.message, occurrence));
  return {{"ruleId", id},
          {"level", "error"},
          {"message", {{"text", text}}},
          {"locations", Json::array({location_of(result)})},
          {"partialFingerprints", {{"firedrill/v1", hash.hex()}}}};
}

Json rules_json() {
  Json rules = Json::array();
  for (const RuleDescription& rule : rule_descriptions()) {
    rules.push_back({{"id", rule_id(rule.rule)},
                     {"name", std::string(rule.name)},
                     {"shortDescription", {{"text", std::string(rule.meaning)}}}});
  }
  return rules;
}

}  // namespace

std::string render_sarif(const std::vector<SarifResult>& results, const ReportProgram& program) {
  Json listed = Json::array();
  std::map<std::string, int> seen;
  for (std::size_t i = 0; i < std::min(results.size(), kResultsMax); ++i) {
    const SarifResult& result = results[i];
    const int occurrence = seen[result.path + '\n' + result.diagnostic.message]++;
    listed.push_back(result_json(result, occurrence));
  }
  Json run;
  run["tool"]["driver"] = {
      {"name", "firedrill"}, {"version", program.version}, {"rules", rules_json()}};
  run["results"] = std::move(listed);
  Json json;
  json["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  json["version"] = "2.1.0";
  json["runs"] = Json::array({std::move(run)});
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace firedrill
