// Parameters to a request, by the service's model and its protocol.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/live/aws/http.hpp"
#include "engine/live/aws/operation.hpp"
#include "engine/live/aws/service_model.hpp"

namespace firedrill::aws {

/// Everything that is wrong with the parameters, one sentence each; empty when they fit the model:
/// no unknown member, nothing required missing, the right type everywhere. Numbers and booleans
/// may not be given as text. Blobs are given as their bytes, instants as ISO-8601 in UTC.
std::string parameter_faults(const ServiceModel& model, const Operation& operation,
                             const nlohmann::json& parameters);

/// Fills members that make a call safe to repeat (idempotency tokens) and were not given.
nlohmann::json with_tokens(const ServiceModel& model, const Operation& operation,
                           nlohmann::json parameters, const std::string& token);

/// The request without its endpoint, or why there is none.
struct EncodedRequest {
  std::optional<HttpRequest> request;
  std::string refusal;
  std::string bucket;  // of an S3 request: the endpoint may hold it instead of the path
};

EncodedRequest encode(const ServiceModel& model, const Operation& operation,
                      const nlohmann::json& parameters);

}  // namespace firedrill::aws
