// The published schemas, and that they and the reader take and refuse the same documents.
#include "engine/input/schema.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "engine/input/reader.hpp"
#include "tests/support/sample_documents.hpp"

namespace firedrill {
namespace {

using nlohmann::json;

const char* sample(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::kSystem:
      return testing::kSampleSystem;
    case DocumentKind::kRunbook:
      return testing::kSampleRunbook;
    case DocumentKind::kScenario:
      return testing::kSampleScenario;
    case DocumentKind::kTimingLibrary:
      return testing::kSampleTimings;
    case DocumentKind::kOverlay:
      return testing::kSampleOverlay;
    case DocumentKind::kStaging:
      return testing::kSampleStaging;
    case DocumentKind::kOutage:
      return testing::kSampleOutage;
    case DocumentKind::kDrillRecord:
      break;
  }
  return testing::kSampleDrillRecord;
}

std::string rendered(const Diagnostics& diagnostics, const SourceFiles& sources) {
  std::string all;
  for (const Diagnostic& d : diagnostics.list()) all += render(d, sources);
  return all;
}

// ---------------------------------------------------------------------------------- the schemas --

/// Visits every schema within a schema; `name` is the property it belongs to, if any.
void walk(const json& schema, const std::string& name,
          const std::function<void(const json&, const std::string&)>& visit) {
  if (!schema.is_object()) return;
  visit(schema, name);
  if (schema.contains("properties")) {
    for (const auto& [key, value] : schema["properties"].items()) walk(value, key, visit);
  }
  for (const char* key : {"items", "additionalProperties", "if", "then"}) {
    if (schema.contains(key)) walk(schema[key], "", visit);
  }
  for (const char* key : {"oneOf", "allOf"}) {
    if (!schema.contains(key)) continue;
    for (const json& part : schema[key]) walk(part, "", visit);
  }
}

TEST_CASE("schemas use only keywords that valijson acts upon", "[unit]") {
  // valijson ignores what it does not know, so a keyword newer than draft-07 would check nothing.
  const std::set<std::string> known = {"$schema", "$id",        "title",     "description",
                                       "type",    "properties", "required",  "additionalProperties",
                                       "items",   "minItems",   "minLength", "maxLength",
                                       "pattern", "minimum",    "maximum",   "exclusiveMinimum",
                                       "const",   "oneOf",      "allOf",     "if",
                                       "then",    "default"};
  for (const DocumentKind kind : kDocumentKinds) {
    walk(json::parse(schema_text(kind)), "", [&](const json& schema, const std::string&) {
      for (const auto& [keyword, value] : schema.items()) {
        INFO(keyword);
        CHECK(known.count(keyword) == 1);
      }
    });
  }
}

TEST_CASE("every property has a type and a description, every object is closed", "[unit]") {
  for (const DocumentKind kind : kDocumentKinds) {
    const json root = json::parse(schema_text(kind));
    CHECK(root["$schema"] == "http://json-schema.org/draft-07/schema#");
    CHECK(root["title"].is_string());
    CHECK(root["additionalProperties"] == false);
    walk(root, "", [&](const json& schema, const std::string& name) {
      // Within an "if" a property only repeats the word that decides.
      const bool decides = schema.size() == 1 && (schema.contains("const"));
      const bool inner_with = name == "with" && schema.contains("properties");
      if (!name.empty() && !decides) {
        INFO(name);
        CHECK(schema.contains("type"));
        CHECK(schema.contains("description"));
      }
      if (inner_with && !schema["properties"].contains("$comment")) FAIL(name);
    });
  }
}

TEST_CASE("the identifier of a schema is its public address", "[unit]") {
  CHECK(json::parse(schema_text(DocumentKind::kSystem))["$id"] ==
        "https://firedrill.dev/schemas/v1/system.json");
  CHECK(json::parse(schema_text(DocumentKind::kTimingLibrary))["$id"] ==
        "https://firedrill.dev/schemas/v1/timing-library.json");
}

TEST_CASE("defaults in the schema are those of the structs", "[unit]") {
  const json system = json::parse(schema_text(DocumentKind::kSystem));
  const json& service = system["properties"]["services"]["items"]["properties"];
  CHECK(service["hold"]["default"] == "PT5M");
  CHECK(service["threshold"]["default"] == ServiceSpec().threshold.value);
  CHECK(service["judged"]["default"] == true);
  CHECK_FALSE(service["entry"].contains("default"));
  const json& ecs = system["properties"]["components"]["items"]["allOf"][0]["then"]["properties"];
  CHECK(ecs["with"]["properties"]["image_size"]["default"] == "400 MiB");
  const json& people = system["properties"]["people"]["properties"];
  CHECK(people["office_hours"]["default"] == json({{"from", "09:00"}, {"to", "17:30"}}));
  const json scenario = json::parse(schema_text(DocumentKind::kScenario));
  CHECK(scenario["properties"]["targets"]["default"] == "tiers");
  CHECK(scenario["properties"]["runs"]["default"] == ScenarioDocument().runs);
  CHECK(scenario["properties"]["start"]["properties"]["day"]["default"] == "any");
  const json runbook = json::parse(schema_text(DocumentKind::kRunbook));
  CHECK(runbook["properties"]["steps"]["items"]["properties"]["on_failure"]["default"] == "abort");
}

TEST_CASE("the samples satisfy their schema and the reader", "[unit]") {
  for (const DocumentKind kind : kDocumentKinds) {
    CHECK_FALSE(check_against_schema(kind, sample(kind)));
    SourceFiles sources;
    Diagnostics diagnostics;
    DocumentReader(sources, diagnostics).read_any_text("d.json", sample(kind));
    CHECK(rendered(diagnostics, sources) == "");
  }
}

TEST_CASE("the schema check names the deepest place of a mistake", "[unit]") {
  std::string text = testing::kSampleRunbook;
  text.replace(text.find("\"attempts\": 3"), 13, "\"attempts\": 0");
  const auto refusal = check_against_schema(DocumentKind::kRunbook, text);
  REQUIRE(refusal);
  CHECK(refusal->pointer == "/steps/1/retry/attempts");
}

// ------------------------------------------------------------------------------------ agreement --

/// What the schema cannot express: relations between values, ranges of durations and sizes.
bool beyond_schema(const Diagnostic& d) {
  return d.rule == Rule::kDuplicateName || d.rule == Rule::kImpossible || d.rule == Rule::kCycle ||
         d.rule == Rule::kOutOfRange || d.rule == Rule::kUnknownName;
}

/// Where the two disagree, the text; else nothing.
std::string disagreement(DocumentKind kind, const std::string& text) {
  SourceFiles sources;
  Diagnostics diagnostics;
  DocumentReader(sources, diagnostics).read_any_text("d.json", text);
  // The reader asked the schema itself when it found nothing wrong.
  const bool schema_takes = diagnostics.empty() || !check_against_schema(kind, text);
  bool reader_takes = true;
  for (const Diagnostic& d : diagnostics.list()) {
    if (d.message.starts_with("the schema refuses")) return "only the schema refuses:\n" + text;
    if (!beyond_schema(d)) reader_takes = false;
  }
  if (schema_takes && !reader_takes) {
    return "only the reader refuses:\n" + text + rendered(diagnostics, sources);
  }
  return {};
}

/// Every value that a value of a sample is replaced by.
// clang-format off
const std::vector<json>& replacements() {
  static const std::vector<json> kValues = {
      nullptr, true, 0, 1, -1, 0.5, 1.5, 2.0, 1e18, 18446744073709551615ULL, "", " ", "x", "PT5M",
      "PT0S", "P1Y", "PT5M\n", "-PT5M", "P1W", "P1W1D", "PT0.1234567S", "P99999D", "PT0000000005M",
      "5 GiB", "5GiB", "5 MiB/s", "5 Gbit/s", "5 /s", "5 /min", "09:00", "24:00", "9:00", "any",
      "monday", "tiers", "rto", "abort", "step:", "step:x", "step:x\ny", "lognormal", "constant",
      "pert", "ecs:service", "aurora:cluster", "estimate", "Name", "a-b", "-a", "\xC3\xA9",
      std::string(63, 'a'), std::string(64, 'a'), std::string(4096, 'a'), std::string(4096, '1'),
      "step:" + std::string(4000, 'a'), json::array(), json::array({""}), json::array({1}),
      json::array({"x"}), json::array({json::object()}), json::object(), {{"x", 1}}, {{"x", "y"}},
      {{"$comment", "y"}}, {{"$comment", 1}}, {{"from", "09:00"}, {"to", "10:00"}},
      {{"family", "uniform"}, {"min", 1}, {"max", 2}},
      {{"family", "lognormal"}, {"p50", 1}, {"sigma", 2}},
      {{"family", "lognormal"}, {"p50", 1}, {"p95", 2}, {"mu", 1}, {"sigma", 2}}};
  return kValues;
}
// clang-format on

void each_pointer(const json& value, const json::json_pointer& at,
                  const std::function<void(const json::json_pointer&)>& visit) {
  visit(at);
  if (value.is_object()) {
    for (const auto& [key, below] : value.items()) each_pointer(below, at / key, visit);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) each_pointer(value[i], at / i, visit);
  }
}

