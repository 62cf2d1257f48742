#include "reports/schema_parts.hpp"

namespace firedrill::schema {

Json typed(const char* type, const char* description) {
  return {{"type", type}, {"description", description}};
}
Json text(const char* description) { return typed("string", description); }
Json count(const char* description) {
  Json json = typed("integer", description);
  json["minimum"] = 0;
  return json;
}
Json number(const char* description) { return typed("number", description); }
Json share(const char* description) {
  Json json = number(description);
  json["minimum"] = 0;
  json["maximum"] = 1;
  return json;
}
Json time(const char* description) {
  return {{"type", {"number", "null"}},
          {"description", std::string(description) + ", in seconds; null: not within the horizon"}};
}
Json word(const char* description, const std::vector<const char*>& words) {
  Json json = text(description);
  json["enum"] = words;
  return json;
}

Json object(const char* description, const std::vector<Property>& properties) {
  Json json = typed("object", description);
  json["required"] = Json::array();
  for (const Property& p : properties) json["required"].push_back(p.name);
  for (const Property& p : properties) json["properties"][p.name] = p.schema;
  json["additionalProperties"] = true;
  return json;
}
Json array(const char* description, Json items) {
  Json json = typed("array", description);
  json["items"] = std::move(items);
  return json;
}
Json ends(Json interval) {
  interval["minItems"] = 2;
  interval["maxItems"] = 2;
  return interval;
}

std::string document(const char* id, const char* title, const Json& whole) {
  Json json;
  json["$schema"] = "http://json-schema.org/draft-07/schema#";
  json["$id"] = std::string("https://firedrill.dev/schemas/v1/") + id + ".json";
  json["title"] = title;
  for (const auto& [key, value] : whole.items()) json[key] = value;
  return json.dump(2) + '\n';
}

}  // namespace firedrill::schema
