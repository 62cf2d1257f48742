// The parts that published schemas of exports are put together from.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace firedrill::schema {

using Json = nlohmann::ordered_json;

struct Property {
  std::string name;
  Json schema;
};

Json typed(const char* type, const char* description);
Json text(const char* description);
/// A whole number from 0 on.
Json count(const char* description);
Json number(const char* description);
/// From 0 to 1.
Json share(const char* description);
/// Seconds, or null for "not within the horizon".
Json time(const char* description);
Json word(const char* description, const std::vector<const char*>& words);
/// Every property is required, and further ones are allowed: a minor version only adds.
Json object(const char* description, const std::vector<Property>& properties);
Json array(const char* description, Json items);
/// An array of exactly two.
Json ends(Json interval);

/// The whole schema, draft-07, with a line end.
std::string document(const char* id, const char* title, const Json& whole);

}  // namespace firedrill::schema
