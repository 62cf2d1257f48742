// The one place that includes valijson: whether a text satisfies the published schema.
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "engine/input/schema.hpp"

namespace firedrill {
namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

std::unique_ptr<valijson::Schema> compile(DocumentKind kind) {
  auto schema = std::make_unique<valijson::Schema>();
  const nlohmann::json json = nlohmann::json::parse(schema_text(kind));
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(Adapter(json), *schema);
  return schema;
}

const valijson::Schema& schema_of(DocumentKind kind) {
  // Compiled on first use: a program that reads no runbook need not pay for its schema.
  switch (kind) {
    case DocumentKind::kSystem: {
      static const auto kSchema = compile(kind);
      return *kSchema;
    }
    case DocumentKind::kRunbook: {
      static const auto kSchema = compile(kind);
      return *kSchema;
    }
    case DocumentKind::kScenario: {
      static const auto kSchema = compile(kind);
      return *kSchema;
    }
    case DocumentKind::kTimingLibrary: {
      static const auto kSchema = compile(kind);
      return *kSchema;
    }
    case DocumentKind::kOverlay: {
      static const auto kSchema = compile(kind);
      return *kSchema;
    }
    case DocumentKind::kStaging: {
      static const auto kSchema = compile(kind);
      return *kSchema;
    }
    case DocumentKind::kOutage: {
      static const auto kSchema = compile(kind);
      return *kSchema;
    }
    case DocumentKind::kDrillRecord:
      break;
  }
  static const auto kSchema = compile(DocumentKind::kDrillRecord);
  return *kSchema;
}

/// `<root>`, `[timings]`, `[3]` as `/timings/3`.
std::string pointer_of(const std::vector<std::string>& context) {
  std::string pointer;
  for (std::size_t i = 1; i < context.size(); ++i) {
    pointer += '/';
    for (const char c : context[i]) {
      if (c == '~') pointer += "~0";
      if (c == '/') pointer += "~1";
      if (c != '~' && c != '/' && c != '[' && c != ']' && c != '"') pointer += c;
    }
  }
  return pointer;
}

}  // namespace

std::optional<SchemaRefusal> check_against_schema(DocumentKind kind, std::string_view text) {
  const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
  if (document.is_discarded()) return SchemaRefusal{"", "not JSON"};
  const Adapter adapter(document);
  // It keeps the regular expressions it has compiled, which cost more than the rest of a check.
  static thread_local valijson::Validator validator;
  // Without a results object validation stops at the first error, which is what valid documents, by
  // far the most, never reach; only a refusal is worth the second pass that collects every error.
  if (validator.validate(schema_of(kind), adapter, nullptr)) return std::nullopt;
  valijson::ValidationResults results;
  validator.validate(schema_of(kind), adapter, &results);
  valijson::ValidationResults::Error deepest;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    if (error.context.size() > deepest.context.size()) deepest = error;
  }
  return SchemaRefusal{pointer_of(deepest.context), deepest.description};
}

}  // namespace firedrill
