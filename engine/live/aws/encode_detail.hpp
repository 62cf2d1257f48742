// What the encoders of the protocols share. Private to them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "engine/live/aws/encode.hpp"
#include "engine/live/aws/http.hpp"
#include "engine/live/aws/service_model.hpp"

namespace firedrill::aws {

/// A number, boolean, text, blob or instant as text. `timestamp` is the protocol's own format of
/// instants: "iso8601", "rfc822" or "unixTimestamp"; a shape may name another.
std::string scalar_text(const Shape& shape, const nlohmann::json& value,
                        std::string_view timestamp);

/// A value as the JSON protocols write it.
nlohmann::json json_body(const Shape& shape, const nlohmann::json& value);

/// The form fields of the query protocols.
Fields form_fields(Protocol protocol, const Shape& shape, const nlohmann::json& parameters);

/// An element of that name and what it holds.
std::string xml_body(const Shape& shape, const nlohmann::json& value, const std::string& name);

/// Path, query, headers and body of the REST protocols.
EncodedRequest encode_rest(const ServiceModel& model, const Operation& operation,
                           const nlohmann::json& parameters);

}  // namespace firedrill::aws
