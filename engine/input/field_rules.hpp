// What can be said of a field besides its key: rules, words to choose from, and wrappers for shapes
// that JSON and struct do not share.
#pragma once

#include <limits>
#include <span>
#include <string_view>

#include "engine/input/documents.hpp"

namespace firedrill {

/// A word that can stand in a field, and what it means.
struct Choice {
  std::string_view word;
  std::string_view meaning;
};

enum class Form {
  kText,       // strings may be empty, names may not
  kLabel,      // RFC 1123: lower-case letters, digits, '-', at most 63 bytes
  kOnFailure,  // "abort", "continue" or "step:ID"
  kNotBlank,   // a string with more than blanks
  kStartTime,  // "any", "office", "asleep" or "HH:MM"
  kSha256,     // 64 hexadecimal digits
};

struct FieldRules {
  std::string_view doc;  // a sentence without a final stop
  bool required = false;
  Form form = Form::kText;
  std::span<const Choice> choices{};
  // Numbers, shares included.
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  bool above_zero = false;  // numbers, durations, sizes and rates
  std::size_t items_min = 0;
  Rule missing = Rule::kMissingKey;
};

// ------------------------------------------------------------------------- wrappers of JSON shapes

/// `"09:00"` for a duration since midnight.
struct TimeOfDayField {
  Duration& since_midnight;
};
/// `{"from": "23:00", "to": "07:00"}` for two members of the struct around it.
struct HoursField {
  Duration& from;
  Duration& to;
};
/// `"tiers"` or a list of targets.
struct TargetsField {
  bool& from_tiers;
  std::vector<TargetSpec>& list;
};
/// The object `with` of a component, whose fields depend on the kind.
struct DetailField {
  const Name& kind;
  ComponentDetail& detail;
};

/// A parameter of a distribution.
struct Parameter {
  std::string_view name;
  std::string_view meaning;
  bool above_zero = false;
  double minimum = -std::numeric_limits<double>::infinity();
};
/// One way to write a family: all of these keys. A family with two ways has two entries.
struct FamilyForm {
  std::string_view family;
  std::string_view meaning;
  std::span<const Parameter> parameters;
  bool has_values = false;
};
std::span<const FamilyForm> family_forms();
std::span<const Parameter> truncation_parameters();

}  // namespace firedrill
