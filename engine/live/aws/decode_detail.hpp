// Reading XML by a shape. Private to the readers.
#pragma once

#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "engine/live/aws/service_model.hpp"

namespace firedrill::aws {

/// The value of the elements that carry one member: one of them, or all of a flattened list.
nlohmann::json xml_value(const Shape& shape, const std::vector<pugi::xml_node>& nodes);

/// A number or boolean as the shape says; other text as it is.
nlohmann::json typed_scalar(const Shape& shape, const std::string& text);

}  // namespace firedrill::aws