// Sanitized, a document takes twenty times as long: then every eighth place is enough.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kPlacesTaken = 8;
#else
constexpr std::size_t kPlacesTaken = 1;
#endif

TEST_CASE("schema and reader agree whatever value is replaced, removed or added", "[unit]") {
  std::size_t documents = 0;
  std::size_t places = 0;
  for (const DocumentKind kind : kDocumentKinds) {
    const json original = json::parse(sample(kind));
    const auto agree = [&](const json& document) {
      ++documents;
      const std::string different = disagreement(kind, document.dump(1));
      if (!different.empty()) FAIL(different);
    };
    each_pointer(original, json::json_pointer(), [&](const json::json_pointer& at) {
      const std::string text = at.to_string();
      // The head decides which schema is asked.
      if (text.empty() || text == "/kind" || text == "/apiVersion") return;
      // Places of one shape are many: each gets some of the values in turn, all of them get all.
      if (++places % kPlacesTaken != 0) return;
      const std::size_t stride = kind == DocumentKind::kSystem ? 16 : 3;
      const std::vector<json>& values = replacements();
      for (std::size_t i = places / kPlacesTaken % stride; i < values.size(); i += stride) {
        const json& value = values[i];
        json document = original;
        document[at] = value;
        agree(document);
      }
      json removed = original;
      json& parent = removed[at.parent_pointer()];
      if (parent.is_object()) {
        parent.erase(at.back());
      } else {
        parent.erase(std::stoul(at.back()));
      }
      agree(removed);
      if (original[at].is_object()) {
        for (const json& value : {json("x"), json(0.5), json::array()}) {
          json added = original;
          added[at]["another"] = value;
          agree(added);
        }
      }
    });
  }
  CHECK(documents > 4'000 / kPlacesTaken);
}

}  // namespace
}  // namespace firedrill
