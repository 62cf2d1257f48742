// Sends one request and brings its answer. The only place that opens a socket.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/live/aws/clock.hpp"
#include "engine/live/aws/http.hpp"
#include "engine/live/aws/signer.hpp"

namespace firedrill::aws {

enum class TransportError {
  kNone,
  kUnreachable,  // no name, no route, refused: nothing was sent
  kTls,          // the other end could not prove who it is: nothing was sent
  kTimeout,
  kBroken,     // cut, reset, or not HTTP
  kTooLarge,   // the answer is over the limit
  kCancelled,  // by the caller
  kRefused,    // by a rule of the transport: nothing was sent
};

struct TransportResult {
  TransportError error = TransportError::kNone;
  std::string message;        // for people, without secrets
  bool request_sent = false;  // a byte of the request may have reached the other end
  HttpResponse response;      // when there is no error
};

struct TransportLimits {
  std::chrono::milliseconds connect = std::chrono::seconds(5);
  std::chrono::milliseconds total = std::chrono::seconds(60);
  std::size_t response_bytes = std::size_t{32} << 20;
  std::string ca_bundle;  // empty: the system's. It must be there: nothing else is trusted then
};

struct SendOptions {
  std::chrono::milliseconds timeout{0};  // 0: the total of the limits
  std::function<bool()> cancelled;       // asked several times a second
  /// A kept connection that has died makes libcurl send the request again by itself. A changing
  /// call must not be sent twice, so it gets a connection of its own.
  bool fresh_connection = false;
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual TransportResult send(const SignedRequest& request, const SendOptions& options) = 0;
};

/// Safe to share between threads. TLS 1.2 or later is verified, redirects are not followed, plain
/// http goes to this machine only and past any proxy.
std::unique_ptr<Transport> make_curl_transport(TransportLimits limits);

}  // namespace firedrill::aws
