// JSON text to a tree of values that know where they stand.
//
// Strict RFC 8259 in UTF-8, with limits that hold before anything else looks at a document, so that
// no later stage (schema validation above all, whose regular expressions recurse) meets hostile
// sizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostics.hpp"

namespace firedrill {

struct JsonLimits {
  std::size_t bytes = 8 * 1024 * 1024;
  std::size_t depth = 64;
  std::size_t string_bytes = 4096;
  std::size_t values = 500'000;
};

enum class JsonType : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

struct JsonMember;

/// A value and its position. The members of objects keep the order of the text.
struct JsonValue {
  JsonType type = JsonType::kNull;
  bool boolean = false;
  double number = 0;
  /// Set when a number is written without fraction and exponent; those that do not fit are refused.
  std::optional<std::int64_t> integer;
  std::string text;
  std::vector<JsonValue> items;
  std::vector<JsonMember> members;
  Origin at;

  /// Null when this is no object or has no such member.
  const JsonValue* find(std::string_view key) const;
};

struct JsonMember {
  std::string key;
  Origin key_at;
  JsonValue value;
};

/// Parses the text of `sources.text(file)`. Malformed text or a broken limit is one diagnostic and
/// nothing; a duplicate key is a diagnostic at its second place, of which the first value is kept.
std::optional<JsonValue> parse_json(const SourceFiles& sources, std::uint32_t file,
                                    Diagnostics& diagnostics, const JsonLimits& limits = {});

/// `a string`, `an array`: for messages.
std::string_view json_type_name(JsonType type);

/// The position of the value at a JSON pointer (`/timings/3/id`) or of the nearest value above it.
Origin origin_at(const JsonValue& root, std::string_view pointer);

}  // namespace firedrill
