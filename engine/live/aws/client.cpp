#include "engine/live/aws/client.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/live/aws/decode.hpp"
#include "engine/live/aws/encode.hpp"
#include "engine/live/aws/service_model.hpp"

namespace firedrill::aws {
namespace {

using nlohmann::json;

FailureKind kind_of(TransportError error) {
  switch (error) {
    case TransportError::kUnreachable:
      return FailureKind::kUnreachable;
    case TransportError::kTls:
      return FailureKind::kUntrusted;
    case TransportError::kTooLarge:
      return FailureKind::kUnreadable;
    case TransportError::kCancelled:
      return FailureKind::kCancelled;
    case TransportError::kRefused:
      return FailureKind::kInvalidRequest;
    default:
      return FailureKind::kInterrupted;
  }
}

// A bucket goes into the host where the name makes one and the address is AWS's own; else it is
// the first part of the path, which every S3 endpoint understands.
void place_bucket(HttpRequest& request, const std::string& bucket, bool own_address) {
  if (bucket.empty()) return;
  const bool host_name = std::ranges::all_of(
      bucket, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (own_address && host_name) {
    request.endpoint.host = bucket + '.' + request.endpoint.host;
  } else {
    request.path = '/' + percent_encoded(bucket) + (request.path == "/" ? "" : request.path);
  }
}

}  // namespace

// One call from its parameters to its reply.
class Client::Call {
 public:
  Call(Client& client, const Operation& operation, const CallContext& context)
      : client_(client),
        parts_(client.parts_),
        operation_(operation),
        context_(context),
        model_(ServiceModel::of(operation.service)),
        began_(parts_.clock.now()) {
    reply_.value = json::object();
    reply_.started = parts_.clock.utc_now();
  }

  Reply run(const json& parameters) {
    if (prepare(parameters)) attempt_until_settled();
    reply_.ended = parts_.clock.utc_now();
    reply_.took = span_since(began_);
    return std::move(reply_);
  }

 private:
  std::chrono::microseconds span_since(Instant start) const {
    return std::chrono::duration_cast<std::chrono::microseconds>(parts_.clock.now() - start);
  }

  void fail(FailureKind kind, std::string message) {
    reply_.outcome = {OutcomeState::kFailed, Failure{kind, "", std::move(message), 0}};
  }

  bool stopped() const { return context_.cancelled && context_.cancelled(); }

  // Encodes and finds the address; false when the reply says why not.
  bool prepare(const json& parameters) {
    reply_.parameters =
        with_tokens(model_, operation_, parameters.is_null() ? json::object() : parameters,
                    random_uuid(parts_.random_bits));
    const std::string faults = parameter_faults(model_, operation_, reply_.parameters);
    if (!faults.empty()) {
      fail(FailureKind::kInvalidRequest, faults);
      return false;
    }
    EncodedRequest encoded = encode(model_, operation_, reply_.parameters);
    if (!encoded.request) {
      fail(FailureKind::kInvalidRequest, encoded.refusal);
      return false;
    }
    const EndpointResult where = client_.endpoint(operation_.service, context_.region);
    if (!where.endpoint) {
      fail(FailureKind::kInvalidRequest, where.error);
      return false;
    }
    request_ = std::move(*encoded.request);
    request_.endpoint = where.endpoint->endpoint;
    place_bucket(request_, encoded.bucket, !where.endpoint->overridden);
    scope_ = {model_.signing_name(), where.endpoint->signing_region};
    may_repeat_ = operation_.repeatable(reply_.parameters);
    redacted_ = redacted(operation_.service, operation_.name, "input", reply_.parameters);
    digest_ = sha256_hex(fmt::format("{} {}\n{}\n{}", operation_.service, operation_.name,
                                     context_.region, redacted_.dump()));
    return true;
  }

  void attempt_until_settled() {
    bool renewed = false;
    int last_cost = 0;
    for (int number = 1;; ++number) {
      if (!wait(client_.limit_.reserve(operation_.service, parts_.clock.now()))) return;
      if (!attempt(number)) return;
      const Outcome& outcome = reply_.outcome;
      if (outcome.ok()) {
        client_.budget_.give_back(last_cost);
        return;
      }
      const FailureKind kind = outcome.failure->kind;
      if (kind == FailureKind::kExpired && !renewed) {
        // Not performed: with new credentials it is the same call.
        renewed = true;
        parts_.credentials.forget();
        continue;
      }
      if (!transient(kind) || number >= client_.options_.retry.attempts) return;
      if (outcome.state == OutcomeState::kUnknown && !may_repeat_) return;
      last_cost =
          kind == FailureKind::kInterrupted ? RetryBudget::kTimeoutCost : RetryBudget::kCost;
      if (!client_.budget_.take(last_cost)) return;
      if (!wait(retry_delay(number, client_.options_.retry, parts_.random_bits))) return;
    }
  }

