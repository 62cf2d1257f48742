#include "engine/input/schema.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/input/document_fields.hpp"
#include "engine/input/quantities.hpp"

namespace firedrill {
namespace {

using Json = nlohmann::ordered_json;

Json words(std::span<const Choice> choices) {
  Json list = Json::array();
  for (const Choice& choice : choices) {
    list.push_back(
        {{"const", std::string(choice.word)}, {"description", std::string(choice.meaning)}});
  }
  return list;
}

Json string_schema(const FieldRules& rules) {
  Json schema{{"type", "string"}};
  if (!rules.choices.empty()) schema["oneOf"] = words(rules.choices);
  return schema;
}

/// Whole numbers are written as such: 100000, not 100000.0.
Json plain_number(double number) {
  if (number == std::floor(number) && std::abs(number) < 9e15) {
    return static_cast<std::int64_t>(number);
  }
  return number;
}

Json number_schema(const char* type, const FieldRules& rules, double minimum, double maximum) {
  Json schema{{"type", type}};
  if (rules.above_zero) {
    schema["exclusiveMinimum"] = 0;
  } else if (std::isfinite(minimum)) {
    schema["minimum"] = plain_number(minimum);
  }
  if (std::isfinite(maximum)) schema["maximum"] = plain_number(maximum);
  return schema;
}

Json pattern_schema(const std::string& pattern) {
  return {{"type", "string"}, {"pattern", pattern}};
}

Json comment_schema() { return {{"type", "string"}, {"description", "For people; ignored"}}; }

Json map_schema(Json values) {
  return {{"type", "object"},
          {"properties", {{"$comment", comment_schema()}}},
          {"additionalProperties", std::move(values)}};
}

// One overload a type of member; the value is default-constructed and only chooses the overload.
template <class T>
Json schema_of(T& value, const FieldRules& rules);

Json schema_of(std::string&, const FieldRules& rules) {
  Json schema = string_schema(rules);
  if (rules.form == Form::kNotBlank) schema["pattern"] = "[^ \\t\\r\\n]";
  if (rules.form == Form::kSha256) schema["pattern"] = "^[0-9a-f]{64}$";
  return schema;
}

Json schema_of(Name&, const FieldRules& rules) {
  Json schema = string_schema(rules);
  switch (rules.form) {
    case Form::kText:
    case Form::kNotBlank:
    case Form::kSha256:
      if (rules.choices.empty()) schema["minLength"] = 1;
      break;
    case Form::kLabel:
      schema["maxLength"] = 63;
      schema["pattern"] = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
      break;
    case Form::kOnFailure:
      schema["pattern"] = "^(abort|continue|step:[^\\r\\n]+)$";
      break;
    case Form::kStartTime:
      schema["pattern"] = "^(any|office|asleep|([01][0-9]|2[0-3]):[0-5][0-9])$";
      break;
  }
  return schema;
}

Json schema_of(bool&, const FieldRules&) { return {{"type", "boolean"}}; }
Json schema_of(std::int64_t&, const FieldRules& rules) {
  return number_schema("integer", rules, rules.minimum, rules.maximum);
}
Json schema_of(double&, const FieldRules& rules) {
  return number_schema("number", rules, rules.minimum, rules.maximum);
}
Json schema_of(Share&, const FieldRules& rules) { return number_schema("number", rules, 0, 1); }
Json schema_of(Duration&, const FieldRules&) { return pattern_schema(duration_pattern()); }
Json schema_of(Date&, const FieldRules&) { return pattern_schema(date_pattern()); }
Json schema_of(Size&, const FieldRules&) { return pattern_schema(size_pattern()); }
Json schema_of(ByteRate&, const FieldRules&) { return pattern_schema(byte_rate_pattern()); }
Json schema_of(EventRate&, const FieldRules&) { return pattern_schema(event_rate_pattern()); }
Json schema_of(TimeOfDayField&, const FieldRules&) { return pattern_schema(time_of_day_pattern()); }
Json schema_of(Confidence&, const FieldRules&) {
  return {{"type", "string"}, {"oneOf", words(kConfidences)}};
}

template <class T>
Json schema_of(std::optional<T>&, const FieldRules& rules) {
  T value{};
  return schema_of(value, rules);
}

template <class T>
Json schema_of(std::vector<T>&, const FieldRules& rules) {
  T item{};
  Json schema{{"type", "array"}, {"items", schema_of(item, FieldRules{.doc = rules.doc})}};
  if (rules.items_min > 0) schema["minItems"] = rules.items_min;
  return schema;
}

Json schema_of(std::map<std::string, std::string>&, const FieldRules&) {
  return map_schema({{"type", "string"}});
}
Json schema_of(std::map<std::string, Name>&, const FieldRules&) {
  return map_schema({{"type", "string"}, {"minLength", 1}});
}
Json schema_of(DocumentPart&, const FieldRules&) { return {{"type", "object"}}; }
Json schema_of(std::map<std::string, DocumentPart>&, const FieldRules&) {
  return map_schema({{"type", "object"}});
}
Json schema_of(std::vector<BehaviourSpec>&, const FieldRules& rules) {
  Share share;
  return map_schema(schema_of(share, FieldRules{.doc = rules.doc}));
}
Json schema_of(std::vector<Argument>&, const FieldRules&) {
  return map_schema({{"type", {"string", "number", "boolean"}}});
}

Json schema_of(TargetsField& targets, const FieldRules& rules) {
  Json list = schema_of(targets.list, rules);
  list["minItems"] = 1;
  return {
      {"type", {"string", "array"}},
      {"oneOf",
       {{{"type", "string"}, {"const", "tiers"}, {"description", "By the tier of each service"}},
        std::move(list)}}};
}

// Its fields stand in the conditions of the object around it.
Json schema_of(DetailField&, const FieldRules&) { return {{"type", "object"}}; }

Json schema_of(DistributionSpec&, const FieldRules& rules);

/// The default of an optional member as it would be written, null for none.
template <class T>
Json default_of(const T&) {
  return nullptr;
}
Json default_of(const std::string& v) { return v.empty() ? Json(nullptr) : Json(v); }
Json default_of(const Name& v) { return v.empty() ? Json(nullptr) : Json(v.text); }
Json default_of(const bool& v) { return v; }
Json default_of(const std::int64_t& v) { return v; }
Json default_of(const double& v) { return plain_number(v); }
Json default_of(const Share& v) { return plain_number(v.value); }
Json default_of(const Duration& v) { return to_iso8601(v); }
Json default_of(const Size& v) { return to_text(v); }
Json default_of(const ByteRate& v) { return to_text(v); }
Json default_of(const EventRate& v) { return to_text(v); }
Json default_of(const HoursField& v) {
  return {{"from", time_of_day_text(v.from)}, {"to", time_of_day_text(v.to)}};
}
Json default_of(const TargetsField& v) { return v.from_tiers ? Json("tiers") : Json(nullptr); }

/// The visitor that writes the properties of one object.
class ObjectWriter {
 public:
  ObjectWriter() { properties_["$comment"] = comment_schema(); }

