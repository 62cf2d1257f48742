// The one place that knows how a request proves who sends it: AWS Signature Version 4.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/live/aws/credentials.hpp"
#include "engine/live/aws/http.hpp"

namespace firedrill::aws {

struct SigningScope {
  std::string service;  // the signing name, which is not always the endpoint's
  std::string region;
};

/// What the transport hands to libcurl when libcurl is to sign (CURLOPT_AWS_SIGV4).
struct TransportSignature {
  std::string provider;  // "aws:amz:eu-west-1:ecs"
  std::string user;
  Secret password;
};

struct SignedRequest {
  HttpRequest request;
  std::optional<TransportSignature> by_transport;
};

/// Signs, or says why this request cannot be signed rightly. A refusal is better than a request
/// that the service rejects in the middle of a drill.
struct SignResult {
  std::optional<SignedRequest> signed_request;
  std::string refusal;
};

class Signer {
 public:
  virtual ~Signer() = default;
  virtual SignResult sign(const HttpRequest& request, const SigningScope& scope,
                          const Credentials& credentials, UtcInstant now) const = 0;
};

/// Lets libcurl sign. Takes the version of the libcurl that runs (0x075801 is 7.88.1), since each
/// has faults of its own: 0 asks it.
std::unique_ptr<Signer> make_curl_signer(unsigned libcurl_version = 0);

/// Signs by itself with OpenSSL: any path, any order, and a date that can be corrected.
std::unique_ptr<Signer> make_openssl_signer();

/// SHA-256 in lower-case hexadecimal, as x-amz-content-sha256 carries it.
std::string sha256_hex(std::string_view bytes);
std::string sha256_base64(std::string_view bytes);

}  // namespace firedrill::aws