  // False when the call has ended meanwhile. What an earlier attempt left behind stays in the
  // reply: it is known better than that there was no time for another.
  bool wait(std::chrono::milliseconds span) {
    const Instant start = parts_.clock.now();
    const bool in_time = context_.deadline - start > span;
    if (in_time && span.count() > 0) parts_.clock.sleep(span, context_.cancelled);
    reply_.waiting += span_since(start);
    if (in_time && !stopped()) return true;
    if (reply_.attempts == 0) {
      fail(FailureKind::kCancelled,
           in_time ? "stopped before it was sent" : "the deadline leaves no time to send it");
    }
    return false;
  }

  // Sends once; false when it could not even be sent.
  bool attempt(int number) {
    const CredentialsResult found = parts_.credentials.get();
    if (!found.credentials) {
      if (reply_.attempts == 0) fail(FailureKind::kNoCredentials, found.error);
      return false;
    }
    const SignResult signing =
        parts_.signer.sign(request_, scope_, *found.credentials, parts_.clock.utc_now());
    if (!signing.signed_request) {
      if (reply_.attempts == 0) fail(FailureKind::kInvalidRequest, signing.refusal);
      return false;
    }
    const Attempt record = {operation_,
                            context_.region,
                            redacted_,
                            request_.endpoint.origin(),
                            found.credentials->access_key_id,
                            digest_,
                            number,
                            parts_.clock.utc_now()};
    if (parts_.observer != nullptr) parts_.observer->before(record);
    reply_.attempts = number;
    const bool unknown_before = reply_.outcome.state == OutcomeState::kUnknown;
    const std::string request_id = send(*signing.signed_request);
    if (parts_.observer != nullptr) parts_.observer->after(record, reply_.outcome, request_id);
    // A clear failure now says nothing about the attempt before it, which may have had its effect.
    if (unknown_before && reply_.outcome.state == OutcomeState::kFailed) {
      reply_.outcome.state = OutcomeState::kUnknown;
    }
    return true;
  }

  std::string send(const SignedRequest& request) {
    SendOptions options;
    options.cancelled = context_.cancelled;
    options.fresh_connection = operation_.kind != OperationKind::kRead;
    if (context_.deadline != Instant::max()) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(context_.deadline - parts_.clock.now());
      options.timeout = std::max(left, std::chrono::milliseconds(1));
    }
    const TransportResult sent = parts_.transport.send(request, options);
    Outcome& outcome = reply_.outcome;
    if (sent.error != TransportError::kNone) {
      outcome.failure = Failure{kind_of(sent.error), "", sent.message, 0};
      // Out of time before anything was sent is a line that cannot be had.
      if (!sent.request_sent && outcome.failure->kind == FailureKind::kInterrupted) {
        outcome.failure->kind = FailureKind::kUnreachable;
      }
      outcome.state = state_after(*outcome.failure, sent.request_sent);
      return {};
    }
    Decoded decoded = decode(model_, operation_, sent.response);
    if (!decoded.request_id.empty()) reply_.request_id = decoded.request_id;
    outcome.failure = std::move(decoded.failure);
    outcome.state = outcome.failure ? state_after(*outcome.failure, true) : OutcomeState::kOk;
    if (!outcome.failure) reply_.value = std::move(decoded.value);
    return decoded.request_id;
  }

  // A read has no effect to be unsure about.
  OutcomeState state_after(const Failure& failure, bool request_sent) const {
    const bool unsure =
        operation_.kind != OperationKind::kRead && request_sent && ambiguous(failure);
    return unsure ? OutcomeState::kUnknown : OutcomeState::kFailed;
  }

  Client& client_;
  ClientParts& parts_;
  const Operation& operation_;
  const CallContext& context_;
  const ServiceModel& model_;
  Instant began_;
  Reply reply_;
  HttpRequest request_;
  SigningScope scope_;
  json redacted_;
  std::string digest_;
  bool may_repeat_ = false;
};

Client::Client(ClientParts parts, ClientOptions options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      limit_(options_.rate, options_.rate_by_service) {}

Reply Client::call(const Operation& operation, const json& parameters, const CallContext& context) {
  return Call(*this, operation, context).run(parameters);
}

EndpointResult Client::endpoint(std::string_view service, const std::string& region) const {
  return resolve_endpoint(service, region, options_.environment, options_.profile_endpoint);
}

}  // namespace firedrill::aws
