// Which kind of failure a code and a status are. Codes first: a status is only what is left.
#include <algorithm>
#include <array>

#include "engine/live/aws/decode.hpp"

namespace firedrill::aws {
namespace {

struct KnownCode {
  std::string_view code;
  FailureKind kind;
};

// From the "Common errors" page of each service and the retry lists of the SDKs.
constexpr KnownCode kKnown[] = {
    {"Throttling", FailureKind::kThrottled},
    {"ThrottlingException", FailureKind::kThrottled},
    {"ThrottledException", FailureKind::kThrottled},
    {"RequestThrottled", FailureKind::kThrottled},
    {"RequestThrottledException", FailureKind::kThrottled},
    {"TooManyRequestsException", FailureKind::kThrottled},
    {"ProvisionedThroughputExceededException", FailureKind::kThrottled},
    {"RequestLimitExceeded", FailureKind::kThrottled},
    {"BandwidthLimitExceeded", FailureKind::kThrottled},
    {"SlowDown", FailureKind::kThrottled},
    {"PriorRequestNotComplete", FailureKind::kThrottled},
    {"EC2ThrottledException", FailureKind::kThrottled},

    {"ExpiredToken", FailureKind::kExpired},
    {"ExpiredTokenException", FailureKind::kExpired},
    {"TokenRefreshRequired", FailureKind::kExpired},

    {"SignatureDoesNotMatch", FailureKind::kBadSignature},
    {"InvalidSignatureException", FailureKind::kBadSignature},
    {"IncompleteSignature", FailureKind::kBadSignature},
    {"IncompleteSignatureException", FailureKind::kBadSignature},
    {"InvalidClientTokenId", FailureKind::kBadSignature},
    {"InvalidAccessKeyId", FailureKind::kBadSignature},
    {"UnrecognizedClientException", FailureKind::kBadSignature},
    {"AuthFailure", FailureKind::kBadSignature},
    {"MissingAuthenticationToken", FailureKind::kBadSignature},
    {"RequestTimeTooSkewed", FailureKind::kBadSignature},
    {"RequestExpired", FailureKind::kBadSignature},
    {"RequestInTheFuture", FailureKind::kBadSignature},

    {"AccessDenied", FailureKind::kDenied},
    {"AccessDeniedException", FailureKind::kDenied},
    {"UnauthorizedOperation", FailureKind::kDenied},
    {"AuthorizationError", FailureKind::kDenied},
    {"NotAuthorized", FailureKind::kDenied},

    {"DryRunOperation", FailureKind::kWouldSucceed},

    // As a command line reports them, without a status.
    {"InternalError", FailureKind::kServerError},
    {"InternalFailure", FailureKind::kServerError},
    {"InternalServerError", FailureKind::kServerError},
    {"ServiceUnavailable", FailureKind::kServerError},
    {"ServiceUnavailableException", FailureKind::kServerError},

    {"UnknownOperationException", FailureKind::kUnsupported},
    {"UnknownOperation", FailureKind::kUnsupported},
    {"InvalidAction", FailureKind::kUnsupported},
    {"NotImplemented", FailureKind::kUnsupported},
    {"UnsupportedOperation", FailureKind::kUnsupported},
    {"MethodNotAllowed", FailureKind::kUnsupported},

    {"ServiceNotActiveException", FailureKind::kConflict},
    {"WAFNonexistentItemException", FailureKind::kNotFound},
    {"WAFOptimisticLockException", FailureKind::kConflict},
    {"PreconditionFailed", FailureKind::kConflict},
    {"ConditionalCheckFailedException", FailureKind::kConflict},
    {"IllegalLocationConstraintException", FailureKind::kRejected},
};

bool contains_any(std::string_view code, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return code.find(word) != std::string_view::npos; });
}

FailureKind kind_of_status(int status) {
  switch (status) {
    case 401:
    case 403:
      return FailureKind::kDenied;
    case 404:
    case 410:
      return FailureKind::kNotFound;
    case 405:
    case 501:
      return FailureKind::kUnsupported;
    case 409:
    case 412:
      return FailureKind::kConflict;
    case 429:
      return FailureKind::kThrottled;
    default:
      return status >= 500 ? FailureKind::kServerError : FailureKind::kRejected;
  }
}

}  // namespace

FailureKind failure_kind(std::string_view code, int http_status) {
  const auto known = std::ranges::find(kKnown, code, &KnownCode::code);
  if (known != std::end(kKnown)) return known->kind;
  if (http_status >= 500) return kind_of_status(http_status);
  // The services form the names of their own codes alike: InvalidDBClusterStateFault,
  // ResourceInUseException, NoSuchHostedZone, ServiceNotFoundException.
  if (contains_any(code, {"NotFound", "NoSuch", "NonExistent", "DoesNotExist"})) {
    return FailureKind::kNotFound;
  }
  if (contains_any(code,
                   {"InvalidState", "Conflict", "InUse", "AlreadyExists", "OptimisticLock"}) ||
      (code.starts_with("Invalid") && contains_any(code, {"State"}))) {
    return FailureKind::kConflict;
  }
  return kind_of_status(http_status);
}

std::string_view to_text(FailureKind kind) {
  constexpr std::array kNames = {"invalid-request", "no-credentials", "unreachable", "untrusted",
                                 "interrupted",     "cancelled",      "throttled",   "denied",
                                 "expired",         "bad-signature",  "not-found",   "conflict",
                                 "rejected",        "would-succeed",  "unsupported", "server-error",
                                 "unreadable"};
  static_assert(kNames.size() == static_cast<std::size_t>(FailureKind::kUnreadable) + 1);
  return kNames.at(static_cast<std::size_t>(kind));
}

std::string_view to_text(OutcomeState state) {
  switch (state) {
    case OutcomeState::kOk:
      return "ok";
    case OutcomeState::kFailed:
      return "failed";
    case OutcomeState::kUnknown:
      return "unknown";
  }
  return "";
}

}  // namespace firedrill::aws
