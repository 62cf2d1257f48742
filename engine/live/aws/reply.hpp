// What came of a call.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "engine/live/aws/clock.hpp"

namespace firedrill::aws {

enum class FailureKind {
  kInvalidRequest,  // refused here: it does not fit the model, or cannot be signed
  kNoCredentials,   // nobody to sign as
  kUnreachable,     // nothing was sent: no name, no route, refused
  kUntrusted,       // TLS: the other end could not prove who it is
  kInterrupted,     // sent, but cut, reset or out of time before the answer was whole
  kCancelled,       // by the caller
  kThrottled,       // not performed: too many calls
  kDenied,          // not performed: no permission
  kExpired,         // not performed: the credentials have ended
  kBadSignature,    // not performed: unknown key, wrong secret, or a clock that is off
  kNotFound,        // not performed: what it speaks of is not there
  kConflict,        // not performed: the state does not allow it, a lock token is old
  kRejected,        // not performed: the service does not like the parameters
  kWouldSucceed,    // a dry run that found nothing against it
  kUnsupported,     // the endpoint does not know this operation: neither throttling nor an outage
  kServerError,     // the service says that it failed
  kUnreadable,      // an answer that is none: garbled, or over the limit
};
std::string_view to_text(FailureKind kind);

struct Failure {
  FailureKind kind = FailureKind::kRejected;
  std::string code;     // the service's own: "DBClusterNotFoundFault"
  std::string message;  // for people; never a secret of ours
  int http_status = 0;  // 0: no answer
};

/// What is known about the effect of a call.
enum class OutcomeState {
  kOk,
  kFailed,   // it has no effect
  kUnknown,  // it may have had its effect: read the state before anything else
};
std::string_view to_text(OutcomeState state);

struct Outcome {
  OutcomeState state = OutcomeState::kFailed;
  std::optional<Failure> failure;  // of the last attempt, unless ok

  bool ok() const { return state == OutcomeState::kOk; }
};

struct Reply {
  Outcome outcome;
  nlohmann::json value;       // by the names of the model; an empty object when there is nothing
  nlohmann::json parameters;  // as sent, with the token that was filled in; not redacted
  std::string request_id;     // of the last attempt that was answered
  int attempts = 0;           // how often it was sent
  UtcInstant started{};       // when the call was asked for
  UtcInstant ended{};
  std::chrono::microseconds took{0};     // by the clock that is never set back
  std::chrono::microseconds waiting{0};  // of that: for the rate limit and between attempts
};

}  // namespace firedrill::aws