  void origin(Origin&) {}

  template <class T>
  void field(std::string_view key, T&& member, const FieldRules& rules) {
    Json schema = schema_of(member, rules);
    schema["description"] = std::string(rules.doc);
    if (!rules.required) {
      Json value = default_of(member);
      if (!value.is_null()) schema["default"] = std::move(value);
    } else {
      required_.push_back(std::string(key));
    }
    properties_[std::string(key)] = std::move(schema);
    if constexpr (std::is_same_v<std::remove_reference_t<T>, DetailField>) add_kinds<0>();
  }

  void property(const std::string& key, Json schema, bool required) {
    properties_[key] = std::move(schema);
    if (required) required_.push_back(key);
  }

  Json finish() {
    Json schema{{"type", "object"}, {"properties", std::move(properties_)}};
    if (!required_.empty()) schema["required"] = std::move(required_);
    schema["additionalProperties"] = false;
    if (!conditions_.empty()) schema["allOf"] = std::move(conditions_);
    return schema;
  }

 private:
  /// For each kind of component: if `kind` is that word, then `with` holds its fields.
  template <std::size_t I>
  void add_kinds() {
    std::variant_alternative_t<I, ComponentDetail> detail{};
    Json with = schema_of(detail, FieldRules{});
    with["description"] = std::string(kComponentKinds[I].meaning);
    conditions_.push_back(
        {{"if",
          {{"properties", {{"kind", {{"const", std::string(kComponentKinds[I].word)}}}}},
           {"required", {"kind"}}}},
         {"then", {{"properties", {{"with", std::move(with)}}}}}});
    if constexpr (I + 1 < std::variant_size_v<ComponentDetail>) add_kinds<I + 1>();
  }

