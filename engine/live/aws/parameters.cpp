// Checks parameters against the model, before anything is sent.
#include <fmt/format.h>

#include "engine/base/diagnostics.hpp"
#include "engine/live/aws/encode.hpp"
#include "engine/live/aws/timestamp.hpp"

namespace firedrill::aws {
namespace {

using nlohmann::json;

class ParameterCheck {
 public:
  void check(const Shape& shape, const json& value, const std::string& path);
  std::string text() const { return fmt::format("{}", fmt::join(faults_, "; ")); }

 private:
  void check_structure(const Shape& shape, const json& value, const std::string& path);
  void check_scalar(const Shape& shape, const json& value, const std::string& path);
  void expect(bool holds, const std::string& path, std::string_view what) {
    if (!holds) faults_.push_back(fmt::format("{} must be {}", path, what));
  }

  std::vector<std::string> faults_;
};

void ParameterCheck::check(const Shape& shape, const json& value, const std::string& path) {
  if (shape.is("structure")) {
    check_structure(shape, value, path);
  } else if (shape.is("list")) {
    expect(value.is_array(), path, "a list");
    if (!value.is_array()) return;
    const Shape member = shape.part("member");
    for (std::size_t k = 0; k < value.size(); ++k) {
      check(member, value[k], fmt::format("{}[{}]", path, k));
    }
  } else if (shape.is("map")) {
    expect(value.is_object(), path, "an object");
    if (!value.is_object()) return;
    const Shape element = shape.part("value");
    for (const auto& [key, entry] : value.items()) {
      expect(!key.empty(), path, "without an empty key");
      check(element, entry, path + "." + key);
    }
  } else {
    check_scalar(shape, value, path);
  }
}

void ParameterCheck::check_structure(const Shape& shape, const json& value,
                                     const std::string& path) {
  expect(value.is_object(), path, "an object");
  if (!value.is_object()) return;
  for (const auto& [name, member] : value.items()) {
    if (shape.has_member(name)) {
      check(shape.member(name), member, path + "." + name);
      continue;
    }
    std::vector<std::string> known;
    for (const auto& [candidate, unused] : shape.members().items()) known.push_back(candidate);
    faults_.push_back(
        fmt::format("{} has no parameter \"{}\"{}", path, name, did_you_mean(name, known)));
  }
  const json* required = shape.trait("required");
  if (required == nullptr || !required->is_array()) return;
  for (const auto& name : *required) {
    const auto given = value.find(name.get<std::string>());
    if (given == value.end() || given->is_null()) {
      faults_.push_back(fmt::format("{} needs \"{}\"", path, name.get<std::string>()));
    } else if (given->is_string() && given->get_ref<const std::string&>().empty() &&
               shape.member(name).text("location") == "uri") {
      faults_.push_back(fmt::format("{}.{} must not be empty: it is part of the path", path,
                                    name.get<std::string>()));
    }
  }
}

void ParameterCheck::check_scalar(const Shape& shape, const json& value, const std::string& path) {
  if (shape.is("boolean")) {
    expect(value.is_boolean(), path, "true or false");
  } else if (shape.is("integer") || shape.is("long")) {
    expect(value.is_number_integer(), path, "a whole number");
  } else if (shape.is("float") || shape.is("double")) {
    expect(value.is_number(), path, "a number");
  } else if (shape.is("timestamp")) {
    expect(value.is_number() || (value.is_string() && parse_utc(value.get<std::string>())), path,
           "an instant such as 2026-11-02T03:04:05Z");
  } else {
    expect(value.is_string(), path, "a text");
  }
}

}  // namespace

std::string parameter_faults(const ServiceModel& model, const Operation& operation,
                             const json& parameters) {
  const json* input = model.side(operation.name, "input");
  if (input == nullptr) {
    return parameters.empty() ? "" : fmt::format("{} takes no parameters", operation.name);
  }
  ParameterCheck check;
  check.check(model.shape(*input), parameters, std::string(operation.name));
  return check.text();
}

json with_tokens(const ServiceModel& model, const Operation& operation, json parameters,
                 const std::string& token) {
  const json* input = model.side(operation.name, "input");
  if (input == nullptr || !parameters.is_object()) return parameters;
  const Shape shape = model.shape(*input);
  for (const auto& [name, unused] : shape.members().items()) {
    if (shape.member(name).flag("idempotencyToken") && !parameters.contains(name)) {
      parameters[name] = token;
    }
  }
  return parameters;
}

}  // namespace firedrill::aws
