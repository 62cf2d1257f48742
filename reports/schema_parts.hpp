// Parts of the published schemas of results: typed properties with their meaning.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace firedrill::schema_parts {

using Json = nlohmann::ordered_json;

struct Property {
  std::string name;
  Json schema;
};

inline Json typed(const char* type, const char* description) {
  return {{"type", type}, {"description", description}};
}
inline Json text(const char* description) { return typed("string", description); }
inline Json count(const char* description) {
  Json json = typed("integer", description);
  json["minimum"] = 0;
  return json;
}
inline Json number(const char* description) { return typed("number", description); }
inline Json share(const char* description) {
  Json json = number(description);
  json["minimum"] = 0;
  json["maximum"] = 1;
  return json;
}
/// Seconds, or null for "not within the horizon".
inline Json time(const char* description) {
  return {{"type", {"number", "null"}},
          {"description", std::string(description) + ", in seconds; null: not within the horizon"}};
}
inline Json word(const char* description, const std::vector<const char*>& words) {
  Json json = text(description);
  json["enum"] = words;
  return json;
}

inline Json object(const char* description, const std::vector<Property>& properties) {
  Json json = typed("object", description);
  json["required"] = Json::array();
  for (const Property& p : properties) json["required"].push_back(p.name);
  for (const Property& p : properties) json["properties"][p.name] = p.schema;
  json["additionalProperties"] = true;
  return json;
}
inline Json array(const char* description, Json items) {
  Json json = typed("array", description);
  json["items"] = std::move(items);
  return json;
}

}  // namespace firedrill::schema_parts