  Json properties_ = Json::object();
  Json required_ = Json::array();
  Json conditions_ = Json::array();
};

template <class T>
Json schema_of(T& value, const FieldRules&) {
  ObjectWriter object;
  describe(object, value);
  return object.finish();
}

/// One way to write a family, as a closed object.
Json form_schema(const FamilyForm& form) {
  ObjectWriter object;
  object.property("family",
                  {{"type", "string"},
                   {"const", std::string(form.family)},
                   {"description", std::string(form.meaning)}},
                  true);
  double number = 0;
  for (const Parameter& p : form.parameters) {
    object.field(
        p.name, number,
        {.doc = p.meaning, .required = true, .minimum = p.minimum, .above_zero = p.above_zero});
  }
  std::vector<double> values;
  if (form.has_values) {
    object.field("values", values,
                 {.doc = "The observed values", .required = true, .items_min = 1});
  }
  std::optional<double> truncation;
  for (const Parameter& p : truncation_parameters()) {
    object.field(p.name, truncation, {.doc = p.meaning});
  }
  return object.finish();
}

Json schema_of(DistributionSpec&, const FieldRules&) {
  Json choices = Json::array();
  Json conditions = Json::array();
  const auto forms = family_forms();
  for (std::size_t i = 0; i < forms.size();) {
    const std::string family(forms[i].family);
    choices.push_back({{"const", family}, {"description", std::string(forms[i].meaning)}});
    Json ways = Json::array();
    for (; i < forms.size() && forms[i].family == family; ++i)
      ways.push_back(form_schema(forms[i]));
    Json then = ways.size() == 1 ? ways[0] : Json{{"oneOf", ways}};
    conditions.push_back(
        {{"if", {{"properties", {{"family", {{"const", family}}}}}, {"required", {"family"}}}},
         {"then", std::move(then)}});
  }
  return {{"type", "object"},
          {"properties",
           {{"family",
             {{"type", "string"},
              {"description", "The family; it decides which other keys there are"},
              {"oneOf", std::move(choices)}}}}},
          {"required", {"family"}},
          {"allOf", std::move(conditions)}};
}

template <class T>
Json document_schema(DocumentKind kind, const char* file, const char* title,
                     const char* description) {
  ObjectWriter object;
  object.property("$schema", {{"type", "string"}, {"description", "For editors; ignored"}}, false);
  object.property("apiVersion",
                  {{"type", "string"},
                   {"const", "firedrill/v1"},
                   {"description", "Version of the document format"}},
                  true);
  object.property("kind",
                  {{"type", "string"},
                   {"const", std::string(kind_word(kind))},
                   {"description", "Kind of document"}},
                  true);
  T document{};
  describe(object, document);
  Json schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"$id", std::string("https://firedrill.dev/schemas/v1/") + file + ".json"},
              {"title", title},
              {"description", description}};
  schema.update(object.finish());
  return schema;
}

Json schema_for(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::kSystem:
      return document_schema<SystemDocument>(kind, "system", "Firedrill system",
                                             "A platform: regions, components, services, people");
    case DocumentKind::kRunbook:
      return document_schema<RunbookDocument>(kind, "runbook", "Firedrill runbook",
                                              "What people do when an alarm fires, step by step");
    case DocumentKind::kScenario:
      return document_schema<ScenarioDocument>(
          kind, "scenario", "Firedrill scenario",
          "A drill: what breaks, when, who is there, and what must be met");
    case DocumentKind::kTimingLibrary:
      return document_schema<TimingDocument>(kind, "timing-library", "Firedrill timing library",
                                             "How long things take, each with its source");
    case DocumentKind::kOverlay:
      return document_schema<OverlayDocument>(kind, "overlay", "Firedrill overlay",
                                              "A what-if on top of a scenario and its documents");
    case DocumentKind::kStaging:
      return document_schema<StagingDocument>(
          kind, "staging", "Firedrill staging account",
          "Which account a drill may touch, what stands there, and what ends the drill");
    case DocumentKind::kOutage:
      return document_schema<OutageDocument>(
          kind, "outage", "Firedrill outage",
          "An outage of a provider as a line of time, to be put on any system");
    case DocumentKind::kDrillRecord:
      break;
  }
  return document_schema<DrillRecordDocument>(kind, "drill-record", "Firedrill drill record",
                                              "That a drill was held, and how it came out");
}

}  // namespace

std::string_view kind_word(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::kSystem:
      return "System";
    case DocumentKind::kRunbook:
      return "Runbook";
    case DocumentKind::kScenario:
      return "Scenario";
    case DocumentKind::kTimingLibrary:
      return "TimingLibrary";
    case DocumentKind::kOverlay:
      return "Overlay";
    case DocumentKind::kStaging:
      return "Staging";
    case DocumentKind::kOutage:
      return "Outage";
    case DocumentKind::kDrillRecord:
      break;
  }
  return "DrillRecord";
}

std::optional<DocumentKind> kind_from_word(std::string_view word) {
  for (const DocumentKind kind : kDocumentKinds) {
    if (kind_word(kind) == word) return kind;
  }
  return std::nullopt;
}

std::string schema_text(DocumentKind kind) { return schema_for(kind).dump(2) + "\n"; }

}  // namespace firedrill
