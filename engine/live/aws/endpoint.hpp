// Where a service of a region is, and for which region a call to it is signed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/live/aws/credentials.hpp"
#include "engine/live/aws/http.hpp"

namespace firedrill::aws {

struct ServiceEndpoint {
  Endpoint endpoint;
  std::string signing_region;
  bool overridden = false;  // by a variable or the profile: not the address that AWS gives it
};

struct EndpointResult {
  std::optional<ServiceEndpoint> endpoint;
  std::string error;
};

/// First found: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, `endpoint_url` of the profile, the
/// service's own; AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true passes over the first three. Regions of
/// other partitions (cn-, us-gov-, us-iso...) are refused: their addresses and accounts differ.
EndpointResult resolve_endpoint(std::string_view service, const std::string& region,
                                const Environment& environment,
                                const std::string& profile_endpoint);

/// A name of a host is made of it, so it is letters, digits and dashes: "eu-west-1".
bool plausible_region(std::string_view region);

}  // namespace firedrill::aws
