// An HTTP answer to a value, or to what is wrong with it.
#pragma once

#include <optional>
#include <string>

#include "engine/live/aws/http.hpp"
#include "engine/live/aws/operation.hpp"
#include "engine/live/aws/reply.hpp"
#include "engine/live/aws/service_model.hpp"

namespace firedrill::aws {

struct Decoded {
  std::optional<Failure> failure;
  nlohmann::json value = nlohmann::json::object();
  std::string request_id;
};

/// Reads an answer of any status. Lists that are empty on the wire are empty lists; instants stay
/// as they came: seconds since 1970 in the JSON protocols, ISO-8601 text in the XML ones. Blobs
/// stay base64, but for the body of an S3 object, which is its bytes.
Decoded decode(const ServiceModel& model, const Operation& operation, const HttpResponse& response);

/// The kind of a failure that the service named, by its code and status.
FailureKind failure_kind(std::string_view code, int http_status);

}  // namespace firedrill::aws
